"""Means and shares with their confidence intervals."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from scipy import stats

CONFIDENCE = 0.95  # of every interval, or jointly of all claims


@dataclass(frozen=True)
class Interval:
    """A mean of `n` values and the interval around it."""

    mean: float
    low: float
    high: float
    n: int


def mean_interval(values: Sequence[float], test_to_train: float = 0.0, claims: int = 1) -> Interval:
    """The mean of the values with Student's t-interval.

    Values from random splits of the same data are not independent, because the splits share rows.
    For such values, give `test_to_train`, the ratio of held-out rows to training rows: the variance
    of the mean is then taken as (1/n + test_to_train) s^2 instead of s^2 / n. Source: Nadeau &
    Bengio 2003, Inference for the generalization error. With several `claims`, each interval is
    widened so that all hold jointly in 95 % of cases (Bonferroni).

    Raises ValueError for fewer than two values.
    """
    values = np.asarray(values, dtype=float)
    if values.ndim != 1 or len(values) < 2:
        raise ValueError(
            f"values={values.tolist()}: an interval needs at least two numbers; give more seeds"
        )
    if (values == values[0]).all():
        return Interval(*3 * (float(values[0]),), len(values))  # no width, not even from rounding
    mean = float(values.mean())
    spread = float(values.std(ddof=1)) * (1 / len(values) + test_to_train) ** 0.5
    reach = float(stats.t.isf((1 - CONFIDENCE) / claims / 2, len(values) - 1)) * spread
    return Interval(mean, mean - reach, mean + reach, len(values))


def wilson_interval(hits: int, n: int, claims: int = 1) -> Interval:
    """The share of hits in n independent trials with Wilson's interval; `claims` as above.

    Source: Wilson 1927.
    """
    confidence = 1 - (1 - CONFIDENCE) / claims
    interval = stats.binomtest(hits, n).proportion_ci(confidence, method="wilson")
    return Interval(hits / n, float(interval.low), float(interval.high), n)


def summary(values: Sequence[float], test_to_train: float = 0.0) -> dict:
    """{"values", "mean", "low", "high", "n"} for a result: the values and their `mean_interval`."""
    return {"values": [float(value) for value in values]} | asdict(
        mean_interval(values, test_to_train)
    )
