"""Selection of the surnames for each training step."""

import numpy as np

from namelib.data import Names


def rows_by_language(train: Names) -> list[np.ndarray]:
    """The rows of each language that has training surnames."""
    return [np.flatnonzero(train.labels == label) for label in np.unique(train.labels)]


def bucketed_batches(train: Names, batch_size: int, rng: np.random.Generator) -> list[np.ndarray]:
    """The rows of one epoch in batches: shuffled, then sorted by length within pools."""
    order = rng.permutation(len(train))
    lengths = np.array([len(name) for name in train.names])
    pools = np.split(order, range(50 * batch_size, len(order), 50 * batch_size))
    order = np.concatenate([pool[np.argsort(lengths[pool], kind="stable")] for pool in pools])
    cuts = list(range(batch_size, len(order), batch_size))
    if cuts and batch_size > 2 and len(order) - cuts[-1] == 1:
        cuts[-1] -= 1  # no batch of one, for which batch normalisation has no variance
    batches = np.split(order, cuts)
    return [batches[k] for k in rng.permutation(len(batches))]
