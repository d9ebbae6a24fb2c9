"""What any model can reach that adds up letters, and what combinations of letters add to that.

A linear RNN gives each letter a term that depends on the letter and on its place from the end, and
it cannot do anything else. Logistic regression on these features is the freest such model: no
weight of it is tied to another.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

from namelib.data import Names
from notebooks.jobs import run_jobs
from notebooks.why_lstm.folds import TEST_TO_TRAIN, folds
from notebooks.why_lstm.statistics import summary

# name -> letters in a row at most, and whether they are also counted wherever they stand
MODELS = {
    "letters": (1, False),
    "pairs": (2, False),
    "triples": (3, False),
    "bag": (3, True),
}

# One over the strength of the L2 penalty, for every model. On the development surnames of the
# embedded lists the accuracy of no model is more than .004 better at any other power of two.
C = 0.5


@dataclass(frozen=True)
class Depth:
    """The sizes of the experiment."""

    seeds: tuple[int, ...]
    most_names: int | None = None  # train on so many surnames only, drawn at random
    tolerance: float = 1e-4  # of the gradient, where fitting stops


QUICK = Depth((10, 11), 1000)
DEFAULT = Depth((10, 11, 12), tolerance=1e-3)  # half the time, and accuracies within .004
FULL = Depth((0, 1, 2, 3, 4))
DEPTHS = {"quick": QUICK, "default": DEFAULT, "full": FULL}


def groups_by_place(name: str, longest: int, anywhere: bool = False) -> list[str]:
    """Every group of 1 to `longest` adjacent letters with its place from the end, "ov@0".

    If `anywhere`, also without it, "ov".
    """
    groups = [
        (name[start : start + length], len(name) - start - length)
        for length in range(1, longest + 1)
        for start in range(len(name) - length + 1)
    ]
    return [f"{group}@{place}" for group, place in groups] + [
        group for group, _ in groups if anywhere
    ]


def fit_and_score(
    train: Names, unseen: Names, longest: int, anywhere: bool, tolerance: float = 1e-4
) -> dict:
    """{"accuracy"} on the unseen names of logistic regression on groups of letters."""
    counts = CountVectorizer(
        analyzer=lambda name: groups_by_place(name, longest, anywhere),
        binary=True,
        dtype=np.float32,
    )
    X = counts.fit_transform(train.names)  # (names, groups)
    regression = LogisticRegression(C=C, tol=tolerance, max_iter=1000).fit(X, train.labels)
    return {"accuracy": float(regression.score(counts.transform(unseen.names), unseen.labels))}


def run(data: Names, depth: Depth = DEFAULT, workers: int = 2, kept: Path | None = None) -> dict:
    """The ceilings, on the unseen surnames of each seed's fold: the folds of the other experiments.

    -> {"settings", "models": {name: {"accuracy": summary, "seconds" (CPU)}}, "gains": {name:
    summary}}. The gains are those of all models but the first in accuracy over the model before,
    in pairs by seed. A "summary" is {"values" (one a seed), "mean", "low", "high", "n"}.
    """
    drawn = np.random.default_rng(0)
    splits = [
        (train[drawn.permutation(len(train))[: depth.most_names]], unseen)
        for train, unseen in folds(data, depth.seeds)
    ]
    jobs = [
        {
            "train": train,
            "unseen": unseen,
            "longest": longest,
            "anywhere": anywhere,
            "tolerance": depth.tolerance,
        }
        for longest, anywhere in MODELS.values()
        for train, unseen in splits
    ]
    costs = [job["longest"] + job["anywhere"] for job in jobs]
    results = iter(run_jobs(fit_and_score, jobs, workers, "ceilings", kept, costs))
    models = {name: summarised([next(results) for _ in splits]) for name in MODELS}
    values = {name: model["accuracy"]["values"] for name, model in models.items()}
    gains = {
        name: summary(np.subtract(values[name], values[other]), TEST_TO_TRAIN)
        for other, name in pairwise(values)
    }
    return {"settings": asdict(depth) | {"C": C}, "models": models, "gains": gains}


def summarised(seeds: Sequence[dict]) -> dict:
    """The results of one model on every seed's fold as a mean with its interval."""
    accuracy = summary([result["accuracy"] for result in seeds], TEST_TO_TRAIN)
    return {"accuracy": accuracy, "seconds": sum(result["seconds"] for result in seeds)}
