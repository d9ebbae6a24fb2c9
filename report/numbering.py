"""Number figures and tables, in their captions and in cross-references, in both languages."""

import re
from collections.abc import Iterator

from nbconvert.preprocessors import Preprocessor
from nbconvert.utils.exceptions import ConversionException
from nbformat import NotebookNode

from report.arranging import WORDS
from report.writing import CODE, number_equations, number_footnotes

# The word that begins a caption; a link whose text is one of these words gets the number appended.
KINDS = {"fig": WORDS["figure"], "tbl": WORDS["table"]}
NUMBERED = {word for words in KINDS.values() for word in words.values()}

LINK = re.compile(
    CODE + r"|\[(?P<text>[^\]\[]*)\]\(#(?P<id>(?:fig|tbl)-[\w-]+)\)",
    re.DOTALL | re.MULTILINE,
)


class UnknownReferenceError(ConversionException):
    """A cross-reference names a figure or table that the report does not have."""


class Number(Preprocessor):
    """Number the figures and tables in order; versions in two languages share an id and number.

    The caption of an output with an `id` in its metadata is prefixed with `**Figure 3**`; links
    `[Figure](#fig-x)` in prose, tables and captions become `[Figure 3](#fig-x)`. In a whole report
    (metadata `lab`), a broken link raises UnknownReferenceError; in a single notebook, it may refer
    to another chapter and becomes plain text.
    """

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """The same notebook, numbered."""
        # which a notebook has
        self._whole_report = "quick" not in nb.metadata.get("lab", {"quick": {}})
        self._numbers = number_ids(nb)
        for metadata in _numbered_metadata(nb):
            kind = metadata["id"].partition("-")[0]
            name = KINDS[kind][metadata.get("lang") or "en"]
            label = f"**{name}\N{NO-BREAK SPACE}{self._numbers[metadata['id']]}**"
            metadata["caption"] = (
                f"{label}\N{EM SPACE}{self.refer(metadata.get('caption', ''))}".rstrip()
            )
        prose = [cell for cell in nb.cells if cell.cell_type == "markdown"]
        sources = number_equations([number_footnotes(cell.source) for cell in prose])
        for cell, source in zip(prose, sources, strict=True):
            cell.source = self.refer(source)
        for cell in nb.cells:
            for output in cell.get("outputs", []):
                if "text/markdown" in output.get("data", {}):
                    output.data["text/markdown"] = self.refer(output.data["text/markdown"])
        return nb, resources

    def refer(self, markdown: str) -> str:
        """The same Markdown with numbers in its links to figures and tables."""
        return LINK.sub(self._link, markdown)

    def _link(self, match: re.Match[str]) -> str:
        if match["id"] is None:
            return match[0]
        if match["id"] not in self._numbers:
            if self._whole_report:
                raise UnknownReferenceError(
                    f"{match[0]}: no figure or table has this id; correct the link or the id"
                )
            return match["text"]
        number = (
            f"\N{NO-BREAK SPACE}{self._numbers[match['id']]}" if match["text"] in NUMBERED else ""
        )
        return f"[{match['text']}{number}](#{match['id']})"


def number_ids(nb: NotebookNode) -> dict[str, int]:
    """{id: number} of figures (`fig-`) and tables (`tbl-`), each counted from 1 in order."""
    numbers: dict[str, int] = {}
    for metadata in _numbered_metadata(nb):
        kind = metadata["id"].partition("-")[0]
        taken = sum(name.startswith(f"{kind}-") for name in numbers)
        numbers.setdefault(metadata["id"], taken + 1)
    return numbers


def _numbered_metadata(nb: NotebookNode) -> Iterator[dict]:
    """The metadata of every output that is a figure or a table with an id."""
    for cell in nb.cells:
        for output in cell.get("outputs", []):
            if output.get("metadata", {}).get("id", "").partition("-")[0] in KINDS:
                yield output.metadata
