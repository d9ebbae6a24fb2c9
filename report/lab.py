"""`python -m report.lab`: open working copies of the notebooks in JupyterLab."""

import os
import re
import sys
from pathlib import Path

import click
import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from namelib.files import sha256, write_files
from namelib.runs import ROOT, sealed
from notebooks.language import LANGUAGES
from report.arranging import BLANK, TEMPLATES, blocks_written_anew, language_of, tags_of
from report.cache import cells_of, digest, read_record
from report.numbering import number_copy
from report.parameters import Notebook, ParameterError, open_notebook, read_notebook

LAB = "lab"  # a folder of the checkout: what a person writes; git and `make clean` leave it alone
WRITTEN = ".written.json"  # in the folder of the copies: {notebook: digest of the cells written}
START = "start.md"
MAKES = {False: "`make lab`", True: '`make lab ARGS="--exercise"`'}
SOLUTION = re.compile(r"^( *)### BEGIN SOLUTION\n.*?### END SOLUTION", re.MULTILINE | re.DOTALL)
STUB = r"""\1# YOUR CODE HERE
\1raise NotImplementedError("write these lines; the comment above says what they have to do")"""
PAGE = re.compile(r"^page = Page\(.*\)$", re.MULTILINE)
WRITTEN_ANSWER = {"grade": True, "locked": False, "points": 1, "solution": True, "task": False}


@click.command(context_settings={"ignore_unknown_options": True})
@click.option(
    "--lang", "language", type=click.Choice(LANGUAGES), help="One language only; default: both."
)
@click.option("--exercise", is_flag=True, help="Copies to fill in, in lab/exercise/.")
@click.argument("options", nargs=-1, type=click.UNPROCESSED, metavar="[JUPYTERLAB'S OPTIONS]...")
@click.pass_obj
def main(
    checkout: Path | None, language: str | None, exercise: bool, options: tuple[str, ...]
) -> None:
    """Write working copies of the notebooks to lab/ and open JupyterLab there.

    A copy that you have changed is never overwritten: delete or rename it to get a new one.
    """
    checkout = checkout or ROOT  # a test gives another
    folder = folder_of(exercise, checkout)
    for name in write_copies(folder, language or "", exercise, checkout):
        shown = (folder / name).relative_to(checkout).as_posix()
        click.echo(f"{shown}: yours, therefore kept; delete or rename it to get a new copy")
    configs = filter(None, (str(TEMPLATES / "lab"), os.environ.get("JUPYTER_CONFIG_PATH")))
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(configs)
    first = f"--LabApp.default_url=/lab/tree/{START}"
    words = [sys.executable, "-m", "jupyterlab", f"--notebook-dir={folder}", first, *options]
    os.execv(sys.executable, words)


def folder_of(exercise: bool, checkout: Path) -> Path:
    """Where the copies are; those to fill in stand apart."""
    return checkout / LAB / "exercise" if exercise else checkout / LAB


def write_copies(
    folder: Path, language: str, exercise: bool = False, checkout: Path = ROOT
) -> list[str]:
    """Write a copy of each notebook, and the start page; a changed copy stays and is returned."""
    folder.mkdir(parents=True, exist_ok=True)
    written = read_record(folder / WRITTEN)  # without it, every copy is taken for a changed one
    kept, files, start = [], {}, folder / START
    if not start.exists() or sha256(start.read_bytes()) == written.get(START):
        files[START] = start_page(language, exercise)
        written[START] = sha256(files[START])
    for source in sorted((checkout / "notebooks").glob("*.ipynb")):
        copy = working_copy(open_notebook(source), language, exercise)
        name, cells = source.name, digest(cells_of(copy))
        present = digest(cells_of(open_notebook(folder / name))) if (folder / name).exists() else ""
        if present == cells:  # perhaps with outputs, which stay
            written[name] = cells
        elif present in ("", written.get(name)):
            written[name], files[name] = cells, nbformat.writes(copy).encode() + b"\n"
        else:
            kept.append(name)
    write_files(folder, files | {WRITTEN: sealed(written)})
    return kept


def working_copy(notebook: NotebookNode, language: str, exercise: bool = False) -> NotebookNode:
    """The notebook without the other language's prose, its parameter `language` set."""
    if exercise:
        make_blank(notebook)
    notebook.cells = [
        cell
        for cell in notebook.cells
        if "exercise" not in tags_of(cell) and (not language or language_of(cell) in ("", language))
    ]
    for cell in notebook.cells:
        if "parameters" in tags_of(cell):
            setting = rf'\1"{language}"'
            cell.source = re.sub(
                r'^(language\b[^=\n]*= *)""', setting, cell.source, flags=re.MULTILINE
            )
    number_copy(notebook)
    return notebook


