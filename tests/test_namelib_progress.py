"""namelib/progress.py: the runner can read how far a notebook is, and nothing of it stays in the notebook."""

import json
import subprocess
import sys

from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from tiny_notebooks import PYTHON

from namelib.progress import FOLDER_VARIABLE, Progress

STEPS = (
    "from namelib.progress import Progress\n"
    "progress = Progress('1_rnn')\n"
    "for start, end in ((0.0, 0.8), (0.8, 1.0)):\n"
    "    update = progress.part(start, end, 'recipe')\n"
    "    for k in range(5):\n"
    "        update(k / 4, f'{k} of 4')\n"
)


def test_the_runner_reads_a_rising_fraction_of_the_whole(tmp_path, monkeypatch):
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    progress, told = Progress("1_rnn"), []
    for start, end, what in ((0.0, 0.8, "original"), (0.8, 1.0, "")):
        update = progress.part(start, end, what)
        for k in range(3):
            update(k / 2, f"{k} of 2")
            assert [path.name for path in tmp_path.iterdir()] == ["1_rnn.json"]
            told.append(json.loads((tmp_path / "1_rnn.json").read_text(encoding="utf-8")))
    assert [record["done"] for record in told] == [0.0, 0.4, 0.8, 0.8, 0.9, 1.0]
    assert [record["what"] for record in told][2:4] == ["original: 2 of 2", "0 of 2"]


def test_what_the_runner_reads_is_whole_at_every_moment(tmp_path, monkeypatch):
    """A reader between write and rename must see the line before, not half a line."""
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    update = Progress("1_rnn").part(0, 1)
    update(0.25, "first")
    path_type, seen = type(tmp_path), []
    replace = path_type.replace

    def look_then_replace(self, target):
        seen.append(json.loads(target.read_text(encoding="utf-8"))["what"])
        return replace(self, target)

    monkeypatch.setattr(path_type, "replace", look_then_replace)
    update(0.5, "second")
    assert seen == ["first"]


def test_nothing_is_printed_into_a_log_and_nothing_written_without_a_runner(tmp_path):
    run = subprocess.run([sys.executable, "-c", STEPS], capture_output=True, cwd=tmp_path, check=True)
    assert run.stdout == run.stderr == b""
    assert not list(tmp_path.iterdir())


def test_a_notebook_shows_a_bar_while_it_runs_and_keeps_nothing_of_it(tmp_path):
    notebook = new_notebook(cells=[new_code_cell(STEPS)], metadata={"kernelspec": PYTHON})
    messages = []

    class Listener(NotebookClient):
        def process_message(self, message, *arguments):
            messages.append((message["msg_type"], message["content"].get("data", {}).get("text/plain", "")))
            return super().process_message(message, *arguments)

    Listener(notebook, resources={"metadata": {"path": str(tmp_path)}}).execute()
    bars = [text for kind, text in messages if kind in ("display_data", "update_display_data")]
    assert len(bars) == 8 and bars[2].endswith(" 50%  recipe: 2 of 4")
    assert notebook.cells[0].outputs == []
