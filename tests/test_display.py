"""What a page shows is said in the languages asked for, tagged; foreign text stays text."""

import re
import unicodedata

import matplotlib.pyplot as plt
import nbformat
import pypandoc
import pytest
from bs4 import BeautifulSoup
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jinja2 import UndefinedError
from nbconvert.filters import markdown2html
from nbformat.v4 import new_code_cell, new_notebook

from namelib.runs import NETWORKS
from notebooks.display import Page, side_by_side
from notebooks.language import _
from notebooks.tables import Table, escape
from report.pdf import MARKDOWN

HOSTILE = [
    "a|b",
    "$x$",
    "<b>",
    "*c*",
    "_d_",
    "`e`",
    r"\f",
    "[g](#h)",
    "#i",
    "&amp;",
    "~~j~~",
    "@k",
    "^l^",
    "- m",
    "!n",
]
letters = st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp", "Zs"), include_characters=" ")
# as pandoc does
line_of_text = st.text(letters).map(lambda text: unicodedata.normalize("NFC", text))


def read(html):
    """The text of a page, the text of each table cell, and the names of its tags."""
    page = BeautifulSoup(html, "html.parser")
    return (
        page.text,
        [cell.text.strip() for cell in page.select("th, td")],
        {tag.name for tag in page.find_all()},
    )


def by_pandoc(markdown):
    # no line ends of its own
    return pypandoc.convert_text(markdown, "html", MARKDOWN, extra_args=["--wrap=none"])


@pytest.fixture
def text(tmp_path):
    """A folder of templates: chapter `c`, and what the chapters on networks share."""
    blocks = {
        "c.zh.md": "{% block n %}{{ n | count }} 个{% endblock %}"
        "{% block fig_x %}**图**{% endblock %}"
        "{% block fig_x_alt %}替代{% endblock %}{% block tbl_x %}表{% endblock %}",
        "c.en.md": "{% block n %}\n{{ n | count }} names\n{% endblock %}"
        "{% block fig_x %}The **figure**{% endblock %}"
        "{% block fig_x_alt %}alt{% endblock %}{% block tbl_x %}table{% endblock %}",
        "networks.zh.md": "{% block tbl_of %}{{ network.name }} 的{% endblock %}",
        "networks.en.md": "{% block tbl_of %}of {{ network.name }}{% endblock %}",
    }
    (tmp_path / "text").mkdir()
    for name, content in blocks.items():
        (tmp_path / "text" / name).write_text(content, encoding="utf-8")
    return tmp_path / "text"


def draw():
    figure, axes = plt.subplots(figsize=(1, 1))
    axes.set_title(_("accuracy"))
    return figure


def test_a_block_is_said_once_a_language_with_its_numbers(displayed, text):
    Page(text, "c").say("n", n=31292)
    assert [(output.data["text/markdown"], output.metadata) for output in displayed.outputs] == [
        ("31,292 个", {"lang": "zh", "block": "n"}),
        ("31,292 names", {"lang": "en", "block": "n"}),
    ]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_one_language_alone_is_said_where_it_is_asked_for(displayed, text, language):
    page = Page(text, "c", language)
    page.say("n", n=1)
    page.show("fig_x", draw)
    assert {output.metadata["lang"] for output in displayed.outputs} == {language}


def test_a_number_that_is_not_given_is_an_error(displayed, text):
    with pytest.raises((UndefinedError, TypeError), match="ndefined"):
        Page(text, "c").say("n")


def test_a_figure_is_shown_once_a_language_with_its_caption_below_and_closed(displayed, text):
    for _again in range(2):
        Page(text, "c").show("fig_x", draw)
    figures = [output for output in displayed.outputs if "image/svg+xml" in output.data]
    assert [output.metadata for output in figures[:2]] == [
        {"lang": "zh", "id": "fig-x", "caption": "**图**", "alt": "替代"},
        {"lang": "en", "id": "fig-x", "caption": "The **figure**", "alt": "alt"},
    ]
    below = [output for output in displayed.outputs if "id" not in output.metadata]
    assert [(output.data["text/markdown"], output.metadata) for output in below[:2]] == [
        ("***图***", {"lang": "zh", "caption_of": "fig-x"}),
        ("*The **figure***", {"lang": "en", "caption_of": "fig-x"}),
    ]
    svg = [output.data["image/svg+xml"] for output in figures]
    assert len(svg) == 4 and svg[0] != svg[1] and svg[:2] == svg[2:], (
        "a language its own; the same bytes again"
    )
    assert all("<svg" in one for one in svg) and not plt.get_fignums()


