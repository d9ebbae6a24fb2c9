"""What holds for every HTML report, in Chromium.

For the sample's, or `pytest tests/test_any_html.py --report build/`.
"""

import io
import re
from collections import Counter
from itertools import combinations

import numpy as np
import pytest
from browser import DESK, PHONE, needs_chromium, open_page, violations
from live_runs import ODD, assert_answers_are_pytorchs
from PIL import Image
from pypdf import PdfReader

from namelib import load_names

pytestmark = needs_chromium
DRAWING = "figure.picture svg >> visible=true"
LANGUAGE = pytest.mark.parametrize("language", ["zh", "en"])


@pytest.fixture
def visit(browser, printed):
    """visit(fragment, **context): the report in a fresh profile."""
    return lambda fragment="", **context: open_page(
        browser, printed / "report.html", fragment, **context
    )


@pytest.mark.parametrize("offline", [True, False])
@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
def test_one_file_of_at_most_4_megabytes_without_request_or_console_message(
    visit, printed, offline, locale
):
    assert (printed / "report.html").stat().st_size <= 4e6
    page = visit(offline=offline, locale=locale)
    page.get_by_role("button", name=re.compile("Show all|展开")).click()
    page.get_by_label(re.compile("Type a surname|输入一个姓氏")).fill("Nguyễn")
    assert page.requests == [page.url.partition("#")[0]] and page.messages == []


@LANGUAGE
def test_every_figure_is_drawn_and_has_alt_text_and_a_numbered_caption(visit, language):
    page = visit(f"#{language}", **DESK)
    figures = page.locator("figure.picture >> visible=true")
    drawn = figures.evaluate_all("""all => all.map(figure => {
        const drawings = [...figure.querySelectorAll("svg")];
        const boxes = drawings.map(drawing => drawing.getBoundingClientRect());
        const wide = Math.max(...boxes.map(b => b.right)) - Math.min(...boxes.map(b => b.left));
        return [wide, drawings.map(drawing => drawing.getAttribute("aria-label") ?? "")];
    })""")
    sizes = [wide for wide, _alts in drawn]
    assert len(sizes) >= 3 and min(sizes) > 300
    # the first drawing of a figure tells what all of them show
    assert all(first.strip() and not any(others) for _wide, (first, *others) in drawn)
    captions = page.locator("figure.picture figcaption >> visible=true").all_inner_texts()
    word = {"zh": "图", "en": "Figure"}[language]
    assert [caption.split("\u2003")[0] for caption in captions] == [
        f"{word}\xa0{k + 1}" for k in range(len(sizes))
    ]
    assert all(len(caption.split("\u2003")[1]) > 5 for caption in captions)


def test_every_link_in_the_page_and_its_drawings_leads_somewhere_and_ids_are_unique(visit):
    page = visit()
    ids = page.locator("[id]").evaluate_all("all => all.map(e => e.id)")
    names = "all => all.map(e => decodeURIComponent(e.getAttribute('href').slice(1)))"
    links = page.locator("a[href^='#'], svg [href^='#']").evaluate_all(names)
    assert [name for name, times in Counter(ids).items() if times > 1] == []
    assert len(links) > 10 and set(links) <= set(ids)


