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
    """One notebook; its thread counts cells here, and the notebook itself reports into `folder`."""

    def __init__(self, name: str):
        self.name = name
        self.folder: Path | None = None  # none while it waits
        self.started = 0.0
        self.cell = self.cells = 0  # executed, and all
        self.ended = ""  # how it went, once it has ended
        self.whole = False  # whether it came to its end

    def begin(self, folder: Path) -> None:
        """The notebook starts, and will report into the folder."""
        self.started, self.folder = time.monotonic(), folder

    def end(self, how: str, whole: bool = True) -> None:
        """The notebook has ended, and how; `whole` is False for one that was stopped."""
        self.ended, self.whole = how, whole

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    @property
    def runs(self) -> bool:
        return self.folder is not None and not self.ended

    def state(self) -> tuple[float, str]:
        """The part that is done, from 0 to 1, and a text: the time left and what is done now, or the cell."""
        if not self.runs:
            return float(self.whole), self.ended or "waits"
        cell = f"cell {self.cell + 1} of {self.cells}" if self.cells else "starts"
        reported = _newest(self.folder)
        if reported is None:
            return self.cell / max(self.cells, 1), cell
        done = min(max(float(reported["done"]), 0.0), 1.0)
        if done == 1:  # what comes after the training, figures for the most part
            return done, cell
        left = f"{clock(self.seconds / done * (1 - done))} left, " if done > 0.01 else ""
        return done, left + reported["what"]


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
        """Leave everything as it is and go on below it."""
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


def _newest(folder: Path) -> dict | None:
    """What the notebook last reported; None if nothing yet. The writer replaces its file whole."""
    reports = sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime)
    return json.loads(reports[-1].read_text(encoding="utf-8")) if reports else None
