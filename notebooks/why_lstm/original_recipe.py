"""The original recipe, plain SGD with one surname a step: who survives which learning rate, and what that is worth.

Experiment 4 of chapter 4, and experiment 3 under this recipe. All networks have as many parameters as the teacher's
RNN. Of each split's unseen surnames one half chooses a network's best rate, the other half is the result.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import torch
from joblib import Memory
from torch import Tensor

from namelib.data import ALPHABET, Names, split_names
from notebooks.why_lstm.folds import TEST_TO_TRAIN, folds
from notebooks.why_lstm.networks import Networks, surname_network
from notebooks.why_lstm.stacked_training import StackedNames, per_network, scores
from notebooks.why_lstm.statistics import CONFIDENCE, share_interval, summary
from notebooks.why_lstm.tuning import best_rate, climb
from notebooks.why_lstm.workers import run_jobs

EXPLODED = 10.0  # a gradient norm above it counts as exploded
QUANTILES = (0.5, 0.9, 0.99, 1.0)  # of the gradient norm over the steps
MAX_NORM = 1.0  # of the gradient, where it is clipped
WINDOW = 100  # steps within which the splits read their long names together
HALF_TO_TRAIN = TEST_TO_TRAIN / 2  # half of the unseen names to training names, for `mean_interval`
RATES = {  # without clipping, with clipping
    "linear": ((0.00125, 0.0025, 0.005, 0.01), (0.0025, 0.005, 0.01)),
    "tanh": ((0.005, 0.01, 0.02, 0.04), (0.01, 0.02, 0.04)),
    "carry": ((0.005, 0.01, 0.02, 0.04), (0.01, 0.02, 0.04)),
    "gate": ((0.04, 0.08, 0.16, 0.32), (0.08, 0.16, 0.32)),
    "carry_gate": ((0.04, 0.08, 0.16, 0.32), (0.08, 0.16, 0.32)),
    "lstm": ((0.04, 0.08, 0.16, 0.32), (0.08, 0.16, 0.32)),
}
PAIRS = (
    ("tanh", "linear"), ("lstm", "linear"), ("lstm", "tanh"), ("carry", "tanh"), ("gate", "tanh"),
    ("carry_gate", "carry"), ("carry_gate", "gate"), ("carry_gate", "tanh"), ("lstm", "carry_gate"),
)  # fmt: skip


@dataclass(frozen=True)
class Depth:
    """The sizes of the experiment."""

    steps: int
    seeds: tuple[int, ...]
    extend: bool = False  # the rates, until no best one is at the edge
    hidden_size: int = 128  # of the teacher's RNN, whose number of parameters the others have


QUICK = Depth(100, (0, 1), hidden_size=32)
DEFAULT = Depth(1500, (0, 1, 2))
FULL = Depth(100_000, (0, 1, 2, 3, 4), extend=True)


def run(data: Names, depth: Depth = DEFAULT, workers: int = 2, memory: Memory | None = None) -> dict:
    """Train every network at each of its rates, with clipped gradients and without.

    A "summary" is {"values" (one a seed), "mean", "low", "high", "n"}. result: {"settings"; "networks": {key:
    {"hidden_size", "parameters", "unclipped", "clipped"}}, the last two {"best" (rate), "rates": [records as in
    `train_at_rates`]}; "differences": [{"network", "other", "clipped" (True or False), "accuracy", "balanced_accuracy":
    summaries}] at the best rates, in pairs by seed; "clipping": {key: summary}, the accuracy that clipping brings;
    "interaction": summary, what carry and gate bring together beyond the sum of both, unclipped; "seconds" (CPU)}.
    """
    splits = [
        (seen, *split_names(unseen, 0.5, seed))
        for (seen, unseen), seed in zip(folds(data, depth.seeds), depth.seeds, strict=True)
    ]
    sizes = len(ALPHABET), len(data.languages)
    variants = {key: surname_network(key, len(data.languages), depth.hidden_size) for key in RATES}
    jobs = [
        {"key": key, "clipped": clipped, "rates": RATES[key][clipped], "splits": splits, **asdict(depth)}
        for key in RATES
        for clipped in (False, True)
    ]
    costs = [float(len(job["rates"]) + 1) for job in jobs]
    found = run_jobs(train_at_rates, jobs, workers, "original recipe", memory, costs)
    networks = {
        key: {"hidden_size": variant.hidden_size, "parameters": variant.parameters(*sizes)}
        for key, variant in variants.items()
    }
    for job, one in zip(jobs, found, strict=True):
        side = "clipped" if job["clipped"] else "unclipped"
        networks[job["key"]][side] = {"best": one["best"], "rates": one["rates"]}
    return {
        "settings": asdict(depth) | {
            "exploded": EXPLODED, "max_norm": MAX_NORM, "confidence": CONFIDENCE, "test_to_train": HALF_TO_TRAIN,
        },
        "networks": networks,
        **differences(networks),
        "seconds": sum(one["seconds"] for one in found),
    }  # fmt: skip


def differences(networks: dict) -> dict:
    """The "differences", "clipping" and "interaction" of a result, from its "networks"."""

    def best(key: str, side: str = "unclipped", metric: str = "accuracy") -> np.ndarray:
        of = networks[key][side]
        return np.array(next(one[metric]["values"] for one in of["rates"] if one["learning_rate"] == of["best"]))

    pairs = [
        {"network": key, "other": other, "clipped": side == "clipped"} | {
            metric: summary(best(key, side, metric) - best(other, side, metric), HALF_TO_TRAIN)
            for metric in ("accuracy", "balanced_accuracy")
        }
        for key, other in PAIRS
        for side in ("unclipped", "clipped")
    ]  # fmt: skip
    together = best("carry_gate") - best("gate") - best("carry") + best("tanh")
    return {
        "differences": pairs,
        "clipping": {key: summary(best(key, "clipped") - best(key), HALF_TO_TRAIN) for key in networks},
        "interaction": summary(together, HALF_TO_TRAIN),
    }


def train_at_rates(
    key: str, clipped: bool, rates: Sequence[float], splits: Sequence[tuple[Names, Names, Names]], steps: int,
    seeds: Sequence[int], extend: bool, hidden_size: int,
) -> dict:  # fmt: skip
    """One network at several rates, one run a rate and split, all stacked; splits: seen, choosing, unseen names.

    -> {"best" (the rate with the best mean accuracy on the choosing names), "rates": [{"learning_rate", "accuracy",
    "balanced_accuracy" (summaries, on the unseen names; 0 for a run that diverged), "choosing" (mean accuracy there),
    "diverged" (share of the runs), "exploded" (share of the steps with a gradient norm above EXPLODED), "norms":
    {str(quantile): gradient norm, of the steps of all runs before they diverge}}]}. Shares: {"mean", "low", "high",
    "n"} for the runs, a summary for the steps.
    """
    records = {}
    languages = len(splits[0][0].languages)
    variant = surname_network(key, languages, hidden_size)
    rows = draw([seen for seen, *_ in splits], steps, seeds)  # (seeds, steps)

    def measure(some_rates: list[float]) -> list[float]:
        seen, choosing, unseen = (StackedNames.of(len(some_rates) * names) for names in zip(*splits, strict=True))
        networks = Networks(variant, len(some_rates) * list(seeds), len(ALPHABET), languages)
        each_rate = [rate for rate in some_rates for _ in seeds]
        drawn = rows.repeat(len(some_rates), 1)  # (networks, steps)
        norms = train_by_sgd(networks, seen, drawn, each_rate, MAX_NORM if clipped else float("inf"))
        alive = torch.stack([p.flatten(1).isfinite().all(dim=1) for p in networks.parameters()]).all(dim=0)
        found = scores(networks, unseen) | {"choosing": scores(networks, choosing)["accuracy"]}
        found = {metric: np.where(alive, values, 0.0) for metric, values in found.items()}
        for k, rate in enumerate(some_rates):
            runs = slice(k * len(seeds), (k + 1) * len(seeds))
            records[rate] = record(
                rate, {name: values[runs] for name, values in found.items()}, alive[runs], norms[:, runs]
            )
        return [records[rate]["choosing"] for rate in some_rates]

    if extend:
        climb(measure, rates)
    else:
        measure(list(rates))
    choosing = {rate: one["choosing"] for rate, one in records.items()}
    return {"best": best_rate(choosing), "rates": [records[rate] for rate in sorted(records)]}


def record(rate: float, found: dict[str, np.ndarray], alive: Tensor, norms: Tensor) -> dict:
    """What is kept of the runs at one rate; norms (steps, runs)."""
    exploded = ~(norms <= EXPLODED)  # a norm that is no number has exploded, too
    finite = norms[norms.isfinite()].double().numpy()
    return {
        "learning_rate": rate,
        "accuracy": summary(found["accuracy"], HALF_TO_TRAIN),
        "balanced_accuracy": summary(found["balanced_accuracy"], HALF_TO_TRAIN),
        "choosing": float(found["choosing"].mean()),
        "diverged": asdict(share_interval(int((~alive).sum()), len(alive))),
        "exploded": summary(exploded.double().mean(dim=0).tolist()),
        "norms": dict(zip(map(str, QUANTILES), np.quantile(finite, QUANTILES).tolist(), strict=True)),
    }


def draw(splits: Sequence[Names], steps: int, seeds: Sequence[int]) -> Tensor:
    """One row a step for each split: a language uniformly, then a name of it uniformly. (splits, steps)

    Each split's rows are a random sequence of its own. So that little is padded, splits read long names at the same
    steps: in every WINDOW of steps each split's names are sorted by length, then one shuffle for all splits undoes it.
    """
    drawn = np.empty((len(splits), steps), dtype=np.int64)
    for k, (names, seed) in enumerate(zip(splits, seeds, strict=True)):
        rng = np.random.default_rng(seed)
        of_language = [np.flatnonzero(names.labels == label) for label in np.unique(names.labels)]
        languages = rng.integers(len(of_language), size=steps)
        drawn[k] = [(rows := of_language[language])[rng.integers(len(rows))] for language in languages]
    shuffle = np.random.default_rng(0)
    for start in range(0, steps, WINDOW):
        window = drawn[:, start : start + WINDOW]
        order = shuffle.permutation(window.shape[1])
        for row, names in zip(window, splits, strict=True):
            row[:] = row[np.argsort([len(names.names[k]) for k in row], kind="stable")][order]
    return torch.from_numpy(drawn)


def train_by_sgd(
    networks: Networks, names: StackedNames, rows: Tensor, rates: Sequence[float], max_norm: float
) -> Tensor:
    """Plain SGD in place, step t of a network with the name in rows[network, t] -> gradient norms (steps, networks).

    Networks of one layer. A norm above `max_norm` is shortened to it. A network that diverges becomes NaN alone.

    V is the dear part: its gradient is the product of the states h and of the derivatives d of the loss with respect to
    what the gates add up. That product goes straight into V, and never stands anywhere by itself; its norm comes from
    the small products h h' and d d', since |h' d|^2 is the sum of (h h') * (d d').
    """
    (layer,), rates = networks.layers, per_network(rates, networks)
    norms = torch.empty(rows.size(1), len(rates), dtype=rates.dtype)
    layer.requires_grad_(False)
    for t in range(rows.size(1)):
        letters, lengths, labels = names.batch(rows[:, t : t + 1])
        Ux = networks.letter_inputs(letters).requires_grad_()  # (networks, 1, time, blocks * hidden)
        states = layer(Ux)  # (networks, 1, time + 1, hidden)
        loss = -networks.answer(states, letters, lengths).gather(2, labels.unsqueeze(2)).sum()
        d, dW, db = torch.autograd.grad(loss, (Ux, networks.W, networks.b))
        with torch.no_grad():
            d, h, letters = d[:, 0], states[:, 0, :-1], letters[:, 0]  # (networks, time, ...)
            same = (letters.unsqueeze(1) == letters.unsqueeze(2)).to(d.dtype)  # (networks, time, time): a row of U
            squares = torch.bmm(d, d.mT) * (torch.bmm(h, h.mT) + same + 1)  # of V, U and b
            norms[t] = (
                squares.sum(dim=(1, 2)).clamp(min=0) + dW.square().sum(dim=(1, 2)) + db.square().sum(dim=(1, 2))
            ).sqrt()
            step = -rates * (max_norm / (norms[t] + 1e-6)).clamp(max=1)  # (networks,)
            step = step.view(-1, 1, 1)
            d *= step
            networks.W += step * dW
            networks.b += step * db
            layer.V.baddbmm_(h.mT, d)
            layer.b += d.sum(dim=1, keepdim=True)
            row = letters + networks.input_size * torch.arange(len(letters)).unsqueeze(1)
            layer.U.view(-1, d.size(2)).index_add_(0, row.flatten(), d.flatten(0, 1))
    layer.requires_grad_(True)
    return norms
