"""The prose, figures and tables of a notebook; each output is tagged with its language.

Prose that contains numbers, including captions, is in templates, text/<chapter>.<zh|en>.md, one
block per paragraph. A report selects outputs by their metadata: `lang`; for prose the `block`; for
figures and tables `id`, `caption`, `alt`. What is for the notebook only, the line below a figure,
has `caption_of` instead.
"""

import base64
import io
import json
import re
from collections.abc import Callable, Sequence
from functools import cache
from html import escape as escape_html
from pathlib import Path
from typing import NamedTuple

import matplotlib.pyplot as plt
from IPython.display import display
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from namelib.runs import Network
from notebooks.figures import style
from notebooks.language import _, chosen, speaking
from notebooks.marks import DRAWING, number_links, numbers_in, suffix
from notebooks.number_formats import FILTERS
from notebooks.tables import Table, escape

VIEW = re.compile(r'viewBox="0 0 (\S+) (\S+)"')
SIZE = re.compile(r' width="\S+" height="\S+" viewBox')
PAGE = 540  # points


class Paragraph(NamedTuple):
    """Sentences that belong together, as blocks of claims.<language>.md."""

    headline: str  # a block, or "" for none
    sentences: list[tuple[str, dict]]  # (block, the effect that it states)
    figures: list[str]  # ids of the evidence


