"""Say it in Chinese and in English: prose, figures and tables of a notebook, each output tagged with its language.

The notebook shows both, one under the other; a report picks one by the output's metadata: `lang`, and for figures and
tables `id`, `caption` and `alt`.
"""

import io
import re
from collections.abc import Callable, Sequence

import matplotlib.pyplot as plt
from IPython.display import display
from matplotlib.figure import Figure

from namelib.figures import style

LANGUAGES = ("zh", "en")


def escape(text: object) -> str:
    """Any text as literal Markdown: specials lose their meaning."""
    return re.sub(r"([\\`*_{}\[\]<>()#+!|$~@^&-])", r"\\\1", str(text))


def say(zh: str, en: str) -> None:
    """Markdown prose, in both languages."""
    for language, text in zip(LANGUAGES, (zh, en), strict=True):
        display({"text/markdown": text, "text/plain": text}, raw=True, metadata={"lang": language})


def show_figure(draw: Callable[[str], Figure], name: str, zh: str, en: str) -> None:
    """Draw a figure once a language and show both as SVG, captioned.

    `draw(language)` returns the figure with labels in that language; `name` is the id that cross-references use; the
    captions are Markdown and say what to see.
    """
    for language, caption in zip(LANGUAGES, (zh, en), strict=True):
        with style(language):
            figure = draw(language)
            svg = io.StringIO()
            figure.savefig(svg, format="svg", bbox_inches="tight", metadata={"Date": None})
            plt.close(figure)
        alt = re.sub(r"[*`$\\]|\]\([^)]*\)|\[", "", caption)
        _show({"image/svg+xml": svg.getvalue()}, {"lang": language, "id": name, "caption": caption, "alt": alt})


def show_table(head: dict[str, Sequence[str]], rows: Sequence[Sequence[object]], name: str, zh: str, en: str) -> None:
    """Show a table in both languages, captioned; a cell that differs by language is {"zh": ..., "en": ...}.

    Head, cells and captions are Markdown: put foreign text through `escape`. Columns of numbers stand to the right.
    """
    for language, caption in zip(LANGUAGES, (zh, en), strict=True):
        body = [[str(cell[language] if isinstance(cell, dict) else cell) for cell in row] for row in rows]
        _show({"text/markdown": pipe_table(head[language], body)}, {"lang": language, "id": name, "caption": caption})


def pipe_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; the dashes under each head tell how wide its widest cell is."""
    columns = list(zip(head, *rows, strict=True))
    rule = [
        "-" * max(3, *map(len, column)) + ":" * all(re.match(r"[-+−±<.\d–]", cell) for cell in column[1:])
        for column in columns
    ]
    return "\n".join("| " + " | ".join(line) + " |" for line in (head, rule, *rows))


def _show(data: dict[str, str], metadata: dict[str, str]) -> None:
    """Display the thing and, for who reads the notebook itself, its caption below (a report sets its own)."""
    caption, lang = metadata["caption"], metadata["lang"]
    display({**data, "text/plain": caption}, raw=True, metadata=metadata)
    below = {"lang": lang, "caption_of": metadata["id"]}
    display({"text/markdown": f"*{caption}*", "text/plain": caption}, raw=True, metadata=below)
