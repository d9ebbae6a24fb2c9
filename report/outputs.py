"""Outputs as both the page and the PDF show them: clean, of bounded length, all results."""

import base64
import re

import bleach
import pypandoc
from bleach.css_sanitizer import CSSSanitizer
from bs4 import BeautifulSoup
from nbformat import NotebookNode

from report.writing import is_picture

PICTURES = "image/svg+xml", "image/png", "image/jpeg"  # what is shown first of several
FIRST, LAST = 40, 10  # lines of a long text that are shown
LONGEST_LINE = 2000  # symbols of a line
TAGS = (
    "a b blockquote br caption code col colgroup dd div dl dt em h1 h2 h3 h4 h5 h6 hr i img li ol "
    "p pre s small span strong sub sup table tbody td tfoot th thead tr u ul"
)
ATTRIBUTES = {
    "*": ["style", "title"],
    "a": ["href"],
    "img": ["src", "alt", "width", "height"],
    "td": ["colspan", "rowspan"],
    "th": ["colspan", "rowspan", "scope"],
}


def tidy(output: NotebookNode, gone: str, cut: str) -> None:
    """Make an output fit to print; `gone`, `cut`: texts for `{count}` lines or symbols left out."""
    # the value of a cell's last line is shown as all else is
    if output.output_type == "execute_result":
        output.output_type = "display_data"
        del output["execution_count"]
    if output.output_type == "stream":
        output.text = without_middle(output.text, gone, cut)
    data = output.get("data", {})
    for kind in unreadable(output):
        del data[kind]
        data.setdefault("text/plain", f"({kind}: cannot be read)")
    if "text/plain" in data:
        data["text/plain"] = without_middle(data["text/plain"], gone, cut)
    if "text/html" in data:
        data["text/html"] = sanitised(data["text/html"])


def unreadable(output: NotebookNode) -> list[str]:
    """The kinds of picture that an output has and nothing can draw."""
    data = output.get("data", {})
    return [kind for kind in PICTURES if kind in data and not decodes(kind, data[kind])]


def decodes(kind: str, text: str) -> bool:
    """Whether the text is a picture: SVG, or another kind in base64."""
    try:
        return is_picture(kind, text.encode() if "svg" in kind else base64.b64decode(text))
    except ValueError:  # not base64
        return False


def without_middle(text: str, gone: str, cut: str) -> str:
    """The first and last lines of a long text, its longest lines cut, and how much was left out."""
    lines = text.rstrip("\n").split("\n")
    if len(lines) > FIRST + LAST + 1:
        count = len(lines) - FIRST - LAST
        lines = [*lines[:FIRST], gone.format(count=count), *lines[-LAST:]]
    for k, line in enumerate(lines):
        if len(line) > LONGEST_LINE:
            count = len(line) - LONGEST_LINE
            lines[k] = f"{line[:LONGEST_LINE]} {cut.format(count=count)}"
    return "\n".join(lines) + "\n" * text.endswith("\n")


def sanitised(html: str) -> str:
    """HTML that runs nothing and loads nothing."""
    page = BeautifulSoup(html, "html.parser")
    for tag in page(["script", "style", "iframe", "object"]):
        tag.decompose()
    tidied = bleach.clean(
        str(page),
        TAGS.split(),
        ATTRIBUTES,
        protocols=["data", "https", "http", "mailto"],
        css_sanitizer=CSSSanitizer(["text-align", "font-weight", "color", "background-color"]),
        strip=True,
    )
    return re.sub(r'<img\b(?![^>]*\ssrc="data:)[^>]*>', "", tidied)


def table_to_typst(html: str) -> str:
    """Typst markup of the tables in clean HTML."""
    tables = "".join(map(str, BeautifulSoup(html, "html.parser")("table")))
    return pypandoc.convert_text(tables, "typst", "html", extra_args=["--wrap=none"])
