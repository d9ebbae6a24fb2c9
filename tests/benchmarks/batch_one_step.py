"""Row `step`: one step of the original recipe, and one batch of 64, beside the tutorials' loops."""

import random
from collections.abc import Callable

from benchmarks.machine import Machine
from benchmarks.measuring import Goal, Line, Setting, interleaved, seconds
from benchmarks.networks import LSTM_2X128, NETWORKS, Network, names_to_learn, some
from benchmarks.peers import by_language, train_batch_64, train_batch_one
from benchmarks.profiling import limit
from namelib import Names, fit

GOALS = {"RNN": (1.2, 2.0), "LSTM 2x128": (1.1, 1.4), "MyLSTM 32": (3.0, 4.0)}  # at least, and what to try for


def measure(setting: Setting, machine: Machine) -> dict:
    train, valid = names_to_learn(setting.quick)
    steps = setting.choose(1500, 60)
    lines = []
    for network in NETWORKS:
        contenders = {
            "ours": our_step(network, train, valid[:1], steps),
            network.peer_name: peer_step(network, train, steps),
        }
        goal = Goal("ratio", at_least=GOALS[network.case][0], aim=GOALS[network.case][1])
        samples = interleaved(contenders, setting.repeats)
        lines.append(Line(network.case, "ms a step", samples, "peer/ours", goal))
    lines.append(batch_of_64(train[: setting.choose(1280, 64)], valid[:1], setting))
    judged = setting.choose(NETWORKS, NETWORKS[:1])
    limits = [step_limit(network, train, valid[:1], setting.choose(200, 5), machine, setting) for network in judged]
    return {"lines": lines, "limits": limits}


def our_step(network: Network, train: Names, valid: Names, steps: int) -> Callable[[], float]:
    """Measures milliseconds a step of the recipe `Original`, in the second half of its steps: the first gets ready."""
    model, recipe = network.make(len(train.languages)), network.original(2 * steps, measurements=2)

    def measure() -> float:
        history = fit(model, train, valid, recipe)
        ready, end = history.elapsed
        return 1e3 * (end - ready) / steps

    return measure


def peer_step(network: Network, train: Names, steps: int) -> Callable[[], float]:
    """Measures milliseconds a step of the tutorial's loop at the same learning rate."""
    model, lines, rng = network.make_peer(len(train.languages)), by_language(train), random.Random(0)
    rate = network.parameters["learning_rate"]
    return lambda: 1e3 * seconds(lambda: train_batch_one(model, lines, rate, steps, rng)) / steps


def batch_of_64(train: Names, valid: Names, setting: Setting) -> Line:
    """Milliseconds for 64 names, forward, backward and update: at once, and in the loop of 2025 one by one."""
    ours, peer = LSTM_2X128.make(len(train.languages)), LSTM_2X128.make_peer(len(train.languages))
    recipe, batches, rng = LSTM_2X128.mini_batch(epochs=1, batch_size=64), len(train) / 64, random.Random(0)

    def peer_epoch() -> float:
        loop = train_batch_64(peer, train, 1, rng)
        return 1e3 * seconds(lambda: next(loop)) / batches

    contenders = {
        "ours": lambda: 1e3 * fit(ours, train, valid, recipe).seconds / batches,
        "loop of 2025": peer_epoch,
    }
    return Line("LSTM 2x128 · 64 names", "ms a batch", interleaved(contenders, setting.repeats), "peer/ours")


def step_limit(network: Network, train: Names, valid: Names, steps: int, machine: Machine, setting: Setting) -> dict:
    model, tiny = (network.make(len(train.languages), hidden_size=size) for size in (network.hidden_size, 1))
    recipe = network.original(steps)
    few = some(train, 100)  # getting many ready would take longer than the steps
    return limit(
        network.case,
        lambda: fit(model, few, valid, recipe),
        lambda: fit(tiny, few, valid, recipe),
        steps, machine, setting,
    )  # fmt: skip
