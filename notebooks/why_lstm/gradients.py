"""How far back gradients reach: derivatives with respect to the state k letters before the end.

A network's state is what it carries from letter to letter: h of the linear and the tanh RNN, c of the LSTM, whose
derivative counts every way onwards, through h and its gates too. Sources: Bengio et al. 1994; Pascanu et al. 2013; Gers
et al. 2000 (the forget gate on the cell's own path).
"""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import asdict, dataclass

import numpy as np
import torch
from joblib import Memory
from torch import Tensor

from namelib.data import ALPHABET, Names
from notebooks.why_lstm.budgets import BATCH_SIZE, recorded_rate
from notebooks.why_lstm.folds import TEST_TO_TRAIN, folds
from notebooks.why_lstm.networks import LEARNED, Networks, surname_network
from notebooks.why_lstm.stacked_training import Batch, StackedNames, train
from notebooks.why_lstm.statistics import mean_interval, summary
from notebooks.why_lstm.workers import run_jobs

KEYS = ("linear", "tanh", "lstm")
STAGES = ("initial", "quarter", "trained")  # before training, after a quarter of its steps, after it
MEASURES = ("state", "loss")  # whose derivative it is: the last state's, or the loss's
SHORTEST = 4  # letters of a surname that is looked at: a slope needs three states


@dataclass(frozen=True)
class Depth:
    """The sizes of the experiment."""

    seeds: tuple[int, ...]
    epochs: int
    surnames: int  # unseen ones of each network
    strings: int  # long ones
    string_length: int
    hidden_size: int = 128  # of the teacher's RNN, whose number of parameters the others have


QUICK = Depth((0, 1), 1, 20, 4, 20, hidden_size=32)
DEFAULT = Depth((0, 1, 2), 2, 50, 8, 40)
FULL = Depth((0, 1, 2, 3, 4), 8, 200, 32, 60)


def run(
    data: Names, depth: Depth = DEFAULT, workers: int = 2, memory: Memory | None = None, recorded: dict | None = None
) -> dict:
    """Train linear, tanh and LSTM and follow their gradients back, on unseen surnames and on long strings of these.

    `recorded`: a result of `budgets`, for its tuned rates.

    -> {"settings", "networks": {key: {"rate", "hidden_size", "seconds", *STAGES}}}. A stage is {"surnames", "strings",
    "theory"}, the first two {"state", "loss"}: see `followed`. theory, summaries over seeds {"values", "mean", "low",
    "high", "n"}: linear and tanh "spectral_radius", of W_h; linear also "state" {"k", "mean"}, the size of W_h^k; tanh
    "mean_derivative", of tanh; lstm "mean_forget_gate".
    """
    splits, languages = folds(data, depth.seeds), len(data.languages)
    rates = {key: recorded_rate(recorded, key, depth.epochs) for key in KEYS}
    jobs = [{"key": key, "splits": splits, "depth": depth, "rate": rate} for key, rate in rates.items()]
    measured = run_jobs(train_and_follow, jobs, workers, "gradients", memory, costs=[1, 1, 2])
    return {
        "settings": asdict(depth),
        "networks": {
            key: {"rate": rates[key], "hidden_size": surname_network(key, languages, depth.hidden_size).hidden_size}
            | one
            for key, one in zip(rates, measured, strict=True)
        },
    }


