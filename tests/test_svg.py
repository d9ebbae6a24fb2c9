"""report/svg.py: a figure is a part of the page, drawn the same in light and recoloured in dark."""

import io
import re

import numpy as np
import pytest
from browser import needs_chromium
from bs4 import BeautifulSoup
from PIL import Image
from sample import figure_svg

from report.svg import for_dark_paper, inline_svg, lighter, luminance, opposite, rgb_of, shrink


def test_text_and_alternative_stay_as_they_are():
    text, alternative = 'O\'Brien: C or z; 0.12345 "#ffffff" url(#m1)', "损失 <下降> & 'so'"
    svg = inline_svg(
        f'<svg><text style="font-size: 9px; fill: #000000">{text}</text></svg>', alternative, 0
    )
    assert text in svg and BeautifulSoup(svg, "html.parser").svg["aria-label"] == alternative


def test_paper_and_ink_change_places_and_hues_become_light_enough():
    assert lighter("000000") == "#dedede" and lighter("1ba784") != "#000000"
    assert for_dark_paper('<path style="fill:#ffffff"/>') == '<path style="fill:var(--paper)"/>'
    assert for_dark_paper('<path style="stroke:#0b3f80"/>').startswith(
        '<path style="stroke:light-dark(#0b3f80,#'
    )
    assert (
        for_dark_paper('<text style="fill:#fefefe">')
        == '<text style="fill:light-dark(#fefefe,#010101)">'
    )


@pytest.mark.parametrize("colour", ["f7fbff", "6aaed6", "08306b", "67001f", "fde725", "00224e"])
def test_a_number_contrasts_with_its_cell_on_dark_paper_as_on_light(colour):
    light, dark = (luminance(rgb_of(each)) + 0.05 for each in (colour, opposite(colour)[1:]))
    black, white = light / 0.05, 1.05 / dark
    # paper is not quite black
    assert white == pytest.approx(black, rel=0.1) or min(black, white) > 10


def test_cells_of_a_heat_map_have_an_opposite_on_dark_paper():
    cells = re.search(r"<g[^>]*QuadMesh.*?</g>", inline_svg(figure_svg("heat", "en"), "", 0))[0]
    assert cells.count("M") - 1 == 18 * 18 and cells.count("fill:light-dark(#") == cells.count(
        "<path"
    )


@needs_chromium
@pytest.mark.parametrize("kind", ["curves", "heat"])
def test_the_drawing_stays_the_same_and_gets_smaller(browser, kind):
    svg = figure_svg(kind, "en")
    ours = inline_svg(svg, "", 0)
    assert len(shrink(svg)) < 0.75 * len(svg)
    style = (
        ":root { color-scheme: light; --paper: #fff } svg "
        "{ font-family: 'Noto Sans CJK SC', 'DejaVu Sans' }"
    )
    page = browser.new_page()
    shots = []
    for drawing in (svg[svg.index("<svg") :], ours):
        page.set_content(f"<!DOCTYPE html><style>{style}</style>{drawing}")
        shot = page.locator("svg").screenshot()
        shots.append(np.asarray(Image.open(io.BytesIO(shot)).convert("L"), dtype=float))
    assert shots[0].std() > 10
    assert np.abs(shots[0] - shots[1]).mean() < 0.5  # of 255
