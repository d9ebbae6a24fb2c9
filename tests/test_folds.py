"""notebooks.why_lstm.folds: no result is on names that were learned from or chose a rate."""

import numpy as np
import pytest

from namelib import load_names
from namelib.data import DataError, Names, split_names
from namelib.spelling import spelling
from notebooks.why_lstm.folds import HELD_OUT, TEST_TO_TRAIN, check_size, development_fold, folds


def spellings(names) -> set[str]:
    return set(map(spelling, names.names))


def test_unseen_names_are_unseen_and_no_development_names():
    data = load_names()[::10]
    train, development = development_fold(data)
    assert not spellings(train) & spellings(development)
    for seen, unseen in folds(data, (0, 1)):
        assert not spellings(unseen) & (spellings(seen) | spellings(development))
        assert spellings(seen) | spellings(unseen) == spellings(data)
        pool = spellings(data) - spellings(development)
        assert len(spellings(unseen)) / len(spellings(seen) & pool) == pytest.approx(
            TEST_TO_TRAIN, rel=0.02
        )


def test_every_seed_keeps_other_names_unseen_and_none_judges_rates_by_the_notebooks_names():
    data = load_names()[::10]
    one, other = (spellings(unseen) for _, unseen in folds(data, (0, 1)))
    assert len(one & other) < 0.5 * len(one)
    _, validation = split_names(data, HELD_OUT)  # seed 0, the chapters' own
    _, development = development_fold(data)
    assert len(spellings(validation) & spellings(development)) < 0.5 * len(development)


def test_too_few_surnames_are_refused_by_the_name_of_the_list():
    names = [chr(97 + k) * 2 for k in range(20)] + ["Zz"]
    enough = Names(names, np.array([0] * 10 + [1] * 10 + [2]), ["A", "B", "C"])
    check_size(enough)
    with pytest.raises(
        DataError,
        match=r"B\.txt has 9 different surnames; the experiments need two lists of at least 10",
    ):
        check_size(enough[[k for k in range(21) if k != 12]])
    with pytest.raises(DataError, match=r"B\.txt has 1 different surname;"):
        check_size(enough[[*range(11), 20]])
    check_size(Names(names * 60, np.repeat(np.arange(60), 21), [str(k) for k in range(60)]))
    with pytest.raises(
        DataError, match="61 languages; the figures of a report can show at most 60"
    ):
        check_size(Names(names, np.zeros(21, int), [str(k) for k in range(61)]))
