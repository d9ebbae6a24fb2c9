"""What is measured: a step of the original recipe and a layer, each beside the plain ways."""

import random
from collections.abc import Callable
from functools import partial
from timeit import timeit

import torch
from torch import nn

from benchmarks import peers
from namelib import ALPHABET, CustomLSTM, Names, Original, fit, load_names, split_names
from namelib.runs import NETWORKS
from notebooks import NOTEBOOKS
from report.parameters import read_notebook

PEERS = {  # network -> our label, the peer beside it, and the peer's label
    "rnn": ("RNN", peers.TutorialRNN, "tutorial's loop"),
    "lstm": ("LSTM 2x128", peers.TutorialLSTM, "tutorial's loop"),
    "custom_lstm": ("MyLSTM 32", peers.ListingLSTM, "tutorial's loop · listing's cell"),
}
SHAPES = ((64, 8, 128), (256, 8, 128), (64, 20, 128), (64, 8, 32))  # batch, time, hidden


def measure_steps(repeats: int, quick: bool) -> list[dict]:
    """Milliseconds a step of `Original` and of the tutorial's loop, for each network."""
    train, valid = split_names(load_names())
    if quick:
        train = train[::100]
    lines = []
    for key, (label, _, peer_label) in PEERS.items():
        work = {
            "ours": our_step(key, train, valid[:1], 60 if quick else 1500),
            peer_label: peer_step(key, train, 60 if quick else 1500),
        }
        lines.append({"case": label, "unit": "ms", "samples": in_turns(work, repeats)})
    return lines


def parameters_of(key: str) -> dict[str, object]:
    """What the parameters cell of the network's notebook says."""
    return read_notebook(NOTEBOOKS / f"{NETWORKS[key].notebook}.ipynb").defaults


def our_step(key: str, train: Names, valid: Names, steps: int) -> Callable[[], float]:
    """Measures milliseconds a step of `Original` in the second half of its steps."""
    said = parameters_of(key)
    torch.manual_seed(0)
    model = NETWORKS[key].model(hidden_size=said["hidden_size"], output_size=len(train.languages))
    recipe = Original(said["learning_rate"], steps=2 * steps, measurements=2)

    def measure() -> float:
        half, end = fit(model, train, valid, recipe).elapsed
        return 1e3 * (end - half) / steps

    return measure


def peer_step(key: str, train: Names, steps: int) -> Callable[[], float]:
    """Measures milliseconds a step of the tutorial's loop at the same learning rate."""
    said, (_, peer, _) = parameters_of(key), PEERS[key]
    torch.manual_seed(0)
    model = peer(hidden_size=said["hidden_size"], output_size=len(train.languages))
    lines, rng, rate = peers.by_language(train), random.Random(0), said["learning_rate"]

    def measure() -> float:
        work = partial(peers.train_batch_one, model, lines, rate, steps, rng)
        return 1e3 * timeit(work, number=1) / steps

    return measure


def measure_layers(repeats: int, quick: bool) -> list[dict]:
    """Milliseconds of forward and backward of CustomLSTM, nn.LSTM and the listing's cell."""
    lines = []
    for shape in [(4, 3, 8)] if quick else SHAPES:
        work = {
            name: repeated(call, least=0.0 if quick else 0.3)
            for name, call in layers(*shape).items()
        }
        lines.append({"case": str(shape), "unit": "ms", "samples": in_turns(work, repeats)})
    return lines


def layers(batch: int, time: int, hidden: int) -> dict[str, Callable[[], object]]:
    """Forward and backward of the three layers on the same letters; nn.LSTM reads them time first.

    Ours carries nn.LSTM's weights and must give its outputs.
    """
    torch.manual_seed(0)
    letters = torch.randint(len(ALPHABET), (batch, time))
    x = nn.functional.one_hot(letters, len(ALPHABET)).float()  # (batch, time, input)
    x_time_first = x.transpose(0, 1).contiguous()
    gradient = torch.randn(batch, time, hidden)
    gradient_time_first = gradient.transpose(0, 1).contiguous()
    theirs = nn.LSTM(len(ALPHABET), hidden)
    listing = peers.ListingCell(len(ALPHABET), hidden)
    ours = CustomLSTM.from_torch(theirs)
    outputs, expected = ours(x)[0], theirs(x_time_first)[0].transpose(0, 1)
    torch.testing.assert_close(outputs, expected, rtol=1e-4, atol=1e-5)
    grad = torch.autograd.grad
    return {
        "ours": lambda: grad(ours(x)[0], list(ours.parameters()), gradient),
        "nn.LSTM": lambda: grad(
            theirs(x_time_first)[0], list(theirs.parameters()), gradient_time_first
        ),
        "listing's cell": lambda: grad(listing(x), list(listing.parameters()), gradient),
    }


def repeated(work: Callable[[], object], least: float) -> Callable[[], float]:
    """Measures milliseconds of the work, repeated until a sample takes about `least` seconds."""
    work()
    times = max(2, round(least / timeit(work, number=1)))
    return lambda: 1e3 * timeit(work, number=times) / times


def in_turns(contenders: dict[str, Callable[[], float]], repeats: int) -> dict[str, list[float]]:
    """What each contender measures, in turns, A B A B ..., so that a busy moment meets all alike.

    A first round warms up and does not count.
    """
    samples: dict[str, list[float]] = {name: [] for name in contenders}
    for turn in range(repeats + 1):
        for name, measure in contenders.items():
            value = measure()
            if turn:
                samples[name].append(value)
    return samples
