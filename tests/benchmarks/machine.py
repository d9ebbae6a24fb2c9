"""What one core of this machine can do at most, as measured here."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional as F

from benchmarks.measuring import Setting, interleaved, seconds


@dataclass(frozen=True)
class Machine:
    """Rates of one core: the ceilings that the rows are held against."""

    products: float  # operations a second in a large float32 matrix product, by the faster of torch's two libraries
    copying: float  # bytes a second, read and written, between two arrays of the size of a batch's gates
    memory: float  # the same between arrays that no cache holds


def measure_machine(setting: Setting) -> Machine:
    torch.set_num_threads(1)
    rates = {
        "products": best_rate(setting),
        "copying": copy_rate(setting.choose(2**18, 2**10)),
        "memory": copy_rate(setting.choose(2**28, 2**12)),
    }
    samples = interleaved(rates, setting.repeats)
    return Machine(**{name: float(np.median(values)) for name, values in samples.items()})


def best_rate(setting: Setting) -> Callable[[], float]:
    """Measures operations a second of a large product by torch.mm and by oneDNN, and takes the faster.

    Which one that is depends on the processor: torch.mm is MKL, which knows Intel's best.
    """
    size = 3 * (setting.choose(1024, 64),)
    libraries = [mm_rate(*size)] + [onednn_rate(*size)] * torch.backends.mkldnn.is_available()
    return lambda: max(measure() for measure in libraries)


def mm_rate(rows: int, inner: int, columns: int) -> Callable[[], float]:
    """Measures operations a second of (rows, inner) x (inner, columns) by torch.mm."""
    a, b, out = torch.rand(rows, inner), torch.rand(inner, columns), torch.empty(rows, columns)
    return _rate(lambda: torch.mm(a, b, out=out), 2 * rows * inner * columns)


def onednn_rate(rows: int, inner: int, columns: int) -> Callable[[], float]:
    """The same by oneDNN, the library behind nn.LSTM, in the layout that it likes best."""
    a, b = torch.rand(rows, inner).to_mkldnn(), torch.rand(columns, inner).to_mkldnn()
    return _rate(lambda: F.linear(a, b), 2 * rows * inner * columns)


def copy_rate(size: int) -> Callable[[], float]:
    """Measures bytes a second, read and written, when `size` bytes are copied."""
    source, target = torch.rand(size // 4), torch.empty(size // 4)
    return _rate(lambda: target.copy_(source), 2 * size)


def _rate(work: Callable[[], object], amount: int) -> Callable[[], float]:
    """Measures the amount a second, of so many turns as make up 2^31 together, but 4,096 at most."""
    times = max(1, min(2**31 // amount, 4096))
    return lambda: times * amount / seconds(lambda: [work() for _ in range(times)])
