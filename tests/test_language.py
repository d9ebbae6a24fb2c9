"""The catalogue has the Chinese of every label in the code, and nothing else."""

import ast
import importlib
import json
from pathlib import Path

import pytest

from namelib.data import EMBEDDED_NAMES
from notebooks.language import LANGUAGES, _, catalogue, chosen, speaking

ROOT = Path(__file__).resolve().parents[1]
MODULES = {
    path: ast.parse(path.read_text(encoding="utf-8"))
    for path in [*ROOT.glob("namelib/*.py"), *ROOT.glob("notebooks/**/*.py")]
}


def texts(tree: ast.AST) -> set[str]:
    """All string literals below a node."""
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def labels_of(path: Path, tree: ast.Module) -> set[str]:
    """What a module gives to `_`: `_("literal")`, and all values of NAME for `_(NAME[key])`."""
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    calls = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_"
    ]
    labels = set()
    for argument in (call.args[0] for call in calls):
        if isinstance(argument, ast.Constant):
            labels.add(argument.value)
        elif isinstance(argument, ast.Subscript) and isinstance(argument.value, ast.Name):
            named = getattr(importlib.import_module(module), argument.value.id, {})
            labels |= {label for label in (named.values() if isinstance(named, dict) else named)}
    return labels


EMBEDDED = {file.stem for file in EMBEDDED_NAMES.glob("*.txt")}


def test_every_label_and_every_embedded_language_has_its_chinese():
    labels = {label for path, tree in MODULES.items() for label in labels_of(path, tree)}
    assert not (labels | EMBEDDED) - catalogue().keys()


def test_no_entry_is_unused():
    used = set.union(*map(texts, MODULES.values())) | EMBEDDED
    for path in ROOT.glob("notebooks/*.ipynb"):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            used |= (
                texts(ast.parse("".join(cell["source"]))) if cell["cell_type"] == "code" else set()
            )
    assert not catalogue().keys() - used


def test_an_entry_keeps_its_places_for_values():
    for english, chinese in catalogue().items():
        assert [part in english for part in ("{n}", "$")] == [
            part in chinese for part in ("{n}", "$")
        ], english
        assert english.count("{") == chinese.count("{"), english


def test_a_language_is_spoken_inside_its_block_alone():
    assert _("accuracy") == "accuracy"
    with pytest.raises(KeyError), speaking("zh"):
        assert _("accuracy") == "准确率" and _("a class of my own") == "a class of my own"
        with speaking("en"):
            assert _("accuracy") == "accuracy"
        assert _("accuracy") == "准确率"
        raise KeyError
    assert _("accuracy") == "accuracy"


def test_a_notebook_asks_for_one_language_or_both():
    assert [chosen(language) for language in ("", "zh", "en")] == [LANGUAGES, ("zh",), ("en",)]
    with pytest.raises(ValueError, match=r"language='de': give 'zh', 'en', or '' for both"):
        chosen("de")
