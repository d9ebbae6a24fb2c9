"""Arranging a notebook for the press: the summary first, what only the notebook itself needs left out."""

from typing import Any

from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode

LANGUAGES = ("zh", "en")


def tags_of(cell: NotebookNode) -> list[str]:
    """The tags of a cell; a cell without metadata has none."""
    return cell.metadata.get("tags", [])


def language_of(cell: NotebookNode) -> str:
    """`zh` or `en` for a cell tagged so, "" for a cell that both languages share."""
    return next((language for language in LANGUAGES if language in tags_of(cell)), "")


class Arrange(Preprocessor):
    """Lift cells tagged `summary` to the front; with a `language`, keep that one and what both share.

    Leaves out papermill's injected parameters (the report lists them at its end) and the captions that
    namelib.bilingual shows below a figure for readers of the notebook itself.
    """

    def __init__(self, language: str = "", **traits: Any) -> None:
        super().__init__(**traits)
        self.language = language

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
        nb.cells = sorted(cells, key=lambda cell: "summary" not in tags_of(cell))
        return nb, resources

    def _wanted(self, language: str) -> bool:
        return not (self.language and language) or language == self.language

    def _printed(self, metadata: dict) -> bool:
        return "caption_of" not in metadata and self._wanted(metadata.get("lang", ""))
