"""`python -m report.lab`: open working copies of the notebooks in JupyterLab."""

import os
import re
import sys
from pathlib import Path

import click
import nbformat
from nbformat import NotebookNode

from namelib.files import sha256, write_files
from namelib.language import LANGUAGES
from namelib.runs import ROOT, sealed
from report.arranging import language_of, tags_of
from report.cache import cells_of, digest, read_record
from report.numbering import number_copy
from report.parameters import Notebook, ParameterError, open_notebook, read_notebook

NOTEBOOKS = ROOT / "notebooks"
LAB = ROOT / "lab"  # what a person writes; git and `make clean` leave it alone
TEMPLATES = Path(__file__).parent / "templates" / "lab"
WRITTEN = ".written.json"  # in the folder of the copies: {notebook: digest of the cells written}
START = "start.md"


@click.command(context_settings={"ignore_unknown_options": True})
@click.option(
    "--lang", "language", type=click.Choice(LANGUAGES), help="One language only; default: both."
)
@click.argument("options", nargs=-1, type=click.UNPROCESSED, metavar="[JUPYTERLAB'S OPTIONS]...")
def main(language: str | None, options: tuple[str, ...]) -> None:
    """Write working copies of the notebooks to lab/ and open JupyterLab there.

    A copy that you have changed is never overwritten: delete or rename it to get a new one.
    """
    for name in write_copies(LAB, language or ""):
        click.echo(f"lab/{name}: yours, therefore kept; delete or rename it to get a new copy")
    configs = filter(None, (str(TEMPLATES), os.environ.get("JUPYTER_CONFIG_PATH")))
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(configs)
    first = f"--LabApp.default_url=/lab/tree/{START}"
    words = [sys.executable, "-m", "jupyterlab", f"--notebook-dir={LAB}", first, *options]
    os.execv(sys.executable, words)


def write_copies(folder: Path, language: str) -> list[str]:
    """Write a copy of each notebook, and the start page; a changed copy stays and is returned."""
    folder.mkdir(parents=True, exist_ok=True)
    written = read_record(folder / WRITTEN)  # without it, every copy is taken for a changed one
    kept, files, start = [], {}, folder / START
    if not start.exists() or sha256(start.read_bytes()) == written.get(START):
        files[START] = start_page(language)
        written[START] = sha256(files[START])
    for source in sorted(NOTEBOOKS.glob("*.ipynb")):
        copy = working_copy(open_notebook(source), language)
        name, cells = source.name, digest(cells_of(copy))
        found = digest(cells_of(open_notebook(folder / name))) if (folder / name).exists() else ""
        if found == cells:  # perhaps with outputs, which stay
            written[name] = cells
        elif found in ("", written.get(name)):
            written[name], files[name] = cells, nbformat.writes(copy).encode() + b"\n"
        else:
            kept.append(name)
    write_files(folder, files | {WRITTEN: sealed(written)})
    return kept


def working_copy(notebook: NotebookNode, language: str) -> NotebookNode:
    """The notebook without the other language's prose, its parameter `language` set."""
    notebook.cells = [
        cell for cell in notebook.cells if not language or language_of(cell) in ("", language)
    ]
    for cell in notebook.cells:
        if "parameters" in tags_of(cell):
            setting = rf'\1"{language}"'
            cell.source = re.sub(
                r'^(language\b[^=\n]*= *)""', setting, cell.source, flags=re.MULTILINE
            )
    number_copy(notebook)
    return notebook


def start_page(language: str) -> bytes:
    """What to do first, in one language or both."""
    return b"\n".join(
        (TEMPLATES / f"start.{each}.md").read_bytes()
        for each in LANGUAGES
        if language in ("", each)
    )


def with_own(notebooks: list[Notebook]) -> tuple[list[Notebook], str]:
    """The notebooks, changed copies from lab/ in place of ours, and a line that names these.

    Raises ParameterError where there is no lab/, or for a file in it that is no notebook.
    """
    if not LAB.is_dir():
        raise ParameterError(f"{LAB}: not there; `make lab` makes it")
    taken, written = [], read_record(LAB / WRITTEN)
    for book in notebooks:
        path = LAB / book.path.name
        if path.exists() and not is_unchanged(path, book.path, written.get(path.name, "")):
            own, source = open_notebook(path), open_notebook(book.path)
            restore_prose(own, source)
            own.metadata.setdefault("lab", source.metadata.get("lab", {}))  # jupytext loses it
            taken.append(read_notebook(path, own))
    own = {book.path.name: book for book in taken}
    ours = [book.path.name for book in notebooks if book.path.name not in own]
    parts = [f"from lab/: {', '.join(own) or 'nothing, as no notebook was changed there'}"]
    parts += [f"unchanged: {', '.join(ours)}"] * bool(ours)
    others = sorted(
        {path.name for path in LAB.glob("*.ipynb")} - {book.path.name for book in notebooks}
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
    """Put the prose of the language that the copy lacks back where it stood."""
    languages = {language_of(cell) for cell in own.cells}
    if languages >= set(LANGUAGES):
        return
    places = {cell.id: cell for cell in own.cells}
    before = None
    for cell in source.cells:
        if language_of(cell) not in languages:
            at = own.cells.index(places[before]) + 1 if before else 0
            own.cells.insert(at, cell)
            places[cell.id] = cell
        if cell.id in places:
            before = cell.id


if __name__ == "__main__":
    main(prog_name="python -m report.lab")
