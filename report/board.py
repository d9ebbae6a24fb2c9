"""Progress of the notebooks, for a terminal or for a log."""

import shutil
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from tqdm import tqdm

LOG_EVERY = 10.0  # seconds


class Row:
    """One notebook; its thread counts its cells here, its kernel writes to the file `reports`."""

    def __init__(self, name: str):
        self.name = name
        self.reports: Path | None = None  # None while it waits
        self.started = 0.0
        self.cell = self.cells = 0  # executed, and in total
        self.ended = ""  # the outcome, once it has ended

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    @property
    def runs(self) -> bool:
        return self.reports is not None and not self.ended

    def state(self) -> str:
        """The current cell, and the progress that it reports."""
        progress = self.reports.read_text(encoding="utf-8") if self.reports.is_file() else ""
        where = f"cell {self.cell + 1} of {self.cells}" if self.cells else "starts"
        return ", ".join(filter(None, (f"{self.name} {where}", progress)))


class Board:
    """Shows all notebooks in a line that renews itself; without a terminal, every ten seconds."""

    def __init__(
        self, names: Iterable[str], stream: TextIO | None = None, log_every: float = LOG_EVERY
    ):
        self.rows = {name: Row(name) for name in names}
        self.log_every = log_every
        self.stream = stream or sys.stderr
        self.started = self._logged = time.monotonic()
        self._news: dict[str, str] = {}  # what the log already says of each notebook

    def refresh(self) -> None:
        """Report news and overall progress; called several times per second, in one thread."""
        for row in self.rows.values():
            news = row.ended or ("starts" if row.runs else "")
            if news != self._news.get(row.name, ""):
                self._news[row.name] = news
                self._write(f"{row.name}: {news}", end="\n")
        line = "; ".join(row.state() for row in self.rows.values() if row.runs)
        if self.stream.isatty():
            self._write(line, end="")
        elif line and time.monotonic() - self._logged >= self.log_every:
            self._write(line, end="\n")

    def _write(self, line: str, end: str) -> None:
        self._logged = time.monotonic()
        line = f"{tqdm.format_interval(self._logged - self.started)}  {line}"
        if self.stream.isatty():
            line = "\r\x1b[K" + line[: shutil.get_terminal_size().columns - 1]
        print(line, end=end, file=self.stream, flush=True)

    def close(self) -> None:
        """Leave everything as it is and continue below it."""
        self.refresh()
        if self.stream.isatty():
            print("\r\x1b[K", end="", file=self.stream, flush=True)
