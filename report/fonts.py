"""The fonts of the page, cut to the characters used: Noto Sans CJK, for formulas STIX."""

import base64
import io
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

# URL in the style sheet: package that ships the font (all under the SIL Open Font License) and its
# file there.
FACES = {
    "lab-text": ("noto_cjk_sans_otc", "NotoSansCJK-Regular.ttc"),
    "lab-text-bold": ("cvttf_NotoSansCJK_Bold", "NotoSansCJKtc-Bold.otf"),
    # Braces and sums stretch according to the font's MATH table, which the STIX files of matplotlib
    # lack.
    "lab-math": ("ziamath", "fonts/STIXTwoMath-Regular.ttf"),
}
SIMPLIFIED = 2  # index of Noto Sans CJK SC in the collection of all regions
# A single letter in MathML is drawn as its mathematical italic, a different code point: Latin,
# Greek, and Planck's h.
ITALICS = {*range(0x1D434, 0x1D468), *range(0x1D6E2, 0x1D71C), 0x210E}
ALWAYS = {*range(0x20, 0x7F), *range(0xA0, 0x180)}  # what a reader may type into the live figure


def embed_fonts(html: str) -> str:
    """The page with each `url(lab-...)` of its style sheet replaced by that font as a data: URL."""
    formulas = "".join(re.findall(r"<math.*?</math>", html, re.DOTALL))
    for name, (package, path) in FACES.items():
        letters = (
            {*map(ord, formulas), *ITALICS} if name == "lab-math" else {*map(ord, html), *ALWAYS}
        )
        html = html.replace(f"url({name})", f"url({_subset(package, path, frozenset(letters))})")
    return html


@cache
def _subset(package: str, path: str, letters: frozenset[int]) -> str:
    """The font reduced to these code points, as a WOFF data: URL."""
    file = Path(find_spec(package).origin).parent / path  # located without importing the package
    number = SIMPLIFIED if file.suffix == ".ttc" else -1
    font = TTFont(file, fontNumber=number, lazy=True, recalcTimestamp=False, recalcBBoxes=False)
    # `locl`: the bold face defaults to traditional forms; the language of the text selects ours.
    features = ["*"] if "MATH" in font else ["kern", "locl", "halt", "palt"]
    subsetter = subset.Subsetter(
        subset.Options(hinting=False, desubroutinize=True, layout_features=features)
    )
    subsetter.populate(unicodes=letters)
    subsetter.subset(font)
    font.flavor = "woff"
    woff = io.BytesIO()
    font.save(woff)
    return "data:font/woff;base64," + base64.b64encode(woff.getvalue()).decode()
