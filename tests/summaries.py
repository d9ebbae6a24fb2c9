"""The intervals in results: each as wide as the splits that its values come from make it."""

from collections.abc import Iterator

import pytest

from notebooks.why_lstm.folds import TEST_TO_TRAIN
from notebooks.why_lstm.original_recipe import HALF_TO_TRAIN
from notebooks.why_lstm.statistics import summary

INDEPENDENT = ("spectral_radius", "exploded")  # measured on weights and trainings, not on surnames


def summaries(results: object, path: tuple = ()) -> Iterator[tuple[tuple, dict]]:
    """(where it stands, the summary), of all in the results."""
    if isinstance(results, dict) and {"values", "low", "high"} <= set(results):
        yield path, results
    elif isinstance(results, dict | list):
        items = results.items() if isinstance(results, dict) else enumerate(results)
        for key, value in items:
            yield from summaries(value, (*path, key))


def assert_wide_enough(results: dict) -> None:
    """Every interval is the one of its values, by the ratio of its splits."""
    result = list(summaries(results))
    assert result
    for path, record in result:
        ratio = HALF_TO_TRAIN if path[0] == "original_recipe" else TEST_TO_TRAIN
        ratio = 0 if {*INDEPENDENT} & {*path} else ratio
        expected = summary(record["values"], ratio)
        ends = "mean", "low", "high", "n"
        assert [record[end] for end in ends] == pytest.approx([expected[end] for end in ends]), path
