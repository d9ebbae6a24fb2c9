"""The READMEs: their scripts run as they stand, their links lead somewhere."""

import re
import shlex
import shutil
import subprocess
from importlib import import_module

import click
import pytest
import torch
from matplotlib import pyplot as plt

from namelib import LSTM
from namelib.runs import BUILD, ROOT

PAGES = [
    path
    for path in sorted(ROOT.glob("**/*.md"))
    if not {".venv", "build", "lab", "text"} & set(path.relative_to(ROOT).parts)
]


def scripts() -> list[str]:
    page = (ROOT / "namelib" / "README.md").read_text(encoding="utf-8")
    return re.findall(r"```python\n(.*?)```", page, re.DOTALL)


def test_the_scripts_train_save_load_and_show(few_names, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my_surnames").symlink_to(few_names)
    assert len(scripts()) == 2
    names = {}
    for script in scripts():
        exec(script, names)  # the page's own code
    assert type(names["lstm"]) is LSTM and names["lstm"].linear.out_features == 4
    assert names["gru"].__class__.__name__ == "GRU" and names["results"]["model"]["class"] == "GRU"
    printed = capsys.readouterr().out
    assert "| GRU |" in re.sub(" +", " ", printed) and "| LSTM |" in re.sub(" +", " ", printed)
    for name in ("GRU", "LSTM"):
        assert (tmp_path / f"confusions_{name}.png").stat().st_size > 5_000
    assert torch.isfinite(next(names["gru"].parameters())).all()
    plt.close("all")


def test_the_scripts_have_the_types_that_they_say(tmp_path, monkeypatch):
    checker = pytest.importorskip("mypy.api")
    monkeypatch.chdir(tmp_path)  # namelib is a library there
    told = 'reveal_type(load_run("my_gru", GRU)[0])'
    (tmp_path / "script.py").write_text("\n".join([*scripts(), told]))
    said, _errors, status = checker.run(["script.py", "--cache-dir", str(BUILD / "mypy")])
    assert status == 0 and 'Revealed type is "script.GRU"' in said, said


COMMANDS = [
    line.partition("   #")[0].strip()
    for page in PAGES
    for line in page.read_text(encoding="utf-8").splitlines()
    if re.match(
        r"make |(\.venv/bin/)?python -m (?!venv|build)|\.venv\\Scripts\\python -m (?!pip)", line
    )
]


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_understood_as_it_stands(command, monkeypatch):
    words = shlex.split(command.replace("\\", "/"))
    if words[0] == "make":
        for name in ("ARGS", "MAKEFLAGS", "MFLAGS", "MAKEOVERRIDES"):
            monkeypatch.delenv(name, raising=False)  # of the make that may run the tests
        shown = subprocess.run(
            ["make", "-n", "--no-print-directory", "-o", "setup", *words[1:]],
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        assert shown.returncode == 0, shown.stderr
        words = shlex.split(shown.stdout.splitlines()[-1].lstrip("@"))
    name, *given = words[words.index("-m") + 1 :]
    if name == "pytest":
        return
    monkeypatch.syspath_prepend(ROOT / "tests")
    module = import_module(name if "." in name else f"{name}.__main__")
    context = module.main.make_context(name, given)  # refuses what it does not know
    if isinstance(module.main, click.Group):
        command, *given = given
        module.main.commands[command].make_context(command, given, parent=context)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file_or_a_heading(page):
    text = page.read_text(encoding="utf-8")
    headings = {
        re.sub("[^\\w -]", "", line.lstrip("# ")).lower().replace(" ", "-")
        for line in text.splitlines()
        if line.startswith("#")
    }
    for link in re.findall(r"\]\((?!https?:)([^)]+)\)", text):
        path, _, heading = link.partition("#")
        assert (page.parent / path).exists(), link
        assert path or heading in headings, link
