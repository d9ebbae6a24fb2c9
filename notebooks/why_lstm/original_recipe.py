"""The original recipe, one surname a step: which learning rates are survived, at what accuracy.

Experiment 5 of chapter 4: the steps from the tanh RNN to the LSTM under this recipe, what larger
learning rates explain and what multiplying explains. All networks have as many parameters as the
teacher's RNN. Of each split's unseen surnames one half chooses a network's best rate, the other
half is the result.
"""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from operator import itemgetter
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from namelib.data import Names, split_names
from namelib.spelling import ALPHABET
from notebooks.jobs import run_jobs
from notebooks.why_lstm.folds import TEST_TO_TRAIN, folds
from notebooks.why_lstm.networks import Networks, Variant, surname_network
from notebooks.why_lstm.stacked_training import StackedNames, accuracy, for_each, per_network
from notebooks.why_lstm.statistics import summary, wilson_interval
from notebooks.why_lstm.tuning import best_rate, climb

MAX_NORM = 1.0  # of the gradient, where it is clipped
HALF_TO_TRAIN = TEST_TO_TRAIN / 2  # half of the unseen names to training names, for `mean_interval`
TRIED_RATES = {  # without clipping, with clipping
    "linear": ((0.00125, 0.0025, 0.005, 0.01), (0.02, 0.04, 0.08)),
    "tanh": ((0.0025, 0.005, 0.01), (0.04, 0.08, 0.16)),
    "half": ((0.01, 0.02, 0.04), (0.08, 0.16, 0.32)),
    "multiplicative": ((0.0025, 0.005, 0.01), (0.04, 0.08, 0.16)),
    "double_gate": ((0.01, 0.02, 0.04), (0.08, 0.16, 0.32)),
    "carry": ((0.0025, 0.005, 0.01), (0.08, 0.16, 0.32)),
    "gate": ((0.02, 0.04, 0.08), (0.16, 0.32, 0.64)),
    "carry_gate": ((0.02, 0.04, 0.08), (0.16, 0.32, 0.64)),
    "lstm": ((0.02, 0.04, 0.08), (0.16, 0.32, 0.64)),
}
SIDES = ("unclipped", "clipped")


@dataclass(frozen=True)
class Depth:
    """The sizes of the experiment."""

    steps: int
    seeds: tuple[int, ...]
    networks: tuple[str, ...] = tuple(TRIED_RATES)
    extend: bool = False  # the rates, until no best one is at the edge
    hidden_size: int = 128  # of the teacher's RNN, whose number of parameters the others have


FULL = Depth(100_000, (0, 1, 2, 3, 4), extend=True)


def run(data: Names, depth: Depth = FULL, workers: int = 2, kept: Path | None = None) -> dict:
    """Train every network at each of its rates, with clipped gradients and without.

    The LSTM is also trained at the rate that is best for the tanh RNN. A "summary" is {"values"
    (one a seed), "mean", "low", "high", "n"}. result: {"settings"; "networks": {key: {"unclipped",
    "clipped"}}, both as from `train_at_rates`}.
    """
    splits = [
        (seen, *split_names(unseen, 0.5, seed))
        for (seen, unseen), seed in zip(folds(data, depth.seeds), depth.seeds, strict=True)
    ]
    common = {
        "splits": splits,
        "steps": depth.steps,
        "seeds": depth.seeds,
        "hidden_size": depth.hidden_size,
    }
    jobs = [
        {"key": key, "clipped": side == "clipped", "rates": rates, "extend": depth.extend, **common}
        for key in depth.networks
        for side, rates in zip(SIDES, TRIED_RATES[key], strict=True)
    ]
    costs = [float(len(job["rates"]) + 1) for job in jobs]
    results = iter(run_jobs(train_at_rates, jobs, workers, "original recipe", kept, costs))
    networks = {key: {side: next(results) for side in SIDES} for key in depth.networks}
    if {"tanh", "lstm"} <= networks.keys():
        add_rates_of_tanh(networks, common, workers, kept)
    return {"settings": asdict(depth), "networks": networks}


def add_rates_of_tanh(networks: dict, common: dict, workers: int, kept: Path | None) -> None:
    """Add to the LSTM's records those at the tanh RNN's best rates, where they are missing."""
    missing = []
    for side in SIDES:
        rates = {record["learning_rate"] for record in networks["lstm"][side]["rates"]}
        if networks["tanh"][side]["best"] not in rates:
            missing.append(side)
    jobs = [
        {
            "key": "lstm",
            "clipped": side == "clipped",
            "rates": (networks["tanh"][side]["best"],),
            "extend": False,
            **common,
        }
        for side in missing
    ]
    results = run_jobs(train_at_rates, jobs, workers, "LSTM", kept)
    for side, result in zip(missing, results, strict=True):
        lstm = networks["lstm"][side]
        lstm["rates"] = sorted(lstm["rates"] + result["rates"], key=itemgetter("learning_rate"))
        lstm["seconds"] += result["seconds"]


