"""Typst source to PDF: fonts from packages alone, figures where they are written or at the top of the next page."""

import io
import json
import tempfile
from pathlib import Path
from typing import Any

import noto_cjk_sans_otc
import numpy as np
import typst
from nbconvert.utils.exceptions import ConversionException
from PIL import Image

TEMPLATE = Path(__file__).parent / "templates" / "lab_pdf"
# Of a page's height, as lab.typ sets it: where the text ends, and above which a figure stands first on its page.
TEXT_END, TEXT_TOP = 1 - 2.3 / 29.7, 5.2 / 29.7
GAP = 0.18  # a page that ends this much early takes the text behind the figure that did not fit
PIXELS_PER_INCH = 20


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
                font_paths=[Path(noto_cjk_sans_otc.__file__).parent],
                ignore_system_fonts=True,
            )
            floating = choose_floating(compiler, report)
            return compiler.compile(sys_inputs=_inputs(report, floating))
        except typst.TypstError as error:
            raise TypesettingError(f"Typst cannot set this report: {error.message}\n{error.diagnostic}") from error


def choose_floating(compiler: typst.Compiler, report: dict[str, Any]) -> set[str]:
    """Ids of the figures and tables that float to the top of the next page, so that no page ends in a large gap.

    Typst by itself floats all or none: all, and figures stand before the heading they belong to; none, and pages end
    half empty. From the first page on, each figure that leaves a gap behind floats, unless it then stands on the page
    on which it is written, before its own text.
    """
    floating: set[str] = set()
    tried: set[str] = set()
    while True:
        pages = compiler.compile(format="png", ppi=PIXELS_PER_INCH, sys_inputs=_inputs(report, floating))
        ends = [_end_of_text(page) for page in (pages if isinstance(pages, list) else [pages])]
        figures = json.loads(compiler.query("<lab-figures>", field="value", one=True))
        ahead = {figure["id"] for figure in figures if figure["page"] == figure["written"]} & floating
        moved = [
            figure["id"]
            for figure in figures
            if figure["id"] not in tried
            and figure["page"] > 1
            and figure["y"] < TEXT_TOP
            and TEXT_END - ends[figure["page"] - 2] > GAP
        ]
        if ahead:
            floating -= ahead
        elif moved:
            tried.add(moved[0])
            floating.add(moved[0])
        else:
            return floating


def _end_of_text(page: bytes) -> float:
    """How far down the page its text reaches, as a share of its height; the page number does not count."""
    ink = np.asarray(Image.open(io.BytesIO(page)).convert("L")) < 250
    rows = np.flatnonzero(ink[: int(TEXT_END * len(ink))].any(axis=1))
    return rows[-1] / len(ink) if len(rows) else 0.0


def _inputs(report: dict[str, Any], floating: set[str]) -> dict[str, str]:
    return {"report": json.dumps({**report, "floating": sorted(floating)})}
