"""Notebooks of a second for the tests of the runner."""

from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

PYTHON = {"name": "python3", "display_name": "Python 3", "language": "python"}


def write_notebook(
    path: Path, parameters: str = "", *cells: str, quick: dict | None = None
) -> Path:
    """A notebook file with a heading, a parameters cell and code cells."""
    first = new_code_cell(parameters, metadata={"tags": ["parameters"]})
    lab = {"quick": quick} if quick else {}
    notebook = new_notebook(metadata={"kernelspec": PYTHON, "lab": lab})
    notebook.cells = [new_markdown_cell(f"# {path.stem}"), first, *map(new_code_cell, cells)]
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    return path
