"""What the chapters say about results: which text fits the numbers, and its numbers."""

from dataclasses import dataclass

import numpy as np

from namelib.data import Names, languages_by_spelling
from namelib.evaluation import Metrics
from namelib.runs import Trained
from namelib.spelling import spelling

Reading = tuple[str, dict[str, object]]  # a block of the templates, and its values


@dataclass(frozen=True)
class Confusion:
    """Two languages: the share of `true`'s surnames predicted as `predicted`, and in `reverse`."""

    true: str
    predicted: str
    share: float
    reverse: float
    true_surnames: int  # for training
    predicted_surnames: int


def confused_pairs(metrics: Metrics, train: Names) -> list[Confusion]:
    """The pairs of languages that the network confuses, the largest share of a language first."""
    languages, counts, shares = train.languages, train.counts, metrics.shares
    pairs = []
    for i in range(len(languages)):
        for j in range(i):
            true, predicted = (i, j) if shares[i, j] >= shares[j, i] else (j, i)
            if shares[true, predicted]:
                pairs.append(
                    Confusion(
                        languages[true],
                        languages[predicted],
                        float(shares[true, predicted]),
                        float(shares[predicted, true]),
                        int(counts[true]),
                        int(counts[predicted]),
                    )
                )
    return sorted(pairs, key=lambda pair: -pair.share)


def by_recall(metrics: Metrics) -> list[tuple[str, float]]:
    """The languages that occur, with their recalls, the lowest first."""
    present = np.flatnonzero(metrics.data.counts)
    recalls = metrics.shares.diagonal()[present].tolist()
    ranked = sorted(zip(recalls, (metrics.data.languages[k] for k in present), strict=True))
    return [(language, recall) for recall, language in ranked]


def confusion_matrix(metrics: Metrics, train: Names) -> Reading:
    """The reading of a confusion matrix: its largest confusions, and the range of the recalls."""
    ranked = by_recall(metrics)
    values = {
        "lowest": ranked[0],
        "highest": ranked[-1],
        "balanced_accuracy": metrics.summary()["balanced_accuracy"],
    }
    pairs = confused_pairs(metrics, train)
    if not pairs:
        return "nothing_confused", values
    values["first"] = pairs[0]
    if len(pairs) == 1:
        return "one_pair_confused", values
    values["second"] = pairs[1]
    towards_larger = all(pair.true_surnames < pair.predicted_surnames for pair in pairs[:2])
    return ("confused_with_larger" if towards_larger else "pairs_confused"), values


def where_listed(name: str, train: Names, valid: Names) -> tuple[str, list[str]]:
    """Where the name is listed, "training" or "validation", in which languages; "in no list"."""
    for part, names in (("training", train), ("validation", valid)):
        if languages := languages_by_spelling(names).get(spelling(name)):
            return part, languages  # a spelling is on one side only
    return "in no list", []


def recipes(trained: dict[str, Trained]) -> Reading:
    """The comparison of the two recipes by balanced accuracy, in points, and by time."""
    runs = trained["original"], trained["mini_batch"]
    before, after = (100 * run.metrics.summary()["balanced_accuracy"] for run in runs)
    original, mini_batch = (run.history.seconds for run in runs)
    values = {"gain": abs(after - before), "time": mini_batch / original}
    if round(after - before, 1) == 0:
        return "mini_batch_level", values
    return ("mini_batch_ahead" if after > before else "mini_batch_behind"), values


def repairs(rnn: Metrics, lstm: Metrics) -> Reading:
    """What the LSTM repairs: the recalls that it raises, and the RNN's largest confusion."""
    languages, present = rnn.data.languages, np.flatnonzero(rnn.data.counts)
    before, after = (metrics.shares.diagonal()[present] for metrics in (rnn, lstm))
    gains = after - before
    most, least = (
        {"language": languages[present[k]], "before": float(before[k]), "after": float(after[k])}
        for k in (gains.argmax(), gains.argmin())
    )
    raised = int((gains > 0).sum())
    values = {"raised": raised, "languages": len(present), "most": most, "least": least}
    if not raised:
        return "no_recall_raised", values
    errors = rnn.shares
    np.fill_diagonal(errors, 0)
    true, predicted = np.unravel_index(errors.argmax(), errors.shape)
    values["confusion"] = {
        "true": languages[true],
        "predicted": languages[predicted],
        "before": float(errors[true, predicted]),
        "after": float(lstm.shares[true, predicted]),
    }
    if (gains < 0).any():
        return "some_recalls_raised", values
    return ("all_recalls_raised" if raised == len(present) else "no_recall_lowered"), values


BLOCKS = {  # what each reading can return
    confusion_matrix: (
        "nothing_confused",
        "one_pair_confused",
        "confused_with_larger",
        "pairs_confused",
    ),
    recipes: ("mini_batch_level", "mini_batch_ahead", "mini_batch_behind"),
    repairs: ("no_recall_raised", "some_recalls_raised", "no_recall_lowered", "all_recalls_raised"),
}
