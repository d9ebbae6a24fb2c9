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
    """A board on a log, whose first notebook has been running for 30 seconds."""

    def make(stream):
        board = Board(["1_rnn", "4_why"], stream, log_every=0)
        board.rows["1_rnn"].begin(tmp_path)
        now = time.monotonic()
        monkeypatch.setattr(time, "monotonic", lambda: now + 30)
        return board

    return make


def report(folder, done, what):
    (folder / "1_rnn.json").write_text(json.dumps({"done": done, "what": what}))


def test_the_time_left_comes_from_what_is_done(running, tmp_path):
    row = running(io.StringIO()).rows["1_rnn"]
    report(tmp_path, 0.25, "seed recipe 25000/100000")
    assert row.state() == (0.25, "1:30 left, seed recipe 25000/100000")


def test_no_guess_at_the_time_left_before_anything_is_done(running, tmp_path):
    report(tmp_path, 0, "reads the names")
    assert running(io.StringIO()).rows["1_rnn"].state() == (0, "reads the names")


def test_cells_are_counted_until_the_notebook_reports(running):
    row = running(io.StringIO()).rows["1_rnn"]
    assert row.state() == (0, "starts")
    row.cell, row.cells = 5, 20
    assert row.state() == (0.25, "cell 6 of 20")


def test_after_the_training_the_cells_count_again(running, tmp_path):
    row = running(io.StringIO()).rows["1_rnn"]
    row.cell, row.cells = 14, 20
    report(tmp_path, 1, "mini-batch recipe")
    assert row.state() == (1, "cell 15 of 20")


def test_only_a_notebook_that_came_to_its_end_is_full(running):
    row = running(io.StringIO()).rows["1_rnn"]
    row.end("stopped", whole=False)
    assert row.state() == (0, "stopped")
    row.end("done in 0:31")
    assert row.state() == (1, "done in 0:31")


def test_a_log_has_a_line_for_start_way_and_end(running, tmp_path):
    board = running(stream := io.StringIO())
    board.refresh()
    report(tmp_path, 0.25, "seed recipe")
    board.refresh()
    board.rows["1_rnn"].end("done in 0:31")
    board.close()
    assert stream.getvalue().splitlines() == [
        "0:30  1_rnn: starts",
        "0:30  1_rnn 25% (1:30 left, seed recipe)",
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
    report(tmp_path, 0.25, "seed recipe")
    board.refresh()
    assert "\n\r4_why" in stream.getvalue()  # one below the other
    board.close()
    lines = stream.getvalue().replace("\x1b[A", "\n").replace("\r", "\n").splitlines()
    assert any(line.startswith("1_rnn  25% |") and "0:30, 1:30 left, seed recipe" in line for line in lines)
    assert any(line.startswith("4_why   0% |") and line.endswith("waits") for line in lines)


@pytest.mark.parametrize(("seconds", "text"), [(0, "0:00"), (59.9, "0:59"), (61, "1:01"), (3600, "60:00")])
def test_clock(seconds, text):
    assert clock(seconds) == text
