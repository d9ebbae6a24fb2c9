"""How far gradients reach back: derivatives with respect to the state k letters before the end.

A network's state is what it carries from letter to letter: h of the linear and the tanh RNN, c of
the LSTM, whose derivative includes all paths, also through h and the gates. Sources: Bengio et al.
1994; Pascanu et al. 2013; Gers et al. 2000 (the forget gate on the cell's own path).
"""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from namelib.data import Names
from namelib.spelling import ALPHABET
from notebooks.jobs import run_jobs
from notebooks.why_lstm.budgets import BATCH_SIZE, recorded_rate
from notebooks.why_lstm.folds import TEST_TO_TRAIN, folds
from notebooks.why_lstm.networks import Networks, surname_network
from notebooks.why_lstm.stacked_training import Batch, StackedNames, train_stepwise
from notebooks.why_lstm.statistics import mean_interval, summary

KEYS = ("linear", "tanh", "tanh_orthogonal", "lstm")
# before training, after a quarter of its steps, after it
STAGES = ("initial", "quarter", "trained")
SHORTEST = 4  # letters of a surname whose gates are examined


@dataclass(frozen=True)
class Depth:
    """The sizes of the experiment."""

    seeds: tuple[int, ...]
    epochs: int
    surnames: int  # unseen surnames per network, for its gates
    strings: int  # long strings per network, for its gradients
    string_length: int
    hidden_size: int = 128  # of the teacher's RNN, whose number of parameters the others match


QUICK = Depth((10, 11), 1, 20, 4, 15, hidden_size=32)
DEFAULT = Depth((10, 11), 1, 50, 8, 15)
FULL = Depth((0, 1, 2, 3, 4), 8, 200, 32, 40)
DEPTHS = {"quick": QUICK, "default": DEFAULT, "full": FULL}


def run(
    data: Names,
    depth: Depth = DEFAULT,
    workers: int = 2,
    kept: Path | None = None,
    recorded: dict | None = None,
) -> dict:
    """Train a network of each of KEYS per split; trace gradients back on long strings of surnames.

    `recorded` is a result of `budgets`, which provides the tuned rates.

    -> {"settings", "networks": {key: {"rate", "seconds", *STAGES}}}. A stage is {"strings":
    {"state": see `curve`}}; the LSTM's has {"theory": {"mean_forget_gate": summary}}, too.
    """
    splits = folds(data, depth.seeds)
    rates = {key: recorded_rate(recorded, key, depth.epochs) for key in KEYS}
    jobs = [
        {"key": key, "splits": splits, "depth": depth, "rate": rate} for key, rate in rates.items()
    ]
    measured = run_jobs(train_and_follow, jobs, workers, "gradients", kept, costs=[1, 1, 1, 2])
    networks = {
        key: {"rate": rates[key]} | stages for key, stages in zip(rates, measured, strict=True)
    }
    return {"settings": asdict(depth), "networks": networks}


