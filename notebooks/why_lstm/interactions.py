"""Interactions between letters: what two letters add to a score beyond what each adds alone.

A score is a logit, centred: mean 0 over the languages, because only differences between
languages change a probability.
Four spellings with the letters a or a' in one position and b or b' in another give the interaction
    z(a, b) - z(a', b) - z(a, b') + z(a', b')
which is 0 for every network that adds up letters. Letters are replaced, so every other letter
keeps its position.
"""

from collections import defaultdict
from collections.abc import Sequence
from copy import deepcopy

import numpy as np
import torch

from namelib.data import encode
from namelib.spelling import fold
from notebooks.why_lstm.folds import TEST_TO_TRAIN
from notebooks.why_lstm.networks import Networks
from notebooks.why_lstm.statistics import summary

# A quadruple: four spellings with the letters (a, b), (a', b), (a, b'), (a', b').


def interaction_share(
    networks: Networks, quadruples: Sequence[Sequence[tuple[str, ...]]], most: int
) -> dict | None:
    """The share of the interaction in each network, on up to so many of its quadruples, over seeds.

    None where a network has no quadruple.
    """
    count = min(most, *map(len, quadruples))
    if count == 0:
        return None
    spellings = [[spelling for four in fours[:count] for spelling in four] for fours in quadruples]
    return summary(share(centred_logits(networks, spellings)), TEST_TO_TRAIN)


def share(z: np.ndarray) -> np.ndarray:
    """The interaction's share, (networks,), from centred logits (networks, 4 quads, languages)."""
    # first, second, together
    squares = [(contrast**2).sum(axis=(1, 2)) for contrast in contrasts(z)]
    return squares[2] / np.maximum(sum(squares), 1e-30)


def contrasts(z: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The effects of the first letter, the second and both: (networks, quadruples, languages)."""
    z = z.reshape(len(z), -1, 4, z.shape[2])
    ab, a2b, ab2, a2b2 = (z[:, :, k] for k in range(4))
    return ab - a2b + ab2 - a2b2, ab + a2b - ab2 - a2b2, ab - a2b - ab2 + a2b2


@torch.no_grad()
def centred_logits(networks: Networks, spellings: Sequence[Sequence[str]]) -> np.ndarray:
    """Each network's logits for as many spellings of its own, minus their mean over languages.

    -> (networks, spellings, languages), computed in float64: log-probabilities differ from logits
    by a constant.
    """
    exact, n = deepcopy(networks).double(), len(spellings)
    letters, lengths = encode([spelling for own in spellings for spelling in own])
    letters, lengths = letters.unflatten(0, (n, -1)), lengths.unflatten(0, (n, -1))
    parts = zip(letters.split(512, dim=1), lengths.split(512, dim=1), strict=True)
    log_p = torch.cat([exact(*part) for part in parts], dim=1)
    return (log_p - log_p.mean(dim=2, keepdim=True)).numpy()


def replaced_letters(names: Sequence[str], seed: int) -> list[tuple[str, ...]]:
    """For each name, two random positions and the letters of another name of that length there.

    Names without a partner that differs in both positions are left out, as are results that would
    not be names of that length: those with two adjacent spaces or a space at an end.
    """
    rng = np.random.default_rng(seed)
    by_length = defaultdict(list)
    for name in names:
        by_length[len(name)].append(name)
    quadruples = []
    for name in names:
        other = by_length[len(name)][rng.integers(len(by_length[len(name)]))]
        differ = [k for k in range(len(name)) if name[k] != other[k]]
        if len(differ) >= 2:
            p, q = sorted(rng.choice(differ, size=2, replace=False))
            swapped = name[:p] + other[p] + name[p + 1 :]
            four = (
                name,
                swapped,
                *(word[:q] + other[q] + word[q + 1 :] for word in (name, swapped)),
            )
            if all(fold(word) == word for word in four):
                quadruples.append(four)
    rng.shuffle(quadruples)
    return [tuple(four) for four in quadruples]
