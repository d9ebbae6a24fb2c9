"""The runs of chapters 1 to 3, which chapter 4 compares."""

from typing import Any

from namelib.data import Names, split_names
from namelib.runs import RunError


def same_data(data: Names, runs: dict[str, dict[str, Any]]) -> tuple[Names, Names]:
    """The split that all the runs have seen. `runs` are their results by name.

    Raises RunError where a run saw other data than `data`, or where two were split differently.
    """
    splits = {}
    for name, results in runs.items():
        if results["data"]["fingerprint"] != data.fingerprint:
            raise RunError(f"the run of {name} read other surnames; train it on these")
        splits[name] = (results["valid_fraction"], results["seed"])
    if len(set(splits.values())) != 1:
        raise RunError(f"the runs were split differently, (valid_fraction, seed) = {splits}; train them alike")
    return split_names(data, *next(iter(splits.values())))
