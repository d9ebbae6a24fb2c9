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


def test_of_equal_rates_the_largest_is_the_best():
    assert best_rate(climb(lambda rates: [0] * len(rates), (1.0, 2.0))) > 2.0
