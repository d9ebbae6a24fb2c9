"""Prose, figures and tables of a notebook, in one language or in both, each output tagged with its language.

Prose with numbers in it, captions included, stands in templates, text/<chapter>.<zh|en>.md beside the notebooks, one
block a paragraph. A report picks an output by its metadata: `lang`, and for figures and tables `id`, `caption`, `alt`.
"""

import io
from collections.abc import Callable
from pathlib import Path

import matplotlib.pyplot as plt
from IPython.display import display
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from matplotlib.figure import Figure

from namelib import numbers
from namelib.figures import style
from namelib.language import _, chosen, speaking
from namelib.runs import Network
from namelib.tables import Table, escape


def templates(folder: Path) -> Environment:
    """The templates of a folder: a name that a block lacks is an error, numbers are written by `namelib.numbers`."""
    environment = Environment(
        loader=FileSystemLoader(folder), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= numbers.FILTERS | {"escape": escape, "label": _}
    return environment


class Page:
    """A notebook's outputs: what a block of its templates says, and the figures and tables with their captions."""

    def __init__(self, text: Path, chapter: str, language: str = "", network: Network | None = None):
        """`text` is the folder of the templates, `language` "zh", "en", or "" for both.

        A chapter on one network also has the blocks of networks.<language>.md, which all such chapters share; they know
        the `network`, and what they are captions of has its name at the end of its id.
        """
        environment = templates(text)
        self.languages, self.network = chosen(language), network
        names = [chapter, "networks"] if network else [chapter]
        self.templates = {
            lang: [environment.get_template(f"{name}.{lang}.md") for name in names] for lang in self.languages
        }

    def say(self, block: str, **values: object) -> None:
        """Display a block of the templates as Markdown."""
        for lang in self.languages:
            text = self._render(lang, block, values)
            display({"text/markdown": text, "text/plain": text}, raw=True, metadata={"lang": lang})

    def show(self, block: str, make: Callable[..., Figure | Table], *arguments: object, **values: object) -> None:
        """Display the figure or table `make(*arguments)`; the templates' block of that name is its caption.

        The block's name with dashes is the id that cross-references use; `values` are for the caption, and for the
        alternative text of a figure, block `<name>_alt`.
        """
        for lang in self.languages:
            with speaking(lang), style():
                made = make(*arguments)
            caption = self._render(lang, block, values)
            metadata = {"lang": lang, "id": self._id(lang, block), "caption": caption}
            if isinstance(made, Table):
                data = {"text/markdown": made.markdown()}
            else:
                metadata["alt"] = self._render(lang, f"{block}_alt", values)
                data = {"image/svg+xml": _svg(made)}
            display({**data, "text/plain": caption}, raw=True, metadata=metadata)
            # For who reads the notebook itself; a report sets its own caption.
            below = {"lang": lang, "caption_of": metadata["id"]}
            display({"text/markdown": f"*{caption}*", "text/plain": caption}, raw=True, metadata=below)

    def _id(self, lang: str, block: str) -> str:
        name = block.replace("_", "-")
        own = block in self.templates[lang][0].blocks
        return name if own or self.network is None else f"{name}-{self.network.name.lower()}"

    def _render(self, lang: str, block: str, values: dict) -> str:
        template = next(template for template in self.templates[lang] if block in template.blocks)
        context = template.new_context({"network": self.network, **values})
        with speaking(lang):
            return "".join(template.blocks[block](context)).strip()


def _svg(figure: Figure) -> str:
    svg = io.StringIO()
    with style():
        figure.savefig(svg, format="svg", bbox_inches="tight", metadata={"Date": None})
    plt.close(figure)
    return svg.getvalue()
