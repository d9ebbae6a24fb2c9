"""Figures for the HTML report: matplotlib's SVG inlined in the page, with colours for light and dark backgrounds."""

import colorsys
import re
from collections.abc import Callable
from html import escape

# A rectangle as matplotlib writes it, each corner in full: the cells of a heat map.
RECTANGLE = re.compile(r"M([\d.]+) ([\d.]+)L([\d.]+) \2L\3 ([\d.]+)L\1 \4L\1 \2(?: ?z)?")
# What keeps its colours on dark paper: the cells of a heat map, and text whose colour was chosen for its cell.
HEAT_MAP = re.compile(r'(<g id="QuadMesh_\d+">.*?</g>)', re.DOTALL)
COLOUR = re.compile(r"(?<=:)#([0-9a-f]{6})\b")
ON_CELLS = ("ffffff", "262626")  # seaborn's, on dark and on light cells
PAPER, SEEN = 0.1, 0.55  # on dark paper: the lightness of the paper, and the least lightness of what is drawn on it


def inline_svg(svg: str, alt: str, number: int, parts: dict | None = None) -> str:
    """The drawing number `number` of an HTML page: ids of its own, colours for light and dark, the page's font.

    Its `parts`, as notebooks.display tells them, stand below each other after it, for a narrow screen to show instead.
    """
    pieces = HEAT_MAP.split(shrink(svg))
    pieces[::2] = [_in_tags(for_dark_paper, piece) for piece in pieces[::2]]
    pieces[1::2] = [re.sub(r' clip-path="[^"]*"', "", cells) for cells in pieces[1::2]]
    own_ids = re.compile(r'(?<= id=")|(?<=href="#)|(?<=url\(#)')
    svg = _in_tags(lambda tag: own_ids.sub(f"s{number}-", tag).replace(" xlink:href=", " href="), "".join(pieces))
    svg = svg.replace("<svg", f'<svg role="img" aria-label="{escape(alt)}"', 1)
    if not parts or not parts["columns"]:
        return svg
    rows = [("part", boxes) for boxes in parts["columns"]] + [("part keys", parts["legend"])]
    return svg + "".join(f'<div class="{row}" aria-hidden="true">{_views(boxes, number)}</div>' for row, boxes in rows)


def _views(boxes: list, number: int) -> str:
    """Boxes of the drawing side by side; they show what it has drawn."""
    drawn = f'<use href="#s{number}-figure_1"/>'
    return "".join(f'<svg viewBox="{x} {y} {w} {h}" style="flex:{w};width:{w}pt">{drawn}</svg>' for x, y, w, h in boxes)


def shrink(svg: str) -> str:
    """The same drawing in fewer characters; coordinates keep a hundredth of a point, text stays as it is."""
    svg = re.sub(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->|<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", svg, flags=re.DOTALL)
    svg = re.sub(r">\s+<", "><", svg.strip())
    used = {"figure_1", *re.findall(r"#([\w.-]+)", svg), *re.findall(r'id="(QuadMesh_\d+)"', svg)}

    def shorter(tag: str) -> str:
        tag = re.sub(r"\s+", " ", tag)
        tag = re.sub(r' xmlns(:\w+)?="[^"]*"| version="[^"]*"| transform="rotate\(-?0 [^"]*"', "", tag)
        tag = re.sub(r' ?font-family: [^;"]*;?', "", tag)  # that of the page
        tag = re.sub(r' id="([^"]*)"', lambda match: match[0] if match[1] in used else "", tag)
        tag = re.sub(r"(?<![\d.])(\d+\.\d\d)\d+", r"\1", tag)
        tag = re.sub(r' (?=[MLCQz] )|(?<=[MLCQ]) | (?="|/>)|(?<=[:;]) ', "", tag)
        return RECTANGLE.sub(r"M\1 \2H\3V\4H\1z", tag)

    return _in_tags(shorter, svg)


def for_dark_paper(tag: str) -> str:
    """The tag with a second colour for dark paper beside each colour, where it should have one."""
    if tag.startswith("<text") and any(f"#{colour}" in tag for colour in ON_CELLS):
        return tag

    def both(match: re.Match[str]) -> str:
        return "var(--paper)" if match[1] == "ffffff" else f"light-dark(#{match[1]},{lighter(match[1])})"

    return COLOUR.sub(both, tag)


def lighter(colour: str) -> str:
    """The colour for dark paper: greys change places with their opposites, hues become light enough to be seen."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*(int(colour[k : k + 2], 16) / 255 for k in (0, 2, 4)))
    lightness = PAPER + (1 - lightness) * (0.87 - PAPER) if saturation < 0.1 else max(lightness, SEEN)
    return "#" + "".join(f"{round(255 * share):02x}" for share in colorsys.hls_to_rgb(hue, lightness, saturation))


def _in_tags(change: Callable[[str], str], svg: str) -> str:
    """Change every tag; the text between them stays."""
    return re.sub(r"<[^>]*>", lambda match: change(match[0]), svg)
