"""report/progress.py: which notebook, how far, how long still, on a terminal and in a log."""

import io
import json
import time

import pytest

from report.progress import Board, clock


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def running(tmp_path, monkeypatch):
    """A board whose first notebook has been running for 30 seconds and is in the sixth of its 20 cells."""

    def make(stream=None):
        board = Board(["1_rnn", "4_why"], stream or io.StringIO(), log_every=0)
        row = board.rows["1_rnn"]
        row.begin(tmp_path / "reports")
        row.cell, row.cells = 5, 20
        now = time.monotonic()
        monkeypatch.setattr(time, "monotonic", lambda: now + 30)
        return board

    return make


def report(folder, done, what):
    (folder / "reports").write_text(json.dumps({"done": done, "what": what}))


def test_a_notebook_tells_its_cell_and_how_far_that_is(running, tmp_path):
    row = running().rows["1_rnn"]
    assert row.state() == (0.25, "cell 6 of 20")
    report(tmp_path, 0.5, "original recipe")
    assert row.state() == (0.275, "cell 6 of 20: original recipe 50%")
    report(tmp_path, 1, "original recipe")
    assert row.state() == (0.25, "cell 6 of 20")  # that is done: what follows are figures, for the most part
    row.cells = 0
    assert row.state() == (0, "starts")


def test_only_a_notebook_that_came_to_its_end_is_full(running):
    row = running().rows["1_rnn"]
    row.ended = "stopped"
    assert row.state() == (0, "stopped")
    row.ended = "done in 0:31"
    assert row.state() == (1, "done in 0:31")


def test_a_log_has_a_line_for_start_way_and_end(running, tmp_path):
    board = running(stream := io.StringIO())
    board.refresh()
    report(tmp_path, 0.5, "original recipe")
    board.refresh()
    board.rows["1_rnn"].ended = "done in 0:31"
    board.close()
    assert stream.getvalue().splitlines() == [
        "0:30  1_rnn: starts",
        "0:30  1_rnn 28% (cell 6 of 20: original recipe 50%)",
        "0:30  1_rnn: done in 0:31",
    ]


def test_a_log_is_not_flooded(running, tmp_path):
    board = running(stream := io.StringIO())
    board.log_every = 10
    for _ in range(50):
        board.refresh()
    assert len(stream.getvalue().splitlines()) == 1


def test_a_terminal_has_a_bar_for_every_notebook(running, tmp_path):
    board = running(stream := Terminal())
    report(tmp_path, 0.5, "original recipe")
    board.refresh()
    assert "\n\r4_why" in stream.getvalue()  # one below the other
    board.close()
    lines = stream.getvalue().replace("\x1b[A", "\n").replace("\r", "\n").splitlines()
    assert any(line.startswith("1_rnn  28% |") and "0:30, cell 6 of 20: original" in line for line in lines)
    assert any(line.startswith("4_why   0% |") and line.endswith("waits") for line in lines)


@pytest.mark.parametrize(("seconds", "text"), [(0, "0:00"), (59.9, "0:59"), (61, "1:01"), (3600, "60:00")])
def test_clock(seconds, text):
    assert clock(seconds) == text
