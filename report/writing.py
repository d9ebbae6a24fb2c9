"""What a person writes in a notebook, brought into the form that both the page and the PDF show.

Pictures are taken into the notebook; equations and footnotes get their numbers. What no report
could show is refused.
"""

import base64
import io
import mimetypes
import re
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

from bs4 import BeautifulSoup
from nbconvert.utils.exceptions import ConversionException
from nbformat import NotebookNode
from PIL import Image

from namelib.files import sha256

# Code is kept unchanged: fenced blocks and code spans match first and are left alone.
CODE = r"^(?P<fence>```+|~~~+).*?^(?P=fence)|(?P<tick>`+)(?!`).+?(?<!`)(?P=tick)(?!`)"
PICTURE = re.compile(
    CODE + r"|(?P<tag><img\b[^>]*>)"
    r"|!\[(?P<alt>[^\]]*)\]"
    r"\(\s*(?:<(?P<angled>[^>]*)>|(?P<url>[^)\s]+))\s*(?:\"(?P<title>[^\"]*)\")?\s*\)",
    re.DOTALL | re.MULTILINE,
)
HTML = re.compile(
    CODE + r"|\$\$.*?\$\$|\$[^$\n]*\$|\\.|(?P<tag></?[a-zA-Z][\w-]*(?:\s[^<>]*)?/?>|<!--)",
    re.DOTALL | re.MULTILINE,
)
KNOWN_TAGS = re.compile(r"</?(sup|sub)>|<br\s*/?>")
DISPLAYED = re.compile(
    CODE + r"|\$\$(?P<display>.*?)\$\$"
    r"|(?<![\\$])\$[^$\n]+\$"
    r"|\\begin\{(?P<env>[a-z]+)(?P<star>\*?)\}(?P<body>.*?)\\end\{(?P=env)(?P=star)\}",
    re.DOTALL | re.MULTILINE,
)
ENVIRONMENT = re.compile(
    r"\s*\\begin\{(?P<env>equation|align|gather)\*?\}(?P<body>.*)\\end\{(?P=env)\*?\}\s*", re.DOTALL
)
ROWS = {
    "equation": "{}",
    "align": r"\begin{{aligned}}{}\end{{aligned}}",
    "gather": r"\begin{{gathered}}{}\end{{gathered}}",
}
MARK = re.compile(r"\\(?P<kind>label|tag\*?)\{(?P<name>[^{}]*)\}|\\(?:notag|nonumber)\b")
REFERENCE = re.compile(
    CODE + r"|\$?\\(?P<kind>eqref|ref)\{(?P<name>[^{}]*)\}\$?", re.DOTALL | re.MULTILINE
)
NOTE = re.compile(
    r"^\[\^(?P<name>[^\]\s]+)\]:[ \t]*(?P<text>.+(?:\n(?!\[\^|\s*$).+)*)\n?", re.MULTILINE
)
NOTED = re.compile(CODE + r"|\[\^(?P<name>[^\]\s]+)\]", re.DOTALL | re.MULTILINE)
KINDS = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml")


def take_in_pictures(cell: NotebookNode, folder: Path) -> None:
    """Make every picture of a Markdown cell an attachment, `![alt](attachment:name "width")`.

    The files are in `folder`.

    Raises ConversionException for a picture that is not there, cannot be read or lies elsewhere.
    """
    attached, taken = cell.get("attachments", {}), {}

    def picture(match: re.Match[str]) -> str:
        if match["tag"]:
            tag = BeautifulSoup(match["tag"], "html.parser").img
            alt, url = tag.get("alt", ""), tag.get("src", "")
            title = tag.get("width", "").removesuffix("px")
        elif url := match["angled"] or match["url"]:
            alt, title = match["alt"], match["title"] or ""
        else:
            return match[0]
        kind, data = find_picture(unquote(url), attached, folder)
        name = f"{sha256(data)[:12]}{mimetypes.guess_extension(kind, strict=False)}"
        taken[name] = {kind: base64.b64encode(data).decode()}
        return f'![{alt}](attachment:{name} "{title}")' if title else f"![{alt}](attachment:{name})"

    cell.source = PICTURE.sub(picture, cell.source)
    if taken or attached:
        cell.attachments = taken


