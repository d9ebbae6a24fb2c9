"""How the networks read: gates letter by letter, and what happens to the answer when a letter is taken away.

Sources: Karpathy et al. 2015 (reading the gates); Li et al. 2016, Understanding Neural Networks through Representation
Erasure (occlusion).
"""

from dataclasses import asdict, dataclass

import numpy as np
import torch
from torch import nn

from namelib.data import Names, encode
from namelib.evaluation import read_names
from namelib.experiments.intervals import bootstrap, mean_interval
from namelib.models import MyLSTM
from namelib.words import GATES


@dataclass(frozen=True)
class Reading:
    """What MyLSTM's cell does while it reads one name; the gates are (letters, hidden)."""

    name: str
    language: str
    right: bool  # does the network give the name its language?
    gates: dict[str, np.ndarray]


def choose_names(data: Names, log_probabilities: np.ndarray) -> dict[str, int]:
    """One row a language that has names: of those the network gets right, the middle one when sorted by length.

    Where the network gets none right, the middle one of all. `log_probabilities` are the network's answers for `data`.
    """
    right = log_probabilities.argmax(axis=1) == data.labels
    chosen = {}
    for label, language in enumerate(data.languages):
        rows = np.flatnonzero(data.labels == label)
        rows = rows[right[rows]] if right[rows].any() else rows
        if len(rows):
            by_length = sorted(rows, key=lambda row: len(data.names[row]))
            chosen[language] = int(by_length[(len(rows) - 1) // 2])
    return chosen


def read_gates(model: MyLSTM, data: Names, rows: dict[str, int]) -> list[Reading]:
    """The gates over the letters of the given rows, {language: row} as from `choose_names`."""
    log_probabilities = read_names(model, [data.names[row] for row in rows.values()])
    readings = []
    for (language, row), answer in zip(rows.items(), log_probabilities.argmax(axis=1), strict=True):
        gates = model.gates(encode([data.names[row]])[0])
        gates = {gate: gates[gate][0].numpy() for gate in GATES}  # (letters, hidden)
        readings.append(Reading(data.names[row], language, bool(answer == data.labels[row]), gates))
    return readings


def gate_averages(model: MyLSTM, data: Names, longest: int = 10) -> dict[str, dict[str, list]]:
    """The mean over units of each gate, and of |c| for the cell, by distance from a name's last letter.

    {gate: {"distance", "mean", "low", "high", "n"}}: distance 0 is the last letter; intervals are over names.
    """
    letters, lengths = encode(data.names)
    gates = model.gates(letters)
    distance = (lengths.unsqueeze(1) - 1 - torch.arange(letters.size(1))).numpy()  # negative in the padding
    means = {gate: (gates[gate].abs() if gate == "cell_state" else gates[gate]).mean(dim=2).numpy() for gate in GATES}
    return {gate: _by_distance(values.ravel(), distance.ravel(), longest) for gate, values in means.items()}


@dataclass(frozen=True)
class Occlusion:
    """What every letter of every name is worth to a network: one entry a letter."""

    row: np.ndarray  # int64, the name's row in the data
    position: np.ndarray  # int64, 0 is the first letter
    distance: np.ndarray  # int64, 0 is the last letter
    log_probability: np.ndarray  # |change| of log p(true language) when the letter is dropped, nat
    probability: np.ndarray  # p(true language) with the letter minus without it


def occlude(model: nn.Module, data: Names) -> Occlusion:
    """Drop each letter of each name in turn and ask the network again."""
    lengths = np.array([len(name) for name in data.names])
    row = np.repeat(np.arange(len(data)), lengths)
    position = np.arange(len(row)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    shorter = [data.names[r][:p] + data.names[r][p + 1 :] for r, p in zip(row, position, strict=True)]
    whole = read_names(model, data.names)[row, data.labels[row]]  # (letters of all names,)
    without = read_names(model, shorter)[np.arange(len(row)), data.labels[row]]
    return Occlusion(
        row, position, lengths[row] - 1 - position, np.abs(whole - without), np.exp(whole) - np.exp(without)
    )


def beginning_share(occlusion: Occlusion) -> np.ndarray:
    """Of each name, its first half's share of the effect (|change| of log p); nan for names below 4 letters.

    0.5 means that the network listens to both halves alike. The middle letter of an odd length belongs to neither.
    """
    first = occlusion.position < occlusion.distance
    last = occlusion.position > occlusion.distance
    names = occlusion.row.max() + 1
    halves = [np.bincount(occlusion.row, occlusion.log_probability * half, minlength=names) for half in (first, last)]
    lengths = np.bincount(occlusion.row, minlength=names)
    total = halves[0] + halves[1]
    return np.where((lengths >= 4) & (total > 0), halves[0] / np.where(total > 0, total, 1), np.nan)


def who_uses_the_beginning(models: dict[str, nn.Module], data: Names, longest: int = 10) -> dict:
    """Occlusion of every network, for JSON.

    `log_probability` and `probability`: for each network the effect by distance from the last letter ("distance",
    "mean", "low", "high", "n"). `beginning`: the share of the effect that the first half of a name has, in percent.
    """
    found = {network: occlude(model, data) for network, model in models.items()}
    shares = {network: 100 * beginning_share(occlusion) for network, occlusion in found.items()}
    there = ~np.any(np.isnan(list(shares.values())), axis=0)
    return {
        effect: {n: _by_distance(getattr(o, effect), o.distance, longest) for n, o in found.items()}
        for effect in ("log_probability", "probability")
    } | {"beginning": {n: {**asdict(bootstrap(share[there])), "unit": "%"} for n, share in shares.items()}}


def _by_distance(values: np.ndarray, distance: np.ndarray, longest: int) -> dict[str, list]:
    """Means with intervals for distance 0 ... longest - 1, as far as two names go."""
    curve = {"distance": [], "mean": [], "low": [], "high": [], "n": []}
    for d in range(longest):
        here = values[distance == d].astype(float)
        if len(here) < 2:
            break
        for key, value in asdict(mean_interval(here)).items():
            curve[key].append(value)
        curve["distance"].append(d)
    return curve
