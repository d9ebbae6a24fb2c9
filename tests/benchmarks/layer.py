"""Row `layer`: forward and backward of CustomLSTM, nn.LSTM and the listing's cell, one thread."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from benchmarks.measuring import Line, Setting, in_turns, seconds
from benchmarks.peers import ListingCell
from namelib import ALPHABET, CustomLSTM

SHAPES = ((64, 8, 128), (256, 8, 128), (64, 20, 128), (64, 8, 32))  # batch, time, hidden


def measure(setting: Setting) -> list[Line]:
    torch.set_num_threads(1)
    return [line(shape, setting) for shape in setting.choose(SHAPES, [(4, 3, 8)])]


def line(shape: tuple[int, int, int], setting: Setting) -> Line:
    least = setting.choose(0.3, 0.0)
    work = {name: repeat(call, least) for name, call in layers(*shape).items()}
    return Line(str(shape), "ms", in_turns(work, setting.repeats))


def layers(batch: int, time: int, hidden: int) -> dict[str, Callable[[], object]]:
    """Forward and backward of the three layers on the same letters; nn.LSTM reads them time first.

    Ours carries nn.LSTM's weights and must give its outputs.
    """
    generator = torch.Generator().manual_seed(0)
    letters = torch.randint(len(ALPHABET), (batch, time), generator=generator)
    x = nn.functional.one_hot(letters, len(ALPHABET)).float()  # (batch, time, input)
    time_first = x.transpose(0, 1).contiguous()
    torch.manual_seed(0)
    theirs, listing = nn.LSTM(len(ALPHABET), hidden), ListingCell(len(ALPHABET), hidden)
    ours = CustomLSTM.from_torch(theirs)
    torch.testing.assert_close(
        ours(x)[0], theirs(time_first)[0].transpose(0, 1), rtol=1e-4, atol=1e-5
    )
    gradient = torch.randn(batch, time, hidden, generator=generator)
    return {
        "ours": forward_backward(ours, lambda: ours(x)[0], gradient),
        "nn.LSTM": forward_backward(
            theirs, lambda: theirs(time_first)[0], gradient.transpose(0, 1).contiguous()
        ),
        "listing's cell": forward_backward(listing, lambda: listing(x), gradient),
    }


def forward_backward(
    layer: nn.Module, outputs: Callable[[], Tensor], gradient: Tensor
) -> Callable[[], object]:
    parameters = list(layer.parameters())
    return lambda: torch.autograd.grad(outputs(), parameters, gradient)


def repeat(work: Callable[[], object], least: float) -> Callable[[], float]:
    """Measures milliseconds of the work, repeated until a sample takes about `least` seconds."""
    work()
    times = max(2, round(least / seconds(work)))
    return lambda: 1e3 * seconds(lambda: [work() for _ in range(times)]) / times
