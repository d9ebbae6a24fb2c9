"""Row `accuracy`: LSTM 2x128 by its notebook's mini-batch recipe on unseen names, beside the n-grams, over five splits.

Two trainings at a time, one core each. A training's seconds are its own: none may take more than 60.
"""

import numpy as np

from benchmarks.machine import Machine
from benchmarks.measuring import Goal, Line, Setting
from benchmarks.networks import LSTM_2X128, names_to_learn
from namelib import Names, evaluate, fit
from namelib.baselines import char_ngrams
from namelib.evaluation import Metrics
from namelib.experiments.workers import run_jobs

SPLITS, MEMBERS, ENSEMBLES = 5, 5, 2  # splits, networks of an ensemble, splits that have one
MEASURES = ("accuracy", "balanced_accuracy")
GOALS = {  # data -> measure -> at least, and what to try for: the n-grams'
    "embedded": {"accuracy": (0.735, 0.758), "balanced_accuracy": (0.685, 0.719)},
    "tutorial": {"accuracy": (0.835, 0.845)},
}


def measure(setting: Setting, machine: Machine) -> dict:
    lines, limits = [], []
    for data, folder in {"embedded": "", "tutorial": setting.tutorial}.items():
        if data == "embedded" or folder:
            measured = networks_and_ngrams(data, folder, setting)
            lines += measured["lines"]
            limits.append(measured["limit"])
    return {"lines": lines, "limits": limits}


def networks_and_ngrams(data: str, folder: str, setting: Setting) -> dict:
    """The lines of one data set, and what limits them: the gap between training names and unseen ones."""
    splits = [names_to_learn(setting.quick, seed, folder) for seed in range(setting.choose(SPLITS, 2))]
    members = setting.choose(MEMBERS, 2)
    of = [(split, member) for split in range(len(splits)) for member in range(members if split < ENSEMBLES else 1)]
    jobs = [(*splits[split], 100 * split + member) for split, member in of]
    trained = run_jobs(train_and_ask, jobs, [1.0] * len(jobs), [data] * len(jobs), setting.workers)
    runs = dict(zip(of, trained, strict=True))
    single = [runs[split, 0] for split in range(len(splits))]
    ensembles = [
        ensemble([runs[split, member] for member in range(members)], splits[split][1])
        for split in range(min(ENSEMBLES, len(splits)))
    ]
    ngrams = [char_ngrams(*split).summary() for split in splits]
    lines = []
    for measured in MEASURES:
        case, goal = f"{data} · {measured.replace('_', ' ')}", GOALS[data].get(measured)
        values = {"ours": [run["valid"][measured] for run in single], "n-grams": [run[measured] for run in ngrams]}
        wanted = Goal("value", at_least=goal[0], aim=goal[1]) if goal else None
        lines.append(Line(case, "of 1", values, goal=wanted, middle="mean"))
        together = {"ensemble of five": [run[measured] for run in ensembles], "n-grams": values["n-grams"]}
        lines.append(Line(f"{case} · five networks", "of 1", together, middle="mean"))
    times = {"ours": [run["seconds"] for run in single]}
    lines.append(Line(f"{data} · training", "s", times, goal=Goal("value", at_most=60.0)))
    learned, unseen = np.mean([(run["train"], run["valid"]["accuracy"]) for run in single], axis=0)
    by = "names" if learned - unseen > 1 - learned else "network"
    return {"lines": lines, "limit": {"case": data, "by": by, "learned": float(learned), "unseen": float(unseen)}}


def train_and_ask(train: Names, valid: Names, seed: int) -> dict:
    """One network: its seconds, its accuracy on names it learned from, and its answers for the others."""
    model = LSTM_2X128.make(len(train.languages), seed)
    seconds = fit(model, train, valid, LSTM_2X128.mini_batch(), seed).seconds
    answers = evaluate(model, valid)
    learned = evaluate(model, train[:: max(1, len(train) // 2000)]).summary()["accuracy"]
    return {"seconds": seconds, "train": learned, "valid": answers.summary(), "answers": answers.log_probabilities}


def ensemble(runs: list[dict], valid: Names) -> dict[str, float]:
    """The measures of several networks' mean probabilities."""
    mean = np.mean([np.exp(run["answers"]) for run in runs], axis=0)
    return Metrics(valid, np.log(mean)).summary()
