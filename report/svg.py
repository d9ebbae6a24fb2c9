"""Figures for the HTML report: an SVG as an address, a fifth smaller than matplotlib writes it and drawn the same."""

import re
import urllib.parse

# A rectangle as matplotlib writes it, each corner in full: the cells of a heat map.
RECTANGLE = re.compile(r"M([\d.]+) ([\d.]+)L([\d.]+) \2L\3 ([\d.]+)L\1 \4L\1 \2(?: ?z)?")


def svg_address(svg: str) -> str:
    """The SVG as a data: address; coordinates keep a hundredth of a point."""
    return "data:image/svg+xml," + urllib.parse.quote(shrink(svg), safe=" ='/:;,()[]@!?+*~._-")


def shrink(svg: str) -> str:
    """The same drawing in fewer characters."""
    svg = re.sub(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->|<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"\s+", " ", svg.strip()).replace('"', "'")
    used = set(re.findall(r"#([\w.-]+)", svg))
    svg = re.sub(r" id='([^']*)'", lambda match: match[0] if match[1] in used else "", svg)
    svg = re.sub(r"(?<![\d.])([1-9]\d*\.\d\d)\d+", r"\1", svg)  # below 1 it may be a scale
    svg = re.sub(r"> <", "><", svg)
    svg = re.sub(r" (?=[MLCQz] )|(?<=[MLCQ]) | (?=')|(?<=[:;]) ", "", svg)
    return RECTANGLE.sub(r"M\1 \2H\3V\4H\1z", svg)
