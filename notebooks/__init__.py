"""The four notebooks, their prose (`text/`), and the experiments of chapter 4 (`why_lstm/`)."""

from pathlib import Path

import namelib  # noqa: F401, for its namelib.stopping

TEXT = Path(__file__).parent / "text"
