"""The real names that tests read: the embedded lists, and the tutorial's where they are."""

from pathlib import Path

import pytest

from namelib.data import Names, load_names

TUTORIAL = Path(__file__).resolve().parents[2] / "shared" / "tutorial_names"


def tutorial_names() -> Names:
    """The tutorial's names; skips the test where the lists are not there."""
    if not TUTORIAL.is_dir():
        pytest.skip("the tutorial's lists are not in ../shared/tutorial_names")
    return load_names(TUTORIAL)
