"""namelib.experiments.intervals: against numbers worked out by hand and against coverage counted."""

import numpy as np
import pytest

from namelib.experiments.intervals import Interval, bootstrap, mean_interval, paired_difference


def test_known_case():
    # 1, 2, 3, 4, 5: mean 3, s = sqrt(2.5), t(0.975, 4) = 2.776445: 3 -+ 2.776445 * sqrt(2.5 / 5)
    interval = mean_interval([1, 2, 3, 4, 5])
    assert (interval.mean, interval.n) == (3.0, 5)
    assert interval.low == pytest.approx(3 - 1.963243, abs=1e-6)
    assert interval.high == pytest.approx(3 + 1.963243, abs=1e-6)


def test_shared_rows_widen_the_interval():
    # (1/5 + 1/4) in place of 1/5 makes it 1.5 times as wide
    plain, corrected = mean_interval([1, 2, 3, 4, 5]), mean_interval([1, 2, 3, 4, 5], test_to_train=0.25)
    assert corrected.high - corrected.mean == pytest.approx(1.5 * (plain.high - plain.mean))


def test_pairs_see_what_two_means_cannot():
    before = np.array([0.50, 0.60, 0.70, 0.80, 0.90])
    after = before + np.array([0.010, 0.012, 0.008, 0.011, 0.009])
    difference = paired_difference(after, before)
    assert difference.mean == pytest.approx(0.01)
    assert difference.excludes(0)
    assert mean_interval(after).low < before.mean() < mean_interval(after).high


def test_excludes():
    assert Interval(2.0, 1.0, 3.0, 5).excludes(0.9)
    assert not Interval(2.0, 1.0, 3.0, 5).excludes(1.0)
    assert not Interval(2.0, float("nan"), float("nan"), 5).excludes(0)


def test_equal_values_have_no_width():
    for value in (0.5, 0.1, -1.3):  # the mean of three times 0.1 is not 0.1
        assert mean_interval([value, value, value]) == Interval(value, value, value, 3)


@pytest.mark.parametrize("interval", [mean_interval, lambda values: bootstrap(values, resamples=400)])
def test_coverage(interval):
    """Of 300 samples from a normal distribution, about 95 % of the intervals hold its mean."""
    samples = np.random.default_rng(0).normal(7.0, 2.0, size=(300, 40))
    held = np.mean([not interval(sample).excludes(7.0) for sample in samples])
    assert 0.91 <= held <= 0.98


def test_bootstrap_is_repeatable():
    values = np.random.default_rng(1).exponential(size=200)
    interval = bootstrap(values)
    assert interval.mean == np.mean(values)
    assert interval.low < interval.mean < interval.high
    assert interval == bootstrap(values)
    assert interval != bootstrap(values, seed=1)


@pytest.mark.parametrize("function", [mean_interval, bootstrap])
@pytest.mark.parametrize("values", [[], [0.5], [[0.1, 0.2], [0.3, 0.4]]])
def test_too_few_values_are_refused(function, values):
    with pytest.raises(ValueError, match="at least two numbers"):
        function(values)


def test_unequal_pairs_are_refused():
    with pytest.raises(ValueError, match="2 values against 3"):
        paired_difference([1, 2], [1, 2, 3])