@cache
def templates(folder: Path) -> Environment:
    """The templates of a folder; undefined names raise, `number_formats` has the filters."""
    environment = Environment(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= FILTERS | {"escape": escape, "label": _}
    return environment


class Page:
    """The outputs of a notebook: rendered template blocks, captioned figures and tables."""

    def __init__(
        self, text: Path, chapter: str, language: str = "", network: Network | None = None
    ):
        """`text` is the folder of the templates, `language` "zh", "en", or "" for both.

        A chapter on one network can also use the blocks of networks.<language>.md, which all such
        chapters share. These blocks can refer to `network`, and the ids of the figures and tables
        that they caption end in its name. Other chapters can use those of claims.<language>.md.
        """
        environment = templates(text)
        self.languages, self.network = chosen(language), network
        self.unsaid: Sequence[str] = ()  # blocks that an exercise copy leaves to the student
        shared = "networks" if network else "claims"
        names = (
            [chapter, shared]
            if (text / f"{shared}.{self.languages[0]}.md").is_file()
            else [chapter]
        )
        self.templates = {
            lang: [environment.get_template(f"{name}.{lang}.md") for name in names]
            for lang in self.languages
        }
        # The figures' numbers in the notebook: as its own code shows them, one after the other.
        own = text.parent / f"{chapter}.ipynb"
        cells = json.loads(own.read_bytes())["cells"] if own.is_file() else []
        code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
        self.numbers = {self._id(block): number for block, number in numbers_in(code).items()}

    def say(self, block: str, **values: object) -> None:
        """Display a template block as Markdown."""
        for lang in self.languages if block not in self.unsaid else ():
            text = self._render(lang, block, values)
            display(
                {"text/markdown": text, "text/plain": text},
                raw=True,
                metadata={"lang": lang, "block": block},
            )

    def say_claims(self, paragraphs: Sequence[Paragraph], **values: object) -> None:
        """Display each paragraph's headline and sentences, all template blocks, and their evidence.

        A sentence's block is rendered with its effect, `e`, and the `values`.
        """
        for lang in self.languages if paragraphs and "claims" not in self.unsaid else ():
            with speaking(lang):
                texts = [self._paragraph(lang, paragraph, values) for paragraph in paragraphs]
            text = "\n\n".join(texts)
            display(
                {"text/markdown": text, "text/plain": text},
                raw=True,
                metadata={"lang": lang, "block": "claims"},
            )

    def _paragraph(self, lang: str, paragraph: Paragraph, values: dict) -> str:
        sentences = [
            self._render(lang, block, {**values, "e": effect})
            for block, effect in paragraph.sentences
        ]
        headline = (
            [f"**{self._render(lang, paragraph.headline, values)}**" + _(".")]
            if paragraph.headline
            else []
        )
        names = {"fig": _("Figure"), "tbl": _("Table")}
        evidence = [
            number_links(f"[{names[figure[:3]]}](#{figure})", self.numbers)
            for figure in paragraph.figures
        ]
        between = "" if lang == "zh" else " "
        links = [_("({evidence})").format(evidence=_(", ").join(evidence))] if evidence else []
        return between.join(headline + sentences + links)

    def show(
        self,
        block: str,
        make: Callable[..., Figure | list[Figure] | Table],
        *arguments: object,
        **values: object,
    ) -> None:
        """Display the figures or table `make(*arguments)`, captioned with the block of that name.

        The block's name with dashes is the id that cross-references use; `values` are passed to the
        caption and to the alternative text of a figure, the block `<name>_alt`.
        """
        name = self._id(block)
        for lang in self.languages:
            # what a link in the notebook leads to, once
            anchor = f' id="{name}"' * (lang == self.languages[0])
            with speaking(lang), style():
                made = make(*arguments)
                label = _("Table") if isinstance(made, Table) else _("Figure")
            caption = self._render(lang, block, values)
            metadata = {"lang": lang, "id": name, "caption": caption}
            if isinstance(made, Table):
                data = {"text/markdown": number_links(made.markdown(), self.numbers)}
            else:
                metadata["alt"] = self._render(lang, f"{block}_alt", values)
                svg = side_by_side([made] if isinstance(made, Figure) else made)
                # nbconvert's own page would give a drawing no alternative text.
                image = base64.b64encode(svg.encode()).decode()
                alt = escape_html(metadata["alt"])
                html = f'<img{anchor} src="data:image/svg+xml;base64,{image}" alt="{alt}">'
                data = {"image/svg+xml": svg, "text/html": html}
            display({**data, "text/plain": caption}, raw=True, metadata=metadata)
            # For readers of the notebook itself; a report adds its own caption.
            below = f"*{caption}*"
            if name in self.numbers:
                below = f"**{label}\N{NO-BREAK SPACE}{self.numbers[name]}** {below}"
            if anchor and isinstance(made, Table):
                below = f"<a{anchor}></a>{below}"
            display(
                {"text/markdown": below, "text/plain": caption},
                raw=True,
                metadata={"lang": lang, "caption_of": name},
            )

    def _id(self, block: str) -> str:
        name = block.replace("_", "-")
        own = block in self.templates[self.languages[0]][0].blocks
        return name if own or self.network is None else f"{name}{suffix(self.network)}"

    def _render(self, lang: str, block: str, values: dict) -> str:
        template = next(template for template in self.templates[lang] if block in template.blocks)
        context = template.new_context({"network": self.network, **values})
        with speaking(lang):
            text = "".join(template.blocks[block](context)).strip()
        return number_links(text, self.numbers)


def drawing(figure: Figure) -> str:
    """The figure as SVG on clear paper, and closed."""
    svg = io.StringIO()
    FigureCanvasSVG(figure)
    figure.dpi = 72  # SVG's points
    with style():
        # arranged and measured here: savefig would draw it once more to do so
        if engine := figure.get_layout_engine():
            engine.execute(figure)
        figure.set_layout_engine("none")
        paper = figure.get_tightbbox().padded(plt.rcParams["savefig.pad_inches"])
        names = dict.fromkeys(("Creator", "Date", "Format", "Type"))
        # `dpi`: of what is drawn as a picture, such as the cells of a heat map
        figure.savefig(
            svg, format="svg", dpi=288, bbox_inches=paper, transparent=True, metadata=names
        )
    plt.close(figure)
    return svg.getvalue()


def side_by_side(figures: Sequence[Figure]) -> str:
    """One SVG of the figures' drawings, in rows no wider than a page.

    A mark stands around each, so that the HTML report can put them below each other on a phone.
    """
    x = y = right = bottom = 0.0
    parts = [""]
    for svg in map(drawing, figures):
        width, height = map(float, VIEW.search(svg).groups())
        if x and x + width > PAGE:
            x, y = 0.0, bottom
        place = f' x="{x}" y="{y}" width="{width}" height="{height}" viewBox'
        parts.append(SIZE.sub(place, svg[svg.index("<svg") :], count=1))
        x, right, bottom = x + width, max(right, x + width), max(bottom, y + height)
    size = f'width="{right}pt" height="{bottom}pt" viewBox="0 0 {right} {bottom}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{DRAWING.join([*parts, "</svg>"])}'