def train_and_follow(
    key: str, splits: Sequence[tuple[Names, Names]], depth: Depth, rate: float
) -> dict:
    """Train one network per split and trace its gradients at each of STAGES."""
    languages, seen = len(splits[0][0].languages), StackedNames.of([names for names, _ in splits])
    batch_size = min(BATCH_SIZE, *seen.counts)
    steps = seen.steps(batch_size, depth.epochs)
    unseen = [(names, seed) for (_, names), seed in zip(splits, depth.seeds, strict=True)]
    surnames, lengths, _ = stacked_batch(
        [some_names(names, depth.surnames, seed) for names, seed in unseen]
    )
    strings, *_ = stacked_batch(
        [long_strings(names, depth.string_length, depth.strings, seed) for names, seed in unseen]
    )
    networks = Networks(
        surname_network(key, languages, depth.hidden_size), depth.seeds, len(ALPHABET), languages
    )

    def traced() -> dict:
        exact = deepcopy(networks).double()
        stage = {"strings": {"state": curve(log_sizes(exact, strings))}}
        if key == "lstm":
            stage["theory"] = {"mean_forget_gate": mean_forget_gate(exact, surnames, lengths)}
        return stage

    stages = {"initial": traced()}
    batches = seen.batches(batch_size, depth.epochs, depth.seeds)
    for done in train_stepwise(networks, batches, steps, rate):
        if done == max(1, steps // 4):
            stages["quarter"] = traced()
    stages["trained"] = traced()
    return stages


def some_names(names: Names, count: int, seed: int) -> Names:
    """`count` names drawn at random, none shorter than SHORTEST."""
    rows = [row for row, name in enumerate(names.names) if len(name) >= SHORTEST]
    return names[np.random.default_rng(seed).permutation(rows)[:count]]


def long_strings(names: Names, length: int, count: int, seed: int) -> Names:
    """Strings of `length` letters: random names joined in lower case; the last one is the label."""
    # a name has at least one letter
    drawn = np.random.default_rng(seed).integers(len(names), size=(count, length))
    strings = ["".join(names.names[row] for row in rows).lower()[-length:] for rows in drawn]
    return Names(strings, names.labels[drawn[:, -1]], names.languages)


def stacked_batch(splits: Sequence[Names]) -> Batch:
    """The names of each split as one batch, as many from each split as the smallest has."""
    count = min(map(len, splits))
    if count == 0:
        raise ValueError(
            f"gradients: no unseen surname has {SHORTEST} letters; more surnames are needed"
        )
    return StackedNames.of(splits).batch(torch.arange(count).expand(len(splits), -1))


def log_sizes(networks: Networks, letters: Tensor) -> np.ndarray:
    """The logarithm of the size of d s_T / d s_{T-k}: (networks, strings, k), for one length.

    The size is the root mean square singular value, 1 at k = 0.
    """
    layer = networks.layer
    states, state = [], None
    for Ux_t in networks.letter_inputs(letters).unbind(2):
        state = layer.step(Ux_t, state, layer.V)
        states.append(state[1])  # c_t, or h_t where there is no cell
    states = states[: len(states) - networks.variant.reads_letter]  # up to the last state read
    units = states[-1].sum(dim=(0, 1))  # strings and networks do not depend on each other
    squared = sum(squares(unit, states) for unit in units) / len(units)
    return (squared.clamp(min=1e-300).log() / 2).numpy()


def squares(output: Tensor, states: Sequence[Tensor]) -> Tensor:
    """|d output / d state|^2 for each state, last one first: (networks, strings, k)."""
    gradients = torch.autograd.grad(output, states[::-1], retain_graph=True)
    return torch.stack([gradient.square().sum(dim=2) for gradient in gradients], dim=2)


def curve(log_size: np.ndarray) -> dict:
    """Sizes by k from their logarithms, (networks, strings, k).

    {"k", "mean", "low", "high"}, lists: the geometric mean over strings, the interval over seeds.
    """
    means = log_size.mean(axis=1)  # (networks, k)
    intervals = [mean_interval(of_k, TEST_TO_TRAIN) for of_k in means.T]
    sizes = {
        bound: [float(np.exp(getattr(interval, bound))) for interval in intervals]
        for bound in ("mean", "low", "high")
    }
    return {"k": list(range(len(intervals)))} | sizes


@torch.no_grad()
def mean_forget_gate(networks: Networks, letters: Tensor, lengths: Tensor) -> dict:
    """The mean of the LSTM's forget gate over the surnames' letters and the units, over seeds."""
    Ux, h = networks.letter_inputs(letters), networks.states(letters)[:, :, :-1]  # h_{t-1}
    sums = Ux + torch.einsum("nbth,nhr->nbtr", h, networks.layer.V)
    gates = sums[..., : networks.variant.hidden_size].sigmoid()  # (networks, names, time, hidden)
    there = torch.arange(letters.size(2)) < lengths.unsqueeze(2)  # (networks, names, time)
    means = [gates[k][there[k]].mean().item() for k in range(len(gates))]
    return summary(means, TEST_TO_TRAIN)


def left_after(networks: dict[str, dict], stage: str, letters: int) -> dict[str, dict]:
    """The size of the state's derivative so many letters back, read off its curve; 1 at 0 letters.

    -> {network: {"mean", "recorded"}}.
    """
    sizes = {}
    for key, stages in networks.items():
        curve = stages[stage]["strings"]["state"]
        mean = dict(zip(curve["k"], curve["mean"], strict=True))[letters]
        sizes[key] = {"mean": mean, "recorded": curve.get("recorded", False)}
    return sizes
