"""The tanh RNN and the LSTM at their best: both sizes, with and without regularisers, longer.

Experiment 4 of chapter 4: who leads when both get the best treatment.
"""

from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path

from namelib.data import Names
from namelib.spelling import ALPHABET
from notebooks.jobs import run_jobs
from notebooks.why_lstm.budgets import STARTING_RATES, accuracies, climb_from, trained
from notebooks.why_lstm.folds import development_fold, folds
from notebooks.why_lstm.networks import surname_network
from notebooks.why_lstm.stacked_training import PLAIN, Regularisers
from notebooks.why_lstm.tuning import best_rate

# as many parameters as the teacher's RNN, and as one LSTM layer of its hidden size
SIZES = ("small", "large")
REGULARISERS = {
    "none": PLAIN,
    "regularised": Regularisers(weight_decay=0.1, label_smoothing=0.1, next_letter=0.5),
    "dropout": Regularisers(
        weight_decay=0.1, label_smoothing=0.1, next_letter=0.5, recurrent_dropout=0.3
    ),
}


@dataclass(frozen=True)
class Depth:
    """The sizes of the experiment."""

    seeds: tuple[int, ...]
    epochs: tuple[int, ...]
    development_seeds: tuple[int, ...]
    hidden_size: int = 128  # of the teacher's RNN


FULL = Depth((0, 1, 2, 3, 4), (16, 32), (100,))


def run(data: Names, depth: Depth = FULL, workers: int = 2, kept: Path | None = None) -> dict:
    """Tune and train both networks in every setting; measure them on unseen and on seen surnames.

    -> {"settings", "rows": [{"network", "size", "regularisers", "epochs", "parameters", "rate",
    "tried", "unseen", "seen", "seconds"}]}, summaries as in `budgets`.
    """
    languages = len(data.languages)
    rows = [
        {"network": key, "size": size, "regularisers": name, "epochs": epochs}
        for key, size, name, epochs in product(("tanh", "lstm"), SIZES, REGULARISERS, depth.epochs)
    ]
    for row in rows:
        variant = surname_network(
            row["network"], languages, depth.hidden_size, row["size"] == "large"
        )
        row["parameters"] = variant.parameters(len(ALPHABET), languages)
    jobs = [{"setting": dict(row), "data": data, "depth": depth} for row in rows]
    costs = [row["epochs"] * row["parameters"] for row in rows]
    measured = run_jobs(tune_and_measure, jobs, workers, "each at its best", kept, costs)
    return {
        "settings": asdict(depth),
        "rows": [row | result for row, result in zip(rows, measured, strict=True)],
    }


def tune_and_measure(setting: dict, data: Names, depth: Depth) -> dict:
    """One network in one setting: tune its rate on development names, train per split, measure."""
    large = setting["size"] == "large"
    training = {
        "key": setting["network"],
        "epochs": setting["epochs"],
        "hidden_size": depth.hidden_size,
        "large": large,
        "regularisers": REGULARISERS[setting["regularisers"]],
    }
    rate = STARTING_RATES[setting["network"]] / (2 if large else 1)
    start = (rate / 2, rate, 2 * rate)
    fold = development_fold(data)
    tried = climb_from(start, fold, depth.development_seeds, **training)["tried"]
    seen, unseen = zip(*folds(data, depth.seeds), strict=True)
    networks = trained(seen, depth.seeds, best_rate(tried), **training)
    return {
        "rate": best_rate(tried),
        "tried": {str(rate): value for rate, value in tried.items()},
        **accuracies(networks, seen, unseen),
    }
