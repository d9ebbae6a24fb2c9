"""notebooks.why_lstm.tuning: the best rate is found wherever it is, not at the edge."""

import math

import pytest

from notebooks.why_lstm.tuning import MOST_RATES, best_rate, climb


@pytest.mark.parametrize("best", [0.25, 1.0, 4.0, 64.0])
def test_the_best_is_found_inside(best):
    asked = []

    def measure(rates: list[float]) -> list[float]:
        asked.extend(rates)
        return [-abs(math.log2(rate / best)) for rate in rates]

    measured = climb(measure, (0.5, 1.0, 2.0))
    rates = list(measured)
    assert rates == sorted(rates) and sorted(asked) == rates  # each once
    assert best_rate(measured) == best
    assert rates[0] < best < rates[-1]


def test_what_learns_nothing_comes_to_an_end():
    assert len(climb(lambda rates: [0.5] * len(rates), (0.5, 1.0, 2.0))) <= MOST_RATES + 1


def test_what_has_been_measured_is_not_measured_again():
    asked = []

    def measure(rates: list[float]) -> list[float]:
        asked.extend(rates)
        return [-abs(math.log2(rate / 4)) for rate in rates]

    inside = {2.0: -1.0, 4.0: 0.0, 8.0: -1.0}
    assert climb(measure, (2.0, 4.0), inside) == inside and asked == []
    measured = climb(measure, (0.5, 1.0), {0.25: -4.0, 0.5: -3.0})
    assert sorted(asked) == [1.0, 2.0, 4.0, 8.0] and best_rate(measured) == 4.0
    assert list(measured) == [0.25, 0.5, 1.0, 2.0, 4.0, 8.0]


def test_a_local_maximum_is_left_from_a_neighbours_rate():
    """Two tops, the lower one at 1, where tuning starts."""
    heights = {0.5: 1, 1.0: 2, 2.0: 1, 4.0: 1, 8.0: 3, 16.0: 4, 32.0: 3}
    alone = climb(lambda rates: [heights[rate] for rate in rates], (0.5, 1.0, 2.0))
    assert best_rate(alone) == 1.0
    assert best_rate(climb(lambda rates: [heights[rate] for rate in rates], (8.0,), alone)) == 16.0
    assert best_rate(climb(lambda rates: [0] * len(rates), (1.0, 2.0))) > 2.0, (
        "of equal ones the largest"
    )
