"""report/run.py: side by side, only what has changed, and a clear end when one fails."""

import io
import json
import time
from contextlib import suppress
from itertools import count
from threading import Thread

import nbformat
import psutil
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from tiny_notebooks import write_notebook

from report.board import Board
from report.parameters import ParameterError, find_notebooks
from report.run import (
    NotebookError,
    Plan,
    run_notebooks,
    scratch_folder,
    with_places,
    without_places,
)

PLACES = 'out_dir: str = ""\nsteps: int = 3'
RESULT = "import json, pathlib\npathlib.Path(out_dir, 'results.json').write_text(json.dumps(steps))"


class Run:
    """Runs the notebooks of a checkout with parameters, into `out`; `board` shows how it went."""

    def __init__(self, checkout, out):
        self.checkout, self.out, self.board = checkout, out, None

    def __call__(self, jobs=2, fresh=False, data="abc", **parameters):
        notebooks, injected = find_notebooks(self.checkout / "notebooks"), {}
        for book in notebooks:
            chosen = {name: value for name, value in parameters.items() if name in book.types}
            injected[book.name] = with_places(book, chosen, "")
        plan = Plan(injected, self.out, data, (), jobs, fresh, self.checkout)
        self.board = Board([book.name for book in notebooks], io.StringIO())
        with scratch_folder(self.out) as scratch:
            return run_notebooks(notebooks, plan, self.board, scratch)


@pytest.fixture
def run(tmp_path):
    out = tmp_path / "out {of} \"it\" 'é' 中"
    out.mkdir()
    return Run(tmp_path, out)


def outputs(folder):
    """The text that the executed notebook printed."""
    cells = nbformat.read(folder / "notebook.ipynb", as_version=4).cells
    return "".join(output.get("text", "") for cell in cells for output in cell.get("outputs", []))


def test_parameters_reach_the_notebook_which_runs_in_its_own_folder(run, tmp_path):
    source = write_notebook(
        tmp_path / "notebooks" / "1_rnn.ipynb", PLACES, RESULT, "import os\nprint(os.getcwd())"
    )
    before = source.read_bytes()
    seconds = run(steps=7)
    assert source.read_bytes() == before and [*source.parent.iterdir()] == [source]
    assert json.loads((run.out / "1_rnn" / "results.json").read_text()) == 7
    assert outputs(run.out / "1_rnn").strip() == str(run.out / "1_rnn")
    assert seconds["1_rnn"] > 0
    metadata = nbformat.read(run.out / "1_rnn" / "notebook.ipynb", as_version=4).metadata
    assert str(tmp_path) not in json.dumps(metadata)  # paths of this machine are nobody's business


def test_the_executed_notebook_shows_no_place_and_saves_apart_when_it_is_opened():
    lines = 'steps = 3\nout_dir = "."\ndata_dir = "{}"\n'
    for given, shown in (
        ("../../names", "../../names"),
        ("/home/a/b c", "b c"),
        ("../../../a/names", "names"),
    ):
        cell = new_code_cell(lines.format(given), metadata={"tags": ["injected-parameters"]})
        notebook = new_notebook(
            cells=[cell], metadata={"papermill": {"input_path": "/home/a/1_rnn.ipynb"}}
        )
        without_places(notebook)
        parameters = {}
        exec(notebook.cells[0].source, parameters)
        assert (parameters["steps"], parameters["data_dir"]) == (3, shown)
        assert "out_dir" not in parameters and "papermill" not in notebook.metadata


def test_a_warning_keeps_the_name_of_the_file_and_no_more_of_its_place():
    said = "/some folder/lib/x.py:21: UserWarning: of /data/y\n  plot()\nat 10:30: Done\n"
    printed = new_output("stream", name="stderr", text=said)
    notebook = new_notebook(cells=[new_code_cell("plot()", outputs=[printed])])
    without_places(notebook)
    shown = "x.py:21: UserWarning: of /data/y\n  plot()\nat 10:30: Done\n"
    assert notebook.cells[0].outputs[0].text == shown


NOTE = (
    "import pathlib\nhere = pathlib.Path(out_dir).resolve()\n"
    "open(here.parent / 'order', 'a').write(here.name + ' ')"
)