@LANGUAGE
def test_on_a_phone_nothing_is_wider_than_the_screen_but_what_scrolls(visit, language):
    page = visit(f"#{language}", **PHONE)
    page.get_by_role("button", name=re.compile("Show all|展开")).click()
    page.get_by_label(re.compile("Type a surname|输入一个姓氏")).fill(
        "Wolfeschlegelsteinhausenbergerdorff"
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    wide = """() => [
        ...document.querySelectorAll("body *:not(.scroll *, .formula *, pre.output *)")
    ].filter(e => e.getClientRects().length && e.getBoundingClientRect().right > 391)
    .map(e => e.outerHTML)"""
    assert page.evaluate(wide) == []


@LANGUAGE
def test_on_a_phone_what_scrolls_fades_until_its_end(visit, language):
    page = visit(f"#{language}", **PHONE)
    boxes = page.locator(".scroll >> visible=true")
    wider = "all => all.map(e => [e.scrollWidth > e.clientWidth + 2, e.classList.contains('more')])"
    seen = boxes.evaluate_all(wider)
    assert [True, True] in seen and all(wide == fades for wide, fades in seen)
    boxes.evaluate_all("all => all.forEach(e => e.scrollLeft = e.scrollWidth)")
    page.wait_for_timeout(200)
    assert not any(fades for _, fades in boxes.evaluate_all(wider))


@LANGUAGE
def test_on_a_phone_a_drawing_fits_the_screen_and_its_letters_can_be_read(visit, language):
    page = visit(f"#{language}", **PHONE)
    assert min(size for *_, size in drawn_texts(page)) > 8
    boxes = page.locator(DRAWING).evaluate_all(
        "all => all.map(e => [e.getBoundingClientRect().left, e.getBoundingClientRect().right])"
    )
    assert all(left >= 0 and right <= 390 for left, right in boxes)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@LANGUAGE
def test_the_text_of_a_figure_is_inside_it_contrasts_and_touches_no_other(visit, language, scheme):
    scale = 2  # so that some pixels of a letter are all its own
    page = visit(f"#{language}", color_scheme=scheme, device_scale_factor=scale, **DESK)
    texts, written = drawn_texts(page), luminances(page)
    page.add_style_tag(content="svg text { visibility: hidden }")
    behind = luminances(page)
    assert len(texts) > 50
    for drawing, word, box, _size in texts:
        height, width = behind[drawing].shape
        left, top, right, bottom = (scale * side for side in box)
        assert left > -2 and top > -2 and right < width + 2 and bottom < height + 2, word
        place = slice(max(0, int(top)), int(bottom) + 1), slice(max(0, int(left)), int(right) + 1)
        paper, ink = behind[drawing][place], written[drawing][place]
        changed = np.where(ink != paper, np.abs(ink - paper), 0)
        pixel = np.unravel_index(changed.argmax(), changed.shape)
        dark, light = sorted([np.median(paper), ink[pixel]])
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (word, dark, light)
    for one, other in combinations(texts, 2):
        if one[0] == other[0]:
            room = 0.5 * min(one[3], other[3])  # letters do not fill their lines
            (l1, t1, r1, b1), (l2, t2, r2, b2) = one[2], other[2]
            apart = max(l1, l2) > min(r1, r2) - 1 or max(t1, t2) > min(b1, b2) - room
            assert apart, f"{one[1]!r} on {other[1]!r}"


def drawn_texts(page):
    """(number of the drawing, text, box in it, size in pixels) of all that stands upright."""
    return page.locator(DRAWING).evaluate_all("""all => all.flatMap((svg, number) => {
        const frame = svg.getBoundingClientRect();
        return [...svg.querySelectorAll("text")].flatMap(text => {
            const box = text.getBoundingClientRect(), {a, b} = text.getScreenCTM();
            const size = parseFloat(getComputedStyle(text).fontSize) * Math.hypot(a, b);
            const sides = [box.left - frame.left, box.top - frame.top,
                box.right - frame.left, box.bottom - frame.top];
            const slanted = Math.min(Math.abs(a), Math.abs(b)) > 0.01;
            return slanted ? [] : [[number, text.textContent, sides, size]];
        });
    })""")


def luminances(page):
    """The relative luminance, as WCAG defines it, of the pixels of each drawing."""
    drawings = []
    for drawing in page.locator(DRAWING).all():
        picture = Image.open(io.BytesIO(drawing.screenshot())).convert("RGB")
        shares = np.asarray(picture) / 255
        linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
        drawings.append(linear @ (0.2126, 0.7152, 0.0722))
    return drawings


@LANGUAGE
def test_printed_it_has_at_most_26_pages_and_nothing_is_cut(visit, language, tmp_path):
    page = visit(f"#{language}", viewport={"width": 650, "height": 1000})  # A4 less the margins
    page.pdf(path=tmp_path / "printed.pdf", prefer_css_page_size=True)
    assert len(PdfReader(tmp_path / "printed.pdf").pages) <= 26
    page.emulate_media(media="print")
    ends = page.locator("main *:not(svg *, math *) >> visible=true").evaluate_all(
        "all => all.map(e => e.getBoundingClientRect().right)"
    )
    assert max(ends) <= 651


def test_chinese_headings_break_between_words(visit):
    page = visit("#zh", **PHONE)
    broken = page.evaluate("""() => {
        const words = new Intl.Segmenter("zh", {granularity: "word"}), broken = [];
        for (const heading of document.querySelectorAll("main :is(h1, h2, h3, h4):lang(zh)")) {
            const texts = document.createTreeWalker(heading, NodeFilter.SHOW_TEXT), letters = [];
            while (texts.nextNode())
                [...texts.currentNode.data].forEach((_, k) => letters.push([texts.currentNode, k]));
            for (const {segment, index} of words.segment(heading.textContent)) {
                const tops = letters.slice(index, index + segment.length).map(([node, k]) => {
                    const range = document.createRange();
                    range.setStart(node, k);
                    range.setEnd(node, k + 1);
                    return Math.round(range.getBoundingClientRect().top / 10);
                });
                if (/[\u4e00-\u9fff]/.test(segment) && new Set(tops).size > 1) broken.push(segment);
            }
        }
        return broken;
    }""")
    assert broken == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", [DESK, PHONE])
@LANGUAGE
def test_axe_finds_no_violation(visit, language, screen, scheme):
    page = visit(f"#{language}", color_scheme=scheme, **screen)
    page.get_by_role("button", name=re.compile("Show all|展开")).click()
    assert violations(page) == []


def test_the_live_figure_answers_500_names_as_pytorch_does(visit, printed):
    names = load_names().names
    some = np.random.default_rng(0).choice(len(names), 500 - len(ODD), replace=False)
    assert_answers_are_pytorchs(visit(), printed, ODD + [names[k] for k in some])
