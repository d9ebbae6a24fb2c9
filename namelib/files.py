"""Atomic file writing: a file is either complete or absent."""

from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Write a text file in UTF-8 atomically, so that no reader finds it half-written."""
    unfinished = path.with_name(f"{path.name}.part")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(path)