def test_drawings_stand_in_rows_no_wider_than_a_page():
    svg = side_by_side([plt.figure(figsize=(3, height)) for height in (2, 1, 1)])
    whole, *places = [
        {name: float(value) for name, value in re.findall(r' (x|y|width|height)="([\d.]+)', tag)}
        for tag in re.findall("<svg[^>]*>", svg)
    ]
    wide = places[0]["width"]
    assert [(one["x"], one["y"]) for one in places] == [(0, 0), (wide, 0), (0, places[0]["height"])]
    assert whole == {"width": 2 * wide, "height": places[0]["height"] + places[2]["height"]}
    assert not plt.get_fignums()


def test_a_table_is_shown_once_a_language(displayed, text):
    Page(text, "c").show(
        "tbl_x", lambda: Table([_("language"), _("seconds")], [[_("Japanese"), "3"]])
    )
    tables = [output for output in displayed.outputs if "id" in output.metadata]
    assert [output.metadata for output in tables] == [
        {"lang": "zh", "id": "tbl-x", "caption": "表"},
        {"lang": "en", "id": "tbl-x", "caption": "table"},
    ]
    cells = [read(markdown2html(output.data["text/markdown"]))[1] for output in tables]
    assert cells == [["语言", "用时（秒）", "日语", "3"], ["language", "seconds", "Japanese", "3"]]


def test_what_the_chapters_on_networks_share_knows_the_network(displayed, text):
    Page(text, "c", "en", NETWORKS["custom_lstm"]).show("tbl_of", lambda: Table(["a"], []))
    assert displayed.outputs[0].metadata == {
        "lang": "en",
        "id": "tbl-of-mylstm",
        "caption": "of MyLSTM",
    }


def test_a_notebook_numbers_what_it_shows_and_its_links_lead_there(displayed, text):
    cells = ['page.show("fig_z", draw)\npage.show("tbl_of", table)', "page.show(\n  'fig_x', draw)"]
    notebook = new_notebook(cells=[new_code_cell(source) for source in cells])
    nbformat.write(notebook, text.parent / "c.ipynb")
    link = "[Figure](#fig-x), [Table](#tbl-of-rnn), [Figure](#fig-of-mylstm), [here](#fig-x)"
    (text / "c.en.md").write_text(f"{{% block fig_x %}}see {link}{{% endblock %}}")
    with (text / "c.en.md").open("a") as file:
        file.write("{% block fig_x_alt %}alt{% endblock %}")
    page = Page(text, "c", "en", NETWORKS["rnn"])
    page.show("fig_x", draw)
    page.show("tbl_of", lambda: Table(["a"], []))
    figure, caption, _table, below = displayed.outputs
    links = "[Figure\xa02](#fig-x), [Table\xa01](#tbl-of-rnn), "
    links += "[Figure](3_custom_lstm.ipynb#fig-of-mylstm), [here](#fig-x)"
    assert caption.data["text/markdown"] == f"**Figure\xa02** *see {links}*"
    assert BeautifulSoup(figure.data["text/html"], "html.parser").img["id"] == "fig-x"
    assert below.data["text/markdown"] == '<a id="tbl-of-rnn"></a>**Table\xa01** *of RNN*'


@given(text=line_of_text)
@example(" ".join(HOSTILE))
def test_escaped_text_is_literal_in_html(text):
    shown, _, tags = read(markdown2html(f"say “{escape(text)}” now"))
    assert shown.strip() == f"say “{text}” now"
    assert tags <= {"p", "a"}  # an address becomes a link of the same text


@settings(max_examples=20)
@given(texts=st.lists(line_of_text, min_size=1, max_size=20))
@example(HOSTILE)
@example(["0" * 80])
def test_escaped_text_is_literal_in_pdf(texts):
    shown, _, tags = read(by_pandoc("\n\n".join(f"say “{escape(text)}” now" for text in texts)))
    assert shown.splitlines() == [f"say “{text}” now" for text in texts]
    assert tags <= {"p"}


@pytest.mark.parametrize("render", [markdown2html, by_pandoc], ids=["mistune", "pandoc"])
def test_a_table_comes_back_cell_by_cell(render):
    head, rows = ["name", "what"], [[text, f"{text} and {text}"] for text in HOSTILE]
    escaped = [[escape(cell) for cell in row] for row in rows]
    _, cells, tags = read(render(Table(head, escaped).markdown()))
    assert cells == head + [cell for row in rows for cell in row]
    assert tags <= {"table", "thead", "tbody", "tr", "th", "td", "colgroup", "col"}
