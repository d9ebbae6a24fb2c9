"""Row `accuracy`: LSTM 2x128 by its notebook's mini-batch recipe on unseen surnames, beside n-grams, on some splits.

The recipe was chosen on folds of other splits of the embedded surnames, which held surnames that are unseen here.
"""

from dataclasses import dataclass, field

import numpy as np
from joblib import Parallel, delayed

from benchmarks.contenders import LSTM, some, surnames
from benchmarks.measuring import Line, Setting
from namelib import evaluate, fit
from notebooks.why_lstm.baselines import char_ngrams

SPLITS = 3


@dataclass(frozen=True)
class Case:
    """A data set, what is measured on it, and what the recipe changes for it."""

    name: str
    tutorial: bool
    measures: tuple[str, ...]
    changes: dict[str, float] = field(default_factory=dict)


CASES = (
    Case("embedded", False, ("accuracy", "balanced_accuracy")),
    # Of some forty settings on folds of the tutorial's training surnames, none was clearly better.
    Case("tutorial · 18 epochs", True, ("accuracy",), {"epochs": 18, "batch_size": 96, "learning_rate": 0.025}),
    Case("tutorial · balance 1", True, ("balanced_accuracy",), {"balance": 1.0}),
)


def measure(setting: Setting) -> list[Line]:
    """Two trainings at a time, one core each."""
    jobs = [(case, seed) for case in CASES for seed in range(setting.choose(SPLITS, 2))]
    parallel = Parallel(n_jobs=setting.choose(2, 1), batch_size=1)
    runs = parallel(delayed(train_and_ask)(case, seed, setting) for case, seed in jobs)
    lines = []
    for case in CASES:
        own = [run for run, (of, _) in zip(runs, jobs, strict=True) if of is case]
        lines += [line(f"{case.name} · {measure.replace('_', ' ')}", measure, own) for measure in case.measures]
    return lines


def line(name: str, measure: str, runs: list[dict]) -> Line:
    samples = {who: [run[who][measure] for run in runs] for who in ("ours", "n-grams", "learned")}
    return Line(name, "", samples, {"learned": float(np.mean(samples.pop("learned")))})


def train_and_ask(case: Case, split: int, setting: Setting) -> dict[str, dict[str, float]]:
    """The measures on unseen surnames, of the network and of the n-grams, and the network's on some learned from."""
    train, valid = surnames(setting.quick, split, setting.tutorial if case.tutorial else "")
    model = LSTM.make(len(train.languages), split)
    recipe = LSTM.mini_batch(**case.changes | setting.choose({}, {"epochs": 1}))
    fit(model, train, valid, recipe, split)
    answers = {"ours": evaluate(model, valid), "n-grams": char_ngrams(train, valid)}
    return {
        name: answer.summary() for name, answer in (answers | {"learned": evaluate(model, some(train, 2000))}).items()
    }
