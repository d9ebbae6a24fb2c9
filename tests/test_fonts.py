import base64
import io
import re

from fontTools.ttLib import TTFont

from report.fonts import FACES, embed_fonts

PAGE = (
    "".join(f"@font-face {{ src: url({name}) }}" for name in FACES)
    + "<p>Wasé 姓氏</p><math><mi>h</mi><mo>∑</mo></math>"
)


def fonts(page):
    data = re.findall(r"url\(data:font/woff;base64,([^)]*)\)", page)
    return dict(
        zip(FACES, [TTFont(io.BytesIO(base64.b64decode(font))) for font in data], strict=True)
    )


def test_every_face_has_the_letters_of_the_page_and_no_other_character():
    embedded = fonts(embed_fonts(PAGE))
    for face in ("lab-text", "lab-text-bold"):
        letters = embedded[face].getBestCmap()
        assert all(ord(letter) in letters for letter in "Wasé姓氏~") and ord("门") not in letters
    assert embedded["lab-text"]["name"].getDebugName(1) == "Noto Sans CJK SC"


def test_mathematical_font_can_stretch_and_has_italics():
    font = fonts(embed_fonts(PAGE))["lab-math"]
    assert "∑" in map(chr, font.getBestCmap()) and 0x1D44E in font.getBestCmap()
    assert font["MATH"].table.MathVariants.VertGlyphCoverage.glyphs
