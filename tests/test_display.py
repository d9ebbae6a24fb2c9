"""Everything is said twice, in Chinese and in English, and says which is which; foreign text stays text."""

from html.parser import HTMLParser

import matplotlib.pyplot as plt
import pypandoc
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from nbconvert.filters import markdown2html

from namelib.bilingual import escape, pipe_table, say, show_figure, show_table
from report.pdf import MARKDOWN

CAPTION = {"zh": "**损失** $L$：见[图](#fig-other)。", "en": "The **loss** $L$: see [Figure](#fig-other)."}
ALT = {"zh": "损失 L：见图。", "en": "The loss L: see Figure."}
HOSTILE = ["a|b", "$x$", "<b>", "*c*", "_d_", "`e`", r"\f", "[g](#h)", "#i", "&amp;", "~~j~~", "@k", "^l^", "- m", "!n"]
line_of_text = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp", "Zs"), include_characters=" "))


class Text(HTMLParser):
    """The text of a page, the text of each table cell, and the tags that were opened."""

    def __init__(self, html: str):
        super().__init__()
        self.text, self.cells, self.tags = "", [], []
        self.feed(html)
        self.cells = [cell.strip() for cell in self.cells]

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.cells += [""] if tag in ("td", "th") else []

    def handle_data(self, data):
        self.text += data
        if self.cells:
            self.cells[-1] += data


def by_pandoc(markdown):
    return pypandoc.convert_text(markdown, "html", MARKDOWN, extra_args=["--wrap=none"])  # no line ends of its own


def test_say_says_it_once_a_language(displayed):
    say(zh="准确率", en="accuracy")
    assert [(output.data["text/markdown"], output.metadata) for output in displayed.outputs] == [
        ("准确率", {"lang": "zh"}),
        ("accuracy", {"lang": "en"}),
    ]


def draw(language):
    figure, axes = plt.subplots(figsize=(1, 1))
    axes.set_title({"zh": "图", "en": "figure"}[language])
    return figure


def test_a_figure_is_shown_once_a_language_and_closed(displayed):
    show_figure(draw, "fig-x", **CAPTION)
    figures = [output for output in displayed.outputs if "image/svg+xml" in output.data]
    assert [output.metadata for output in figures] == [
        {"lang": language, "id": "fig-x", "caption": CAPTION[language], "alt": ALT[language]}
        for language in ("zh", "en")
    ]
    svg = [output.data["image/svg+xml"] for output in figures]
    assert svg[0] != svg[1] and all("<svg" in text for text in svg)
    assert not plt.get_fignums()


def test_the_same_figure_is_the_same_bytes(displayed):
    for _ in range(2):
        show_figure(draw, "fig-x", zh="图", en="figure")
    svg = [output.data["image/svg+xml"] for output in displayed.outputs if "image/svg+xml" in output.data]
    assert len(svg) == 4 and svg[:2] == svg[2:]


def test_a_table_is_shown_once_a_language(displayed):
    head = {"zh": ["语言", "个数"], "en": ["language", "names"]}
    show_table(head, [[{"zh": "日语", "en": "Japanese"}, 3]], "tbl-x", zh="表", en="table")
    tables = [output for output in displayed.outputs if "id" in output.metadata]
    assert [output.metadata for output in tables] == [
        {"lang": "zh", "id": "tbl-x", "caption": "表"},
        {"lang": "en", "id": "tbl-x", "caption": "table"},
    ]
    cells = [Text(markdown2html(output.data["text/markdown"])).cells for output in tables]
    assert cells == [["语言", "个数", "日语", "3"], ["language", "names", "Japanese", "3"]]


def test_the_notebook_shows_the_caption_below_and_the_report_can_tell(displayed):
    show_figure(draw, "fig-x", zh="图", en="figure")
    below = [output for output in displayed.outputs if "id" not in output.metadata]
    assert [(output.data["text/markdown"], output.metadata) for output in below] == [
        ("*图*", {"lang": "zh", "caption_of": "fig-x"}),
        ("*figure*", {"lang": "en", "caption_of": "fig-x"}),
    ]


@settings(deadline=None)
@given(text=line_of_text)
@example(" ".join(HOSTILE))
def test_escaped_text_is_literal_in_html(text):
    page = Text(markdown2html(f"say “{escape(text)}” now"))
    assert page.text.strip() == f"say “{text}” now"
    assert set(page.tags) <= {"p", "a"}  # an address becomes a link of the same text


@settings(max_examples=20, deadline=None)
@given(texts=st.lists(line_of_text, min_size=1, max_size=20))
@example(HOSTILE)
@example(["0" * 80])
def test_escaped_text_is_literal_in_pdf(texts):
    page = Text(by_pandoc("\n\n".join(f"say “{escape(text)}” now" for text in texts)))
    assert page.text.splitlines() == [f"say “{text}” now" for text in texts]
    assert set(page.tags) <= {"p"}


@pytest.mark.parametrize("render", [markdown2html, by_pandoc], ids=["mistune", "pandoc"])
def test_a_table_comes_back_cell_by_cell(render):
    head, rows = ["name", "what"], [[text, f"{text} and {text}"] for text in HOSTILE]
    escaped = [[escape(cell) for cell in row] for row in rows]
    page = Text(render(pipe_table(head, escaped)))
    assert page.cells == head + [cell for row in rows for cell in row]
    assert set(page.tags) <= {"table", "thead", "tbody", "tr", "th", "td", "colgroup", "col"}


def test_columns_of_numbers_stand_to_the_right():
    rule = pipe_table(["name", "share", "lag"], [["Li", "12.5%", "−3"], ["1a", "–", "±0.2"], ["", "<1", "7"]])
    assert [dashes.strip().endswith(":") for dashes in rule.splitlines()[1].strip("|").split("|")] == [
        False,
        True,
        True,
    ]


def test_a_row_of_another_length_is_refused():
    with pytest.raises(ValueError, match="zip"):
        pipe_table(["a", "b"], [["1"]])
