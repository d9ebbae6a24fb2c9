"""The RNN handed out is linear: its score for a name adds up one term a letter.

A score is a logit, what stands before the softmax.
"""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from namelib.data import encode
from namelib.evaluation import read_names
from namelib.models import RNN


@dataclass(frozen=True)
class Terms:
    """The RNN's score for a name, taken apart: `constant + terms.sum(axis=0)` is the score of each language."""

    letters: list[str]
    languages: list[str]
    terms: np.ndarray  # (letters, languages)
    constant: np.ndarray  # (languages,), the biases: it depends on the name's length alone


def scores(model: nn.Module, names: Sequence[str]) -> np.ndarray:
    """The network's logits for each name, (names, languages)."""
    without_softmax = deepcopy(model)
    without_softmax.softmax = nn.Identity()
    return read_names(without_softmax, names)


def additive_terms(model: RNN, names: Sequence[str]) -> tuple[list[np.ndarray], np.ndarray]:
    """The term of every letter, an array (letters, languages) a name, and the constants (names, languages).

    Put the recurrence of `RNN` into itself until no hidden state is left. With W = [W_x, W_h], b of i2h and
    V = [V_x, V_h], c of i2o, the score after letters x_1 ... x_T is
        V_x x_T + sum over k = 1 ... T-1 of V_h W_h^(k-1) W_x x_(T-k)      one term a letter
        + c + sum over k = 1 ... T-1 of V_h W_h^(k-1) b                    a constant for the length T
    Computed in float64.
    """
    letters, lengths = encode(names)
    table, constants = _tables(model, letters.size(1))
    distance = lengths.unsqueeze(1) - 1 - torch.arange(letters.size(1))  # from the last letter; negative in padding
    terms = table[distance.clamp(min=0), letters]  # (names, time, languages)
    return [row[:length].numpy() for row, length in zip(terms, lengths, strict=True)], constants[lengths].numpy()


@torch.no_grad()
def _tables(model: RNN, longest: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Terms by distance from the end (longest, symbols, languages), constants by length (longest + 1, languages)."""
    hidden_size = model.i2h.out_features
    sizes = (model.i2h.in_features - hidden_size, hidden_size)
    W_x, W_h = model.i2h.weight.double().split(sizes, dim=1)  # (hidden, input), (hidden, hidden)
    V_x, V_h = model.i2o.weight.double().split(sizes, dim=1)  # (languages, input), (languages, hidden)
    b, c = model.i2h.bias.double(), model.i2o.bias.double()
    terms, constants = [V_x.T], [c, c]  # an empty name, one letter
    for _ in range(longest - 1):
        terms.append((V_h @ W_x).T)  # (input, languages)
        constants.append(constants[-1] + V_h @ b)
        V_h = V_h @ W_h
    return torch.stack(terms), torch.stack(constants)


def decompose(model: RNN, name: str, languages: list[str]) -> Terms:
    """One name's score as a term a letter, for drawing."""
    (terms,), (constant,) = additive_terms(model, [name])
    return Terms(list(name), languages, terms, constant)


def largest_error(model: RNN, names: Sequence[str]) -> dict[str, float]:
    """The largest difference between a score and the sum of its terms, over all names and languages.

    Once against the network as it is, once against a copy of it in float64, where only rounding is left.
    """
    terms, constants = additive_terms(model, names)
    sums = constants + np.stack([letters.sum(axis=0) for letters in terms])
    return {
        "float32": float(np.abs(scores(model, names) - sums).max()),
        "float64": float(np.abs(scores(deepcopy(model).double(), names) - sums).max()),
    }
