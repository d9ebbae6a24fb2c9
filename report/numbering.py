"""Number figures and tables, in their captions and in cross-references, in both languages."""

import re
from collections import Counter
from collections.abc import Iterator

from nbconvert.preprocessors import Preprocessor
from nbconvert.utils.exceptions import ConversionException
from nbformat import NotebookNode

from notebooks.language import LANGUAGES
from notebooks.marks import count_by_kind, number_links, numbers_in
from report.arranging import WORDS, facts_of, language_of, tags_of
from report.writing import CODE, number_equations, number_footnotes

# The word that begins a caption; a link whose text is one of these words gets the number appended.
CAPTION_WORDS = {"fig": WORDS["figure"], "tbl": WORDS["table"]}
NUMBERED = {word for words in CAPTION_WORDS.values() for word in words.values()}

CROSS_REFERENCE = re.compile(
    CODE + r"|\[(?P<text>[^\]\[]*)\]\((?:\w+\.ipynb)?#(?P<id>(?:fig|tbl)-[\w-]+)\)",
    re.DOTALL | re.MULTILINE,
)


# In a working copy; the report counts chapters and sections itself.
NUMBERED_HEADING = re.compile(r"^(#+ )[\d.]+\N{EM SPACE}", re.MULTILINE)
CHAPTER = re.compile(r'Page\(TEXT, "(\d)')


class Number(Preprocessor):
    """Number the figures and tables in order; versions in two languages share an id and number.

    The caption of an output with an `id` in its metadata is prefixed with `**Figure 3**`; links
    `[Figure](#fig-x)` in prose, tables and captions become `[Figure 3](#fig-x)`. In a whole report
    (metadata `lab`), a broken link raises ConversionException; in a single notebook, it may refer
    to another chapter and becomes plain text.
    """

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """The same notebook, numbered."""
        self._whole_report = facts_of(nb) is not None
        self._numbers = count_by_kind(metadata["id"] for metadata in _numbered_metadata(nb))
        for metadata in _numbered_metadata(nb):
            kind = metadata["id"].partition("-")[0]
            name = CAPTION_WORDS[kind][metadata.get("lang") or "en"]
            label = f"**{name}\N{NO-BREAK SPACE}{self._numbers[metadata['id']]}**"
            metadata["caption"] = (
                f"{label}\N{EM SPACE}{self.refer(metadata.get('caption', ''))}".rstrip()
            )
        prose = [cell for cell in nb.cells if cell.cell_type == "markdown"]
        sources = number_equations([number_footnotes(cell.source) for cell in prose])
        for cell, source in zip(prose, sources, strict=True):
            cell.source = self.refer(NUMBERED_HEADING.sub(r"\1", source))
        for cell in nb.cells:
            for output in cell.get("outputs", []):
                if "text/markdown" in output.get("data", {}):
                    output.data["text/markdown"] = self.refer(output.data["text/markdown"])
        return nb, resources

    def refer(self, markdown: str) -> str:
        """The same Markdown with numbers in its links to figures and tables."""
        return CROSS_REFERENCE.sub(self._link, markdown)

    def _link(self, match: re.Match[str]) -> str:
        if match["id"] is None:
            return match[0]
        if match["id"] not in self._numbers:
            if self._whole_report:
                raise ConversionException(
                    f"{match[0]}: no figure or table has this id; correct the link or the id"
                )
            return match["text"]
        # a notebook has numbers of its own
        text = re.sub(r"\N{NO-BREAK SPACE}\d+$", "", match["text"])
        number = f"\N{NO-BREAK SPACE}{self._numbers[match['id']]}" if text in NUMBERED else ""
        return f"[{text}{number}](#{match['id']})"


def _numbered_metadata(nb: NotebookNode) -> Iterator[dict]:
    """The metadata of every output that is a figure or a table with an id."""
    for cell in nb.cells:
        for output in cell.get("outputs", []):
            if output.get("metadata", {}).get("id", "").partition("-")[0] in CAPTION_WORDS:
                yield output.metadata


def number_copy(notebook: NotebookNode) -> None:
    """Number a working copy's headings, and its links to figures and tables."""
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    numbers = {name.replace("_", "-"): number for name, number in numbers_in(code).items()}
    chapter = CHAPTER.search(code)
    counters = {language: Counter() for language in ("", *LANGUAGES)}
    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            continue
        cell.source = number_links(cell.source, numbers)
        heading = re.match("(#+) ", cell.source)
        if heading and chapter and not {"appendix", "summary", "unnumbered"} & {*tags_of(cell)}:
            counter, level = counters[language_of(cell)], len(heading[1])
            counter[level] += 1
            for deeper in range(level + 1, 7):
                counter[deeper] = 0
            steps = [chapter[1], *(str(counter[step]) for step in range(2, level + 1))]
            cell.source = f"{heading[0]}{'.'.join(steps)}\N{EM SPACE}{cell.source[heading.end() :]}"
