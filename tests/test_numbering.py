from copy import deepcopy

import pytest
from nbconvert.utils.exceptions import ConversionException
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from sample import captioned, code, say, twins

from report.numbering import Number, number_copy


def numbered(*cells, lab=True):
    notebook = new_notebook(cells=[*cells], metadata={"lab": {}} if lab else {})
    return Number().preprocess(notebook, {})[0].cells


def picture(name, zh="甲", en="A"):
    return code("draw()", outputs=captioned("image/svg+xml", name, (zh, en), ("<svg/>", "<svg/>")))


def captions(cells):
    return [
        output.metadata.caption
        for cell in cells
        for output in cell.get("outputs", [])
        if "id" in output.metadata
    ]


def test_figures_and_tables_are_counted_apart_and_twins_share_a_number():
    table = code(
        "show()", outputs=captioned("text/markdown", "tbl-a", ("乙", "B"), ("| a |", "| a |"))
    )
    assert captions(numbered(picture("fig-a"), table, picture("fig-b"))) == [
        "**图\xa01**\u2003甲",
        "**Figure\xa01**\u2003A",
        "**表\xa01**\u2003乙",
        "**Table\xa01**\u2003B",
        "**图\xa02**\u2003甲",
        "**Figure\xa02**\u2003A",
    ]


def test_links_get_numbers_before_and_after_the_figure():
    cells = numbered(
        *twins("见[图](#fig-b)。", "[Figure](#fig-a)"),
        picture("fig-a"),
        picture("fig-b", "见[图](#fig-a)"),
    )
    assert [cell.source for cell in cells[:2]] == ["见[图\xa02](#fig-b)。", "[Figure\xa01](#fig-a)"]
    assert captions(cells)[2] == "**图\xa02**\u2003见[图\xa01](#fig-a)"


def test_links_in_printed_prose_and_tables_get_numbers():
    prose, _ = numbered(
        code("say()", outputs=say("| [图](#fig-a) |", "[here](#fig-a)")), picture("fig-a")
    )
    assert [output.data["text/markdown"] for output in prose.outputs] == [
        "| [图\xa01](#fig-a) |",
        "[here](#fig-a)",
    ]


@pytest.mark.parametrize(
    "text", ["`[Figure](#fig-a)`", "```\n[Figure](#fig-a)\n```", "[Figure](https://example.org)"]
)
def test_code_and_other_links_stay(text):
    assert numbered(new_markdown_cell(text), picture("fig-a"))[0].source == text


def test_link_that_leads_nowhere_stops_a_whole_report():
    with pytest.raises(
        ConversionException, match=r"\[Figure\]\(#fig-lost\): no figure or table has this id"
    ):
        numbered(new_markdown_cell("See [Figure](#fig-lost)."))


@pytest.mark.parametrize("place", ["", "1_rnn.ipynb"])
def test_link_to_another_chapter_is_text_in_a_notebook_by_itself(place):
    text = new_markdown_cell(f"See [Figure]({place}#fig-a).")
    assert numbered(deepcopy(text), lab=False)[0].source == "See Figure."
    assert numbered(text, picture("fig-a"))[0].source == "See [Figure\xa01](#fig-a)."


def test_figure_without_language_or_caption_still_gets_its_number():
    output = new_output("display_data", {"image/svg+xml": "<svg/>"}, metadata={"id": "fig-a"})
    assert captions(numbered(code("draw()", outputs=[output]))) == ["**Figure\xa01**"]


def test_a_working_copy_has_the_numbers_of_its_chapter_and_a_report_takes_them_for_its_own():
    source = 'page = Page(TEXT, "2_lstm", language)\npage.show("fig_a", draw)'
    titled = [new_markdown_cell("# Title"), *twins("## 甲", "## A"), *twins("### 乙", "### B")]
    linked = [*twins("## 丙", "## C [Figure](#fig-a)"), new_markdown_cell("## App")]
    linked[-1].metadata.tags = ["appendix"]
    cells = [*titled, *linked, new_code_cell(source)]
    copy = new_notebook(cells=deepcopy(cells))
    number_copy(copy)
    assert [cell.source for cell in copy.cells[:-1]] == [
        "# 2\u2003Title",
        *("## 2.1\u2003甲", "## 2.1\u2003A", "### 2.1.1\u2003乙", "### 2.1.1\u2003B"),
        *("## 2.2\u2003丙", "## 2.2\u2003C [Figure\xa01](#fig-a)", "## App"),
    ]
    shown = [picture("fig-b"), picture("fig-a")]
    before = [cell.source for cell in numbered(*cells, *deepcopy(shown))]
    assert [cell.source for cell in numbered(*copy.cells, *shown)] == before
    assert before[6] == "## C [Figure\xa02](#fig-a)"
