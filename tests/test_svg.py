"""report/svg.py: a figure is a part of the page, drawn the same in light and recoloured in dark."""

import io
import re

import numpy as np
import pytest
from browser import chromium, needs_chromium
from bs4 import BeautifulSoup
from PIL import Image
from sample import figure_svg

from report.svg import for_dark_paper, inline_svg, lighter, shrink


def test_what_is_not_drawn_goes():
    svg = '<?xml version="1.0"?>\n<!DOCTYPE svg>\n<!-- -->\n<svg><metadata>m</metadata><g id="axes_1"/></svg>'
    assert shrink(svg) == "<svg><g/></svg>"


def test_what_is_referred_to_stays():
    svg = '<svg><path id="m1" d="M 1.23456 0.015625 L 2 3"/><use href="#m1" x="10.98765"/></svg>'
    assert shrink(svg) == '<svg><path id="m1" d="M1.23 0.01L2 3"/><use href="#m1" x="10.98"/></svg>'


def test_text_stays_as_it_is():
    text = 'O\'Brien: C or z; 0.12345 "#ffffff" url(#m1)'
    assert text in inline_svg(f'<svg><text style="font-size: 9px; fill: #000000">{text}</text></svg>', "", 0)


def test_cells_of_a_heat_map_are_written_short():
    path = '<path d="M 10 20 \nL 30 20 \nL 30 40 \nL 10 40 \nL 10 20 \nz\n"/>'
    assert shrink(path) == '<path d="M10 20H30V40H10z"/>'


def test_ids_are_unique_in_a_page_and_what_refers_to_them_follows():
    drawings = (inline_svg(figure_svg("heat", "en"), "", number) for number in range(2))
    page = BeautifulSoup("".join(drawings), "html.parser")
    ids = [element["id"] for element in page.select("[id]")]
    assert ids and len(ids) == len(set(ids))
    used = set(re.findall(r"url\(#([^)]*)\)|href=\"#([^\"]*)", str(page)))
    assert {first or second for first, second in used} <= set(ids)


def test_text_is_text_in_the_font_of_the_page_and_the_drawing_has_its_alternative():
    svg = BeautifulSoup(inline_svg(figure_svg("curves", "zh"), "损失 <下降> & 'so'", 0), "html.parser").svg
    assert svg["role"] == "img" and svg["aria-label"] == "损失 <下降> & 'so'"
    assert "zh 3" in [text.text for text in svg.select("text")] and "font-family" not in str(svg)


def test_paper_and_ink_change_places_and_hues_become_light_enough():
    assert lighter("000000") == "#dedede" and lighter("1ba784") != "#000000"
    assert for_dark_paper('<path style="fill:#ffffff"/>') == '<path style="fill:var(--paper)"/>'
    assert for_dark_paper('<path style="stroke:#0b3f80"/>').startswith('<path style="stroke:light-dark(#0b3f80,#')
    number = '<text style="fill:#262626">'  # on a cell of a heat map
    assert for_dark_paper(number) == number


def test_cells_of_a_heat_map_keep_their_colours():
    cells = re.search(r"<g[^>]*QuadMesh.*?</g>", inline_svg(figure_svg("heat", "en"), "", 0))[0]
    assert cells.count("fill:#") == 18 * 18 and "light-dark" not in cells


@needs_chromium
@pytest.mark.parametrize("kind", ["curves", "heat"])
def test_the_drawing_stays_the_same_and_gets_smaller(kind):
    svg = figure_svg(kind, "en")
    ours = inline_svg(svg, "", 0)
    assert len(shrink(svg)) < 0.75 * len(svg)
    style = ":root { color-scheme: light; --paper: #fff } svg { font-family: 'DejaVu Sans' }"
    with chromium() as browser:
        page = browser.new_page()
        shots = []
        for drawing in (svg[svg.index("<svg") :], ours):
            page.set_content(f"<!DOCTYPE html><style>{style}</style>{drawing}")
            shot = page.locator("svg").screenshot()
            shots.append(np.asarray(Image.open(io.BytesIO(shot)).convert("L"), dtype=float))
    assert shots[0].std() > 10
    assert np.abs(shots[0] - shots[1]).mean() < 0.5  # of 255
