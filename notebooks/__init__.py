"""The four notebooks, the prose with numbers in it (`text/`), and the experiments of chapter 4 (`why_lstm/`)."""

from pathlib import Path

TEXT = Path(__file__).parent / "text"
