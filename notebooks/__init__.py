"""The four notebooks, their prose (`text/`), and the experiments of chapter 4 (`why_lstm/`)."""

from pathlib import Path

import namelib  # noqa: F401, for its namelib.stopping

NOTEBOOKS = Path(__file__).parent
TEXT = NOTEBOOKS / "text"
