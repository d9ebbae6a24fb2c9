"""Samples taken in turns, the lines of the table that they become, and what limits our side of them."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from torch.profiler import ProfilerActivity, profile

PRODUCTS = ("mm", "addmm", "bmm", "baddbmm", "mv", "addmv", "mkldnn_rnn_layer", "mkldnn_rnn_layer_backward")


@dataclass(frozen=True)
class Setting:
    """How a run measures. `quick` takes tiny sizes: its numbers say only that the rows run."""

    repeats: int = 5
    quick: bool = False
    tutorial: str = "tutorial"  # a folder of the tutorial's surnames, or "tutorial": downloaded once

    def choose(self, full, quick):
        return quick if self.quick else full


@dataclass(frozen=True)
class Line:
    """One line of the table: what each contender measured, ours first; no samples of ours where it did not get there.

    `limit` are the shares of our time, as `limit` below gives them, or, of an accuracy, that on surnames learned from.
    """

    case: str
    unit: str
    samples: dict[str, list[float]]
    limit: dict[str, float] = field(default_factory=dict)


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


def limit(ours: list[float], one_unit: list[float], work: Callable[[], object]) -> dict[str, float]:
    """Shares of our time.

    - calls: what the same calls take with one hidden unit and one surname: Python, autograd, dispatch;
    - products, others: the rest, divided as torch's profiler divides the operations of `work` into matrix products
      (`nn.LSTM`'s fused layers among them, gates included) and all others.
    """
    calls = min(float(np.median(np.divide(one_unit, ours))), 1.0)
    products = (1 - calls) * share_of_products(work)
    return {"calls": calls, "products": products, "others": 1 - calls - products}


def share_of_products(work: Callable[[], object]) -> float:
    """The share of matrix products in the time of all torch operations."""
    with profile(activities=[ProfilerActivity.CPU]) as profiler:
        work()
    times = {event.key: event.self_cpu_time_total for event in profiler.key_averages()}
    times = {key.removeprefix("aten::").rstrip("_"): time for key, time in times.items() if key.startswith("aten::")}
    return sum(times.get(name, 0.0) for name in PRODUCTS) / sum(times.values())
