"""What several test files need: a small folder of names, its split, and a shell that keeps what is displayed."""

from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config

from namelib import load_names, split_names
from namelib.data import EMBEDDED_NAMES

FEW_LANGUAGES = ("Italian", "Japanese", "Korean", "Polish")


@pytest.fixture(scope="session")
def few_names(tmp_path_factory) -> Path:
    """A folder of 30 embedded names in each of four languages."""
    folder = tmp_path_factory.mktemp("few names")
    for language in FEW_LANGUAGES:
        names = (EMBEDDED_NAMES / f"{language}.txt").read_text(encoding="utf-8").splitlines()
        (folder / f"{language}.txt").write_text("\n".join(names[:: len(names) // 30][:30]) + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def few(few_names):
    """(training names, validation names) of the small folder."""
    return split_names(load_names(few_names))


@pytest.fixture
def displayed(tmp_path, monkeypatch):
    """Its `outputs` are what a notebook would show, each with `data` and `metadata`."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    with capture_output() as captured:
        yield captured
    InteractiveShell.clear_instance()