def find_picture(url: str, attached: dict[str, dict[str, str]], folder: Path) -> tuple[str, bytes]:
    """The kind and the bytes of a picture: an attachment, or a file beside the notebook.

    Raises ConversionException.
    """
    shown = url if len(url) < 60 else f"{url[:57]}..."
    if re.match(r"(?i)\w+://|//", url):
        raise ConversionException(
            f"{shown}: a report loads nothing from outside; save the picture beside the notebook"
        )
    try:
        if url.startswith("data:"):
            head, _, body = url.partition(",")
            kind, data = head[5:].partition(";")[0], base64.b64decode(body)
        elif url.startswith("attachment:"):
            ((kind, body),) = attached[url.partition(":")[2]].items()
            data = base64.b64decode("".join(body))
        else:
            kind, data = mimetypes.guess_type(url, strict=False)[0], (folder / url).read_bytes()
    except (OSError, ValueError, KeyError):
        where = "attached to the cell" if url.startswith("attachment:") else "beside the notebook"
        raise ConversionException(
            f"{shown}: no such picture {where}; paste it into the cell again"
        ) from None
    if kind not in KINDS or not is_picture(kind, data):
        raise ConversionException(
            f"{shown}: cannot be read as a picture; use PNG, JPEG, GIF, WebP or SVG"
        )
    return kind, data


def is_picture(kind: str, data: bytes) -> bool:
    """Whether the bytes can be drawn."""
    try:
        if kind == "image/svg+xml":
            return ElementTree.fromstring(data).tag.endswith("svg")
        with Image.open(io.BytesIO(data)) as image:
            image.load()
    except (OSError, SyntaxError, ValueError):  # ElementTree's is a SyntaxError
        return False
    return True


def refuse_html(source: str) -> None:
    """Raise ConversionException for HTML that the page would show as text."""
    for match in HTML.finditer(source):
        if match["tag"] and not KNOWN_TAGS.fullmatch(match["tag"]):
            allowed = "<br>, <sup>, <sub> and <img>"
            raise ConversionException(
                f"{match['tag'][:60]}: of HTML, a report knows {allowed}; use Markdown"
            )


def number_equations(sources: list[str]) -> list[str]:
    r"""The sources with equations as `$$`, `\label` and `\tag` as numbers, references filled in.

    Equations in two languages share a label and a number. Raises ConversionException for an unknown
    label.
    """
    numbers: dict[str, str] = {}

    def row(text: str) -> str:
        marks = {match["kind"]: match["name"] for match in MARK.finditer(text) if match["kind"]}
        label = marks.pop("label", None)
        number = marks.get("tag", marks.get("tag*"))
        if number is None and label is not None:
            number = numbers.get(label) or str(1 + sum(map(str.isdigit, numbers.values())))
        if label is not None:
            numbers[label] = number
        shown = number if "tag*" in marks else f"({number})"
        return MARK.sub("", text).strip() + (
            rf"\qquad\text{{{shown}}}" if number is not None else ""
        )

    def displayed(match: re.Match[str]) -> str:
        inner = match if match["env"] else ENVIRONMENT.fullmatch(match["display"] or "")
        if inner is None and not MARK.search(match["display"] or ""):
            return match[0]
        if inner and inner["env"] not in ROWS:
            return f"$${match[0]}$$"
        env, body = (inner["env"], inner["body"]) if inner else ("equation", match["display"])
        rows = [body] if env == "equation" else rows_of(body)
        return "$$" + ROWS[env].format(r" \\ ".join(map(row, rows))) + "$$"

    def referred(match: re.Match[str]) -> str:
        if match["kind"] is None:
            return match[0]
        if match["name"] not in numbers:
            raise ConversionException(rf"{match[0]}: no equation has this \label")
        return numbers[match["name"]] if match["kind"] == "ref" else f"({numbers[match['name']]})"

    sources = [DISPLAYED.sub(displayed, source) for source in sources]
    return [REFERENCE.sub(referred, source) for source in sources]


def rows_of(body: str) -> list[str]:
    r"""The rows of an environment; a `\\` of one inside it, such as cases, divides nothing."""
    rows, depth = [""], 0
    for piece in re.split(r"(\\\\(?:\[[^\]]*\])?|\\begin\b|\\end\b)", body):
        if piece.startswith(r"\\") and not depth:
            rows.append("")
            continue
        depth += (piece == r"\begin") - (piece == r"\end")
        rows[-1] += piece
    return rows if rows[-1].strip() else rows[:-1]


def number_footnotes(source: str) -> str:
    """The source of a cell with its footnotes at its end, numbered in their order there."""
    notes = {match["name"]: match["text"] for match in NOTE.finditer(source)}
    if not notes:
        return source
    order = {name: k for k, name in enumerate(notes, start=1)}

    def noted(match: re.Match[str]) -> str:
        return f"<sup>{order[match['name']]}</sup>" if match["name"] in order else match[0]

    text = NOTED.sub(noted, NOTE.sub("", source)).rstrip()
    return "\n\n".join(
        [
            text,
            *(f"<sup>{order[name]}</sup> {' '.join(note.split())}" for name, note in notes.items()),
        ]
    )
