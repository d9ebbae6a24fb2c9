"""notebooks.why_lstm.statistics: against numbers by hand and coverage counted."""

import pytest

from notebooks.why_lstm.statistics import Interval, mean_interval, summary, wilson_interval


def test_known_case():
    # 1, 2, 3, 4, 5: mean 3, s = sqrt(2.5), t(0.975, 4) = 2.776445: 3 -+ 2.776445 * sqrt(2.5 / 5)
    interval = mean_interval([1, 2, 3, 4, 5])
    assert (interval.mean, interval.n) == (3.0, 5)
    assert interval.low == pytest.approx(3 - 1.963243, abs=1e-6)
    assert interval.high == pytest.approx(3 + 1.963243, abs=1e-6)


def test_shared_rows_widen_the_interval():
    # (1/5 + 1/4) in place of 1/5 makes it 1.5 times as wide
    plain = mean_interval([1, 2, 3, 4, 5])
    corrected = mean_interval([1, 2, 3, 4, 5], test_to_train=0.25)
    assert corrected.high - corrected.mean == pytest.approx(1.5 * (plain.high - plain.mean))


def test_two_values_are_enough_and_a_summary_keeps_them():
    # t(0.975, 1) = 12.7062, s = sqrt(2): 2 -+ 12.7062 * sqrt(2 / 2)
    found = summary([1, 3])
    assert found["values"] == [1.0, 3.0] and (found["mean"], found["n"]) == (2.0, 2)
    assert found["low"] == pytest.approx(2 - 12.7062, abs=1e-4)
    assert found["high"] == pytest.approx(2 + 12.7062, abs=1e-4)
    # (1/2 + 3/2) in place of 1/2 makes it twice as wide
    assert summary([1, 3], 1.5)["high"] == pytest.approx(2 + 2 * 12.7062, abs=1e-4)
    assert mean_interval([1, 1, 2]).high > 2


def test_equal_values_have_no_width():
    for value in (0.5, 0.1, -1.3):  # the mean of three times 0.1 is not 0.1
        assert mean_interval([value, value, value]) == Interval(value, value, value, 3)


def test_eight_claims_hold_together():
    """Bonferroni: t(1 - 0.05 / 16, 4) = 5.261 in place of 2.776."""
    one, eight = mean_interval([1, 2, 3, 4, 5]), mean_interval([1, 2, 3, 4, 5], claims=8)
    assert (eight.high - 3) / (one.high - 3) == pytest.approx(5.261 / 2.776445, rel=1e-3)


def test_a_share_by_hand():
    # Wilson, z = 1.959964: (7 + z^2 / 2) / (9 + z^2) -+ z / (9 + z^2) * sqrt(7 * 2 / 9 + z^2 / 4)
    share = wilson_interval(7, 9)
    assert (share.mean, share.n) == (7 / 9, 9)
    assert (share.low, share.high) == (
        pytest.approx(0.45259, abs=1e-4),
        pytest.approx(0.93679, abs=1e-4),
    )
    # of five claims: the same with z = 2.575829
    five = wilson_interval(7, 9, claims=5)
    assert (five.low, five.high) == (
        pytest.approx(0.36453, abs=1e-4),
        pytest.approx(0.95527, abs=1e-4),
    )
    assert wilson_interval(0, 9).low == 0 and 0.2 < wilson_interval(0, 9).high < 0.4


@pytest.mark.parametrize("values", [[], [0.5], [[0.1, 0.2], [0.3, 0.4]]])
def test_too_few_values_are_refused(values):
    with pytest.raises(ValueError, match="at least two numbers"):
        mean_interval(values)
