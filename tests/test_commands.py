"""README's commands, in its order, typed into a shell at a terminal exactly as they stand there.

The checkout has few surnames, and its notebooks have the parameters of `--quick` as their own.
Not typed: `make test`, which runs this.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from lab_server import copy_checkout, filled_in

from namelib.runs import ROOT
from report.parameters import open_notebook

pexpect = pytest.importorskip("pexpect")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("make") is None, reason="needs make"),
]
# a block, or a command within a sentence
COMMANDS = re.compile(r"^```\n(.*?)^```|`((?:make|python|\.venv/bin/\w+) .+?)`", re.M | re.S)
LEFT_OUT = re.compile(r"make test|-m pytest|-m venv|-m pip")
INSTALLS = re.compile(r"^(?:python -m venv|\.venv\\Scripts\\python -m pip) .*", re.M)
# two reports run to their end; other tests have the files that each option makes
REPORTS = r'make report(?! ARGS="--(quick|exercise)")|python -m report( --quick)?$'
# what runs on: what it says once it works, and what it says to Ctrl-C
RUNS_ON = {
    r"make lab|report\.lab": (r"127\.0\.0\.1:\d+/lab/tree/start\.md", r"\(y/\[n\]\)\? "),
    "make bench": (r"one step \.\.\.", "Aborted"),
    r"make study|why_lstm\.study": (r"\d\d \w+ \.\.\.", "stopped"),
    r"make sweep|report\.sweep": (r"cells, \d+ of them already finished", "stopped"),
    REPORTS: (r"1_rnn: starts|typesetting", "stopped; no report was written"),
}
PROMPT = r"\[(\d+)\]> "  # with the status of the last command
PATIENCE = 600  # seconds; several commands may share two cores


def commands() -> list[str]:
    """The lines of README's blocks and the commands within its sentences, in order, each once."""
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    once = {}
    for block, within in COMMANDS.findall(page):
        for line in (block or within).splitlines():
            once.setdefault(re.sub("  +#.*", "", line), line)
    return [line for command, line in once.items() if command and not LEFT_OUT.search(command)]


@pytest.fixture(scope="module")
def checkout(few_names, tmp_path_factory) -> Path:
    """A checkout with this environment, ready, and with the files that README's commands name."""
    folder = tmp_path_factory.mktemp("checkout")
    copy_checkout(folder)
    for name in ("pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / "tests" / "benchmarks", folder / "tests" / "benchmarks")
    (folder / ".venv").mkdir()
    for path in Path(sys.prefix).iterdir():
        (folder / ".venv" / path.name).symlink_to(path)
    (folder / ".venv" / ".ready").touch()
    shutil.rmtree(folder / "data" / "names")
    shutil.copytree(few_names, folder / "data" / "names")
    (folder / "data" / "recorded" / "study.json").unlink()  # of other surnames
    (folder / "my_surnames").mkdir()
    for path in sorted(few_names.iterdir())[:2]:
        shutil.copy(path, folder / "my_surnames")
    for path in (folder / "notebooks").glob("*.ipynb"):
        notebook = open_notebook(path)
        for name, value in notebook.metadata.lab.quick.items():
            for cell in notebook.cells:
                line = rf"^({name}: \w+ = )\S+"
                cell.source = re.sub(line, rf"\g<1>{value!r}", cell.source, flags=re.MULTILINE)
        nbformat.write(notebook, path)
    (folder / "school.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
    )
    (folder / "week7.md").write_text("Compare the three networks.")
    return folder


@pytest.fixture(scope="module")
def shell(checkout, tmp_path_factory):
    """A shell at a terminal in the checkout, as a person has it; Jupyter may run as root there."""
    settings = tmp_path_factory.mktemp("jupyter")
    given = '{"ServerApp": {"allow_root": true, "open_browser": false}}'
    (settings / "jupyter_server_config.json").write_text(given)
    environment = {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ} | {
        "PATH": f"{checkout / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(checkout),
        "JUPYTER_CONFIG_DIR": str(settings),
        "PS1": "[$?]> ",
    }
    words = ["--noprofile", "--norc", "--noediting"]
    shell = pexpect.spawn(
        "bash",
        words,
        cwd=checkout,
        env=environment,
        encoding="utf-8",
        timeout=PATIENCE,
        dimensions=(50, 300),
        # background jobs of a shell ignore it
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    shell.expect(PROMPT)
    yield shell
    shell.close(force=True)


def before(command: str, checkout: Path) -> None:
    """What a person does before this command: fills in the blanks, collects what was handed in."""
    if command.startswith('make report ARGS="--exercise"'):
        folder = checkout / "lab" / "exercise"
        for path in folder.glob("[123]_*.ipynb"):
            nbformat.write(filled_in(path, checkout / "notebooks" / path.name), path)
    if "handed_in" in command:
        (checkout / "handed_in").mkdir()
        for path in (checkout / "build").glob("report.*"):
            shutil.copy(path, checkout / "handed_in")


def test_every_command_of_readme_runs_as_it_stands(checkout, shell):
    for command in commands():
        before(command, checkout)
        shell.sendline(command.replace(".venv\\Scripts\\", ".venv/bin/"))
        working, ends = next(
            (told for name, told in RUNS_ON.items() if re.search(name, command)), ("", "")
        )
        if working:
            if shell.expect([working, PROMPT]) == 1:
                assert "unpack that archive by hand" in shell.before, shell.before  # no network
                continue
            shell.sendintr()
            assert shell.expect([ends, PROMPT]) == 0, shell.before
            if ends.endswith("? "):
                shell.sendline("y")
        shell.expect(PROMPT)
        said, status = shell.before, int(shell.match[1])
        assert "Traceback" not in said, said
        # Python's own JupyterLab ends well; make, stopped like what it runs, does not
        assert status == (130 if working and command != "python -m report.lab" else 0), said


def test_the_commands_without_make_install_as_they_stand(tmp_path):
    copy_checkout(tmp_path)
    for name in ("pyproject.toml", "constraints.txt", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to(Path(sys.base_prefix) / "bin" / "python3")
    path = f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PYTHONPATH": ""}
    run = {"cwd": tmp_path, "env": environment, "capture_output": True, "text": True}
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = INSTALLS.findall(page)
    assert len(commands) == 2
    for command in commands:
        done = subprocess.run(
            ["bash", "-c", command.replace(".venv\\Scripts\\", ".venv/bin/")], **run
        )
        if "No matching distribution" in done.stderr:
            pytest.skip("no package index")
        assert done.returncode == 0, done.stderr
    python = str(tmp_path / ".venv" / "bin" / "python")
    said = subprocess.run([python, "-m", "report", "--help"], **run)
    assert said.returncode == 0 and "--quick" in said.stdout, said.stderr
