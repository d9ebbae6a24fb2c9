"""Figures for the HTML report: SVG inlined in the page, with colours for light and dark."""

import colorsys
import re
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from html import escape

# A rectangle as matplotlib writes it, each corner in full: the cells of a heat map.
RECTANGLE = re.compile(r"M([\d.]+) ([\d.]+)L([\d.]+) \2L\3 ([\d.]+)L\1 \4L\1 \2(?: ?z)?")
# The cells of a heat map: dark where they are light, so that a number chosen for its cell contrasts
# as much.
HEAT_MAP = re.compile(r'(<g id="QuadMesh_\d+">.*?</g>)', re.DOTALL)
COLOUR = re.compile(r"(?<=:)#([0-9a-f]{6})\b")
# text in cells
ON_CELLS = {"fefefe": "010101", "010101": "fefefe", "ffffff": "010101", "262626": "fefefe"}
# on dark paper: the lightness of the paper, and the least lightness of what is drawn on it
PAPER, SEEN = 0.1, 0.55


def inline_svg(svg: str, alt: str, number: int, parts: dict | None = None) -> str:
    """Drawing `number` of an HTML page: own ids, colours for light and dark, the page's font.

    Its `parts`, as notebooks.display tells them, stand below each other after it, for a narrow
    screen to show instead.
    """
    pieces = HEAT_MAP.split(shrink(svg))
    pieces[::2] = [_in_tags(for_dark_paper, piece) for piece in pieces[::2]]
    pieces[1::2] = [_in_tags(cell_for_dark_paper, joined(cells)) for cells in pieces[1::2]]
    own_ids = re.compile(r'(?<= id=")|(?<=href="#)|(?<=url\(#)')
    svg = _in_tags(
        lambda tag: own_ids.sub(f"s{number}-", tag).replace(" xlink:href=", " href="),
        "".join(pieces),
    )
    svg = svg.replace("<svg", f'<svg role="img" aria-label="{escape(alt)}"', 1)
    if not parts or not parts["columns"]:
        return svg
    rows = [("part", boxes) for boxes in parts["columns"]] + [("part keys", parts["legend"])]
    return svg + "".join(
        f'<div class="{row}" aria-hidden="true">{_views(boxes, number)}</div>'
        for row, boxes in rows
    )


def _views(boxes: list, number: int) -> str:
    """Boxes of the drawing side by side; they show what it has drawn."""
    drawn = f'<use href="#s{number}-figure_1"/>'
    return "".join(
        f'<svg viewBox="{x} {y} {w} {h}" style="flex:{w};width:{w}pt">{drawn}</svg>'
        for x, y, w, h in boxes
    )


def shrink(svg: str) -> str:
    """The same drawing in fewer characters; coordinates keep a hundredth of a point."""
    svg = re.sub(
        r"<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->|<metadata>.*?</metadata>", "", svg, flags=re.DOTALL
    )
    svg = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", svg, flags=re.DOTALL)
    svg = re.sub(r">\s+<", "><", svg.strip())
    used = {"figure_1", *re.findall(r"#([\w.-]+)", svg), *re.findall(r'id="(QuadMesh_\d+)"', svg)}

    def shorter(tag: str) -> str:
        tag = re.sub(r"\s+", " ", tag)
        tag = re.sub(
            r' xmlns(:\w+)?="[^"]*"| version="[^"]*"| transform="rotate\(-?0 [^"]*"', "", tag
        )
        tag = re.sub(r' ?font-family: [^;"]*;?', "", tag)  # that of the page
        tag = re.sub(r' id="([^"]*)"', lambda match: match[0] if match[1] in used else "", tag)
        tag = re.sub(r"(?<![\d.])(\d+\.\d\d)\d+", r"\1", tag)
        tag = re.sub(r' (?=[MLCQz] )|(?<=[MLCQ]) | (?="|/>)|(?<=[:;]) ', "", tag)
        return RECTANGLE.sub(r"M\1 \2H\3V\4H\1z", tag)

    return re.sub(r"></(path|use|rect)>", "/>", _in_tags(shorter, svg))


def for_dark_paper(tag: str) -> str:
    """The tag with a second colour for dark paper beside each colour, where it should have one."""
    text = tag.startswith("<text")

    def both(match: re.Match[str]) -> str:
        if text and match[1] in ON_CELLS:
            return f"light-dark(#{match[1]},#{ON_CELLS[match[1]]})"
        return (
            "var(--paper)"
            if match[1] == "ffffff"
            else f"light-dark(#{match[1]},{lighter(match[1])})"
        )

    return COLOUR.sub(both, tag)


def joined(cells: str) -> str:
    """A heat map with one path for all cells of a colour, which do not overlap."""
    shapes = defaultdict(str)
    for path in re.findall(r"<path [^>]*>", cells):
        style = re.sub(r' clip-path="[^"]*"| d="[^"]*"|/?>$', "", path)
        shapes[style] += re.search(r' d="([^"]*)"', path)[1]
    paths = "".join(f'{style} d="{drawn}"/>' for style, drawn in shapes.items())
    return cells[: cells.index(">") + 1] + paths + "</g>"


def cell_for_dark_paper(tag: str) -> str:
    """The tag of a cell with its opposite for dark paper."""
    tag = re.sub(r' clip-path="[^"]*"', "", tag)
    return COLOUR.sub(lambda match: f"light-dark(#{match[1]},{opposite(match[1])})", tag)


@cache
def opposite(colour: str) -> str:
    """The colour of the same hue that contrasts with white as this one does with black."""
    hue, _lightness, saturation = colorsys.rgb_to_hls(*rgb_of(colour))
    wanted, low, high = 0.0525 / (luminance(rgb_of(colour)) + 0.05) - 0.05, 0.0, 1.0
    for _ in range(12):
        middle = (low + high) / 2
        darker = luminance(colorsys.hls_to_rgb(hue, middle, saturation)) < wanted
        low, high = (middle, high) if darker else (low, middle)
    return _hex(colorsys.hls_to_rgb(hue, max(low, PAPER), saturation))


def luminance(rgb: tuple[float, float, float]) -> float:
    """The relative luminance of a colour, as WCAG defines it."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def rgb_of(colour: str) -> tuple[float, float, float]:
    return tuple(int(colour[k : k + 2], 16) / 255 for k in (0, 2, 4))


def _hex(rgb: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(255 * share):02x}" for share in rgb)


def lighter(colour: str) -> str:
    """The colour for dark paper: greys are reversed, hues become light enough to be seen."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*rgb_of(colour))
    lightness = (
        PAPER + (1 - lightness) * (0.87 - PAPER) if saturation < 0.1 else max(lightness, SEEN)
    )
    return _hex(colorsys.hls_to_rgb(hue, lightness, saturation))


def _in_tags(change: Callable[[str], str], svg: str) -> str:
    """Change every tag; the text between them stays."""
    return re.sub(r"<[^>]*>", lambda match: change(match[0]), svg)
