"""`python -m report.lab`: open working copies of the notebooks in JupyterLab, in one language or both."""

import json
import os
import re
import sys
from pathlib import Path

import click
import nbformat
from nbformat import NotebookNode

from namelib.files import write_files
from namelib.language import LANGUAGES
from namelib.runs import BUILD, ROOT
from report.arranging import language_of, tags_of
from report.cache import as_json, sha256

NOTEBOOKS = ROOT / "notebooks"
WRITTEN = ".written.json"  # in the folder of the copies: {notebook: SHA-256 of what was written}


@click.command(context_settings={"ignore_unknown_options": True})
@click.option("--lang", "language", type=click.Choice(LANGUAGES), default="", help="One language only; default: both.")
@click.argument("options", nargs=-1, type=click.UNPROCESSED, metavar="[JUPYTERLAB'S OPTIONS]...")
def main(language: str, options: tuple[str, ...]) -> None:
    """Write working copies of the notebooks to build/lab/ and open JupyterLab there.

    A copy that you have changed is never overwritten: delete or rename it to get a new one.
    """
    folder = BUILD / "lab" / (language or "both")
    for path in write_copies(folder, language):
        click.echo(f"{path}: changed since it was written and therefore kept; delete or rename it to get a new copy")
    os.execv(sys.executable, [sys.executable, "-m", "jupyterlab", f"--notebook-dir={folder}", *options])


def write_copies(folder: Path, language: str) -> list[Path]:
    """Write a copy of each notebook; returns those that the user has changed, which are left alone."""
    folder.mkdir(parents=True, exist_ok=True)
    memory = folder / WRITTEN
    written = json.loads(memory.read_text("utf-8")) if memory.is_file() else {}
    changed, copies = [], {}
    for notebook in sorted(NOTEBOOKS.glob("*.ipynb")):
        path = folder / notebook.name
        if path.exists() and sha256(path.read_bytes()) != written.get(path.name):
            changed.append(path)
        else:
            copy = working_copy(nbformat.read(notebook, as_version=4), language)
            copies[path.name] = nbformat.writes(copy).encode() + b"\n"
    hashes = {name: sha256(data) for name, data in copies.items()}
    write_files(folder, copies | {WRITTEN: as_json(written | hashes)})
    return changed


def working_copy(notebook: NotebookNode, language: str) -> NotebookNode:
    """The notebook without the other language's prose, its parameter `language` set."""
    notebook.cells = [cell for cell in notebook.cells if not language or language_of(cell) in ("", language)]
    for cell in notebook.cells:
        if "parameters" in tags_of(cell):
            cell.source = re.sub(r'^(language\b[^=\n]*= *)""', rf'\1"{language}"', cell.source, flags=re.MULTILINE)
    return notebook


if __name__ == "__main__":
    main(prog_name="python -m report.lab")
