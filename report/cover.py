"""What a class puts on the first page: its logo, and its assignment in place of our aims."""

import re
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook

from report.checking import check_prose
from report.parameters import Notebook, ParameterError
from report.writing import CODE

# No heading of an assignment ranks with the report's own.
HEADING = re.compile(CODE + r"|^#{1,6}(?= )", re.DOTALL | re.MULTILINE)


def read_logo(path: Path) -> NotebookNode:
    """The logo in a Markdown cell; raises ParameterError."""
    try:
        return showable(f'![](<{path.name}> "25%")', path)
    except ParameterError:
        problem = "cannot be read as a picture; give a PNG or SVG file"
        raise ParameterError(f"--logo {path}: {problem}") from None


def read_assignment(path: Path) -> NotebookNode:
    """The assignment in a Markdown cell, its pictures taken in; raises ParameterError."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        problem = getattr(error, "strerror", "") or "not UTF-8"
        raise ParameterError(f"--assignment {path}: {problem}; give a Markdown file") from None
    if not text.strip():
        raise ParameterError(f"--assignment {path}: empty; write the assignment into it")
    return showable(HEADING.sub(lambda match: match[0] if match.lastgroup else "###", text), path)


def showable(text: str, path: Path) -> NotebookNode:
    """A Markdown cell that the report can show; the pictures are beside the file."""
    cell = new_markdown_cell(text)
    check_prose([Notebook(path, {}, {}, {}, new_notebook(cells=[cell]))])
    return cell
