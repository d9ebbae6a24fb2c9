"""The fonts that the HTML report carries: a text face for Latin letters and a mathematical one, cut to what it uses."""

import base64
import io
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

# Address in the style sheet: package that ships the font (all under the SIL Open Font License) and the file in it.
FACES = {
    "lab-text": ("font_source_serif_pro", "files/SourceSerifPro-Regular.ttf"),
    "lab-text-italic": ("font_source_serif_pro", "files/SourceSerifPro-It.ttf"),
    "lab-text-bold": ("font_source_serif_pro", "files/SourceSerifPro-Semibold.ttf"),
    # Braces and sums stretch by the font's MATH table, which the STIX files of matplotlib lack.
    "lab-math": ("ziamath", "fonts/STIXTwoMath-Regular.ttf"),
}
# A single letter in MathML is drawn as its mathematical italic, another code point: Latin, Greek, and Planck's h.
ITALICS = {*range(0x1D434, 0x1D468), *range(0x1D6E2, 0x1D71C), 0x210E}


def embed_fonts(html: str) -> str:
    """The page with each `url(lab-...)` of its style sheet replaced by that font, as a data: address."""
    formulas = "".join(re.findall(r"<math.*?</math>", html, re.DOTALL))
    for name, (package, path) in FACES.items():
        letters = frozenset({*map(ord, formulas), *ITALICS} if name == "lab-math" else map(ord, html))
        html = html.replace(f"url({name})", f"url({_subset(package, path, letters)})")
    return html


@cache
def _subset(package: str, path: str, letters: frozenset[int]) -> str:
    """The font with only these code points, as a WOFF data: address."""
    folder = Path(find_spec(package).origin).parent  # found without importing the package
    font = TTFont(folder / path, recalcTimestamp=False)
    options = subset.Options(hinting=False, layout_features=["*"] if "MATH" in font else ["kern", "liga", "tnum"])
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=letters)
    subsetter.subset(font)
    font.flavor = "woff"
    woff = io.BytesIO()
    font.save(woff)
    return "data:font/woff;base64," + base64.b64encode(woff.getvalue()).decode()
