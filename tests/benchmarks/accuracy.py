"""Row `accuracy`: LSTM 2x128 by its notebook's mini-batch recipe on unseen names, beside the n-grams, over five splits.

Two trainings at a time, one core each. A training's seconds are its own: none may take more than 60.
"""

from dataclasses import dataclass, field

import numpy as np

from benchmarks.machine import Machine
from benchmarks.measuring import Goal, Line, Setting
from benchmarks.networks import LSTM_2X128, names_to_learn
from namelib import Names, evaluate, fit
from namelib.baselines import char_ngrams
from namelib.evaluation import Metrics
from namelib.experiments.workers import run_jobs

SPLITS, MEMBERS = 5, 5  # splits of the names, networks of an ensemble
MEASURES = ("accuracy", "balanced_accuracy")
# Of some forty settings on folds of the tutorial's training names, none was clearly better.
LARGER_BATCHES = {"epochs": 18, "batch_size": 96, "learning_rate": 0.025}


@dataclass(frozen=True)
class Case:
    """One data set, what the recipe changes for it, and what is asked: measure -> at least, and what to try for."""

    name: str
    goals: dict[str, tuple[float, float]]
    changes: dict[str, float] = field(default_factory=dict)


EMBEDDED = Case("embedded", {"accuracy": (0.735, 0.758), "balanced_accuracy": (0.685, 0.719)})
TUTORIAL = (
    Case("tutorial · 18 epochs", {"accuracy": (0.835, 0.845)}, LARGER_BATCHES),
    Case("tutorial · balance 1", {"balanced_accuracy": (0.60, 0.60)}, {"balance": 1.0}),
)


def measure(setting: Setting, machine: Machine) -> dict:
    cases = [(EMBEDDED, "")] + [(case, setting.tutorial) for case in TUTORIAL if setting.tutorial]
    measured = [networks_and_ngrams(case, folder, setting) for case, folder in cases]
    return {"lines": [line for lines, _ in measured for line in lines], "limits": [limit for _, limit in measured]}


def networks_and_ngrams(case: Case, folder: str, setting: Setting) -> tuple[list[Line], dict]:
    """The lines of one case, and what limits it: the gap between learned names and unseen ones."""
    splits = [names_to_learn(setting.quick, seed, folder) for seed in range(setting.choose(SPLITS, 2))]
    members, together = setting.choose(MEMBERS, 2), min(setting.ensembles, len(splits))
    of = [(k, member) for k in range(len(splits)) for member in range(members if k < together else 1)]
    jobs = [(*splits[k], 100 * k + member, case.changes) for k, member in of]
    trained = run_jobs(train_and_ask, jobs, [1.0] * len(jobs), [case.name] * len(jobs), setting.workers)
    runs = dict(zip(of, trained, strict=True))
    single = [runs[k, 0] for k in range(len(splits))]
    ensembles = [ensemble([runs[k, m] for m in range(members)], splits[k][1]) for k in range(together)]
    ngrams = [char_ngrams(*split).summary() for split in splits]
    lines = []
    for measured in MEASURES:
        name = f"{case.name} · {measured.replace('_', ' ')}"
        ones, counted = [run["valid"][measured] for run in single], [run[measured] for run in ngrams]
        goal = case.goals.get(measured)
        wanted = Goal("value", at_least=goal[0], aim=goal[1]) if goal else None
        lines.append(Line(name, "of 1", {"ours": ones, "n-grams": counted}, goal=wanted, middle="mean"))
        same = {"one network": ones[:together], "n-grams": counted[:together]}
        joined = {"ensemble of five": [answers[measured] for answers in ensembles]} | same
        lines.append(Line(f"{name} · five networks", "of 1", joined, middle="mean"))
    times = {"ours": [run["seconds"] for run in single]}
    lines.append(Line(f"{case.name} · training", "s", times, goal=Goal("value", at_most=60.0), middle="high"))
    learned, unseen = np.mean([(run["learned"], run["valid"]["accuracy"]) for run in single], axis=0)
    by = "names" if learned - unseen > 1 - learned else "network"
    return lines, {"case": case.name, "by": by, "learned": float(learned), "unseen": float(unseen)}


def train_and_ask(train: Names, valid: Names, seed: int, changes: dict) -> dict:
    """One network: its seconds, its accuracy on names it learned from, and its answers for the others."""
    model = LSTM_2X128.make(len(train.languages), seed)
    seconds = fit(model, train, valid, LSTM_2X128.mini_batch(**changes), seed).seconds
    answers = evaluate(model, valid)
    learned = evaluate(model, train[:: max(1, len(train) // 2000)]).summary()["accuracy"]
    return {"seconds": seconds, "learned": learned, "valid": answers.summary(), "answers": answers.log_probabilities}


def ensemble(runs: list[dict], valid: Names) -> dict[str, float]:
    """The measures of several networks' mean probabilities."""
    mean = np.mean([np.exp(run["answers"]) for run in runs], axis=0)
    return Metrics(valid, np.log(mean)).summary()
