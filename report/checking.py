"""A person's cells, tried before anything trains: what no report could show is refused."""

import base64
import re
from collections.abc import Callable
from textwrap import shorten

from nbconvert.filters.markdown_mistune import MarkdownWithMath
from nbconvert.utils.exceptions import ConversionException
from nbformat import NotebookNode

from report.html import Formulas
from report.numbering import CROSS_REFERENCE
from report.parameters import Notebook, ParameterError
from report.pdf import compile_pdf, to_typst
from report.writing import number_equations, number_footnotes, refuse_html, take_in_pictures


def check_prose(books: list[Notebook]) -> None:
    """Take the pictures of the notebooks in; every Markdown cell must be one that can be shown.

    Raises ParameterError that names the notebook and the cell.
    """
    ids = ids_in([cell.source for book in books for cell in book.content.cells])
    cells = [
        (f"{book.path.name}, cell {k}", book, cell)
        for book in books
        for k, cell in enumerate(book.content.cells, start=1)
        if cell.cell_type == "markdown"
    ]
    try:
        for where, book, cell in cells:  # noqa: B007
            refuse_html(cell.source)
            take_in_pictures(cell, book.path.parent)
            for link in CROSS_REFERENCE.finditer(cell.source):
                if link["id"] and not ids(link["id"]):
                    raise ConversionException(f"{link[0]}: no figure or table has this id")
        where = ", ".join(book.path.name for book in books)
        sources = number_equations([number_footnotes(cell.source) for *_, cell in cells])
        for (where, _book, cell), source in zip(cells, sources, strict=True):  # noqa: B007
            formulas = Formulas(attachments=cell.get("attachments", {}))
            MarkdownWithMath(renderer=formulas).render(source)
        try:
            typeset(sources, [cell for *_, cell in cells])
        except ConversionException:
            for (where, _book, cell), source in zip(cells, sources, strict=True):  # noqa: B007
                typeset([source], [cell])
            raise
    except ConversionException as error:
        if re.match(r"\$?\\(eq)?ref", text := str(error)):
            named = text.partition(":")[0]
            where = next(where for where, _book, cell in cells if named in cell.source)
        problem = shorten(text, 300, placeholder=" ...")
        raise ParameterError(f"{where}: {problem}") from None


def typeset(sources: list[str], cells: list[NotebookNode]) -> None:
    """Set the Markdown; raises ConversionException."""
    attached = [item for cell in cells for item in cell.get("attachments", {}).items()]
    pictures = {name: base64.b64decode(*data.values()) for name, data in attached}
    report = {"language": "zh", "author": [], "title": ""}
    start = '#import "lab.typ": *\n#show: lab-report\n'
    # A link leads to a figure that is not there yet.
    prose = re.sub(r"\]\(#[^)]*\)", "](https://a.b)", "\n\n".join(sources))
    compile_pdf(start + to_typst(prose), report, pictures)


def ids_in(sources: list[str]) -> Callable[[str], bool]:
    """Whether code could show a figure or table with this id, itself or by a caption's block."""
    code = "\n".join(sources)
    shown = {name.replace("_", "-") for name in re.findall(r"""\.show\(\s*["'](\w+)["']""", code)}
    quoted = set(re.findall(r"""["']((?:fig|tbl)-[\w-]+)["']""", code))
    return lambda wanted: wanted in quoted | shown or wanted.rpartition("-")[0] in shown
