"""How the surnames are divided for chapter 4: what learning rates are judged on, no result is measured on."""

from collections.abc import Sequence

import numpy as np

from namelib.data import Names, spelling, split_names

HELD_OUT = 0.2  # share of the names that each seed keeps unseen
DEVELOPMENT = 1000  # the seed of the split whose held-out names, a fifth, judge learning rates and nothing else

# Held-out names come from the four fifths that are no development names: a quarter of these, and three quarters train
# (beside the development names, which all seeds share). This is the ratio for `statistics.mean_interval`.
TEST_TO_TRAIN = HELD_OUT / (1 - 2 * HELD_OUT)


def development_fold(data: Names) -> tuple[Names, Names]:
    """Training names, and the development names that judge learning rates."""
    return split_names(data, HELD_OUT, DEVELOPMENT)


def folds(data: Names, seeds: Sequence[int]) -> list[tuple[Names, Names]]:
    """For each seed its training and unseen names, which share no spelling; no unseen name is a development name."""
    candidates, _ = development_fold(data)
    spellings = np.array([spelling(name) for name in data.names])
    pairs = []
    for seed in seeds:
        _, unseen = split_names(candidates, HELD_OUT / (1 - HELD_OUT), seed)
        is_unseen = np.isin(spellings, [spelling(name) for name in unseen.names])
        pairs.append((data[~is_unseen], unseen))
    return pairs
