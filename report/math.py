"""Formulas for the HTML report: LaTeX to MathML when the report is built, and the font that MathML needs to look set."""

import base64
import io
import re
from functools import cache
from importlib.resources import files

from fontTools import subset
from fontTools.ttLib import TTFont
from math_core import LatexError, LatexToMathML
from nbconvert.utils.exceptions import ConversionException

# A single letter in MathML is drawn as its mathematical italic, another code point: Latin, Greek, and Planck's h.
ITALICS = {*range(0x1D434, 0x1D468), *range(0x1D6E2, 0x1D71C), 0x210E}
ASCII = set(range(0x20, 0x7F))


class FormulaError(ConversionException):
    """A formula that cannot be converted to MathML."""


@cache
def _converter() -> LatexToMathML:
    return LatexToMathML(annotation=True, fancy_error=False)


def to_mathml(latex: str, block: bool) -> str:
    """MathML for one LaTeX formula, its source kept as an annotation; FormulaError says which formula fails and why."""
    try:
        return _converter().convert_with_local_state(latex.strip(), displaystyle=block)
    except LatexError as error:
        raise FormulaError(
            f"formula {' '.join(latex.split())!r}: {error}; write it with commands that math-core knows"
        ) from error


def math_font(html: str) -> str:
    """STIX Two Math cut down to what the formulas in `html` use, as a data: address; "" when there is no formula.

    Stretching braces and sums come from the font's MATH table, which matplotlib's STIX files lack; the `ziamath`
    package ships the full font (SIL Open Font License).
    """
    formulas = re.findall(r"<math.*?</math>", html, re.DOTALL)
    if not formulas:
        return ""
    font = TTFont(files("ziamath") / "fonts" / "STIXTwoMath-Regular.ttf")
    options = subset.Options(flavor="woff", desubroutinize=True, hinting=False, layout_features=["*"])
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=ITALICS | ASCII | {ord(letter) for formula in formulas for letter in formula})
    subsetter.subset(font)
    font.flavor = "woff"
    woff = io.BytesIO()
    font.save(woff)
    return "data:font/woff;base64," + base64.b64encode(woff.getvalue()).decode()
