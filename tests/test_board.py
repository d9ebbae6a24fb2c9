"""report/board.py: which notebook, how far, how long still, on a terminal and in a log."""

import io
import time

import pytest

from report.board import Board


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def running(tmp_path, monkeypatch):
    """A board whose first notebook has run for 30 seconds and is in the sixth of 20 cells."""

    def make(stream=None, log_every=0):
        board = Board(["1_rnn", "4_why"], stream or io.StringIO(), log_every)
        row = board.rows["1_rnn"]
        row.started, row.reports = time.monotonic(), tmp_path / "reports"
        row.cell, row.cells = 5, 20
        now = time.monotonic()
        monkeypatch.setattr(time, "monotonic", lambda: now + 30)
        return board

    return make


def report(folder, text):
    (folder / "reports").write_text(text)


def test_a_notebook_tells_its_cell_and_what_that_reports(running, tmp_path):
    row = running().rows["1_rnn"]
    assert row.state() == "1_rnn cell 6 of 20"
    report(tmp_path, "original recipe: 50%, 00:12 left")
    assert row.state() == "1_rnn cell 6 of 20, original recipe: 50%, 00:12 left"
    report(tmp_path, "")
    assert row.state() == "1_rnn cell 6 of 20"
    row.cells = 0
    assert row.state() == "1_rnn starts"


def test_a_log_has_a_line_for_start_way_and_end(running, tmp_path):
    board = running(stream := io.StringIO())
    board.refresh()
    report(tmp_path, "original recipe: 50%, 00:12 left")
    board.refresh()
    board.rows["1_rnn"].ended = "done in 00:31"
    board.close()
    assert stream.getvalue().splitlines() == [
        "00:30  1_rnn: starts",
        "00:30  1_rnn cell 6 of 20",
        "00:30  1_rnn cell 6 of 20, original recipe: 50%, 00:12 left",
        "00:30  1_rnn: done in 00:31",
    ]


def test_a_log_is_not_flooded(running):
    board = running(stream := io.StringIO(), log_every=10)
    for _ in range(50):
        board.refresh()
    assert len(stream.getvalue().splitlines()) == 1


def test_a_terminal_has_news_and_below_them_a_line_that_renews_itself(running, tmp_path):
    board = running(stream := Terminal())
    board.refresh()
    report(tmp_path, "original recipe: 50%, 00:12 left")
    board.refresh()
    board.rows["1_rnn"].ended = "done in 00:31"
    board.close()
    news, *_ = stream.getvalue().split("\n")
    assert news.endswith("00:30  1_rnn: starts")
    lines = [line.split("\r\x1b[K")[-1] for line in stream.getvalue().split("\n")]
    assert lines == ["00:30  1_rnn: starts", "00:30  1_rnn: done in 00:31", ""]
    assert "00:30  1_rnn cell 6 of 20, original recipe: 50%, 00:12 left" in stream.getvalue().split(
        "\r\x1b[K"
    )
