"""The fonts of the report: in the page only the letters that it uses."""

import base64
import io
import re
from functools import cache
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from matplotlib import get_data_path

from notebooks.look import FONTS

# URL in the style sheet: font.
FACES = {
    "lab-text": "NotoSansCJKsc-Regular.otf",
    "lab-text-bold": "NotoSansCJKsc-Bold.otf",
    # Braces and sums stretch according to the font's MATH table, which the STIX files of matplotlib
    # lack.
    "lab-math": "STIXTwoMath-Regular.woff",
}
# A single letter in MathML is drawn as its mathematical italic, a different code point: Latin,
# Greek, and Planck's h.
ITALICS = {*range(0x1D434, 0x1D468), *range(0x1D6E2, 0x1D71C), 0x210E}
ALWAYS = {*range(0x20, 0x7F), *range(0xA0, 0x180)}  # what a reader may type into the live figure


def embed_fonts(html: str) -> str:
    """The page with each `url(lab-...)` of its style sheet replaced by that font as a data: URL."""
    formulas = "".join(re.findall(r"<math.*?</math>", html, re.DOTALL))
    for name, file in FACES.items():
        letters = (
            {*map(ord, formulas), *ITALICS} if name == "lab-math" else {*map(ord, html), *ALWAYS}
        )
        html = html.replace(f"url({name})", f"url({_subset(file, frozenset(letters))})")
    return html


def unset(text: str) -> str:
    """The characters of a text that no font of the PDF has, each once."""
    visible = filter(str.isprintable, dict.fromkeys(text))
    return "".join(letter for letter in visible if ord(letter) not in _printed())


@cache
def _printed() -> frozenset[int]:
    """The code points that can be set in a PDF: Typst has DejaVu Sans Mono, as matplotlib has."""
    mono = Path(get_data_path(), "fonts", "ttf", "DejaVuSansMono.ttf")
    fonts = [TTFont(path, lazy=True) for path in (FONTS / FACES["lab-text"], mono)]
    return frozenset(code for font in fonts for code in font.getBestCmap())


@cache
def _subset(file: str, letters: frozenset[int]) -> str:
    """The font reduced to these code points, as a WOFF data: URL."""
    font = TTFont(FONTS / file, lazy=True, recalcTimestamp=False, recalcBBoxes=False)
    subsetter = subset.Subsetter(
        subset.Options(hinting=False, desubroutinize=True, layout_features=["*"])
    )
    subsetter.populate(unicodes=letters)
    subsetter.subset(font)
    font.flavor = "woff"
    woff = io.BytesIO()
    font.save(woff)
    return "data:font/woff;base64," + base64.b64encode(woff.getvalue()).decode()
