"""Samples taken in turns, and the lines of the table that they become."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Setting:
    """How a run measures. `quick` takes tiny sizes: its numbers say only that the rows run."""

    repeats: int = 5
    quick: bool = False

    def choose(self, full, quick):
        return quick if self.quick else full


@dataclass(frozen=True)
class Line:
    """One line of the table: what each contender measured, ours first."""

    case: str
    unit: str
    samples: dict[str, list[float]]


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def in_turns(contenders: dict[str, Callable[[], float]], repeats: int) -> dict[str, list[float]]:
    """What each contender measures, in turns, A B A B ..., so that a busy moment meets all alike.

    A first round warms up and does not count.
    """
    samples: dict[str, list[float]] = {name: [] for name in contenders}
    for turn in range(repeats + 1):
        for name, measure in contenders.items():
            value = measure()
            if turn:
                samples[name].append(value)
    return samples
