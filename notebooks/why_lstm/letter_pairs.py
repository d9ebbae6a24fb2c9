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
from itertools import combinations

import numpy as np
import torch

from namelib.data import Names, encode
from namelib.spelling import fold
from notebooks.why_lstm.folds import TEST_TO_TRAIN, folds
from notebooks.why_lstm.gains import gains, lead_by_length
from notebooks.why_lstm.networks import Networks
from notebooks.why_lstm.statistics import summary

# A quadruple: four spellings with the letters (a, b), (a', b), (a, b'), (a', b').
SHORTEST_EXAMPLE = 4  # letters


def run(data: Names, networks: dict[int, dict[str, Networks]], seeds: Sequence[int]) -> dict:
    """What trained networks, {epochs: {"linear", "tanh", "lstm": one a seed}}, do with letters.

    -> {"epochs", "example", "gains"}. `example`: see `strongest_example`; `gains`: see
    `gains.gains`; both of the largest budget. "slopes" {str(epochs): summary}: see
    `gains.lead_by_length`.
    """
    largest = max(networks)
    unseen = [names for _, names in folds(data, seeds)]
    return {
        "epochs": largest,
        "example": strongest_example(data, networks[largest]),
        "gains": gains(networks[largest], unseen),
        "slopes": {
            str(epochs): lead_by_length(of_budget, unseen) for epochs, of_budget in networks.items()
        },
    }


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


def real_quadruples(names: Sequence[str]) -> list[tuple[str, ...]]:
    """Groups of four names that differ in two places, two letters each: Kira, Lira, Kara, Lara."""
    fillings = defaultdict(set)  # a name with two gaps -> the letters that fill them in some name
    for name in sorted(names):
        for p, q in combinations(range(len(name)), 2):
            fillings[name[:p], name[p + 1 : q], name[q + 1 :]].add((name[p], name[q]))
    quadruples = []
    for (head, middle, tail), letters in fillings.items():
        seconds = defaultdict(set)
        for first, second in letters:
            seconds[first].add(second)
        for a, a2 in combinations(sorted(seconds), 2):
            for b, b2 in combinations(sorted(seconds[a] & seconds[a2]), 2):
                pairs = ((a, b), (a2, b), (a, b2), (a2, b2))
                quadruples.append(
                    tuple(head + first + middle + second + tail for first, second in pairs)
                )
    return quadruples


def strongest_example(data: Names, networks: dict[str, Networks]) -> dict | None:
    """The four surnames with the strongest interaction among those that every LSTM gets right.

    The criterion is the weakest interaction among the LSTMs, provided that it has the same sign in
    all of them, in a language that their averaged scores predict for one of the four.

    -> {"names" (4), "answers" (4), "language", "scores": {network: 4 centred logits of the
    language, mean over seeds}, "interaction": {network: summary over seeds, in logits}}; None if
    there are no such four.
    """
    spoken = defaultdict(set)  # name -> the languages that have it
    for name, label in zip(data.names, data.labels, strict=True):
        spoken[name].add(int(label))
    quadruples = [four for four in real_quadruples(data.names) if len(four[0]) >= SHORTEST_EXAMPLE]
    if not quadruples:
        return None
    spellings = [spelling for four in quadruples for spelling in four]
    lstms = networks["lstm"]
    z = centred_logits(lstms, len(lstms.W) * [spellings])  # (networks, spellings, languages)
    answers = z.mean(axis=0).argmax(axis=1)
    right = np.array(
        [answer in spoken[name] for name, answer in zip(spellings, answers, strict=True)]
    )
    answers, right = answers.reshape(-1, 4), right.reshape(-1, 4).all(axis=1)
    # (networks, quadruples, 4)
    together = np.take_along_axis(contrasts(z)[2], answers[None], axis=2)
    # (quadruples, 4), negative where signs differ
    size = np.maximum(together.min(axis=0), -together.max(axis=0))
    size[~right] = -np.inf
    row, which = np.unravel_index(size.argmax(), size.shape)
    if not right[row]:
        return None
    language, four = answers[row, which], quadruples[row]
    z = {key: centred_logits(stacked, len(stacked.W) * [four]) for key, stacked in networks.items()}
    return {
        "names": list(four),
        "answers": [data.languages[answer] for answer in answers[row]],
        "language": data.languages[language],
        "scores": {key: own[:, :, language].mean(axis=0).tolist() for key, own in z.items()},
        "interaction": {
            key: summary(contrasts(own)[2][:, 0, language], TEST_TO_TRAIN) for key, own in z.items()
        },
    }
