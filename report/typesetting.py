"""Typst source to PDF: fonts from packages alone, figures where they are written or at the top of the next page."""

import io
import json
import tempfile
from pathlib import Path
from typing import Any

import cvttf_NotoSansCJK_Bold
import noto_cjk_sans_otc
import numpy as np
import typst
from nbconvert.utils.exceptions import ConversionException
from PIL import Image

FONTS = (noto_cjk_sans_otc, cvttf_NotoSansCJK_Bold)  # both under the SIL Open Font License
TEMPLATE = Path(__file__).parent / "templates" / "lab_pdf"
# Of a page's height, as lab.typ sets it: where the text ends, and above which a figure stands first on its page.
TEXT_END, TEXT_TOP = 1 - 2.3 / 29.7, 5.2 / 29.7
GAP = 0.18  # a page that ends this much early takes the text behind the figure that did not fit
PIXELS_PER_INCH = 12
FLOATING = "floating.json"


class TypesettingError(ConversionException):
    """What pandoc or Typst could not set."""


def compile_pdf(source: str, report: dict[str, Any], images: dict[str, bytes]) -> bytes:
    """The PDF of Typst markup that uses our template; `report` is its data, `images` are files {name: bytes}."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = {"report.typ": source.encode(), **{path.name: path.read_bytes() for path in TEMPLATE.glob("*.typ")}}
        for path, data in {**files, **images}.items():
            (folder / path).parent.mkdir(exist_ok=True)
            (folder / path).write_bytes(data)
        try:
            compiler = typst.Compiler(
                folder / "report.typ",
                root=folder,
                font_paths=[Path(package.__file__).parent for package in FONTS],
                ignore_system_fonts=True,
                sys_inputs={"report": json.dumps(report)},
            )
            choose_floating(compiler, folder / FLOATING)
            return compiler.compile()
        except typst.TypstError as error:
            raise TypesettingError(f"Typst cannot set this report: {error.message}\n{error.diagnostic}") from error


def choose_floating(compiler: typst.Compiler, file: Path) -> set[str]:
    """Ids of the figures and tables that float to the top of the next page, so that no page ends in a large gap.

    They are left in `file`, from which lab.typ reads them: Typst then sets anew only what has moved.

    Typst by itself floats all or none: all, and figures stand before the heading they belong to; none, and pages end
    half empty. From the first page on, each figure that leaves a gap behind floats, and those written right behind it;
    unless it then stands before its own text, on the page on which it is written or earlier. Numbers stay in order.
    """
    floating: set[str] = set()
    tried: set[str] = set()
    in_order: set[str] = set()
    while True:
        file.write_text(json.dumps(sorted(floating)))
        pages = compiler.compile(format="png", ppi=PIXELS_PER_INCH)
        ends = [_end_of_text(page) for page in (pages if isinstance(pages, list) else [pages])]
        places = json.loads(compiler.query("<lab-places>", field="value", one=True))
        if overtaking := _overtaking(places, floating):
            in_order |= overtaking
            floating |= overtaking
        elif moved := _moved(places, floating, tried, ends):
            tried.add(moved)
            floating.add(moved)
        elif ahead := {item["id"] for item in places if item["page"] <= item["written"]} & floating - in_order:
            floating -= ahead
        else:
            return floating


def _overtaking(places: list[dict[str, Any]], floating: set[str]) -> set[str]:
    """The figures that stand before a floating one of their kind with a smaller number."""
    return {
        later["id"]
        for number, earlier in enumerate(places)
        for later in places[number:]
        if earlier["id"] in floating
        and later["id"][:4] == earlier["id"][:4]
        and later["id"] not in floating
        and later["page"] < earlier["page"]
    }


def _moved(places: list[dict[str, Any]], floating: set[str], tried: set[str], ends: list[float]) -> str:
    """The first figure that went to a new page and left a gap on the one before; "" if there is none."""
    for before, item in zip([{"id": ""}, *places], places, strict=False):
        inline = item["id"] and item["id"] not in floating | tried
        behind_floating = before["id"] in floating and before["page"] == item["page"]
        first = item["page"] > 1 and (item["y"] < TEXT_TOP or behind_floating)
        if inline and first and TEXT_END - ends[item["page"] - 2] > GAP:
            return item["id"]
    return ""


def _end_of_text(page: bytes) -> float:
    """How far down the page its text reaches, as a share of its height; the page number does not count."""
    ink = np.asarray(Image.open(io.BytesIO(page)).convert("L")) < 250
    rows = np.flatnonzero(ink[: int(TEXT_END * len(ink))].any(axis=1))
    return rows[-1] / len(ink) if len(rows) else 0.0
