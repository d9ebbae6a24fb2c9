"""What holds for every PDF report: the sample's, or that in `--report build/`."""

import re
import shutil
import subprocess
from collections import Counter

import numpy as np
import pytest
from PIL import Image
from pypdf import PdfReader
from pypdf.generic import ContentStream
from test_pdf import PAGE_NUMBER, text_of

PACKAGED = {
    "LibertinusSerif",
    "NotoSansCJKsc",
    "DejaVuSansMono",
    "NewCMMath",
}


@pytest.fixture
def report(printed, language):
    return PdfReader(printed / f"report.{language}.pdf")


def test_text_title_and_language(report, language):
    text = text_of(report)
    chinese = len(re.findall("[\u4e00-\u9fff]", text))
    assert chinese > 0.2 * len(text) if language == "zh" else chinese < 0.02 * len(text)
    assert report.trailer["/Root"]["/Lang"] == {"zh": "zh-CN", "en": "en-GB"}[language]
    assert len(report.metadata.title) > 10 and len(report.outline) >= 3


def test_pages_are_numbered_and_not_too_many(report, language):
    total = len(report.pages)
    assert 3 <= total <= 26
    for number, page in enumerate(report.pages, 1):
        assert PAGE_NUMBER[language].format(number, total) in page.extract_text()


def test_only_packaged_fonts_are_used_and_embedded(report):
    fonts = {
        font.get_object()["/BaseFont"].partition("+")[2].partition("-")[0]: font.get_object()
        for page in report.pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert len(fonts) >= 3 and fonts.keys() <= PACKAGED
    for font in fonts.values():
        descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert descriptor.keys() & {"/FontFile2", "/FontFile3"}


def test_no_letter_is_missing_from_the_fonts(report):
    assert "\N{REPLACEMENT CHARACTER}" not in text_of(report)
    glyphs = [glyph for page in report.pages for glyph in glyphs_of(page, report)]
    assert len(glyphs) > 3000 and 0 not in glyphs


def glyphs_of(page, report):
    """The glyph numbers a page draws; 0 is the box that stands for a missing letter."""
    for operands, operator in ContentStream(page["/Contents"], report).operations:
        if operator in (b"Tj", b"TJ"):
            for part in operands[0] if operator == b"TJ" else operands:
                if isinstance(part, str | bytes):
                    data = part.original_bytes if isinstance(part, str) else part
                    yield from (int.from_bytes(data[k : k + 2]) for k in range(0, len(data), 2))


def test_every_figure_and_table_of_the_page_is_there(report, printed, language):
    html = (printed / "report.html").read_text("utf-8")
    text, alts = text_of(report), set(alternatives(report.trailer["/Root"]["/StructTreeRoot"]))
    words = {"zh": {"fig": "图", "tbl": "表"}, "en": {"fig": "Figure", "tbl": "Table"}}[language]
    for kind, word in words.items():
        expected = len(set(re.findall(rf' id="({kind}-[\w-]+)-{language}"', html)))
        assert expected >= 3 and all(f"{word}{number}" in text for number in range(1, expected + 1))
        assert kind == "tbl" or len(alts) >= expected


def alternatives(element):
    """The alt texts below an element of the tagged PDF's tree."""
    element = element.get_object()
    if "/Alt" in element:
        yield str(element["/Alt"])
    children = element.get("/K", [])
    for child in children if isinstance(children, list) else [children]:
        if not isinstance(child.get_object(), int):
            yield from alternatives(child)


@pytest.mark.skipif(
    not shutil.which("pdftoppm"), reason="no pdftoppm on the PATH: install Debian's `poppler-utils`"
)
def test_nothing_is_clipped_no_page_is_left_half_empty_and_no_heading_ends_one(
    printed, report, language, tmp_path
):
    subprocess.run(
        ["pdftoppm", "-r", "50", "-gray", printed / f"report.{language}.pdf", tmp_path / "page"],
        check=True,
    )
    pages = [np.asarray(Image.open(path)) < 200 for path in sorted(tmp_path.glob("page*"))]
    centimetre = 50 / 2.54
    lasts = {start for start, at_top in starts_of_chapters(report) if at_top}  # from 1
    lasts |= {1, len(pages)}  # the summary has the first page for itself
    for number, ink in enumerate(pages, 1):
        columns = np.flatnonzero(ink.any(axis=0))
        rows = np.flatnonzero(ink[: -int(2.4 * centimetre)].any(axis=1))
        assert 2.1 * centimetre < columns[0] and columns[-1] < ink.shape[1] - 2.1 * centimetre
        full = 2.4 + 0.8 * (29.7 - 2.4 - 2.1)  # cm: at most a fifth is empty
        assert number in lasts or rows[-1] > full * centimetre, f"page {number} ends early"
    headings = {re.sub(r"\s", "", entry.title) for entry in flat(report.outline)}
    for page in report.pages[:-1]:
        *_, last, _page_number = page.extract_text().strip().splitlines()
        assert re.sub(r"\s", "", last) not in headings, "a heading ends its page"


def test_the_running_head_names_the_chapter_that_the_page_begins_with(report):
    chapters = [entry for entry in report.outline if not isinstance(entry, list)]
    starts = starts_of_chapters(report)
    assert all(at_top for _, at_top in starts[-2:])  # the last chapter and the appendix
    for number, page in enumerate(report.pages):
        begun = [
            chapter.title
            for chapter, (start, at_top) in zip(chapters, starts, strict=True)
            if start < number or (at_top and start == number)
        ]
        if begun and number:
            head = re.sub(r"\s", "", page.extract_text().splitlines()[0])
            title = re.sub(r"^[\dA]\s*", "", begun[-1])
            assert head.endswith(re.sub(r"\s", "", title))


def test_no_text_is_smaller_than_6_points_but_exponents_and_indices(report):
    letters = Counter()
    for page in report.pages:

        def measure(text, around, own, font, size):
            if text.strip() and font:
                scale = (around[0] * around[3] - around[1] * around[2]) * (
                    own[0] * own[3] - own[1] * own[2]
                )
                letters[round(size * abs(scale) ** 0.5, 1)] += len(text.strip())

        page.extract_text(visitor_text=measure)
    small = {size: count for size, count in letters.items() if size < 6}
    assert sum(small.values()) < 0.02 * sum(letters.values()) and all(size >= 5 for size in small)


def starts_of_chapters(report):
    """The pages, from 0, on which the chapters begin, and whether at the top."""
    chapters = [entry for entry in report.outline if not isinstance(entry, list)]
    return [
        (report.get_destination_page_number(chapter), chapter.top > 740) for chapter in chapters
    ]


def flat(outline):
    """The entries of an outline at every depth."""
    for entry in outline:
        yield from flat(entry) if isinstance(entry, list) else [entry]
