"""Typst source to PDF, with fonts from packages alone."""

import json
import tempfile
from pathlib import Path
from typing import Any

import cvttf_NotoSansCJK_Bold
import noto_cjk_sans_otc
import typst
from nbconvert.utils.exceptions import ConversionException

FONTS = (noto_cjk_sans_otc, cvttf_NotoSansCJK_Bold)  # both under the SIL Open Font License
TEMPLATE = Path(__file__).parent / "templates" / "lab_pdf"


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
            return typst.compile(
                folder / "report.typ",
                root=folder,
                font_paths=[Path(package.__file__).parent for package in FONTS],
                ignore_system_fonts=True,
                sys_inputs={"report": json.dumps(report)},
            )
        except typst.TypstError as error:
            raise TypesettingError(f"Typst cannot set this report: {error.message}\n{error.diagnostic}") from error
