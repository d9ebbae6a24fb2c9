"""How LEARNING_RATES of the ladder and of the long-lag task were found: `python -m namelib.experiments.tuning`.

Every network at every rate of a grid of factors of two, the best mean accuracy wins. The ladder's rates are tuned on
those embedded names that are training names for all of SEEDS, so that no name on which chapter 4 measures with these
seeds has taken part; the long-lag task's on sequences of its own.
"""

import sys
from collections.abc import Sequence

import joblib
import numpy as np

from namelib.data import Names, load_names, spelling, split_names
from namelib.experiments import ladder, long_lag
from namelib.experiments.workers import Progress

SEEDS = (0, 1, 2, 3, 4)  # of chapter 4
RATES = (0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128)

Tried = dict[str, dict[float, float]]  # network -> rate -> mean accuracy


def always_training(data: Names, seeds: Sequence[int] = SEEDS) -> Names:
    """The names that no seed's split of the ladder holds out."""
    held_out = set()
    for seed in seeds:
        held_out.update(map(spelling, split_names(data, ladder.VALID_FRACTION, seed)[1].names))
    return data[np.array([spelling(name) not in held_out for name in data.names])]


def tune_ladder(
    data: Names,
    rates: Sequence[float] = RATES,
    seeds: Sequence[int] = SEEDS,
    hidden_size: int = 128,
    epochs: int = 4,
    batch_size: int = 64,
    workers: int = 2,
    progress: Progress | None = None,
) -> Tried:
    """Every rung at every rate, on a split a seed of the names that are `always_training`.

    They are read more often than `epochs` times, so that a network learns from as many batches as on the ladder.
    """
    names = always_training(data, seeds)
    folds = [split_names(names, ladder.VALID_FRACTION, seed) for seed in seeds]
    epochs = round(epochs * len(data) / len(names))
    variants = [rung.variant for rung in ladder.rungs(len(data.languages), hidden_size) if rung.rate_of is None]
    trials = [(variant, rate) for variant in variants for rate in rates]
    trained = ladder.train_all(trials, folds, seeds, epochs, batch_size, workers, progress)
    return _by_name(trials, [scores["accuracy"]["mean"] for scores, _ in trained])


def tune_long_lag(
    rates: Sequence[float] = RATES,
    lengths: Sequence[int] = (10, 20, 50),
    seeds: Sequence[int] = (100, 101, 102, 103, 104),
    parameters: int = 1000,
    steps: int = 100,
    batch_size: int = 32,
    workers: int = 2,
    progress: Progress | None = None,
) -> Tried:
    """Every network of the long-lag task at every rate, the mean over lengths."""
    variants = [variant.sized(parameters, long_lag.SYMBOLS, long_lag.CLASSES) for variant in long_lag.VARIANTS]
    trials = [(variant, rate, length, steps) for variant in variants for rate in rates for length in lengths]
    trained = long_lag.train_all(trials, seeds, batch_size, workers, progress)
    return _by_name(trials, [np.mean(scores["accuracy"]) for scores in trained])


def _by_name(trials: Sequence[tuple], accuracies: Sequence[float]) -> Tried:
    found = {}
    for (variant, rate, *_), accuracy in zip(trials, accuracies, strict=True):
        found.setdefault(variant.name, {}).setdefault(rate, []).append(accuracy)
    return {name: {rate: float(np.mean(values)) for rate, values in tried.items()} for name, tried in found.items()}


def best_rates(tried: Tried) -> dict[str, float]:
    """Of each network the rate with the best accuracy, the smaller of two alike."""
    return {name: max(accuracies, key=accuracies.get) for name, accuracies in tried.items()}


def main() -> None:
    def tell(done: float, what: str) -> None:
        print(f"{done:4.0%} {what}", file=sys.stderr)

    cores = joblib.cpu_count()
    for task in (tune_ladder(load_names(), workers=cores, progress=tell), tune_long_lag(workers=cores, progress=tell)):
        best = best_rates(task)
        for name, accuracies in task.items():
            tried = "  ".join(f"{rate:g}: {accuracy:.4f}" for rate, accuracy in accuracies.items())
            print(f"{name} {best[name]:g}    {tried}", flush=True)


if __name__ == "__main__":
    main()
