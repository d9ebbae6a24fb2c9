"""Row `time`: how long mini-batches need for the balanced accuracy that the tutorial's loop ends with.

The loop trains in full, once a network. Ours is the notebook's mini-batch recipe with `balance=1`, for the loop, too,
draws all languages alike, and without recurrent dropout and second task, which pay in long trainings only; and of the
numbers of epochs the smallest whose final balanced accuracy on unseen surnames is, on average over the seeds, at least
the loop's. Two networks are measured side by side, one core each.
"""

import random

import numpy as np
from joblib import Parallel, delayed

from benchmarks.contenders import LSTM, MYLSTM, RNN, Contender, surnames
from benchmarks.measuring import Line, Setting, seconds
from benchmarks.peers import by_language, evaluate_peer, train_batch_one
from namelib import Names, fit
from namelib.training import one_thread

EPOCHS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24)
SEEDS = 3
LIKE_THE_LOOP = {"balance": 1.0, "recurrent_dropout": 0.0, "next_letter": 0.0}


def measure(setting: Setting) -> list[Line]:
    """The slowest loop begins first."""
    parallel = Parallel(n_jobs=setting.choose(2, 1), batch_size=1)
    last, *others = parallel(delayed(line)(contender, setting) for contender in (MYLSTM, LSTM, RNN))
    return [*others[::-1], last]


def line(contender: Contender, setting: Setting) -> Line:
    with one_thread():
        train, valid = surnames(setting.quick)
        peer_seconds, goal = train_peer(contender, train, valid, setting.choose(100_000, 20))
        epochs, ours = shortest(contender, train, valid, goal, setting)
        samples = {"ours": ours, contender.peer_label: [peer_seconds]}
        case = f"{contender.label} · {epochs} epoch{'s' * (epochs > 1)}"
        return Line(case, "s", samples)


def train_peer(contender: Contender, train: Names, valid: Names, steps: int) -> tuple[float, float]:
    """Seconds of the tutorial's loop, and the balanced accuracy that it ends with."""
    model, lines = contender.make_peer(len(train.languages)), by_language(train)
    rate = contender.parameters["learning_rate"]
    took = seconds(lambda: train_batch_one(model, lines, rate, steps, random.Random(0)))
    return took, evaluate_peer(model, valid).summary()["balanced_accuracy"]


def shortest(
    contender: Contender, train: Names, valid: Names, goal: float, setting: Setting
) -> tuple[int, list[float]]:
    """The fewest epochs that on average end at the goal, and their seconds, one a seed; no seconds if none does."""
    for epochs in setting.choose(EPOCHS, (1, 2)):
        recipe, runs = contender.mini_batch(epochs=epochs, **LIKE_THE_LOOP), []
        for seed in range(setting.choose(SEEDS, 1)):
            runs.append(fit(contender.make(len(train.languages), seed), train, valid, recipe, seed))
        if np.mean([run.valid_balanced_accuracy[-1] for run in runs]) >= goal:
            return epochs, [run.seconds for run in runs]
    return epochs, []
