"""Which names a training reads, and in which order."""

import numpy as np

from namelib.sampling import bucketed_batches, rows_by_language


def test_every_row_stands_in_its_language_and_a_language_without_names_is_left_out(split):
    train, _ = split
    rows = rows_by_language(train)
    assert sorted(np.concatenate(rows)) == list(range(len(train)))
    assert [set(train.labels[own]) for own in rows] == [{label} for label in range(18)]
    assert len(rows_by_language(train[train.labels != 3])) == 17


def test_an_epoch_reads_every_name_once_in_bucketed_batches(split):
    train, _ = split
    batches, others = (bucketed_batches(train, 64, np.random.default_rng(k)) for k in (0, 1))
    assert sorted(np.concatenate(batches)) == list(range(len(train)))
    assert max(map(len, batches)) == 64
    lengths = [[len(train.names[row]) for row in batch] for batch in batches]
    assert np.mean(list(map(np.ptp, lengths))) < 3
    assert lengths != sorted(lengths, key=np.mean), "short and long names by turns"
    assert not set(map(frozenset, batches)) & set(map(frozenset, others)), "others at the next"
