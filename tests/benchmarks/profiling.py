"""What limits a piece of work: the machine's measured rates, the operations that ran, and the profile of a run."""

import cProfile
import pstats
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch.profiler import ProfilerActivity, profile
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.flop_counter import flop_registry

from benchmarks.machine import Machine
from benchmarks.measuring import Setting, interleaved, seconds

aten = torch.ops.aten
PRODUCTS = ("mm", "addmm", "bmm", "baddbmm", "mv", "addmv", "mkldnn_rnn_layer", "mkldnn_rnn_layer_backward")
READS_A_PART = (aten.index, aten.index_select, aten.embedding, aten.gather)  # as many bytes as they write


class Counter(TorchDispatchMode):
    """Counts what runs inside: torch's operations, the arithmetic of their matrix products, the bytes they touch.

    `element_bytes`: those of the bytes that no matrix product touches.
    """

    def __init__(self):
        super().__init__()
        self.operations = self.flops = self.bytes = self.element_bytes = 0

    def __torch_dispatch__(self, op, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        result, packet = op(*args, **kwargs), op.overloadpacket
        if op.is_view:
            return result
        self.operations += 1
        written = {id(tensor) for tensor in tree_leaves(result)}  # also given as a keyword by `out=` and its like
        given = [tensor for tensor in tree_leaves(kwargs) if id(tensor) not in written]
        touched = (result, result) if packet in READS_A_PART else (args, given, result)
        nbytes = sum(leaf.nbytes for leaf in tree_leaves(touched) if isinstance(leaf, torch.Tensor))
        self.bytes += nbytes
        packet = getattr(aten, str(packet).removeprefix("aten.").rstrip("_"), packet)  # addmm_ counts as addmm
        if packet in LSTM_FLOPS:
            self.flops += LSTM_FLOPS[packet](*args)
        elif packet in flop_registry:
            self.flops += flop_registry[packet](*args, **kwargs, out_val=result)
        else:
            self.element_bytes += nbytes
        return result


def _lstm_forward(x: torch.Tensor, w_x: torch.Tensor, w_h: torch.Tensor, *_) -> int:
    """x (time, batch, input), w_x (4 hidden, input), w_h (4 hidden, hidden)."""
    return 2 * x.size(0) * x.size(1) * (w_x.numel() + w_h.numel())


def _lstm_backward(x: torch.Tensor, w_x: torch.Tensor, w_h: torch.Tensor, *_) -> int:
    """Once for the weights, once for what came in; not for a first layer's letters, whose gradient nobody needs."""
    return 2 * x.size(0) * x.size(1) * (w_x.numel() * (1 + x.requires_grad) + 2 * w_h.numel())


LSTM_FLOPS = {aten.mkldnn_rnn_layer: _lstm_forward, aten.mkldnn_rnn_layer_backward: _lstm_backward}


def count(work: Callable[[], object]) -> Counter:
    with Counter() as counter:
        work()
    return counter


def profiled(work: Callable[[], object]) -> tuple[float, float, dict[str, float]]:
    """Shares of the work's time in matrix products and in other operations, and the three longest: torch's profiler.

    nn.LSTM's fused layers, products and gates in one, count as products. What is missing to 1 is outside of any
    operation: Python and autograd's own.
    """
    with profile(activities=[ProfilerActivity.CPU]) as profiler:
        whole = 1e6 * seconds(work)
    own = {event.key: event.self_cpu_time_total / whole for event in profiler.key_averages()}
    operations = {key.removeprefix("aten::"): share for key, share in own.items() if key.startswith("aten::")}
    products = sum(share for name, share in operations.items() if name.rstrip("_") in PRODUCTS)
    longest = sorted(operations, key=operations.get, reverse=True)[:3]
    return products, sum(operations.values()) - products, {name: operations[name] for name in longest}


def limit(
    case: str, work: Callable[[], object], tiny: Callable[[], object], units: float, machine: Machine, setting: Setting
) -> dict:
    """What limits torch work of `units` steps, as shares of its time.

    - overhead: the time of `tiny`, the same calls with one hidden unit and one name: Python, autograd and dispatch;
    - products, elements: the rest, shared out as the profiler sees matrix products and all other operations.
    The largest limits it; the elements count as memory where copying the bytes they alone touch would take half their
    time.
    `at_rate` is what the products would take at the machine's best rate, `copying` all bytes at its copying rate.
    """
    times = interleaved({"work": lambda: seconds(work), "tiny": lambda: seconds(tiny)}, min(setting.repeats, 3))
    whole, least = (float(np.median(times[name])) for name in ("work", "tiny"))
    counter = count(work)
    in_products, in_others, longest = profiled(work)
    overhead = min(least / whole, 1.0)
    products = (1 - overhead) * in_products / (in_products + in_others)
    shares = {"overhead": overhead, "products": products, "elements": 1 - overhead - products}
    copying, of_elements = (n / machine.copying / whole for n in (counter.bytes, counter.element_bytes))
    by = max(shares, key=shares.get)
    return {
        "case": case,
        "by": "memory" if by == "elements" and of_elements >= shares["elements"] / 2 else by,
        "shares": shares | {"at_rate": counter.flops / machine.products / whole, "copying": copying},
        "operations": counter.operations / units,
        "microseconds_an_operation": 1e6 * whole / counter.operations,
        "longest": longest,
    }


def limit_of_text(case: str, work: Callable[[], object], touched: int, machine: Machine, setting: Setting) -> dict:
    """What limits work on text: memory, if copying the `touched` bytes takes half its time, else its many small steps.

    The longest functions by their own time, as cProfile sees them.
    """
    whole = float(np.median(interleaved({"work": lambda: seconds(work)}, min(setting.repeats, 3))["work"]))
    profiler = cProfile.Profile()
    profiler.runcall(work)
    own: dict[str, float] = {}
    for (file, _, function), (_, _, its_own, *_) in pstats.Stats(profiler).stats.items():
        name = function.strip("<>") if file == "~" else f"{Path(file).stem}.{function}"
        own[name] = own.get(name, 0.0) + its_own
    longest = sorted(own, key=own.get, reverse=True)[:3]
    copying = touched / machine.memory / whole
    return {
        "case": case,
        "by": "memory" if copying >= 0.5 else "text",
        "shares": {"copying": copying},
        "longest": {name: own[name] / sum(own.values()) for name in longest},
    }
