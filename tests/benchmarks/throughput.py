"""Row `throughput`: names a second that are encoded, and read by a network."""

from collections.abc import Callable

import numpy as np
import torch
from torch import nn

from benchmarks.machine import Machine
from benchmarks.measuring import Goal, Line, Setting, interleaved, seconds
from benchmarks.networks import LSTM_2X128, MYLSTM_32, Network
from benchmarks.peers import encode_plainly
from benchmarks.profiling import limit, limit_of_text
from namelib import encode, load_names, predict
from namelib.evaluation import BATCH, read_names
from namelib.models import one_hot


def measure(setting: Setting, machine: Machine) -> dict:
    """One thread. The peer of encode is a loop over letters; of a network that reads, nn.LSTM without gradients."""
    torch.set_num_threads(1)
    data = load_names()
    names = data.names[:: setting.choose(1, 100)]
    many = names * setting.choose(20, 1)
    work = {"ours": lambda: encode(many), "loop over letters": lambda: encode_plainly(names)}
    counts = {"ours": len(many), "loop over letters": len(names)}
    goal = Goal("value", at_least=1e6)
    lines = [Line("encode", "names/s", rates(work, counts, setting), "ours/peer", goal)]
    letters, lengths = encode(many)
    touched = letters.nbytes + lengths.nbytes
    limits = [limit_of_text("encode", lambda: encode(many), touched, machine, setting)]
    for network in (MYLSTM_32, LSTM_2X128):
        model, tiny = (network.make(len(data.languages), hidden_size=size).eval() for size in (network.hidden_size, 1))
        work = {
            "ours": lambda model=model: read_names(model, names),
            "nn.LSTM": nn_lstm(network, names, len(data.languages)),
            "predict, top 5": lambda model=model: predict(model, names, data.languages),
        }
        line = Line(network.case, "names/s", rates(work, dict.fromkeys(work, len(names)), setting), "ours/peer")
        lines.append(line)
        few = names[::BATCH]  # one name where `names` has a batch
        limits.append(
            limit(
                network.case,
                lambda model=model: read_names(model, names),
                lambda tiny=tiny, few=few: [read_names(tiny, [name]) for name in few],
                len(names) / BATCH, machine, setting,
            )
        )  # fmt: skip
    return {"lines": lines, "limits": limits}


def rates(work: dict[str, Callable], counts: dict[str, int], setting: Setting) -> dict[str, list[float]]:
    """Names a second of each."""
    measures = {name: lambda name=name: counts[name] / seconds(work[name]) for name in work}
    return interleaved(measures, setting.repeats)


def nn_lstm(network: Network, names: list[str], languages: int) -> Callable[[], object]:
    """nn.LSTM of the same size with a read-out, no gradients, on batches of like length that are made beforehand.

    It skips what ours also does: encoding, sorting and putting the answers back in order.
    """
    lstm = nn.LSTM(57, network.hidden_size, num_layers=2 if network is LSTM_2X128 else 1)
    linear = nn.Linear(network.hidden_size, languages)
    letters, lengths = encode(names)
    order = torch.argsort(lengths, stable=True).split(BATCH)
    batches = [(letters[rows, : lengths[rows].max()], lengths[rows] - 1, torch.arange(len(rows))) for rows in order]

    @torch.no_grad()
    def run() -> list[np.ndarray]:
        answers = []
        for letters, last, rows in batches:
            outputs, _ = lstm(one_hot(letters.T, 57, torch.float32))  # (time, batch, hidden)
            answers.append(linear(outputs[last, rows]).log_softmax(dim=1).numpy())
        return answers

    return run
