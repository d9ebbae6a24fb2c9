"""Where one network gains on another of the same size and training: by length of the surname, by pair of languages."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from namelib.data import Names
from notebooks.why_lstm.folds import TEST_TO_TRAIN
from notebooks.why_lstm.networks import Networks
from notebooks.why_lstm.stacked_training import StackedNames, predict
from notebooks.why_lstm.statistics import summary

MOST_PAIRS = 12


def gains(networks: dict[str, Networks], unseen: Sequence[Names]) -> dict:
    """{"by_length", "language_pairs"}, see below; the networks answer the same surnames, one list of these a seed."""
    names = StackedNames.of(unseen)
    predicted = {key: [answer.numpy() for answer in predict(each, names)] for key, each in networks.items()}
    return {"by_length": by_length(predicted, unseen), "language_pairs": language_pairs(predicted, unseen)}


def by_length(predicted: dict[str, list[np.ndarray]], unseen: Sequence[Names]) -> list[dict]:
    """Accuracy at each length; the shortest and the longest 2 % of the surnames share a row each.

    Rows: `label` ("≤3", "4", ..., "≥12"), `accuracy` {network: summary}.
    """
    lengths = [np.array([len(name) for name in of_seed.names]) for of_seed in unseen]
    every = np.concatenate(lengths)
    lowest, highest = np.quantile(every, [0.02, 0.98], method="nearest")
    rows = []
    for length in range(int(lowest), int(highest) + 1):
        here = [each.clip(lowest, highest) == length for each in lengths]
        if not all(rows_here.any() for rows_here in here):
            continue
        accuracy = {
            key: [
                (answer == of_seed.labels)[at].mean() for answer, of_seed, at in zip(answers, unseen, here, strict=True)
            ]
            for key, answers in predicted.items()
        }
        sign = "≤" if length == lowest > every.min() else "≥" if length == highest < every.max() else ""
        shown = {key: summary(values, TEST_TO_TRAIN) for key, values in accuracy.items()}
        rows.append({"label": f"{sign}{length}", "accuracy": shown})
    return rows


def language_pairs(predicted: dict[str, list[np.ndarray]], unseen: Sequence[Names]) -> list[dict]:
    """The pairs of languages that the LSTM untangles most, and how many surnames each network takes for the other.

    Both ways together, a seed. Rows: `languages` (2), `confused` {network: summary}. The pairs with the largest mean
    change from linear to LSTM come first, MOST_PAIRS in all; they are chosen by the result, so no interval is a test.
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
        }
        for _, pair, confused in rows[:MOST_PAIRS]
    ]
