"""Arrange a notebook for the report: summary, main part, appendix, without what only the notebook itself needs."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from namelib.language import LANGUAGES

WORDS = json.loads((Path(__file__).parent / "templates" / "words.json").read_text("utf-8"))


def tags_of(cell: NotebookNode) -> list[str]:
    """The tags of a cell; a cell without metadata has none."""
    return cell.metadata.get("tags", [])


def language_of(cell: NotebookNode) -> str:
    """`zh` or `en` for a cell with that tag, "" for a cell that both languages share."""
    return next((language for language in LANGUAGES if language in tags_of(cell)), "")


def part_of(cell: NotebookNode) -> str:
    """`summary`, `appendix`, or "" for the main part."""
    return next((part for part in ("summary", "appendix") if part in tags_of(cell)), "")


class Arrange(Preprocessor):
    """Put cells tagged `summary` first and `appendix` last; with a `language`, keep only its cells and the shared ones.

    Drops papermill's injected parameters (the report lists them at its end) and the captions that namelib shows below
    a figure for readers of the notebook itself. With `gather`, the code of `hide-input` cells is collected in one cell
    at the end of each chapter, tagged `hidden-code`.
    """

    def __init__(self, language: str = "", gather: bool = False, **traits: Any) -> None:
        super().__init__(**traits)
        self.language, self.gather = language, gather

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """The same notebook, arranged."""
        cells = [
            cell
            for cell in nb.cells
            if "injected-parameters" not in tags_of(cell) and self._wanted(language_of(cell)) and cell.source.strip()
        ]
        for cell in cells:
            if cell.cell_type == "code":
                cell.outputs = [output for output in cell.outputs if self._printed(output.get("metadata", {}))]
        if self.gather:
            cells = gather_hidden_code(cells)
        parts = {part: [cell for cell in cells if part_of(cell) == part] for part in ("summary", "", "appendix")}
        if parts["appendix"] or "lab" in nb.metadata:  # a report ends with how it was made
            heads = [
                new_markdown_cell(f"# {WORDS['appendix'][language]}", metadata={"tags": [language, "appendix"]})
                for language in LANGUAGES
                if self._wanted(language)
            ]
            parts["appendix"] = heads + parts["appendix"]
        nb.cells = [cell for part in parts.values() for cell in part]
        return nb, resources

    def _wanted(self, language: str) -> bool:
        return not (self.language and language) or language == self.language

    def _printed(self, metadata: dict) -> bool:
        return "caption_of" not in metadata and self._wanted(metadata.get("lang", ""))


def gather_hidden_code(cells: list[NotebookNode]) -> list[NotebookNode]:
    """The cells, plus one at the end of each chapter with the code of its `hide-input` cells, if any."""
    arranged = []
    heads = [k for k, cell in enumerate(cells) if cell.cell_type == "markdown" and cell.source.startswith("# ")]
    for begin, end in pairwise([0, *heads, len(cells)]):
        chapter = cells[begin:end]
        hidden = [cell.source for cell in chapter if cell.cell_type == "code" and "hide-input" in tags_of(cell)]
        arranged += chapter + [new_code_cell("\n\n\n".join(hidden), metadata={"tags": ["hidden-code"]})] * bool(hidden)
    return arranged
