"""Accuracy on surnames by budget: each a separate training run, at its own tuned learning rate.

Experiments 2 and 3 of chapter 4: what is left of the LSTM's lead after more training, and what each
part of a gate brings. Beside accuracy, how strongly a network lets two letters interact
(`interactions`).
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from namelib.data import Names
from namelib.spelling import ALPHABET
from notebooks.jobs import run_jobs
from notebooks.why_lstm.folds import TEST_TO_TRAIN, development_fold, folds
from notebooks.why_lstm.interactions import interaction_share, replaced_letters
from notebooks.why_lstm.networks import Networks, surname_network
from notebooks.why_lstm.stacked_training import PLAIN, Regularisers, StackedNames, accuracy, train
from notebooks.why_lstm.statistics import summary
from notebooks.why_lstm.tuning import best_rate, climb

BATCH_SIZE = 64
EXAMINED = ("linear", "tanh", "lstm")  # whose trained networks other experiments look into
RATES = tuple(0.001 * 2**k for k in range(9))  # tried with every network at every budget
STARTING_RATES = {  # where `at_best` starts tuning; taken where no tuned rate is recorded
    "linear": 0.016,
    "tanh": 0.008,
    "tanh_orthogonal": 0.008,
    "half": 0.016,
    "sum": 0.016,
    "multiplicative": 0.016,
    "double_gate": 0.016,
    "gate": 0.016,
    "carry": 0.008,
    "carry_gate": 0.032,
    "lstm": 0.032,
    "gru": 0.032,
}


@dataclass(frozen=True)
class Depth:
    """The sizes of the experiment."""

    seeds: tuple[int, ...]
    epochs: tuple[int, ...]
    networks: tuple[str, ...] = tuple(STARTING_RATES)
    # of the networks that learning rates are tuned with; none: not tuned
    development_seeds: tuple[int, ...] = ()
    rates: tuple[float, ...] = RATES
    quadruples: int = 500  # of each network, at most, for its interactions
    hidden_size: int = 128  # of the teacher's RNN, whose number of parameters the others have


# This run is a replication of the recorded study: its splits and first weights are others.
QUICK = Depth(
    (10, 11),
    (1,),
    ("linear", "tanh", "half", "multiplicative", "gate", "carry_gate", "lstm"),
    quadruples=50,
    hidden_size=32,
)
DEFAULT = Depth(
    (10, 11, 12), (4,), ("linear", "tanh", "half", "multiplicative", "gate", "carry_gate", "lstm")
)
FULL = Depth((0, 1, 2, 3, 4), (1, 2, 4, 8, 16, 24), development_seeds=(100, 101))
DEPTHS = {"quick": QUICK, "default": DEFAULT, "full": FULL}


def run(
    data: Names,
    depth: Depth = DEFAULT,
    workers: int = 2,
    kept: Path | None = None,
    recorded: dict | None = None,
) -> tuple[dict, dict[int, dict[str, Networks]]]:
    """Train every network at every budget and measure it on unseen and on seen surnames.

    Without development seeds the rates are those of `recorded`, an earlier result, for a budget
    that it lacks those of the nearest. -> the result, ready for JSON, and {epochs: {key: trained
    networks, one a seed}} of EXAMINED. A "summary" is {"values" (one a seed), "mean", "low",
    "high", "n"}, intervals as in `folds`.

    result: {"settings"; "tuning": {"seconds"}; "networks": {key: {"parameters"}}; "scores": {key:
    {str(epochs): {"rate", "tried": {str(rate): accuracy on development names}, "unseen", "seen",
    "interaction": summaries, the last None where no name can be altered, "seconds" (CPU)}}}}.
    """
    languages = len(data.languages)
    variants = {key: surname_network(key, languages, depth.hidden_size) for key in depth.networks}
    parameters = {
        key: variant.parameters(len(ALPHABET), languages) for key, variant in variants.items()
    }
    trainings = [(key, epochs) for key in depth.networks for epochs in depth.epochs]
    costs = [epochs * (parameters[key] + 10_000) for key, epochs in trainings]
    if depth.development_seeds:
        tried, tuning_seconds = tuned(data, depth, trainings, costs, workers, kept)
        rates = {training: best_rate(tried[training]) for training in trainings}
    else:
        tried, tuning_seconds = {training: {} for training in trainings}, 0.0
        rates = {(key, epochs): recorded_rate(recorded, key, epochs) for key, epochs in trainings}
    splits = folds(data, depth.seeds)
    jobs = [
        {"key": key, "epochs": epochs, "rate": rates[key, epochs], "splits": splits, "depth": depth}
        for key, epochs in trainings
    ]
    measured = dict(
        zip(trainings, run_jobs(measure, jobs, workers, "budgets", kept, costs), strict=True)
    )
    examined = {
        epochs: {
            key: measured[key, epochs].pop("networks") for key in EXAMINED if key in depth.networks
        }
        for epochs in depth.epochs
    }
    scores = {
        key: {
            str(epochs): {
                "rate": rates[key, epochs],
                "tried": {str(rate): value for rate, value in tried[key, epochs].items()},
                **measured[key, epochs],
            }
            for epochs in depth.epochs
        }
        for key in depth.networks
    }
    networks = {key: {"parameters": count} for key, count in parameters.items()}
    tuning = {"seconds": tuning_seconds}
    result = {"settings": asdict(depth), "tuning": tuning, "networks": networks, "scores": scores}
    return result, examined


def recorded_rate(recorded: dict | None, key: str, epochs: int) -> float:
    """The rate that an earlier result tuned for this network, at the nearest of its budgets."""
    scores = recorded["scores"].get(key) if recorded else None
    if not scores:
        return STARTING_RATES[key]
    return scores[min(scores, key=lambda budget: abs(np.log(int(budget) / epochs)))]["rate"]


def tuned(
    data: Names,
    depth: Depth,
    trainings: Sequence[tuple[str, int]],
    costs: Sequence[float],
    workers: int,
    kept: Path | None,
) -> tuple[dict[tuple[str, int], dict[float, float]], float]:
    """{(key, epochs): {rate: accuracy on development names}}, and the CPU seconds of that.

    All of the depth's rates are tried, as a network's accuracy can have two tops, and further ones
    where the best is the smallest or the largest.
    """
    fold = development_fold(data)
    jobs = [
        {
            "start": depth.rates,
            "fold": fold,
            "seeds": depth.development_seeds,
            "key": key,
            "epochs": epochs,
            "hidden_size": depth.hidden_size,
        }
        for key, epochs in trainings
    ]
    results = run_jobs(climb_from, jobs, workers, "learning rates", kept, costs)
    tried = {training: result["tried"] for training, result in zip(trainings, results, strict=True)}
    return tried, sum(result["seconds"] for result in results)


def climb_from(
    start: Sequence[float],
    fold: tuple[Names, Names],
    seeds: Sequence[int],
    **training: Any,
) -> dict:
    """Mean accuracy on development names of each rate that `climb` visits, {"tried": ...}."""

    def measure_rates(rates: list[float]) -> list[float]:
        n = len(rates) * len(seeds)
        rate_of_network = np.repeat(rates, len(seeds)).tolist()
        networks = trained(n * [fold[0]], len(rates) * list(seeds), rate_of_network, **training)
        values = accuracy(networks, StackedNames.of(n * [fold[1]]))
        return np.reshape(values, (len(rates), len(seeds))).mean(axis=1).tolist()

    return {"tried": climb(measure_rates, start)}


def measure(
    key: str, epochs: int, rate: float, splits: Sequence[tuple[Names, Names]], depth: Depth
) -> dict:
    """Train one network a split, and measure each on its own unseen and seen names."""
    seen, unseen = zip(*splits, strict=True)
    networks = trained(seen, depth.seeds, rate, key, epochs, depth.hidden_size)
    quadruples = [
        replaced_letters(names.names, seed) for names, seed in zip(unseen, depth.seeds, strict=True)
    ]
    return accuracies(networks, seen, unseen) | {
        "interaction": interaction_share(networks, quadruples, depth.quadruples),
        **({"networks": networks} if key in EXAMINED else {}),
    }


def accuracies(networks: Networks, seen: Sequence[Names], unseen: Sequence[Names]) -> dict:
    """{"unseen", "seen"}: summaries of each network's accuracy on its own names."""
    return {
        which: summary(accuracy(networks, StackedNames.of(names)), TEST_TO_TRAIN)
        for which, names in (("unseen", unseen), ("seen", seen))
    }


def trained(
    seen: Sequence[Names],
    seeds: Sequence[int],
    rates: float | Sequence[float],
    key: str,
    epochs: int,
    hidden_size: int = 128,
    large: bool = False,
    regularisers: Regularisers = PLAIN,
) -> Networks:
    """One network a list of surnames and seed, stacked."""
    names, languages = StackedNames.of(seen), len(seen[0].languages)
    networks = Networks(
        surname_network(key, languages, hidden_size, large), seeds, len(ALPHABET), languages
    )
    batch_size = min(BATCH_SIZE, *names.counts)
    batches = names.batches(batch_size, epochs, seeds)
    train(networks, batches, names.steps(batch_size, epochs), rates, regularisers=regularisers)
    return networks
