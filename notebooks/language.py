"""The report's two languages: English labels in the code, their Chinese in `zh.json`."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

LANGUAGES = ("zh", "en")
_current = ContextVar("language", default="en")


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Context in which `_` gives labels in this language, "zh" or "en"."""
    token = _current.set(language)
    try:
        yield
    finally:
        _current.reset(token)


def _(label: str) -> str:
    """An English label in the current language; unchanged if the catalogue does not have it."""
    return catalogue().get(label, label) if _current.get() == "zh" else label


@cache
def catalogue() -> dict[str, str]:
    """English label -> Chinese label."""
    return json.loads(Path(__file__).with_name("zh.json").read_text(encoding="utf-8"))


def chosen(language: str) -> tuple[str, ...]:
    """The languages that a notebook's parameter selects: "zh", "en", or both for ""."""
    if language not in ("", *LANGUAGES):
        raise ValueError(f"language={language!r}: give 'zh', 'en', or '' for both")
    return (language,) if language else LANGUAGES
