import base64
import hashlib
import io
import re

from fontTools.ttLib import TTFont
from sample import sample

from notebooks.look import FONTS
from report.fonts import FACES, embed_fonts
from report.pdf import LabPDFExporter

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


def test_the_fonts_are_those_of_their_sums_simplified_with_their_licence():
    sums = [line.split() for line in (FONTS / "SHA256SUMS").read_text("utf-8").splitlines()]
    assert all(
        hashlib.sha256((FONTS / name).read_bytes()).hexdigest() == told for told, name in sums
    )
    assert {name for _, name in sums} >= set(FACES.values())
    for weight in ("Regular", "Bold"):
        font = TTFont(FONTS / f"NotoSansCJKsc-{weight}.otf")
        assert font["name"].getDebugName(1).startswith("Noto Sans CJK SC")
        assert font["OS/2"].usWeightClass == {"Regular": 400, "Bold": 700}[weight]
        assert set(map(ord, "喆堃镕珺龍陳𬭚")) <= font.getBestCmap().keys()
    for licence in ("NotoSansCJKsc-OFL.txt", "STIXTwoMath-OFL.txt"):
        assert "SIL OPEN FONT LICENSE Version 1.1" in (FONTS / licence).read_text("utf-8")


def test_a_character_that_no_font_has_is_named(capsys):
    LabPDFExporter().from_notebook_node(sample(author="张𠮷 Müller Nguyễn"))
    assert capsys.readouterr().err.startswith("report.zh.pdf: its fonts lack 𠮷; ")


def test_mathematical_font_can_stretch_and_has_italics():
    font = fonts(embed_fonts(PAGE))["lab-math"]
    assert "∑" in map(chr, font.getBestCmap()) and 0x1D44E in font.getBestCmap()
    assert font["MATH"].table.MathVariants.VertGlyphCoverage.glyphs
