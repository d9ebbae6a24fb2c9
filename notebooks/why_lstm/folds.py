"""How chapter 4 divides the surnames: no result is measured on names that tune rates."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from namelib.data import DataError, Names, split_names
from namelib.spelling import spelling

MOST = 60  # languages that the figures can show
# spellings that two of the lists must have, so that every split below has names to hold out
FEWEST = 10
HELD_OUT = 0.2  # share of the names that each seed keeps unseen
# the seed of the split whose held-out names, a fifth, judge learning rates and nothing else
DEVELOPMENT = 1000

# Held-out names come from the four fifths that are no development names: a quarter of these, and
# three quarters train (beside the development names, which all seeds share). This is the ratio for
# `statistics.mean_interval`.
TEST_TO_TRAIN = HELD_OUT / (1 - 2 * HELD_OUT)


def check_size(data: Names) -> None:
    """Raise DataError for too few languages with enough different spellings, or too many lists."""
    if len(data.languages) > MOST:
        raise DataError(
            f"{len(data.languages)} languages; the figures of a report can show at most {MOST}"
        )
    distinct = {
        (spelling(name), label)
        for name, label in zip(data.names, data.labels.tolist(), strict=True)
    }
    label, size = Counter(label for _, label in sorted(distinct)).most_common(2)[-1]
    if size < FEWEST:
        problem = f"{data.languages[label]}.txt has {size} different surname{'s' * (size > 1)}"
        raise DataError(f"{problem}; the experiments need two lists of at least {FEWEST}")


def development_fold(data: Names) -> tuple[Names, Names]:
    """Training names, and the development names that judge learning rates."""
    return split_names(data, HELD_OUT, DEVELOPMENT)


def folds(data: Names, seeds: Sequence[int]) -> list[tuple[Names, Names]]:
    """For each seed its training and unseen names: no common spelling, no development name."""
    candidates, _ = development_fold(data)
    spellings = np.array([spelling(name) for name in data.names])
    pairs = []
    for seed in seeds:
        _, unseen = split_names(candidates, HELD_OUT / (1 - HELD_OUT), seed)
        is_unseen = np.isin(spellings, [spelling(name) for name in unseen.names])
        pairs.append((data[~is_unseen], unseen))
    return pairs
