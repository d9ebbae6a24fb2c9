"""Which names a training reads, and in which order."""

import numpy as np
import pytest

from namelib import load_names, split_names
from namelib.drawing import batches_of_like_length, draw_evenly


@pytest.fixture(scope="module")
def train():
    return split_names(load_names())[0]


def test_original_draws_languages_evenly(train):
    rows = draw_evenly(train, 18_000, np.random.default_rng(0))
    counts = np.bincount(train.labels[rows], minlength=18)
    assert abs(counts - 1000).max() < 150  # 1000 each is expected, 31 the standard deviation
    rarest = np.flatnonzero(train.labels == train.counts.argmin())
    assert set(rarest) <= set(rows), "every name of the smallest language is drawn"


def test_an_epoch_reads_every_name_once_in_batches_of_like_length(train):
    batches = batches_of_like_length(train, 64, np.random.default_rng(0))
    assert sorted(np.concatenate(batches)) == list(range(len(train)))
    assert max(map(len, batches)) == 64
    spread = np.mean([np.ptp([len(train.names[row]) for row in batch]) for batch in batches])
    assert spread < 3