def make_blank(notebook: NotebookNode) -> None:
    """Blank what a student writes, in nbgrader's convention.

    That is the marked lines of code, the answers to questions, and an explanation below each cell
    that asks for one; our text, in place of which it stands, is not said in the copy. A blank cell
    serves both languages.
    """
    cells = []
    for cell in notebook.cells:
        tags = tags_of(cell)
        if cell.cell_type == "code":
            cell.source = SOLUTION.sub(STUB, cell.source)
        if "answer" not in tags:
            cells.append(cell)
        if language_of(cell) == "en" and {"answer", "explanation"} & {*tags}:
            name = f"{cell.id}-own"
            own = new_markdown_cell(BLANK, id=name)
            own.metadata["nbgrader"] = WRITTEN_ANSWER | {"grade_id": name, "schema_version": 3}
            own.metadata["tags"] = [tag for tag in tags if tag not in ("en", "exercise")]
            cells.append(own)
        if "exercise" in tags:
            cell.metadata.tags = [tag for tag in tags if tag not in ("exercise", "explanation")]
    notebook.cells = cells
    if blocks := sorted(blocks_written_anew(cells)):
        unsaid = f"page.unsaid = {blocks}  # for you to explain"
        for cell in cells:
            cell.source = PAGE.sub(rf"\g<0>\n{unsaid}", cell.source)


def start_page(language: str, exercise: bool) -> bytes:
    """What to do first, in one language or both."""
    name = "exercise" if exercise else "start"
    return b"\n".join(
        (TEMPLATES / "lab" / f"{name}.{lang}.md").read_bytes()
        for lang in LANGUAGES
        if language in ("", lang)
    )


def with_own(
    notebooks: list[Notebook], exercise: bool = False, checkout: Path = ROOT
) -> tuple[list[Notebook], str]:
    """The notebooks, changed copies from lab/ in place of ours, and a line that names these.

    Of the exercise copies all are taken: ours have the solutions. Raises ParameterError where
    there are no copies, or for a file among them that is no notebook.
    """
    folder = folder_of(exercise, checkout)
    if not folder.is_dir():
        raise ParameterError(f"{folder}: not there; {MAKES[exercise]} makes it")
    taken, written = [], read_record(folder / WRITTEN)
    for book in notebooks:
        path = folder / book.path.name
        if exercise or (
            path.exists() and not is_unchanged(path, book.path, written.get(path.name, ""))
        ):
            own, source = open_notebook(path), open_notebook(book.path)
            restore_prose(own, working_copy(source, "", exercise))
            own.metadata.setdefault("lab", source.metadata.get("lab", {}))  # jupytext loses it
            taken.append(read_notebook(path, own))
    own = {book.path.name: book for book in taken}
    ours = [book.path.name for book in notebooks if book.path.name not in own]
    shown = folder.relative_to(checkout).as_posix()
    parts = [f"from {shown}/: {', '.join(own) or 'nothing, as no notebook was changed there'}"]
    parts += [f"unchanged: {', '.join(ours)}"] * bool(ours)
    others = sorted(
        {path.name for path in folder.glob("*.ipynb")} - {book.path.name for book in notebooks}
    )
    parts += [f"left out, as no chapter has this name: {', '.join(others)}"] * bool(others)
    return [own.get(book.path.name, book) for book in notebooks], "; ".join(parts)


def is_unchanged(copy: Path, source: Path, written: str) -> bool:
    """Whether it has the cells of a working copy, of today's or of one with digest `written`."""
    cells = cells_of(open_notebook(copy))
    return digest(cells) == written or any(
        cells == cells_of(working_copy(open_notebook(source), language))
        for language in ("", *LANGUAGES)
    )


def restore_prose(own: NotebookNode, source: NotebookNode) -> None:
    """Put back what the copy lacks where it stood: one language's prose, cells to be written in."""
    languages = {language_of(cell) for cell in own.cells}
    answered = {grade_id(cell) for cell in own.cells}
    places = {cell.id: cell for cell in own.cells}
    before = None
    for cell in source.cells:
        if language_of(cell) not in languages or (
            cell.source == BLANK and grade_id(cell) not in answered
        ):
            at = own.cells.index(places[before]) + 1 if before else 0
            own.cells.insert(at, cell)
            places[cell.id] = cell
        if cell.id in places:
            before = cell.id


def grade_id(cell: NotebookNode) -> str:
    """nbgrader's name of a cell, which stays with it when it is cut and pasted."""
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


if __name__ == "__main__":
    main(prog_name="python -m report.lab")
