"""notebooks.why_lstm.folds: what a result is measured on was neither learned from nor used to choose a rate."""

import pytest

from namelib import load_names
from namelib.data import spelling
from notebooks.why_lstm.folds import TEST_TO_TRAIN, development_fold, folds


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
        assert len(spellings(unseen)) / len(spellings(seen) & pool) == pytest.approx(TEST_TO_TRAIN, rel=0.02)