def test_a_notebook_runs_again_only_when_something_has_changed_and_the_reader_last(
    run, tmp_path, monkeypatch
):
    first = write_notebook(tmp_path / "notebooks" / "1_rnn.ipynb", PLACES, RESULT, NOTE)
    reads = "import pathlib\nprint(pathlib.Path(runs_dir, '1_rnn', 'results.json').read_text())"
    write_notebook(
        tmp_path / "notebooks" / "0_why.ipynb", 'out_dir: str = ""\nruns_dir: str = ""', reads, NOTE
    )

    def ran(**options):
        (run.out / "order").write_text("")
        seconds = run(**options)
        assert set(seconds) == {"1_rnn", "0_why"}
        return (run.out / "order").read_text().split()

    assert ran() == ["1_rnn", "0_why"]
    assert ran() == []
    assert run.board.rows["1_rnn"].ended.startswith("unchanged since its last run, which took 00:")
    assert ran(steps=9) == ["1_rnn", "0_why"]  # the second one reads the first one's run
    assert outputs(run.out / "0_why").strip() == "9"
    assert ran(steps=9, data="abd") == ["1_rnn", "0_why"]
    (run.out / "0_why" / "notebook.ipynb").unlink()
    assert ran(steps=9, data="abd") == ["0_why"]
    assert ran(steps=9, data="abd", fresh=True) == ["1_rnn", "0_why"]
    write_notebook(first, PLACES, RESULT, NOTE, "pass")
    assert ran(steps=9, data="abd") == ["1_rnn", "0_why"]
    (run.out / "sweeps" / "runs").mkdir(parents=True)
    assert ran(steps=9, data="abd") == []
    (run.out / "sweeps" / "sweep.csv").write_text("a new sweep")
    assert ran(steps=9, data="abd") == ["0_why"]
    (tmp_path / "data" / "recorded").mkdir(parents=True)
    (tmp_path / "data" / "recorded" / "study.json").write_text("{}")
    assert ran(steps=9, data="abd") == ["0_why"]


SLEEP = (
    "import os, pathlib, time\npathlib.Path(out_dir, "
    "'pid').write_text(str(os.getpid()))\ntime.sleep(600)"
)
FAIL_LATE = """
import pathlib, time
def half(n):
    while not pathlib.Path(out_dir, "../2_lstm/pid").exists(): time.sleep(0.1)
    return n / 0
# the next line fails
half(steps)
"""


def test_a_failure_names_the_place_keeps_the_notebook_and_ends_the_others(run, tmp_path):
    write_notebook(
        tmp_path / "notebooks" / "1_rnn.ipynb",
        PLACES,
        "print('so far')",
        FAIL_LATE,
        "print('never')",
    )
    write_notebook(tmp_path / "notebooks" / "2_lstm.ipynb", PLACES, SLEEP)
    with pytest.raises(NotebookError) as caught:
        run()
    message = str(caught.value)
    assert (
        '1_rnn.ipynb failed in cell [4], line 6, "half(steps)": ZeroDivisionError: division by zero'
        in message
    )
    assert str(run.out / "1_rnn" / "notebook.ipynb") in message
    assert "\n" not in message
    assert outputs(run.out / "1_rnn") == "so far\n"
    with suppress(psutil.NoSuchProcess):  # or it raises TimeoutExpired
        psutil.Process(int((run.out / "2_lstm" / "pid").read_text())).wait(timeout=10)
    assert run.board.rows["2_lstm"].ended == "stopped"
    assert not (run.out / "1_rnn" / "run.json").exists()


def test_a_failed_notebook_runs_again_and_one_that_reads_it_went_no_further(run, tmp_path):
    fails_once = (
        "import pathlib\nseen = pathlib.Path(out_dir, 'seen')\n"
        "assert seen.exists() or seen.touch(), 'first'"
    )
    write_notebook(tmp_path / "notebooks" / "2_lstm.ipynb", PLACES, fails_once)
    reads = f"runs_dir\n{RESULT}"
    write_notebook(tmp_path / "notebooks" / "4_why.ipynb", PLACES + '\nruns_dir: str = ""', reads)
    with pytest.raises(NotebookError, match=r"2_lstm.ipynb failed in .* AssertionError: first"):
        run()
    assert not (run.out / "4_why" / "results.json").exists()
    run()
    assert (run.out / "4_why" / "results.json").exists()


WAITS = """
import pathlib, time
while not pathlib.Path(out_dir, "../reader").exists(): time.sleep(0.1)
"""


def test_a_reader_starts_beside_the_last_run_waits_for_it_and_its_time_stands_still(run, tmp_path):
    notebooks = tmp_path / "notebooks"
    write_notebook(notebooks / "1_rnn.ipynb", PLACES)
    write_notebook(notebooks / "2_lstm.ipynb", PLACES, WAITS, f"time.sleep(2)\n{RESULT}")
    began = "import pathlib, time\npathlib.Path(out_dir, '../reader').touch()\nbegan = time.time()"
    reads = "print(pathlib.Path(runs_dir, '2_lstm/results.json').read_text(), time.time() - began)"
    declared = 'out_dir: str = ""\nruns_dir: str = ""'
    write_notebook(notebooks / "4_why.ipynb", declared, began, reads)
    start = time.monotonic()
    seconds = run(steps=5)
    elapsed = time.monotonic() - start
    result, waited = outputs(run.out / "4_why").split()
    assert result == "5" and float(waited) > 1.5
    assert seconds["4_why"] + float(waited) < elapsed
    assert run(steps=5) == seconds  # nothing has changed


