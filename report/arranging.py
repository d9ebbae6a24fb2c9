"""Arrange a notebook for the report: summary, main part, appendix; notebook-only cells go."""

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from notebooks.language import LANGUAGES
from notebooks.tables import escape
from report.outputs import tidy
from report.writing import take_in_pictures

TEMPLATES = Path(__file__).parent / "templates"
WORDS = json.loads((TEMPLATES / "words.json").read_text("utf-8"))
# nbgrader's words, in a cell that a student fills in
BLANK = f"{WORDS['blank']['en']} / {WORDS['blank']['zh']}"
PARTS = ("title", "summary", "front", "", "appendix")
MARKS = re.compile(r"^ *### (BEGIN|END) SOLUTION\n?", re.MULTILINE)


def tags_of(cell: NotebookNode) -> list[str]:
    """The tags of a cell; a cell without metadata has none."""
    return cell.metadata.get("tags", [])


def language_of(cell: NotebookNode) -> str:
    """`zh` or `en` for a cell with that tag, "" for a cell that both languages share."""
    return next((language for language in LANGUAGES if language in tags_of(cell)), "")


def part_of(cell: NotebookNode) -> str:
    """`title`, `summary`, `front`, `appendix`, or "" for the main part."""
    return next((part for part in PARTS if part and part in tags_of(cell)), "")


def facts_of(nb: NotebookNode) -> dict | None:
    """What a whole report says of itself, its metadata `lab`; None for a single notebook.

    A notebook's own metadata `lab` has its `quick` values.
    """
    lab = nb.metadata.get("lab", {"quick": {}})
    return None if "quick" in lab else lab


class Arrange(Preprocessor):
    """Cells tagged `summary` first, `appendix` last; with a `language`, its own and shared cells.

    Drops what is for readers of the notebook itself: cells tagged `notebook-only` or `exercise`,
    papermill's injected parameters, the captions below its figures. In an exercise copy, what a
    student has explained takes the place of our text. A whole report (see `facts_of`) also gets its
    title, its aims and environment, before the chapters, and how it was made, at its end. With
    `gather`, code that is not tagged `show-code` is collected in one cell at the end of each
    section, tagged `folded-code`.
    """

    def __init__(self, language: str = "", gather: bool = False, **traits: Any) -> None:
        super().__init__(**traits)
        self.language, self.gather = language, gather

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """The same notebook, arranged."""
        names = "lines_left_out", "symbols_left_out"
        left_out = [
            " / ".join(WORDS[name][language] for language in LANGUAGES if self._wanted(language))
            for name in names
        ]
        folder = Path(resources.get("metadata", {}).get("path") or ".")
        instead_of = blocks_written_anew(nb.cells)
        cells = [
            cell
            for original in nb.cells
            if not {"injected-parameters", "notebook-only", "exercise"} & {*tags_of(original)}
            for cell in in_own_words(original)
            if self._wanted(language_of(cell)) and cell.source.strip()
        ]
        for cell in cells:
            if cell.cell_type == "markdown":
                take_in_pictures(cell, folder)
            if cell.cell_type == "code":
                cell.source = MARKS.sub("", cell.source).rstrip("\n")
                cell.outputs = [
                    output
                    for output in cell.outputs
                    if self._printed(output.get("metadata", {}))
                    and output.get("metadata", {}).get("block") not in instead_of
                ]
                for output in cell.outputs:
                    tidy(output, *left_out)
        parts = {part: [cell for cell in cells if part_of(cell) == part] for part in PARTS}
        languages = [language for language in LANGUAGES if self._wanted(language)]
        facts = facts_of(nb)
        if parts["appendix"] or facts is not None:
            heads = [
                prose(f"# {WORDS['appendix'][language]}", language, "appendix")
                for language in languages
            ]
            parts["appendix"] = heads + parts["appendix"]
        if facts is not None:
            parts["title"] = [
                prose(written(facts, "title", language), language, "title")
                for language in languages
                if "title" in facts
            ]
            parts["front"] = [
                prose(written(facts, "front", language), language, "front", "unnumbered")
                for language in languages
            ]
            for part, name in (("title", "logo"), ("front", "assignment")):
                for cell in parts[part]:
                    cell.attachments = facts.get(name, {}).get("attachments", {})
            parts["appendix"] += [
                prose(written(facts, "made", language), language, "appendix")
                for language in languages
            ]
        if self.gather:
            parts = {part: gather_code(cells) for part, cells in parts.items()}
        nb.cells = [cell for part in parts.values() for cell in part]
        return nb, resources

    def _wanted(self, language: str) -> bool:
        return not (self.language and language) or language == self.language

    def _printed(self, metadata: dict) -> bool:
        return "caption_of" not in metadata and self._wanted(metadata.get("lang", ""))


def in_own_words(cell: NotebookNode) -> list[NotebookNode]:
    """The cell, tagged `own` if a student was to write in it; if it is empty, that it is."""
    kind = next((tag for tag in tags_of(cell) if f"no_{tag}" in WORDS), "")
    if not kind or language_of(cell):  # ours have a language
        return [cell]
    cell.source = cell.source.replace(BLANK, "").strip()
    words = WORDS[f"no_{kind}"]
    if cell.source:
        cell.metadata["tags"] = [*tags_of(cell), "own"]
        return [cell]
    part = [*filter(None, [part_of(cell)])]
    return [prose(words[language], language, *part) for language in LANGUAGES]


def blocks_written_anew(cells: list[NotebookNode]) -> set[str]:
    """The blocks of our text in place of which a student's explanation stands."""
    own = [{*tags_of(cell)} for cell in cells if not language_of(cell)]
    tags = {tag for of_cell in own if "explanation" in of_cell for tag in of_cell}
    return {tag.partition(":")[2] for tag in tags if tag.startswith("instead-of:")}


def prose(text: str, *tags: str) -> NotebookNode:
    """A Markdown cell."""
    return new_markdown_cell(text, metadata={"tags": list(tags)})


def written(facts: dict, name: str, language: str) -> str:
    """A text on the report itself from its facts: `title`, `front` (aims) or `made`."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {
        "escape": escape,
        "in_language": lambda text: text.get(language, "") if isinstance(text, dict) else text,
        "value": value_text,
    }
    template = environment.select_template([f"{name}.{language}.md", f"{name}.md"])
    names = dict.fromkeys(key for values in facts.get("parameters", {}).values() for key in values)
    colon = {"zh": "\N{FULLWIDTH COLON}", "en": ": "}[language]
    return template.render(lab=facts, words=WORDS, language=language, colon=colon, names=names)


def value_text(value: object) -> str:
    """A parameter's value as the report shows it."""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return '""' if value == "" else str(value)


def gather_code(cells: list[NotebookNode]) -> list[NotebookNode]:
    """The cells; each section ends with its code that is not tagged `show-code`, if any."""
    arranged = []
    begins = [
        cell.cell_type == "markdown" and cell.source.startswith(("# ", "## ")) for cell in cells
    ]
    # not between twins
    heads = [k for k, here in enumerate(begins) if here and not (k and begins[k - 1])]
    for begin, end in pairwise([0, *heads, len(cells)]):
        section = cells[begin:end]
        folded = [
            cell
            for cell in section
            if cell.cell_type == "code" and "show-code" not in tags_of(cell)
        ]
        arranged += section
        if folded:
            tags = ["folded-code", *filter(None, [part_of(folded[0])])]
            source = "\n\n\n".join(cell.source for cell in folded)
            arranged.append(new_code_cell(source, metadata={"tags": tags}))
    return arranged
