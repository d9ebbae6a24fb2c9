"""Row `step`: milliseconds a step of the original recipe, beside the tutorial's loop."""

import random
from collections.abc import Callable

import torch
from torch import nn

from benchmarks.contenders import CONTENDERS, Contender, surnames
from benchmarks.measuring import Line, Setting, in_turns, seconds
from benchmarks.peers import by_language, train_batch_one
from namelib import Names, fit


def measure(setting: Setting) -> list[Line]:
    torch.set_num_threads(1)
    train, valid = surnames(setting.quick)
    return [line(contender, train, valid[:1], setting) for contender in CONTENDERS]


def line(contender: Contender, train: Names, valid: Names, setting: Setting) -> Line:
    steps, languages = setting.choose(1500, 60), len(train.languages)
    work = {
        "ours": our_step(contender, contender.make(languages), train, valid, steps),
        contender.peer_label: peer_step(contender, train, steps),
    }
    return Line(contender.label, "ms", in_turns(work, setting.repeats))


def our_step(
    contender: Contender, model: nn.Module, train: Names, valid: Names, steps: int
) -> Callable[[], float]:
    """Measures milliseconds a step of `Original` in the second half of its steps."""
    recipe = contender.original(2 * steps, measurements=2)

    def measure() -> float:
        ready, end = fit(model, train, valid, recipe).elapsed
        return 1e3 * (end - ready) / steps

    return measure


def peer_step(contender: Contender, train: Names, steps: int) -> Callable[[], float]:
    """Measures milliseconds a step of the tutorial's loop at the same learning rate."""
    model, lines, rng = (
        contender.make_peer(len(train.languages)),
        by_language(train),
        random.Random(0),
    )
    rate = contender.parameters["learning_rate"]
    return lambda: 1e3 * seconds(lambda: train_batch_one(model, lines, rate, steps, rng)) / steps
