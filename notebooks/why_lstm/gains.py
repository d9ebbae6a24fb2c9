"""Where one network beats another of its size: by surname length and by pair of languages."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from sklearn.metrics import confusion_matrix

from namelib.data import Names
from notebooks.why_lstm.folds import TEST_TO_TRAIN
from notebooks.why_lstm.statistics import summary

MOST_PAIRS = 12


Predicted = dict[str, list[np.ndarray]]  # network -> what it predicts for each seed's surnames


def by_length(predicted: Predicted, unseen: Sequence[Names]) -> list[dict]:
    """Accuracy at each length; the shortest and the longest 2 % of the surnames share a row each.

    Rows: `label` ("≤3", "4", ..., "≥12"), `accuracy` {network: summary}.
    """
    surnames = pd.concat(
        pd.DataFrame({"seed": seed, "length": list(map(len, names.names))}).assign(
            **{key: answers[seed] == names.labels for key, answers in predicted.items()}
        )
        for seed, names in enumerate(unseen)
    )
    lowest, highest = surnames["length"].quantile([0.02, 0.98], interpolation="nearest")
    label = {lowest: f"≤{lowest}", highest: f"≥{highest}"}
    means = surnames.groupby([surnames["length"].clip(lowest, highest), "seed"])[
        list(predicted)
    ].mean()
    return [
        {
            "label": label.get(length, str(length)),
            "accuracy": {key: summary(of_length[key], TEST_TO_TRAIN) for key in predicted},
        }
        for length, of_length in means.groupby(level="length")
        if len(of_length) == len(unseen)
    ]


def lead_by_length(predicted: Predicted, unseen: Sequence[Names]) -> dict:
    """How the LSTM's lead over the tanh RNN changes with each further letter of a name, over seeds.

    The least-squares slope, over a seed's unseen surnames, of (LSTM right) - (tanh right) against
    the length.
    """
    slopes = []
    for surnames, lstm, tanh in zip(unseen, predicted["lstm"], predicted["tanh"], strict=True):
        lead = (lstm == surnames.labels).astype(float) - (tanh == surnames.labels)
        lengths = np.array(list(map(len, surnames.names)), dtype=float)
        slopes.append(np.cov(lengths, lead)[0, 1] / max(lengths.var(ddof=1), 1e-12))
    return summary(slopes, TEST_TO_TRAIN)


def separated_pairs(predicted: Predicted, unseen: Sequence[Names]) -> list[dict]:
    """The pairs of languages that the LSTM separates best, with each network's confused surnames.

    Both directions are added, per seed. Rows: `languages` (2), `confused` {network: summary}. They
    are the MOST_PAIRS pairs with the largest mean change from linear to LSTM, selected by it, so no
    interval is a test.
    """
    languages = unseen[0].languages
    first, second = np.triu_indices(len(languages), k=1)  # every pair
    confused = {}
    for key, answers in predicted.items():
        counts = np.array(
            [
                confusion_matrix(names.labels, answer, labels=range(len(languages)))
                for names, answer in zip(unseen, answers, strict=True)
            ]
        )  # (seeds, true, predicted)
        confused[key] = counts[:, first, second] + counts[:, second, first]  # (seeds, pairs)
    change = (confused["lstm"] - confused["linear"]).mean(axis=0)
    return [
        {
            "languages": [languages[first[pair]], languages[second[pair]]],
            "confused": {
                key: summary(counts[:, pair], TEST_TO_TRAIN) for key, counts in confused.items()
            },
        }
        for pair in np.argsort(change, kind="stable")[:MOST_PAIRS]
    ]