def at_best_rate(networks: dict, key: str, side: str = "unclipped") -> dict:
    """The record of a network at its best learning rate, from a result's "networks"."""
    result = networks[key][side]
    return next(record for record in result["rates"] if record["learning_rate"] == result["best"])


def train_at_rates(
    key: str,
    clipped: bool,
    rates: Sequence[float],
    splits: Sequence[tuple[Names, Names, Names]],
    steps: int,
    seeds: Sequence[int],
    extend: bool,
    hidden_size: int,
) -> dict:
    """One network at several rates, stacked, a run a rate and split (seen, choosing, unseen names).

    -> {"best" (the rate with the best mean accuracy on the choosing names), "rates":
    [{"learning_rate", "accuracy" (summary, on the unseen names; 0 for a run that diverged),
    "choosing" (mean accuracy there), "diverged" (share of the runs, with Wilson's interval)}]}.
    """
    variant = surname_network(key, len(splits[0][0].languages), hidden_size)
    rows = [draw_rows(seen, steps, seed) for (seen, *_), seed in zip(splits, seeds, strict=True)]
    max_norm = MAX_NORM if clipped else math.inf

    def measure(rates: list[float]) -> list[dict]:
        return records_at(rates, variant, splits, rows, seeds, max_norm)

    if extend:
        records = climb(measure, rates, score=itemgetter("choosing"))
    else:
        records = dict(zip(sorted(rates), measure(sorted(rates)), strict=True))
    best = best_rate({rate: record["choosing"] for rate, record in records.items()})
    return {"best": best, "rates": list(records.values())}


def records_at(
    rates: list[float],
    variant: Variant,
    splits: Sequence[tuple[Names, Names, Names]],
    rows: Sequence[list[int]],
    seeds: Sequence[int],
    max_norm: float,
) -> list[dict]:
    """Train at all rates at once, on the `rows` of each split; a record as below for each rate."""
    n, languages = len(seeds), len(splits[0][0].languages)
    seen, choosing, unseen = (
        StackedNames.of(len(rates) * names) for names in zip(*splits, strict=True)
    )
    networks = Networks(variant, len(rates) * list(seeds), len(ALPHABET), languages)
    drawn = torch.from_numpy(np.array(len(rates) * rows))  # (networks, steps)
    train_by_sgd(networks, seen, drawn, np.repeat(rates, n).tolist(), max_norm)
    finite = [p.flatten(1).isfinite().all(dim=1) for p in networks.parameters()]
    alive = torch.stack(finite).all(dim=0)  # (networks,)
    on_unseen = torch.tensor(accuracy(networks, unseen), dtype=torch.float64) * alive
    on_choosing = torch.tensor(accuracy(networks, choosing), dtype=torch.float64) * alive
    runs_of_rate = zip(rates, on_unseen.split(n), on_choosing.split(n), alive.split(n), strict=True)
    return [
        {
            "learning_rate": rate,
            "accuracy": summary(of_unseen.tolist(), HALF_TO_TRAIN),
            "choosing": of_choosing.mean().item(),
            "diverged": asdict(wilson_interval(int((~finished).sum()), n)),
        }
        for rate, of_unseen, of_choosing, finished in runs_of_rate
    ]


def draw_rows(names: Names, steps: int, seed: int) -> list[int]:
    """One row of the names a step: a language uniformly, then a name of it uniformly."""
    rng = np.random.default_rng(seed)
    of_language = [np.flatnonzero(names.labels == label) for label in np.unique(names.labels)]
    return [
        rows[rng.integers(len(rows))]
        for rows in (of_language[k] for k in rng.integers(len(of_language), size=steps))
    ]


def train_by_sgd(
    networks: Networks, names: StackedNames, rows: Tensor, rates: Sequence[float], max_norm: float
) -> None:
    """Plain SGD in place, step t of a network on name rows[network, t].

    A gradient longer than `max_norm` is shortened to it. A network that diverges becomes NaN alone.
    """
    parameters, rates = list(networks.parameters()), per_network(rates, networks)
    for t in range(rows.size(1)):
        letters, lengths, labels = names.batch(rows[:, t : t + 1])
        loss = -networks(letters, lengths).gather(2, labels.unsqueeze(2)).sum()
        gradients = torch.autograd.grad(loss, parameters)
        parts = torch.stack([gradient.flatten(1).norm(dim=1) for gradient in gradients])
        step = -rates * (max_norm / (parts.norm(dim=0) + 1e-6)).clamp(max=1)  # (networks,)
        with torch.no_grad():
            for parameter, gradient in zip(parameters, gradients, strict=True):
                parameter.addcmul_(for_each(step, parameter), gradient)
