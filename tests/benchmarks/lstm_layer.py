"""Row `layer`: CustomLSTM forward and backward beside nn.LSTM, one thread."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from benchmarks.machine import Machine
from benchmarks.measuring import Goal, Line, Setting, interleaved, seconds
from benchmarks.peers import ListingCell
from benchmarks.profiling import limit
from namelib import ALPHABET, CustomLSTM

SHAPES = ((64, 8, 128), (256, 8, 128), (64, 20, 128), (64, 8, 32))  # batch, time, hidden


def measure(setting: Setting, machine: Machine) -> dict:
    torch.set_num_threads(1)
    lines, limits = [], []
    for shape in setting.choose(SHAPES, [(4, 3, 8)]):
        work = contenders(*shape)
        times = {name: repeat(run, setting.choose(0.3, 0.0)) for name, run in work.items()}
        goal = Goal("ratio", at_most=1.25, aim=1.0)
        lines.append(Line(str(shape), "ms", interleaved(times, setting.repeats), "ours/peer", goal))
        tiny = contenders(1, shape[1], 1)["ours"]
        limits.append(limit(str(shape), times_of(work["ours"], 20), times_of(tiny, 20), 20, machine, setting))
    return {"lines": lines, "limits": limits}


def contenders(batch: int, time: int, hidden: int) -> dict[str, Callable[[], object]]:
    """Forward and backward of the three layers on the same letters; nn.LSTM reads them time first, as it likes best.

    Ours carries nn.LSTM's weights and must give its outputs.
    """
    generator = torch.Generator().manual_seed(0)
    letters = torch.randint(len(ALPHABET), (batch, time), generator=generator)
    x = nn.functional.one_hot(letters, len(ALPHABET)).float()  # (batch, time, input)
    time_first = x.transpose(0, 1).contiguous()
    torch.manual_seed(0)
    theirs, listing = nn.LSTM(len(ALPHABET), hidden), ListingCell(len(ALPHABET), hidden)
    ours = CustomLSTM.from_torch(theirs)
    torch.testing.assert_close(ours(x)[0], theirs(time_first)[0].transpose(0, 1), rtol=1e-4, atol=1e-5)
    gradient = torch.randn(batch, time, hidden, generator=generator)
    return {
        "ours": forward_backward(ours, lambda: ours(x)[0], gradient),
        "nn.LSTM": forward_backward(theirs, lambda: theirs(time_first)[0], gradient.transpose(0, 1).contiguous()),
        "listing's cell": forward_backward(listing, lambda: listing(x), gradient),
    }


def forward_backward(layer: nn.Module, outputs: Callable[[], Tensor], gradient: Tensor) -> Callable[[], object]:
    parameters = list(layer.parameters())
    return lambda: torch.autograd.grad(outputs(), parameters, gradient)


def times_of(work: Callable[[], object], times: int) -> Callable[[], object]:
    return lambda: [work() for _ in range(times)]


def repeat(work: Callable[[], object], least: float) -> Callable[[], float]:
    """Measures milliseconds of the work, repeated so often that a sample takes at least about `least` seconds."""
    work()
    times = max(2, round(least / seconds(work)))
    return lambda: 1e3 * seconds(times_of(work, times)) / times
