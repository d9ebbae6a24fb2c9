"""How LEARNING_RATES of the ladder and of the long-lag task were found: `python -m namelib.experiments.tuning`.

A network's rate climbs in factors of two until neither neighbour is better. The ladder's rates are judged on
names that it never measures on, see `ladder.folds`; the long-lag task's on sequences of its own.
"""

import sys
from collections.abc import Callable, Sequence

import joblib
import numpy as np

from namelib.data import Names, load_names, split_names
from namelib.experiments import ladder, long_lag
from namelib.experiments.variants import Variant
from namelib.training import Progress

START = 0.016
SEEDS = (100, 101, 102, 103, 104)  # of first weights and batches; not those of chapter 4

Tried = dict[str, dict[float, float]]  # network -> rate -> mean accuracy
Trials = list[tuple[Variant, float]]


def climb(variants: Sequence[Variant], measure: Callable[[Trials], list[float]], start: float = START) -> Tried:
    """Every variant at `start` and on to both neighbours of its best rate so far, until these have been tried."""
    tried = {variant.name: {} for variant in variants}
    trials = [(variant, start) for variant in variants]
    while trials:
        for (variant, rate), accuracy in zip(trials, measure(trials), strict=True):
            tried[variant.name][rate] = accuracy
        best = best_rates(tried)
        trials = [
            (variant, rate)
            for variant in variants
            for rate in (best[variant.name] / 2, 2 * best[variant.name])
            if rate not in tried[variant.name]
        ]
    return tried


def best_rates(tried: Tried) -> dict[str, float]:
    """Of each network the rate with the best accuracy, of equal ones the one tried first."""
    return {name: max(accuracies, key=accuracies.get) for name, accuracies in tried.items()}


def tune_ladder(
    data: Names,
    seeds: Sequence[int] = SEEDS,
    hidden_size: int = 128,
    epochs: int = 4,
    batch_size: int = 64,
    workers: int = 2,
    progress: Progress | None = None,
) -> Tried:
    """Every rung that has a rate of its own: trained on all names but the development names, measured on these."""
    fold = split_names(data, ladder.VALID_FRACTION, ladder.DEVELOPMENT)

    def measure(trials: Trials) -> list[float]:
        found = ladder.train_all(trials, len(seeds) * [fold], seeds, epochs, batch_size, workers, progress)
        return [scores["accuracy"]["mean"] for scores, _ in found]

    rungs = ladder.rungs(len(data.languages), hidden_size)
    return climb([rung.variant for rung in rungs if rung.tuned], measure)


def tune_long_lag(
    lengths: Sequence[int] = (10, 20, 50),
    seeds: Sequence[int] = SEEDS,
    parameters: int = 1000,
    steps: int = 100,
    batch_size: int = 32,
    workers: int = 2,
    progress: Progress | None = None,
) -> Tried:
    """Every network of the long-lag task, the mean over lengths."""

    variants = [variant.sized(parameters, long_lag.SYMBOLS, long_lag.CLASSES) for variant in long_lag.VARIANTS]

    def measure(trials: Trials) -> list[float]:
        each = [(*trial, length, steps) for trial in trials for length in lengths]
        found = long_lag.train_all(each, seeds, batch_size, workers, progress)
        accuracies = [np.mean(scores["accuracy"]) for scores in found]
        return np.reshape(accuracies, (len(trials), len(lengths))).mean(axis=1).tolist()

    return climb(variants, measure)


def main() -> None:
    def tell(done: float, what: str) -> None:
        print(f"{done:4.0%} {what}", file=sys.stderr, flush=True)

    cores = joblib.cpu_count()
    for tried in (tune_long_lag(workers=cores, progress=tell), tune_ladder(load_names(), workers=cores, progress=tell)):
        best = best_rates(tried)
        for name, accuracies in tried.items():
            each = "  ".join(f"{rate:g}: {accuracy:.4f}" for rate, accuracy in sorted(accuracies.items()))
            print(f"{name} {best[name]:g}    {each}", flush=True)


if __name__ == "__main__":
    main()
