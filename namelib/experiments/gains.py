"""Where one network gains on another: by length of the name, by pair of languages, name by name; and the ceiling.

Sources: Wilson 1927 (interval of a share); McNemar 1947 (paired test, here exact); Holm 1979 (many tests at once).
"""

from collections import Counter
from itertools import combinations

import numpy as np
from scipy import stats

from namelib.data import Names, spelling
from namelib.evaluation import Metrics
from namelib.experiments.intervals import CONFIDENCE, mean_interval


def share(successes: int, trials: int) -> dict:
    """successes / trials with its Wilson interval, as fractions."""
    interval = stats.binomtest(int(successes), int(trials)).proportion_ci(CONFIDENCE, method="wilson")
    return {"mean": successes / trials, "low": float(interval.low), "high": float(interval.high), "n": int(trials)}


def mcnemar(only_first: int, only_second: int) -> float:
    """The exact two-sided p-value of names that only the first or only the second network gets right."""
    discordant = int(only_first + only_second)
    return float(stats.binomtest(int(only_first), discordant).pvalue) if discordant else 1.0


def holm(p_values: np.ndarray) -> np.ndarray:
    """Holm's adjusted p-values: below 0.05 each, the chance of any false alarm is below 0.05."""
    p_values = np.asarray(p_values, dtype=float)
    order = np.argsort(p_values)
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.maximum.accumulate((len(p_values) - np.arange(len(p_values))) * p_values[order])
    return adjusted.clip(max=1)


def gains(rnn: Metrics, lstm: Metrics, most: int = 12) -> dict:
    """Everything below for two networks' answers to the same names, for JSON.

    `overall`: what only one of the two gets right, McNemar's p, and the gain with its interval in percentage points.
    `by_length`, `pairs`: see the functions of those names. `only_lstm`, `only_rnn`: names right by one alone.
    Raises ValueError when the two were asked for different names.
    """
    if rnn.data.names != lstm.data.names or not np.array_equal(rnn.data.labels, lstm.data.labels):
        raise ValueError("rnn and lstm: answers for different names; evaluate both on the same validation names")
    right = {"RNN": rnn.predicted == rnn.data.labels, "LSTM": lstm.predicted == rnn.data.labels}
    only_lstm, only_rnn = right["LSTM"] & ~right["RNN"], right["RNN"] & ~right["LSTM"]
    gain = 100 * (right["LSTM"].astype(float) - right["RNN"])
    return {
        "overall": {
            "only_lstm": int(only_lstm.sum()),
            "only_rnn": int(only_rnn.sum()),
            "p": mcnemar(only_lstm.sum(), only_rnn.sum()),
            "gain": {**vars(mean_interval(gain)), "unit": "points"},
        },
        "by_length": {network: by_length(rnn.data, answers) for network, answers in right.items()},
        "pairs": pairs(rnn, lstm),
        "only_lstm": _names(only_lstm, lstm, rnn, most),
        "only_rnn": _names(only_rnn, rnn, lstm, most),
    }


def by_length(data: Names, right: np.ndarray) -> list[dict]:
    """Accuracy at each length with its Wilson interval; the shortest and longest 2 % of the names share a group each.

    Rows: `length`, `label` ("≤3", "4", ..., "≥12"), and the share.
    """
    lengths = np.array([len(name) for name in data.names])
    lowest, highest = np.quantile(lengths, [0.02, 0.98], method="nearest")
    groups, rows = lengths.clip(lowest, highest), []
    for length in np.unique(groups):
        here = groups == length
        sign = "≤" if (lengths[here] < length).any() else "≥" if (lengths[here] > length).any() else ""
        rows.append({"length": int(length), "label": f"{sign}{length}"} | share(right[here].sum(), here.sum()))
    return rows


def longer(data: Names, gain: np.ndarray) -> float:
    """The mean gain on names longer than the median minus that on the others.

    Raises ValueError where all names are of one length.
    """
    lengths = np.array([len(name) for name in data.names])
    long = lengths > np.median(lengths)
    if not long.any():
        raise ValueError("names of one length only: the gain cannot be compared between longer and shorter names")
    return float(gain[long].mean() - gain[~long].mean())


def pairs(rnn: Metrics, lstm: Metrics) -> list[dict]:
    """For each two languages the names of one that are taken for the other, most untangled by the LSTM first.

    `rnn` and `lstm` count those confusions, both ways together; `only_rnn` and `only_lstm` those that the other network
    does not make; `p` is McNemar's, `p_holm` adjusted for all pairs that any of the two confuses.
    """
    labels, rows = rnn.data.labels, []
    for a, b in combinations(range(len(rnn.data.languages)), 2):
        confused = [
            ((labels == a) & (network.predicted == b)) | ((labels == b) & (network.predicted == a))
            for network in (rnn, lstm)
        ]
        if not np.any(confused):
            continue
        only = [int((confused[0] & ~confused[1]).sum()), int((confused[1] & ~confused[0]).sum())]
        rows.append(
            {"languages": [rnn.data.languages[a], rnn.data.languages[b]],
             "rnn": int(confused[0].sum()), "lstm": int(confused[1].sum()),
             "only_rnn": only[0], "only_lstm": only[1], "p": mcnemar(*only)}
        )  # fmt: skip
    for row, adjusted in zip(rows, holm(np.array([row["p"] for row in rows])), strict=True):
        row["p_holm"] = float(adjusted)
    return sorted(rows, key=lambda row: row["lstm"] - row["rnn"])


def _names(chosen: np.ndarray, winner: Metrics, loser: Metrics, most: int) -> list[dict]:
    """The chosen names, those first on which the two differ most in the probability of the true language."""
    data, every = winner.data, np.arange(len(winner.data))
    p = [np.exp(network.log_probabilities[every, data.labels]) for network in (winner, loser)]
    rows = sorted(np.flatnonzero(chosen), key=lambda row: p[1][row] - p[0][row])
    return [
        {"name": data.names[row], "language": data.languages[data.labels[row]],
         "instead": data.languages[loser.predicted[row]],
         "probability": float(p[0][row]), "other_probability": float(p[1][row])}
        for row in rows[:most]
    ]  # fmt: skip


def ceiling(data: Names) -> dict:
    """The best that any reader of spellings alone can do on these very rows, because languages share spellings.

    For each spelling the answer that is best for `accuracy`, and the one that is best for `balanced_accuracy`;
    `shared` counts the spellings that occur in several languages.
    """
    counts = data.counts
    by_spelling: dict[str, Counter] = {}
    for name, label in zip(data.names, data.labels, strict=True):
        by_spelling.setdefault(spelling(name), Counter())[int(label)] += 1
    return {
        "accuracy": sum(max(found.values()) for found in by_spelling.values()) / len(data),
        "balanced_accuracy": float(
            sum(max(count / counts[label] for label, count in found.items()) for found in by_spelling.values())
            / np.count_nonzero(counts)
        ),
        "shared": sum(len(found) > 1 for found in by_spelling.values()),
        "spellings": len(by_spelling),
    }
