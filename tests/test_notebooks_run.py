"""The notebooks as papermill and nbval run them: anywhere, whole, quiet, the same twice."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbconvert import HTMLExporter
from real_commands import lasting

from namelib.progress import FILE_VARIABLE as PROGRESS
from namelib.runs import BUILD
from namelib.runs import NETWORKS as KNOWN
from report.parameters import find_notebooks

CHECKOUT = BUILD.parent
NETWORKS = [network.notebook for network in KNOWN.values()]
DECLARED = {notebook.name: notebook for notebook in find_notebooks(CHECKOUT / "notebooks")}
SMALL = {
    "steps": 250,
    "epochs": 2,
    "batch_size": 16,
    "hidden_size": 8,
    "try_names": '["Satoshi", "$o_b*|`", "李"]',
}  # as -p gives it
CHINESE = re.compile("[\u3000-\u9fff\uff00-\uffef]")

every_notebook = pytest.mark.parametrize("name", DECLARED)


def listing(folder: Path) -> dict[str, bytes]:
    """Every file that git would see, with its bytes; build/ is left out."""
    files = (path for path in folder.rglob("*") if path.is_file())
    names = {str(path.relative_to(folder)): path for path in files}
    return {
        name: path.read_bytes()
        for name, path in names.items()
        if not name.startswith("build/") and "__pycache__" not in name
    }


@pytest.fixture(scope="module")
def lab(few_names, tmp_path_factory):
    """Runs every notebook by papermill and then by nbval, in a copy of the checkout of its own.

    papermill is called in another folder with relative paths and leaves its runs in the copy's
    build/; nbval runs what papermill has executed, into another folder, and compares the outputs.
    Notebooks that read runs come after them.
    """
    copy, elsewhere = tmp_path_factory.mktemp("checkout"), tmp_path_factory.mktemp("elsewhere")
    for folder in ("data", "namelib", "notebooks"):
        shutil.copytree(
            CHECKOUT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copytree(few_names, elsewhere / "names")
    environment = os.environ | {"PYTHONPATH": str(copy), "OMP_NUM_THREADS": "1"}
    before = listing(copy)
    for folder in ("progress", "executed", "nbval"):
        (elsewhere / folder).mkdir()

    def python(*command, **variables):
        return subprocess.run(
            [sys.executable, "-m", *map(str, command)],
            cwd=elsewhere,
            env=environment | variables,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def parameters(name, **places):
        declared = DECLARED[name]
        values = {**declared.quick, **SMALL, **places}
        return {
            parameter: value for parameter, value in values.items() if parameter in declared.types
        }

    def run_papermill(name):
        source = os.path.relpath(copy / "notebooks" / f"{name}.ipynb", elsewhere)
        values = json.dumps(parameters(name, data_dir="names"))
        variables = {PROGRESS: str(elsewhere / "progress" / f"{name}.json")}
        return python(
            "papermill", source, f"executed/{name}.ipynb", "--parameters_yaml", values, **variables
        )

    def run_nbval(name):
        runs = elsewhere / "nbval"
        places = {"data_dir": "../names", "out_dir": str(runs / name), "workers": 1}
        places = {
            parameter: value
            for parameter, value in places.items()
            if parameter in DECLARED[name].types
        }
        notebook = nbformat.read(elsewhere / "executed" / f"{name}.ipynb", as_version=4)
        (cell,) = [
            cell
            for cell in notebook.cells
            if "injected-parameters" in cell.metadata.get("tags", [])
        ]
        cell.source += "".join(f"{parameter} = {value!r}\n" for parameter, value in places.items())
        nbformat.write(notebook, runs / f"{name}.ipynb")
        options = ("--nbval", "--nbval-current-env", "-p", "no:cacheprovider", "--rootdir", runs)
        return python("pytest", *options, runs / f"{name}.ipynb")

    finished = {}
    with ThreadPoolExecutor(2) as pool:
        for reads_runs in (False, True):
            names = [
                name
                for name, notebook in DECLARED.items()
                if ("runs_dir" in notebook.types) is reads_runs
            ]
            for run in run_papermill, run_nbval:
                results = pool.map(run, names)
                finished |= {
                    (run.__name__, name): result
                    for name, result in zip(names, results, strict=True)
                }
    return SimpleNamespace(copy=copy, elsewhere=elsewhere, before=before, finished=finished)


def outputs(lab, name) -> list:
    cells = nbformat.read(lab.elsewhere / "executed" / f"{name}.ipynb", as_version=4).cells
    return [output for cell in cells if cell.cell_type == "code" for output in cell.outputs]


@every_notebook
def test_papermill_runs_it_from_another_folder(lab, name):
    run = lab.finished["run_papermill", name]
    assert run.returncode == 0, run.stdout[-3000:]
    notebook = nbformat.read(lab.elsewhere / "executed" / f"{name}.ipynb", as_version=4)
    assert all(
        cell.execution_count for cell in notebook.cells if cell.cell_type == "code" and cell.source
    )
    text = (lab.copy / "build" / "by_hand" / name / "results.json").read_text(encoding="utf-8")
    results = json.loads(
        text, parse_constant=lambda constant: pytest.fail(f"{constant} is not JSON")
    )
    if "recipes" in results:  # else it trains no network of its own
        assert results["model"]["arguments"]["hidden_size"] == SMALL["hidden_size"]
        assert results["recipes"]["original"]["steps"] == SMALL["steps"]
        assert results["recipes"]["mini_batch"]["epochs"] == SMALL["epochs"]


@every_notebook
def test_nbval_runs_every_cell_and_finds_the_same_outputs(lab, name):
    run = lab.finished["run_nbval", name]
    assert run.returncode == 0, run.stdout[-3000:]
    cells = nbformat.read(lab.elsewhere / "nbval" / f"{name}.ipynb", as_version=4).cells
    assert f"{sum(cell.cell_type == 'code' for cell in cells)} passed" in run.stdout


def test_nothing_but_build_and_out_dir_is_written(lab):
    after = listing(lab.copy)
    assert {name for name in after if after[name] != lab.before.get(name)} == set() and len(
        after
    ) == len(lab.before)
    assert [path.name for path in (lab.copy / "build").iterdir()] == ["by_hand"], (
        "what `make report` makes stays"
    )
    assert {path.name for path in (lab.copy / "build" / "by_hand").iterdir()} == set(DECLARED)
    assert {path.name for path in lab.elsewhere.iterdir()} == {
        "names",
        "progress",
        "executed",
        "nbval",
    }
    assert {path.name for path in (lab.elsewhere / "executed").iterdir()} == {
        f"{name}.ipynb" for name in DECLARED
    }


@every_notebook
def test_the_runner_is_told_and_nothing_of_it_stays(lab, name):
    """No bar, no widget, no warning, no value that a last line left by chance."""
    progress = lab.elsewhere / "progress" / f"{name}.json"
    assert name not in NETWORKS or not progress.read_text(encoding="utf-8")
    for output in outputs(lab, name):
        assert output.output_type in ("stream", "display_data"), output
        if output.output_type == "stream":
            assert output.name == "stdout", output.text
            assert not re.search(r"[█░\r]|Warning|it/s", output.text), output.text
        else:
            assert output.metadata.get("lang"), output.data.get("text/plain")
            assert not output.data.keys() - {
                "image/svg+xml",
                "text/html",
                "text/markdown",
                "text/plain",
            }


@every_notebook
def test_every_display_stands_in_both_languages(lab, name):
    shown = [output for output in outputs(lab, name) if output.output_type == "display_data"]
    things = [output.metadata.get("id", output.metadata.get("caption_of", "")) for output in shown]
    said = {
        language: [
            thing
            for thing, output in zip(things, shown, strict=True)
            if output.metadata.lang == language
        ]
        for language in ("zh", "en")
    }
    assert said["zh"] == said["en"] and len(shown) == 2 * len(said["zh"]) > 10
    assert sum("image/svg+xml" in output.data for output in shown) >= 6
    for output in shown:
        text = output.metadata.get("caption", output.data["text/plain"])
        language = output.metadata.lang
        assert bool(CHINESE.search(text)) == (language == "zh"), text
        if "image/svg+xml" in output.data:
            assert output.metadata.alt and "<svg" in output.data["image/svg+xml"]


@every_notebook
def test_in_the_page_that_nbconvert_makes_every_figure_has_alternative_text(lab, name):
    page, _ = HTMLExporter().from_filename(str(lab.elsewhere / "executed" / f"{name}.ipynb"))
    figures = [output for output in outputs(lab, name) if output.get("metadata", {}).get("alt")]
    images = BeautifulSoup(page, "html.parser").find_all("img")
    assert (
        [image.get("alt") for image in images] == [figure.metadata.alt for figure in figures] != []
    )


def test_ids_are_unique_and_every_reference_leads_to_one(lab):
    ids, referred = Counter(), set()
    for name in DECLARED:
        notebook = nbformat.read(lab.elsewhere / "executed" / f"{name}.ipynb", as_version=4)
        ids.update(
            output.metadata.id
            for output in outputs(lab, name)
            if "id" in output.get("metadata", {}) and output.metadata.lang == "en"
        )
        prose = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
        prose += [output.get("data", {}).get("text/markdown", "") for output in outputs(lab, name)]
        prose += [output.get("metadata", {}).get("caption", "") for output in outputs(lab, name)]
        referred.update(target for text in prose for target in re.findall(r"\]\(#(.+?)\)", text))
    assert len(ids) > 10 and set(ids.values()) == {1}, ids.most_common(3)
    assert referred <= ids.keys()


@every_notebook
def test_the_same_seed_gives_the_same_run(lab, name):
    """papermill's and nbval's run agree to the last digit, for any number of processes."""
    first, second = lab.copy / "build" / "by_hand" / name, lab.elsewhere / "nbval" / name
    assert (
        {path.name for path in first.iterdir()}
        == {path.name for path in second.iterdir()}
        >= {"results.json"}
    )
    for path in first.iterdir():
        if path.name == "results.json":
            first_run, second_run = (
                json.loads((run / path.name).read_text(encoding="utf-8")) for run in (first, second)
            )
            assert lasting(first_run) == lasting(second_run)
        else:
            assert path.read_bytes() == (second / path.name).read_bytes(), path.name
