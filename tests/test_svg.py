import io
import urllib.parse

import numpy as np
import pytest
from browser import chromium, needs_chromium
from PIL import Image
from sample import figure_svg

from report.svg import shrink, svg_address


def test_what_is_not_drawn_goes():
    svg = '<?xml version="1.0"?>\n<!DOCTYPE svg>\n<!-- -->\n<svg><metadata>m</metadata><g id="axes_1"/></svg>'
    assert shrink(svg) == "<svg><g/></svg>"


def test_what_is_referred_to_and_small_scales_stay():
    svg = "<svg><path id='m1' d='M 1.23456 0.015625 L 2 3'/><use href='#m1' transform='scale(0.015625)'/></svg>"
    assert (
        shrink(svg) == "<svg><path id='m1' d='M1.23 0.015625L2 3'/><use href='#m1' transform='scale(0.015625)'/></svg>"
    )


def test_cells_of_a_heat_map_are_written_short():
    path = '<path d="M 10 20 \nL 30 20 \nL 30 40 \nL 10 40 \nL 10 20 \nz\n"/>'
    assert shrink(path) == "<path d='M10 20H30V40H10z'/>"


def test_address_is_quoted():
    assert svg_address("<g fill='#00f'>&#8721;</g>") == "data:image/svg+xml,%3Cg fill='%2300f'%3E%26%238721;%3C/g%3E"


@needs_chromium
@pytest.mark.parametrize("kind", ["curves", "heat"])
def test_the_drawing_stays_the_same_and_gets_smaller(kind):
    svg = figure_svg(kind, "en")
    assert len(shrink(svg)) < 0.85 * len(svg)
    addresses = ["data:image/svg+xml," + urllib.parse.quote(svg), svg_address(svg)]
    with chromium() as browser:
        page = browser.new_page()
        shots = []
        for address in addresses:
            page.set_content(f'<img src="{address}">')
            shot = page.locator("img").screenshot()
            shots.append(np.asarray(Image.open(io.BytesIO(shot)).convert("L"), dtype=float))
    assert shots[0].std() > 10
    assert np.abs(shots[0] - shots[1]).mean() < 0.3  # of 255
