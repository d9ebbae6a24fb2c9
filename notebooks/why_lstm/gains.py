"""Where one network gains on another of the same size and training: by length of the surname, by pair of languages."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from namelib.data import Names
from notebooks.why_lstm.folds import TEST_TO_TRAIN
from notebooks.why_lstm.networks import Networks
from notebooks.why_lstm.stacked_training import StackedNames, predict
from notebooks.why_lstm.statistics import summary

COMPARED = (("lstm", "tanh"), ("lstm", "linear"), ("tanh", "linear"))
MOST_PAIRS = 12


def gains(networks: dict[str, Networks], unseen: Sequence[Names]) -> dict:
    """Everything below for networks that have answered the same unseen surnames, one list of these a network.

    -> {"by_length", "longer", "language_pairs"}. `longer`: [{"network", "other", "difference": summary}] for COMPARED,
    the gain on surnames longer than the median less that on the others. See `by_length` and `language_pairs`.
    """
    names = StackedNames.of(unseen)
    predicted = {key: [answer.numpy() for answer in predict(each, names)] for key, each in networks.items()}
    right = {
        key: [answer == of_seed.labels for answer, of_seed in zip(answers, unseen, strict=True)]
        for key, answers in predicted.items()
    }
    lengths = [np.array([len(name) for name in of_seed.names]) for of_seed in unseen]
    return {
        "by_length": by_length(right, lengths),
        "longer": longer(right, lengths),
        "language_pairs": language_pairs(predicted, unseen),
    }


def by_length(right: dict[str, list[np.ndarray]], lengths: list[np.ndarray]) -> list[dict]:
    """Accuracy at each length; the shortest and the longest 2 % of the surnames share a row each.

    Rows: `label` ("≤3", "4", ..., "≥12"), `names` (a seed, on average), `accuracy` {network: summary}, `gains`
    [{"network", "other", "difference": summary}] for COMPARED.
    """
    every = np.concatenate(lengths)
    lowest, highest = np.quantile(every, [0.02, 0.98], method="nearest")
    rows = []
    for length in range(int(lowest), int(highest) + 1):
        here = [each.clip(lowest, highest) == length for each in lengths]
        if not all(rows_here.any() for rows_here in here):
            continue
        accuracy = {
            key: np.array([hits[at].mean() for hits, at in zip(each, here, strict=True)]) for key, each in right.items()
        }
        sign = "≤" if length == lowest > every.min() else "≥" if length == highest < every.max() else ""
        rows.append({
            "label": f"{sign}{length}",
            "names": float(np.mean([at.sum() for at in here])),
            "accuracy": {key: summary(values, TEST_TO_TRAIN) for key, values in accuracy.items()},
            "gains": differences(accuracy),
        })  # fmt: skip
    return rows


def longer(right: dict[str, list[np.ndarray]], lengths: list[np.ndarray]) -> list[dict]:
    """How much more accurate a network is on surnames longer than the median than on the others, against another's.

    Empty where all surnames are of one length.
    """
    long = [each > np.median(each) for each in lengths]
    if not all(each.any() for each in long):
        return []
    more = {
        key: np.array([hits[at].mean() - hits[~at].mean() for hits, at in zip(each, long, strict=True)])
        for key, each in right.items()
    }
    return differences(more)


def language_pairs(predicted: dict[str, list[np.ndarray]], unseen: Sequence[Names]) -> list[dict]:
    """The pairs of languages that the LSTM untangles most, and how many surnames each network takes for the other.

    Both ways together, a seed. Rows: `languages` (2), `confused` {network: summary}, `gains` [{"network", "other",
    "difference": summary}] for COMPARED, negative where the network confuses fewer. The pairs with the largest mean
    change from linear to LSTM come first, MOST_PAIRS in all; they are chosen by the result, so the intervals, one pair
    at a time, are no test.
    """
    languages, rows = unseen[0].languages, []
    for pair in combinations(range(len(languages)), 2):
        confused = {
            key: np.array([
                (np.isin(of_seed.labels, pair) & np.isin(answer, pair) & (of_seed.labels != answer)).sum()
                for answer, of_seed in zip(answers, unseen, strict=True)
            ])
            for key, answers in predicted.items()
        }  # fmt: skip
        rows.append((confused["lstm"].mean() - confused["linear"].mean(), pair, confused))
    rows.sort(key=lambda row: row[:2])
    return [
        {
            "languages": [languages[k] for k in pair],
            "confused": {key: summary(counts, TEST_TO_TRAIN) for key, counts in confused.items()},
            "gains": differences(confused),
        }
        for _, pair, confused in rows[:MOST_PAIRS]
    ]


def differences(values: dict[str, np.ndarray]) -> list[dict]:
    """What each network of COMPARED has more than the other, in pairs by seed."""
    return [
        {"network": key, "other": other, "difference": summary(values[key] - values[other], TEST_TO_TRAIN)}
        for key, other in COMPARED
    ]
