"""What split_names promises: no spelling on both sides, all languages, the same anywhere."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from real_names import tutorial_names

from namelib.data import DataError, Names, load_names, split_names
from namelib.spelling import spelling

# Few letters, so that one spelling turns up in several languages and cases.
few_letters = st.lists(
    st.tuples(st.integers(0, 3), st.text("aAáb -", min_size=1, max_size=3)), min_size=1, max_size=30
)


def rows_of(data):
    """(spelling, language) -> how many rows."""
    return Counter(zip(map(spelling, data.names), data.labels.tolist(), strict=True))


def check_split(data, train, valid):
    """No row lost, no spelling on both sides, every language of two spellings on both."""
    rows, in_train, in_valid = rows_of(data), rows_of(train), rows_of(valid)
    assert set(in_valid.values()) == {1}  # each asked once
    assert rows == in_train + Counter({row: rows[row] for row in in_valid})
    sides = [{spelling(name) for name in part.names} for part in (train, valid)]
    assert not sides[0] & sides[1]
    own = first_language(data)
    for label, count in Counter(own.values()).items():
        if count >= 2:
            assert all(any(own[key] == label for key in side) for side in sides)


def first_language(data):
    found = {}
    for name, label in zip(data.names, data.labels.tolist(), strict=True):
        found.setdefault(spelling(name), label)
    return found


@given(few_letters, st.floats(0.01, 0.99), st.integers(0, 5))
def test_split_of_any_names(rows, valid_fraction, seed):
    labels, names = zip(*sorted(rows), strict=True)
    data = Names(list(names), np.array(labels), ["A", "B", "C", "D"])
    try:
        train, valid = split_names(data, valid_fraction, seed)
    except DataError as error:
        assert "at least two of one language are needed" in str(error)
        assert max(Counter(first_language(data).values()).values()) == 1
    else:
        check_split(data, train, valid)


@pytest.mark.parametrize("read", [load_names, tutorial_names])
def test_split_of_real_names(read):
    data = read()
    train, valid = split_names(data, valid_fraction=0.2, seed=3)
    check_split(data, train, valid)
    assert (train.counts > 0).all() and (valid.counts > 0).all()
    own = first_language(data)
    held_out = {spelling(name) for name in valid.names}
    of_language = Counter(own.values())
    held_of_language = Counter(own[key] for key in held_out)
    for label, count in of_language.items():
        assert abs(held_of_language[label] - 0.2 * count) <= 1


def test_split_is_the_same_for_the_same_seed():
    data = load_names()
    first, again, other = (split_names(data, seed=seed) for seed in (0, 0, 1))
    assert [part.fingerprint for part in first] == [part.fingerprint for part in again]
    assert first[1].fingerprint != other[1].fingerprint
    assert first[1].fingerprint.startswith("7930f6dad8699518")  # on every machine


def test_split_does_not_depend_on_the_order_of_rows_in_a_file():
    data = load_names()
    shuffled = data[np.lexsort((np.random.default_rng(5).random(len(data)), data.labels))]
    assert shuffled.names != data.names
    for part, same in zip(split_names(data), split_names(shuffled), strict=True):
        assert rows_of(part) == rows_of(same)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"valid_fraction": share}, f"valid_fraction={share}: must lie between 0 and 1")
        for share in (0, 1, -0.1, 20)
    ]
    + [({"seed": -1}, "seed=-1: must be 0 or more")],
)
def test_a_fraction_or_seed_that_cannot_be_is_told(wrong, message):
    with pytest.raises(ValueError, match=message):
        split_names(load_names(), **wrong)
