"""What an additive score cannot do: two letters that count for more, or less, together than one by one.

A score is a logit, centred: mean 0 over the languages, because only differences between languages change a probability.
Four names with the letters a or a' in one place and b or b' in another give the interaction
    z(a, b) - z(a', b) - z(a, b') + z(a', b')
which is 0 for every additive network, the teacher's RNN among them.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import combinations

import numpy as np
from torch import nn

from namelib.data import Names, normalise
from namelib.experiments.additive import scores
from namelib.experiments.intervals import bootstrap

TOO_FEW = "no two names of the same length differ in two places: more names are needed to look for pairs of letters"

Quadruple = tuple[str, str, str, str]  # names with the letters (a, b), (a', b), (a, b'), (a', b')


@dataclass(frozen=True)
class PairEffect:
    """How a network scores a language on the four names of a quadruple."""

    names: Quadruple
    answers: list[str]  # the network's language for each of the four
    language: str
    scores: list[float]  # of `language`, centred, for each of the four
    interaction: float
    real: bool  # all four are names in the data


def interactions(model: nn.Module, quadruples: Sequence[Quadruple]) -> tuple[np.ndarray, np.ndarray]:
    """The interaction in every language (quadruples, languages), and the centred scores (quadruples, 4, languages)."""
    z = scores(model, [name for names in quadruples for name in names]).astype(np.float64)
    z = (z - z.mean(axis=1, keepdims=True)).reshape(len(quadruples), 4, -1)
    return z[:, 0] - z[:, 1] - z[:, 2] + z[:, 3], z


def pair_effect(model: nn.Module, languages: Sequence[str], names: Quadruple, language: str, real: bool) -> PairEffect:
    """One quadruple and language as the network sees it."""
    (effect,), (z,) = interactions(model, [names])
    k, answers = languages.index(language), [languages[answer] for answer in z.argmax(axis=1)]
    return PairEffect(names, answers, language, z[:, k].tolist(), float(effect[k]), real)


def real_quadruples(names: Sequence[str]) -> list[Quadruple]:
    """Every four of the names that differ in two places only, two letters in each: Kira, Lira, Kara, Lara."""
    fillings = defaultdict(list)  # a name with two holes -> the letters that fill them in some name
    for name in sorted(names):
        for p, q in combinations(range(len(name)), 2):
            fillings[name[:p], name[p + 1 : q], name[q + 1 :]].append((name[p], name[q]))
    found = []
    for (head, middle, tail), letters in fillings.items():
        if len(letters) < 4:
            continue
        seconds = defaultdict(set)
        for first, second in letters:
            seconds[first].add(second)
        found += [
            (head + a + middle + b + tail, head + a2 + middle + b + tail,
             head + a + middle + b2 + tail, head + a2 + middle + b2 + tail)
            for a, a2 in combinations(seconds, 2)
            for b, b2 in combinations(sorted(seconds[a] & seconds[a2]), 2)
        ]  # fmt: skip
    return found


def random_quadruples(names: Sequence[str], seed: int = 0) -> list[Quadruple]:
    """For each name two places, drawn at random, and the letters of another name of its length there.

    Names without a partner that differs from them in two places are left out, and what would be no name of its length:
    a space beside another or at an end.
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
            swap = name[:p] + other[p] + name[p + 1 :]
            four = (name, swap, *(word[:q] + other[q] + word[q + 1 :] for word in (name, swap)))
            if all(normalise(word) == word for word in four):
                quadruples.append(four)
    return quadruples


def strongest_pair(model: nn.Module, data: Names, seed: int = 0) -> PairEffect:
    """The quadruple with the largest interaction, in a language that the network answers one of its names with.

    Searched over all real quadruples of four letters or more whose names the network gets right, all four. Data without
    such are searched over random quadruples (`real=False`). Raises ValueError where there are none of these either.
    """
    spoken = defaultdict(set)  # name -> the languages that have it
    for name, label in zip(data.names, data.labels, strict=True):
        spoken[name].add(int(label))
    for real in (True, False):
        quadruples = real_quadruples(data.names) if real else random_quadruples(data.names, seed)
        quadruples = [names for names in quadruples if len(names[0]) >= 4 or not real]
        if not quadruples:
            continue
        effect, z = interactions(model, quadruples)
        answers = z.argmax(axis=2)  # (quadruples, 4)
        size = np.abs(np.take_along_axis(effect, answers, axis=1))  # (quadruples, 4): in the language of each answer
        for row, names in enumerate(quadruples if real else ()):
            if any(answer not in spoken[name] for name, answer in zip(names, answers[row], strict=True)):
                size[row] = -1  # a name that the network gets wrong
        best, answer = np.unravel_index(size.argmax(), size.shape)
        if size[best, answer] >= 0:
            return pair_effect(model, data.languages, quadruples[best], data.languages[answers[best, answer]], real)
    raise ValueError(TOO_FEW)


def pair_effects(models: dict[str, nn.Module], names: Sequence[str], seed: int = 0) -> dict[str, dict]:
    """How much of each network's score is in pairs of letters, over random quadruples of the names, for JSON.

    For each network `interaction`: the mean over quadruples of |second difference|, mean over languages, in logits; and
    `share`: of the sum of squares between the four names of a quadruple (both letters' main effects and the
    interaction, as in a 2 x 2 analysis of variance) the percentage that is interaction. Both with intervals.
    Raises ValueError where there are fewer than two quadruples.
    """
    quadruples = random_quadruples(names, seed)
    if len(quadruples) < 2:
        raise ValueError(TOO_FEW)
    found = {}
    for network, model in models.items():
        effect, z = interactions(model, quadruples)
        first, second = z[:, 0] - z[:, 1] + z[:, 2] - z[:, 3], z[:, 0] + z[:, 1] - z[:, 2] - z[:, 3]
        squares = [(contrast**2).sum(axis=1) for contrast in (first, second, effect)]
        found[network] = {
            "interaction": {**asdict(bootstrap(np.abs(effect).mean(axis=1))), "unit": "logit"},
            "share": {**asdict(bootstrap(100 * squares[2] / np.maximum(sum(squares), 1e-30))), "unit": "%"},
        }
    return found
