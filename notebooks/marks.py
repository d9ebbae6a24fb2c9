"""What a notebook leaves in its outputs for a report: links and their numbers, drawings' places."""

import re
from collections.abc import Iterable

from namelib.runs import NETWORKS, Network
from notebooks.language import catalogue

# What a cell shows with a caption, but in exercise copies alone; a link to such a thing.
SHOWN = re.compile(r"""\.show\(\s*["'](fig|tbl)_((?!predicted_)\w+)["']""")
LINK = re.compile(r"\[(\w+)\]\(#((?:fig|tbl)-[\w-]+)\)")
# Where a drawing begins and the last one ends in one SVG, and its place there, in points.
DRAWING = "<!--drawing-->"
PLACED = re.compile(r'x="\S+" y="\S+" width="(\S+)" height="(\S+)" viewBox')


def suffix(network: Network) -> str:
    """What ends the ids of figures and tables that all chapters on networks have."""
    return f"-{network.name.lower()}"


def numbers_in(code: str) -> dict[str, int]:
    """{block: number} of the figures and tables that the code shows."""
    return count_by_kind(f"{kind}_{name}" for kind, name in SHOWN.findall(code))


def count_by_kind(names: Iterable[str]) -> dict[str, int]:
    """{name: number}; figures, `fig...`, and tables, `tbl...`, are each counted from 1."""
    numbers: dict[str, int] = {}
    for name in names:
        numbers.setdefault(name, 1 + sum(other[:3] == name[:3] for other in numbers))
    return numbers


def number_links(text: str, numbers: dict[str, int]) -> str:
    """The text with numbers in its links: `[Figure](#fig-x)` becomes `[Figure 3](#fig-x)`.

    A link to what a network's chapter shows leads to that notebook.
    """
    words = {"Figure", "Table", catalogue()["Figure"], catalogue()["Table"]}

    def numbered(link: re.Match[str]) -> str:
        if link[1] not in words:
            return link[0]
        if link[2] not in numbers:
            networks = filter(lambda network: link[2].endswith(suffix(network)), NETWORKS.values())
            file = next((f"{network.notebook}.ipynb" for network in networks), "")
            return f"[{link[1]}]({file}#{link[2]})"
        return f"[{link[1]}\N{NO-BREAK SPACE}{numbers[link[2]]}](#{link[2]})"

    return LINK.sub(numbered, text)
