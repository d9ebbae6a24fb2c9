"""Row `rate`: how much of the machine's matrix-product rate the training of LSTM 2x128 reaches."""

from collections.abc import Callable

import numpy as np
import torch
from torch.nn import functional as F

from benchmarks.machine import Machine, best_rate, mm_rate, onednn_rate
from benchmarks.measuring import Goal, Line, Setting, interleaved, seconds
from benchmarks.networks import LSTM_2X128, names_to_learn
from benchmarks.profiling import count
from benchmarks.time_to_accuracy import batch_limit
from namelib import encode, fit


def measure(setting: Setting, machine: Machine) -> dict:
    """Shares of the rate of a large product, measured in turns with the training that they judge.

    What counts are the matrix products that ran, padding included, and no other arithmetic.
    """
    torch.set_num_threads(1)
    train, valid = names_to_learn(setting.quick)
    part = train[::2]
    model, recipe = LSTM_2X128.make(len(train.languages)), LSTM_2X128.mini_batch(epochs=1)
    batch, hidden = recipe.batch_size, LSTM_2X128.hidden_size
    flops = count(lambda: fit(model, part, valid[:1], recipe)).flops
    forward_backward = one_batch(batch, setting.choose(100, 2))
    alone = count(forward_backward).flops
    rates = {
        "best": best_rate(setting),
        "torch.mm": mm_rate(*3 * (setting.choose(1024, 64),)),
        "training": lambda: flops / fit(model, part, valid[:1], recipe).seconds,
        "forward": lambda: alone / seconds(forward_backward),
        "mm of a step": mm_rate(batch, hidden, 4 * hidden),
        "oneDNN of a step": onednn_rate(batch, hidden, 4 * hidden),
    }
    measured = {name: np.array(values) for name, values in interleaved(rates, setting.repeats).items()}

    def share(name: str, of: str = "best") -> list[float]:
        return (measured[name] / measured[of]).tolist()

    step = f"({batch}, {hidden}) x ({hidden}, {4 * hidden})"
    products = {"oneDNN": share("oneDNN of a step"), "torch.mm": share("mm of a step")}
    lines = [
        Line("training", "share", {"ours": share("training")}, goal=Goal("value", at_least=0.6)),
        Line("training · of torch.mm's rate", "share", {"ours": share("training", "torch.mm")}),
        Line("forward and backward of a batch", "share", {"ours": share("forward")}),
        Line(f"{step} · alone", "share", products),
    ]
    return {"lines": lines, "limits": [batch_limit(LSTM_2X128, train, valid[:1], machine, setting)]}


def one_batch(size: int, times: int) -> Callable[[], None]:
    """Forward and backward of `size` names of 8 letters, `times` times, without the recipe around it."""
    model = LSTM_2X128.make()
    letters, lengths = encode(["Abcdefgh"] * size)
    labels = torch.zeros(size, dtype=torch.int64)

    def run() -> None:
        for _ in range(times):
            F.nll_loss(model(letters, lengths), labels).backward()

    return run