def test_a_python_that_does_not_start_is_reported(run, tmp_path, monkeypatch):
    write_notebook(tmp_path / "notebooks" / "1_rnn.ipynb", PLACES, "1 + 1")

    async def start_kernel(self, **options):
        raise RuntimeError("Kernel died before replying to kernel_info")

    monkeypatch.setattr("report.kernel.AsyncKernelManager.start_kernel", start_kernel)
    with pytest.raises(
        NotebookError, match=r"1_rnn\.ipynb: its Python did not start \(Kernel died .*kernel\.log"
    ):
        run()


DIE = "import os, signal\nos.write(2, b'last words')\nos.kill(os.getpid(), signal.SIGKILL)"


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("x = 1\ny = = 2", r'1_rnn\.ipynb failed in cell \[3\], line 2, "y = = 2": SyntaxError'),
        (DIE, r"1_rnn\.ipynb: its Python died in cell 4 of 4 .*kernel\.log"),
    ],
)
def test_a_cell_that_cannot_be_read_and_one_that_kills_its_kernel_are_placed(
    run, tmp_path, cell, says
):
    write_notebook(tmp_path / "notebooks" / "1_rnn.ipynb", PLACES, cell)
    with pytest.raises(NotebookError, match=says):
        run()


def test_a_notebook_that_runs_alone_gets_all_cores(tmp_path, monkeypatch):
    monkeypatch.setattr("joblib.cpu_count", lambda: 8)
    write_notebook(
        tmp_path / "4_why.ipynb",
        'out_dir: str = ""\nworkers: int = 1\nruns_dir: str = ""\ndata_dir: str = ""',
    )
    (reader,) = find_notebooks(tmp_path)
    places = {"out_dir": ".", "runs_dir": ".."}
    assert with_places(reader, {}, "../x") == {"data_dir": "../x", **places, "workers": 8}
    assert with_places(reader, {"workers": 1}, "") == {**places, "workers": 1}


def test_a_notebook_that_does_not_declare_a_place_that_it_uses_or_is_given_is_refused(tmp_path):
    write_notebook(tmp_path / "1_rnn.ipynb", 'out_dir: str = ""', "print(runs_dir)")
    (book,) = find_notebooks(tmp_path)
    with pytest.raises(
        ParameterError, match=r"1_rnn\.ipynb: its parameters cell lacks data_dir, runs_dir"
    ):
        with_places(book, {}, "../names")


def test_a_run_whose_code_changed_meanwhile_is_not_current_and_one_of_other_surnames_is_refused(
    run, tmp_path
):
    edits = f"open({str(tmp_path / 'namelib' / 'x.py')!r}, 'w').write('1')"
    (tmp_path / "namelib").mkdir()
    write_notebook(tmp_path / "notebooks" / "1_rnn.ipynb", PLACES, RESULT, edits)
    run()
    assert (
        not (run.out / "1_rnn" / "run.json").exists() and "changed" in run.board.rows["1_rnn"].ended
    )
    run()
    assert (run.out / "1_rnn" / "run.json").exists()
    others = (
        "from namelib.runs import save_results\n"
        "save_results(out_dir, {'data': {'fingerprint': 'other'}})"
    )
    write_notebook(tmp_path / "notebooks" / "1_rnn.ipynb", PLACES, others)
    with pytest.raises(
        NotebookError, match=r"1_rnn\.ipynb: the surnames were changed while it ran"
    ):
        run()
    assert not (run.out / "1_rnn" / "run.json").exists()


def test_a_users_own_settings_change_nothing(run, tmp_path, monkeypatch):
    (tmp_path / "profile_default").mkdir()
    (tmp_path / "profile_default" / "ipython_config.py").write_text(
        "c.InteractiveShell.ast_node_interactivity = 'all'"
    )
    (tmp_path / "matplotlibrc").write_text("lines.linewidth: 33")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    monkeypatch.setenv("MATPLOTLIBRC", str(tmp_path))
    shows = "1\nimport matplotlib\nprint(matplotlib.rcParams['lines.linewidth'])\nNone"
    write_notebook(tmp_path / "notebooks" / "1_rnn.ipynb", PLACES, shows)
    run()
    cells = nbformat.read(run.out / "1_rnn" / "notebook.ipynb", as_version=4).cells
    assert [output.text for output in cells[-1].outputs] == ["1.5\n"]


def test_the_temporary_folder_goes_even_while_a_thread_writes_into_it(tmp_path):
    def write(folder):
        for number in count():
            try:
                (folder / str(number)).write_bytes(b"")
            except OSError:
                return

    with scratch_folder(tmp_path) as scratch:
        threads = [Thread(target=write, args=[scratch]) for _ in range(4)]
        for thread in threads:
            thread.start()
    for thread in threads:
        thread.join()
    assert list(scratch.parent.glob(f"{scratch.name}*")) == []
