"""The finished runs of chapters 1 to 3, which chapter 4 reads."""

from pathlib import Path
from typing import Any

from namelib import Names, split_names
from namelib.runs import BUILD, BY_HAND, NETWORKS, RunError


def find_runs(runs_dir: str | Path = "", build: Path = BUILD) -> dict[str, Path]:
    """{network: its run folder} in `runs_dir`; by default runs made by hand, then `make report`'s.

    The latter are in `build`. Says which these are. Raises RunError that names the missing ones.
    """
    folders, missing = {}, []
    for network in NETWORKS.values():
        by_hand = build / BY_HAND.name
        runs = Path(runs_dir or (by_hand if is_finished(by_hand / network.notebook) else build))
        folder = folders[network.name] = runs / network.notebook
        if not is_finished(folder):
            missing.append(f"{folder.name} ({network.name})")
        elif not runs_dir:
            print(f"{network.name}: {folder.relative_to(build.parent)}")
    if missing:
        raise RunError(
            f"no finished run of {', '.join(missing)}; run these notebooks first, or `make report`"
        )
    return folders


def is_finished(folder: Path) -> bool:
    """Whether a run has been saved there."""
    return (folder / "results.json").is_file()


def split_of_runs(data: Names, runs: dict[str, dict[str, Any]]) -> tuple[Names, Names]:
    """The training and validation names that all runs saw, from their results.

    Raises RunError where these are not the same, or not of this data.
    """
    seen = {
        (run["data"]["fingerprint"], run["valid_fraction"], run["seed"]) for run in runs.values()
    }
    fingerprint, valid_fraction, seed = next(iter(seen))
    if len(seen) > 1 or data.fingerprint != fingerprint:
        raise RunError(
            "the three runs saw other surnames or other splits; train them alike, on these"
        )
    return split_names(data, valid_fraction, seed)