def train_and_follow(key: str, splits: Sequence[tuple[Names, Names]], depth: Depth, rate: float) -> dict:
    """Train one network a split and follow its gradients at each of STAGES."""
    languages, seen = len(splits[0][0].languages), StackedNames.of([names for names, _ in splits])
    batch_size = min(BATCH_SIZE, *seen.counts)
    steps = seen.steps(batch_size, depth.epochs)
    unseen = [(names, seed) for (_, names), seed in zip(splits, depth.seeds, strict=True)]
    inputs = {
        "surnames": stacked_batch([some_names(names, depth.surnames, seed) for names, seed in unseen]),
        "strings": stacked_batch(
            [long_strings(names, depth.string_length, depth.strings, seed) for names, seed in unseen]
        ),
    }
    networks = Networks(surname_network(key, languages, depth.hidden_size), depth.seeds, len(ALPHABET), languages)
    found = {}

    def follow(stage: str) -> None:
        exact = deepcopy(networks).double()
        found[stage] = {name: followed(exact, batch) for name, batch in inputs.items()}
        found[stage]["theory"] = theory(exact, *inputs["surnames"][:2], depth.string_length)

    follow("initial")
    train(
        networks, seen.batches(batch_size, depth.epochs, depth.seeds), steps, rate,
        after_step=lambda done: follow("quarter") if done == max(1, steps // 4) else None,
    )  # fmt: skip
    follow("trained")
    return found


def some_names(names: Names, count: int, seed: int) -> Names:
    """So many of the names, drawn at random, none shorter than SHORTEST."""
    rows = [row for row, name in enumerate(names.names) if len(name) >= SHORTEST]
    return names[np.random.default_rng(seed).permutation(rows)[:count]]


def long_strings(names: Names, length: int, count: int, seed: int) -> Names:
    """Strings of so many letters, names drawn at random joined in lower case; the last is whole and gives the label."""
    drawn = np.random.default_rng(seed).integers(len(names), size=(count, length))  # a name has a letter at least
    strings = ["".join(names.names[row] for row in rows).lower()[-length:] for rows in drawn]
    return Names(strings, names.labels[drawn[:, -1]], names.languages)


def stacked_batch(splits: Sequence[Names]) -> Batch:
    """All names of each split as one batch; as many of each as the smallest split has."""
    count = min(map(len, splits))
    if count == 0:
        raise ValueError(f"gradients: no unseen surname has {SHORTEST} letters; more surnames are needed")
    return StackedNames.of(splits).batch(torch.arange(count).expand(len(splits), -1))


def followed(networks: Networks, batch: Batch) -> dict:
    """Sizes of derivatives by the letters k that lie between a state and the last one that is read.

    `state`: root mean square singular value of d s_T / d s_{T-k}, 1 at k = 0. `loss`: norm of d loss / d s_{T-k}.
    Each {"k", "mean", "low", "high" (lists: the geometric mean over names, interval over seeds), "slope": summary of
    the change of its logarithm a letter, mean over names; "grows": summary of the share of names where it rises}.
    """
    logs = dict(zip(MEASURES, log_sizes(networks, *batch), strict=True))
    return {measure: curve(log_size) | slopes(log_size) for measure, log_size in logs.items()}


def log_sizes(networks: Networks, letters: Tensor, lengths: Tensor, labels: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """The logarithms of the sizes of `followed`: (networks, names, k) each, nan where a name reaches less far."""
    (layer,) = networks.layers
    states, state = [], None
    hidden = [networks.W.new_zeros(*lengths.shape, layer.variant.hidden_size)]  # h_0, h_1, ...
    for Ux_t in networks.letter_inputs(letters).unbind(2):
        state = layer.step(Ux_t, state)
        states.append(state[1])  # c_t, which is h_t where there is no cell
        hidden.append(state[0])
    loss = -networks.answer(torch.stack(hidden, dim=2), letters, lengths).gather(2, labels.unsqueeze(2)).sum()
    last = lengths - (2 if networks.variant.reads_letter else 1)  # place of the last state read, (networks, names)
    by_loss = torch.stack(gradients(loss, states), dim=2).square().sum(dim=3)  # (networks, names, time)
    every = torch.stack(states, dim=2)  # (networks, names, time, hidden)
    read = every.gather(2, last[..., None, None].expand(-1, -1, 1, every.size(3))).squeeze(2)
    by_state = torch.zeros_like(by_loss)
    for unit in read.sum(dim=(0, 1)):  # names and networks do not depend on each other
        by_state += torch.stack(gradients(unit, states), dim=2).square().sum(dim=3)
    k = torch.arange(len(states))
    from_end = last.unsqueeze(2) - k  # the place of the state k letters back
    there = from_end >= 0
    return tuple(
        (squares.gather(2, from_end.clamp(min=0)).clamp(min=1e-300).log() / 2).masked_fill(~there, torch.nan).numpy()
        for squares in (by_state / every.size(3), by_loss)
    )


def gradients(output: Tensor, states: Sequence[Tensor]) -> list[Tensor]:
    """d output / d state for each state, zeros for those that nothing is read from."""
    return torch.autograd.grad(output, states, retain_graph=True, allow_unused=True, materialize_grads=True)


def curve(log_size: np.ndarray) -> dict:
    """Geometric mean over names with its interval over networks, for as many k as half the names of each have."""
    reach = (~np.isnan(log_size)).mean(axis=1).min(axis=0) >= 0.5  # (time,)
    means = [np.nanmean(log_size[:, :, k], axis=1) for k in np.flatnonzero(reach)]  # each (networks,)
    intervals = [mean_interval(each, TEST_TO_TRAIN) for each in means]
    sizes = {bound: [float(np.exp(getattr(one, bound))) for one in intervals] for bound in ("mean", "low", "high")}
    return {"k": list(range(len(intervals)))} | sizes


def slopes(log_size: np.ndarray) -> dict:
    """The change of the log size a letter: each name's least squares slope over k, and how many names' slopes rise."""
    there = ~np.isnan(log_size)
    k = np.where(there, np.arange(log_size.shape[2]), 0)
    count = there.sum(axis=2, keepdims=True)
    centred = np.where(there, k - k.sum(axis=2, keepdims=True) / count, 0)
    slope = (centred * np.nan_to_num(log_size)).sum(axis=2) / (centred**2).sum(axis=2)  # (networks, names)
    return {
        "slope": summary(slope.mean(axis=1), TEST_TO_TRAIN),
        "grows": summary((slope > 0).mean(axis=1), TEST_TO_TRAIN),
    }


@torch.no_grad()
def theory(networks: Networks, letters: Tensor, lengths: Tensor, longest: int) -> dict:
    """What the equations say of the derivative from one letter to the next: see `run`."""
    (layer,), variant = networks.layers, networks.variant
    if variant.forget_gate == LEARNED:
        Ux, h = networks.letter_inputs(letters), networks.states(letters)[:, :, :-1]  # h_{t-1}
        gates = (Ux + torch.einsum("nbth,nhr->nbtr", h, layer.V))[..., : variant.hidden_size].sigmoid()
        return {"mean_forget_gate": over_letters(gates, lengths)}
    found = {"spectral_radius": summary(torch.linalg.eigvals(layer.V).abs().amax(dim=1).tolist())}
    if variant.candidate_tanh:
        return found | {"mean_derivative": over_letters(1 - networks.states(letters)[:, :, 1:] ** 2, lengths)}
    powers = torch.stack([torch.linalg.matrix_power(layer.V, k) for k in range(longest)])  # (k, networks, ...)
    sizes = powers.flatten(2).norm(dim=2) / variant.hidden_size**0.5  # (k, networks)
    return found | {"state": {"k": list(range(longest)), "mean": sizes.log().mean(dim=1).exp().tolist()}}


def over_letters(values: Tensor, lengths: Tensor) -> dict:
    """The mean over units and over the letters that there are, of (networks, names, time, hidden)."""
    there = torch.arange(values.size(2)) < lengths.unsqueeze(2)  # (networks, names, time)
    return summary([values[k][there[k]].mean().item() for k in range(len(values))], TEST_TO_TRAIN)
