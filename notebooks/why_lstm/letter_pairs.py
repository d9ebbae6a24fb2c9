"""Four surnames that show an interaction between letters, and where the LSTM gains."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import combinations

import numpy as np

from namelib.data import Names
from notebooks.why_lstm.effects import small_budget
from notebooks.why_lstm.folds import TEST_TO_TRAIN, folds
from notebooks.why_lstm.gains import by_length, lead_by_length, separated_pairs
from notebooks.why_lstm.interactions import centred_logits, contrasts
from notebooks.why_lstm.networks import Networks
from notebooks.why_lstm.stacked_training import StackedNames, predict_stacked
from notebooks.why_lstm.statistics import summary

SHORTEST_EXAMPLE = 4  # letters


def run(data: Names, networks: dict[int, dict[str, Networks]], seeds: Sequence[int]) -> dict:
    """What trained networks, {epochs: {"linear", "tanh", "lstm": one a seed}}, do with letters.

    -> {"epochs", "example", "gains", "slopes"}. "example", see `strongest_example`, is of the
    largest budget, "epochs"; "gains", {"by_length", "language_pairs"}, see `gains`, of the small
    one; "slopes" {str(epochs): summary}, see `gains.lead_by_length`.
    """
    largest, small = max(networks), small_budget(networks)
    unseen = [names for _, names in folds(data, seeds)]
    names = StackedNames.of(unseen)
    predicted = {
        epochs: {
            key: [answer.numpy() for answer in predict_stacked(stacked, names)]
            for key, stacked in of_budget.items()
        }
        for epochs, of_budget in networks.items()
    }
    return {
        "epochs": largest,
        "example": strongest_example(data, networks[largest]),
        "gains": {
            "by_length": by_length(predicted[small], unseen),
            "language_pairs": separated_pairs(predicted[small], unseen),
        },
        "slopes": {
            str(epochs): lead_by_length(of_budget, unseen)
            for epochs, of_budget in predicted.items()
        },
    }


def real_quadruples(names: Sequence[str]) -> list[tuple[str, ...]]:
    """Groups of four names that differ in two places, two letters each: Kira, Lira, Kara, Lara."""
    alike = defaultdict(list)  # a name with a gap -> the names that have a letter there
    for name in set(names):
        for p in range(len(name)):
            alike[f"{name[:p]}_{name[p + 1 :]}"].append(name)
    places = Counter(name for others in alike.values() if len(others) > 1 for name in others)
    fillings = defaultdict(list)  # a name with two gaps -> the letters that fill them in some name
    for name in sorted(name for name, count in places.items() if count > 1):
        for p, q in combinations(range(len(name)), 2):
            fillings[f"{name[:p]}_{name[p + 1 : q]}_{name[q + 1 :]}"].append((name[p], name[q]))
    quadruples = []
    for gapped, letters in fillings.items():
        head, middle, tail = gapped.split("_")
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
