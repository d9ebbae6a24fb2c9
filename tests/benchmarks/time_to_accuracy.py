"""Row `time`: how long the mini-batch recipe needs for the accuracy that the tutorial's loop ends with.

The loop trains in full, once a network, and is asked along the way, so that one also sees when it first got there.
Ours is the notebook's mini-batch recipe with `balance=1`, for the loop, too, draws all languages alike, and without
recurrent dropout and second task, which pay in long trainings only; and of these the shortest, counted in epochs, whose
final balanced accuracy on unseen names is on average over several seeds at least the loop's. Both sides have one core
of the two, beside another training or alone.
"""

import random

import numpy as np
import torch

from benchmarks.machine import Machine
from benchmarks.measuring import Goal, Line, Setting, seconds
from benchmarks.networks import LSTM_2X128, NETWORKS, Network, names_to_learn, some
from benchmarks.peers import CharRNN, by_language, evaluate_peer, train_batch_64, train_batch_one
from benchmarks.profiling import limit
from namelib import MiniBatch, Names, fit
from namelib.experiments.workers import run_jobs

GOALS = {"RNN": 30.0, "LSTM 2x128": 12.0, "MyLSTM 32": 75.0}
EPOCHS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24)
EPOCHS_OF_2025 = 27
SEEDS = 4
# What ours changes of its notebook's recipe.
AS_THE_LOOP = {"balance": 1.0, "recurrent_dropout": 0.0, "next_letter": 0.0}
COSTS = (1.0, 2.0, 5.0, 2.5)  # how long the loops take, roughly: the longest begins first


def measure(setting: Setting, machine: Machine) -> dict:
    train, valid = names_to_learn(setting.quick)
    cases = [*((network.case, network, network.peer_name) for network in NETWORKS)]
    cases.append(("LSTM 2x128 · loop of 2025", LSTM_2X128, "loop of 2025"))
    jobs = [(network if peer != "loop of 2025" else None, train, valid, setting) for _, network, peer in cases]
    loops = run_jobs(run_loop, jobs, COSTS, [case for case, *_ in cases], setting.workers)
    lines = []
    for (case, network, peer), loop in zip(cases, loops, strict=True):
        ours = shortest(network, train, valid, loop["balanced_accuracy"][-1], setting)
        lines.append(line(case, peer, loop, ours))
    judged = setting.choose(NETWORKS, NETWORKS[:1])
    limits = [batch_limit(network, train, valid[:1], machine, setting, **AS_THE_LOOP) for network in judged]
    return {"lines": lines, "limits": limits}


def line(case: str, peer: str, loop: dict, ours: list[dict]) -> Line:
    """Seconds of both, and beside them the curves; without a ratio where no recipe of ours got there."""
    got_there = float(np.mean([run["balanced_accuracy"][-1] for run in ours])) >= loop["balanced_accuracy"][-1]
    samples = {"ours": [run["seconds"][-1] for run in ours], peer: [loop["seconds"][-1]]}
    goal = Goal("ratio", at_least=GOALS[case]) if case in GOALS else None
    return Line(case, "s", samples, "peer/ours" if got_there else "", goal, extra={"loop": loop, "ours": ours})


def run_loop(network: Network | None, train: Names, valid: Names, setting: Setting) -> dict:
    """Train a peer in full: the tutorial's loop on a network's peer, or without one the loop of 2025."""
    rng, curve = random.Random(0), {"seconds": [], "balanced_accuracy": []}
    if network:
        model, lines, rate = network.make_peer(len(train.languages)), by_language(train), network.parameters
        parts, steps = 10, setting.choose(10_000, 2)
        work = (train_batch_one(model, lines, rate["learning_rate"], steps, rng) for _ in range(parts))
    else:
        torch.manual_seed(0)
        model, parts = CharRNN(output_size=len(train.languages)), setting.choose(EPOCHS_OF_2025, 4)
        work = train_batch_64(model, train, parts, rng)
    trained = 0.0
    for _ in range(parts):
        trained += seconds(lambda: next(work))
        curve["seconds"].append(trained)
        curve["balanced_accuracy"].append(evaluate_peer(model, valid).summary()["balanced_accuracy"])
    return curve


def shortest(network: Network, train: Names, valid: Names, accuracy: float, setting: Setting) -> list[dict]:
    """The runs, one a seed, of the shortest recipe that on average ends at the accuracy; else of the longest."""
    seeds = range(setting.choose(SEEDS, 1))
    for epochs in setting.choose(EPOCHS, (1, 2)):
        jobs = [(network, train, valid, epochs, seed) for seed in seeds]
        runs = run_jobs(run_ours, jobs, [1.0] * len(jobs), [network.case] * len(jobs), setting.workers)
        if np.mean([run["balanced_accuracy"][-1] for run in runs]) >= accuracy:
            break
    return runs


def run_ours(network: Network, train: Names, valid: Names, epochs: int, seed: int) -> dict:
    recipe = network.mini_batch(epochs=epochs, **AS_THE_LOOP)
    history = fit(network.make(len(train.languages), seed), train, valid, recipe, seed)
    return {"seconds": history.elapsed, "balanced_accuracy": history.valid_balanced_accuracy}


def batch_limit(
    network: Network, train: Names, valid: Names, machine: Machine, setting: Setting, **changes: float
) -> dict:
    """What limits a step of the mini-batch recipe with these changes."""
    steps = setting.choose(60, 2)
    model, tiny = (network.make(len(train.languages), hidden_size=size) for size in (network.hidden_size, 1))
    recipe: MiniBatch = network.mini_batch(epochs=1, **changes)
    one: MiniBatch = network.mini_batch(epochs=1, batch_size=1, **changes)
    return limit(
        network.case,
        lambda: fit(model, some(train, steps * recipe.batch_size), valid, recipe),
        lambda: fit(tiny, some(train, steps), valid, one),
        steps, machine, setting,
    )  # fmt: skip
