"""Samples, their spread, and the lines of the table."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Setting:
    """How a run measures. `quick` takes tiny sizes: its numbers say only that the rows run."""

    repeats: int = 5
    quick: bool = False
    tutorial: str = ""  # a folder of the tutorial's names; "" leaves its lines out
    ensembles: int = 1  # splits that have an ensemble of five, not of one network only

    def choose(self, full, quick):
        return quick if self.quick else full

    @property
    def workers(self) -> int:
        return 1 if self.quick else 2


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def interleaved(contenders: dict[str, Callable[[], float]], repeats: int) -> dict[str, list[float]]:
    """What each contender measures, taken in turns: A B A B ..., so that a busy moment meets all alike.

    A first round warms up and does not count.
    """
    samples: dict[str, list[float]] = {name: [] for name in contenders}
    for turn in range(repeats + 1):
        for name, measure in contenders.items():
            value = measure()
            if turn:
                samples[name].append(value)
    return samples


def spread(samples: list[float]) -> dict[str, float]:
    """The middle and the ends of the samples."""
    return {
        "median": float(np.median(samples)),
        "mean": float(np.mean(samples)),
        "low": float(min(samples)),
        "high": float(max(samples)),
    }


@dataclass(frozen=True)
class Goal:
    """What a line has to reach: `at_least` or `at_most`, of its ratio or of our own value; `aim` is what to try for."""

    of: str  # "ratio" or "value"
    at_least: float | None = None
    at_most: float | None = None
    aim: float | None = None

    def met(self, value: float) -> bool:
        return value >= self.at_least if self.at_least is not None else value <= self.at_most


@dataclass(frozen=True)
class Line:
    """One line of the table: what each contender measured, ours first, and the ratio to the first peer.

    `ratio` is "peer/ours" or "ours/peer"; "" for a line without one. Ratios pair the samples turn by turn; a
    contender with a single sample stands against all of the other's.
    """

    case: str
    unit: str
    samples: dict[str, list[float]]
    ratio: str = ""
    goal: Goal | None = None
    middle: str = "median"  # which of its spread the line is judged by
    extra: dict = field(default_factory=dict)  # what the figures draw besides

    def record(self) -> dict:
        """The line as JSON keeps it: samples, their spread, the ratio's, and whether the goal is met."""
        ours, *peers = self.samples.values()
        record = {
            "case": self.case,
            "unit": self.unit,
            "middle": self.middle,
            "samples": self.samples,
            "values": {name: spread(samples) for name, samples in self.samples.items()},
        }
        if self.ratio:
            pairs = np.broadcast_arrays(ours, peers[0])
            top, bottom = pairs if self.ratio == "ours/peer" else pairs[::-1]
            record["ratio"] = {"of": self.ratio} | spread((top / bottom).tolist())
        if self.goal:
            name = next(iter(self.samples))
            reached = record.get("ratio") if self.goal.of == "ratio" else record["values"][name]
            goal = {key: value for key, value in vars(self.goal).items() if value is not None}
            record["goal"] = goal | {"met": reached is not None and self.goal.met(reached[self.middle])}
        return record | ({"extra": self.extra} if self.extra else {})
