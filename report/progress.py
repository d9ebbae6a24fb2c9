"""How far the notebooks are, for a person at a terminal or one who reads the log."""

import json
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from tqdm import tqdm

LOG_EVERY = 10.0  # seconds


class Row:
    """One notebook; the thread that runs it counts its cells here, and its kernel reports into the file `reports`."""

    def __init__(self, name: str):
        self.name = name
        self.reports: Path | None = None  # none while it waits
        self.started = 0.0
        self.cell = self.cells = 0  # executed, and all
        self.ended = ""  # how it went, once it has ended

    def begin(self, reports: Path) -> None:
        """The notebook starts."""
        self.started, self.reports = time.monotonic(), reports

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    @property
    def runs(self) -> bool:
        return self.reports is not None and not self.ended

    def state(self) -> tuple[float, str]:
        """The share that is done, from 0 to 1, and a text: the cell, and how far that is if it reports."""
        if not self.runs:
            return float(self.ended not in ("", "stopped")), self.ended or "waits"
        if not self.cells:
            return 0.0, "starts"
        done, what = _reported(self.reports)
        text = f"cell {self.cell + 1} of {self.cells}" + (f": {what} {done:.0%}" if what else "")
        return (self.cell + done) / self.cells, text


class Board:
    """Shows all notebooks: a bar each on a terminal, a line every ten seconds elsewhere."""

    def __init__(self, names: Iterable[str], stream: TextIO | None = None, log_every: float = LOG_EVERY):
        self.rows = {name: Row(name) for name in names}
        self.stream = stream or sys.stderr
        self.log_every = log_every
        self.started = self._logged = time.monotonic()
        self._told: dict[str, str] = {}  # what the log has of each notebook
        self._bars: list[tuple[Row, tqdm]] = []
        if self.stream.isatty():
            width = max(map(len, self.rows))
            for position, row in enumerate(self.rows.values()):
                form = f"{row.name:<{width}} {{percentage:3.0f}}% |{{bar:20}}| {{desc}}"
                bar = tqdm(total=1.0, bar_format=form, file=self.stream, position=position, dynamic_ncols=True)
                self._bars.append((row, bar))

    def refresh(self) -> None:
        """Show where everything is; to be called several times a second, always from the same thread."""
        for row, bar in self._bars:
            bar.n, text = row.state()
            bar.set_description_str(f"{clock(row.seconds)}, {text}" if row.runs else text)
        if not self._bars:
            self._log()

    def close(self) -> None:
        """Leave everything as it is and continue below it."""
        self.refresh()
        for _, bar in self._bars:
            bar.close()

    def _log(self) -> None:
        """A line when a notebook starts or ends, and from time to time one for those that run."""
        lines = []
        for row in self.rows.values():
            news = row.ended or ("starts" if row.runs else "")
            if news != self._told.get(row.name, ""):
                self._told[row.name] = news
                lines.append(f"{row.name}: {news}")
        if time.monotonic() - self._logged >= self.log_every and not lines:
            states = ((row.name, *row.state()) for row in self.rows.values() if row.runs)
            lines.append("; ".join(f"{name} {done:.0%} ({text})" for name, done, text in states))
        if lines:
            self._logged = time.monotonic()
            passed = clock(self._logged - self.started)
            print(*(f"{passed}  {line}" for line in lines), sep="\n", file=self.stream, flush=True)


def clock(seconds: float) -> str:
    """`m:ss`"""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def _reported(file: Path) -> tuple[float, str]:
    """What the kernel last reported of the work that it is at; (0, "") between two pieces of work."""
    try:
        report = json.loads(file.read_text(encoding="utf-8"))
    except OSError:
        return 0.0, ""
    return (report["done"], report["what"]) if report["done"] < 1 else (0.0, "")
