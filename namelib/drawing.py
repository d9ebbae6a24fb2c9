"""Which names a training reads, and in which order."""

import numpy as np

from namelib.data import Names


def draw_evenly(train: Names, count: int, rng: np.random.Generator) -> np.ndarray:
    """Rows drawn as the original recipe does: a language uniformly, then one of its names uniformly, (count,) int64."""
    by_language = np.argsort(train.labels, kind="stable")
    counts = train.counts
    present = np.flatnonzero(counts)
    language = present[rng.integers(len(present), size=count)]
    return by_language[(np.cumsum(counts) - counts)[language] + rng.integers(counts[language])]


def batches_of_like_length(train: Names, batch_size: int, rng: np.random.Generator) -> list[np.ndarray]:
    """The rows of one epoch in batches: shuffled, then sorted by length inside pools, so that little is padded."""
    order = rng.permutation(len(train))
    lengths = np.array([len(name) for name in train.names])
    pools = np.split(order, range(50 * batch_size, len(order), 50 * batch_size))
    order = np.concatenate([pool[np.argsort(lengths[pool], kind="stable")] for pool in pools])
    batches = np.split(order, range(batch_size, len(order), batch_size))
    return [batches[k] for k in rng.permutation(len(batches))]
