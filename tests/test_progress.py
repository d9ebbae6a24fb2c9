"""namelib/progress.py: a bar while a loop runs, a file for batch runners, no bar kept."""

import subprocess
import sys

import pexpect
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from tiny_notebooks import PYTHON
from tqdm import tqdm

from namelib.progress import BAR, FILE_VARIABLE

LOOP = (
    "import time\n"
    "from namelib import progress\n"
    "progress.REFRESH = 0\n"
    "print('before')\n"
    "for k in progress.track(range(4), 'RNN'):\n"
    "    time.sleep(0.001)\n"
    "    print(k)\n"
)


def run(folder, source=LOOP):
    """The executed cell, and the texts that were displayed while it ran."""
    notebook = new_notebook(cells=[new_code_cell(source)], metadata={"kernelspec": PYTHON})
    shown = []

    class Listener(NotebookClient):
        def process_message(self, message, *arguments):
            if message["msg_type"] in ("display_data", "update_display_data"):
                shown.append(message["content"]["data"]["text/plain"])
            return super().process_message(message, *arguments)

    Listener(notebook, resources={"metadata": {"path": str(folder)}}).execute()
    return notebook.cells[0], shown


def test_a_runner_reads_how_far_it_is_and_the_notebook_keeps_nothing(tmp_path, monkeypatch):
    report = tmp_path / "told"
    monkeypatch.setenv(FILE_VARIABLE, str(report))
    cell, shown = run(
        tmp_path,
        "told = []\n" + LOOP + f"    told.append(open({str(report)!r}).read())\nprint(told)",
    )
    assert not shown and all(output.output_type == "stream" for output in cell.outputs)
    printed = "".join(output.text for output in cell.outputs)
    assert [f"'RNN: {share}%, " in printed for share in (0, 25, 50, 75)] == [
        True
    ] * 4 and "00:00 left" in printed
    assert list(tmp_path.iterdir()) == [report] and not report.read_text(), (
        "whole each time, and empty at the end"
    )


def test_by_hand_one_line_is_updated_and_what_the_cell_printed_stays(tmp_path):
    without_length = LOOP.replace("range(4), 'RNN'", "map(int, '0123'), 'RNN', total=4")
    cell, shown = run(tmp_path, without_length)
    assert [text[: text.find(",")] for text in shown[1:5]] == [
        f"RNN: {share}%" for share in (0, 25, 50, 75)
    ]
    printed = "".join(output.text for output in cell.outputs if output.output_type == "stream")
    assert printed.split() == ["before", "0", "1", "2", "3"]
    assert sum(output.output_type == "display_data" for output in cell.outputs) == 1


def test_a_terminal_has_a_bar_and_what_is_left_is_time():
    pexpect.spawn(sys.executable, ["-c", LOOP]).expect("RNN:  25%")
    line = tqdm.format_meter(n=1, total=4, elapsed=10, prefix="RNN", bar_format=BAR)
    assert line == "RNN: 25%, 00:30 left"


def test_nothing_is_printed_into_a_log(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", LOOP], capture_output=True, cwd=tmp_path, check=True
    )
    assert (done.stdout.split(), done.stderr) == ([b"before", b"0", b"1", b"2", b"3"], b"")
    assert not list(tmp_path.iterdir())
