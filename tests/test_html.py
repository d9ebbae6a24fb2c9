"""The HTML report as its text says; tests/test_html_in_browser.py says how it behaves."""

import re
import tomllib
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from nbconvert.utils.exceptions import ConversionException
from nbformat.v4 import new_markdown_cell, new_notebook
from sample import HOSTILE, sample, twins

from report.html import TEMPLATES, LabHTMLExporter, inline_svg


def render(notebook, language=""):
    html, _ = LabHTMLExporter(language=language).from_notebook_node(notebook)
    return html, BeautifulSoup(html, "html.parser")


@pytest.fixture(scope="module")
def page():
    return render(sample())[1]


def test_captions_are_numbered_and_hold_formulas_and_links(page):
    captions = [
        page.select_one(f"#{name} figcaption").text for name in ("fig-heat-zh", "tbl-runs-en")
    ]
    assert captions == ["图\xa03\u2003混淆矩阵：行是真实语言。", "Table\xa01\u2003The three runs."]
    assert page.select_one("#fig-curves-1-zh figcaption math") and page.select_one(
        "#tbl-runs-en td em + math"
    )
    assert page.select_one("#tbl-claims-en td a[href='#fig-heat-en']").text == "Figure\xa03"


def test_a_drawing_keeps_its_text_and_has_an_alternative():
    text, alternative = 'O\'Brien: C or z; 0.12345 "#ffffff" url(#m1)', "损失 <下降> & 'so'"
    svg = inline_svg(f'<?xml version="1.0"?><svg><text id="a">{text}</text></svg>', alternative, 7)
    drawn = BeautifulSoup(svg, "html.parser").svg
    assert svg.startswith("<svg") and drawn["aria-label"] == alternative
    assert drawn.find("text", id="s7-a").text == text


def test_contents_list_chapters_and_sections_of_each_language(page):
    entries = [" ".join(entry.text.split()) for entry in page.select("#contents li.en")]
    chapters = [
        "1 The RNN",
        "1.1 Structure",
        "2 The LSTM",
        "2.1 Structure",
        "2.2 Errors",
        "2.3 Discussion",
    ]
    assert entries == [*chapters, "A Appendix", "A.1 More", "A.2 How this report was made"]
    assert page.select_one("#contents li a")["href"] == "#summary"
    assert len(page.select("#contents li.zh")) == len(entries)


def test_summary_stands_before_contents_and_chapters(page):
    summary, contents, chapter = page.main.select("section.summary, #contents, #zh-1")
    assert [strong.text for strong in summary.select(".zh .numbers strong")] == [
        "53.1 %",
        "72.8 %",
        "70.0 %",
    ]
    assert not summary.select("h2[id]")
    assert contents.name == "nav" and chapter.text == "1 循环神经网络"


def test_code_is_folded_hidden_code_gathered_and_injected_parameters_are_left_out(page):
    assert len(page.select("details.code:not([open])")) == 7 and not page.select("details[open]")
    # what the assignment is about stands open
    assert "def forward(x)" in page.select_one("div.code").text
    codes = [code.select_one("pre").text for code in page.select("details.code")]
    assert any("learning_rate: float" in code for code in codes)
    assert "helper = 1\n\n\ndraw()\n" in codes
    assert "/home/somebody" not in page.text


def test_formulas_are_mathml_with_their_latex(page):
    formulas = page.select("math")
    assert len(formulas) > 20 and all(formula.annotation for formula in formulas)
    assert not re.search(
        r"\$\$|\\begin", re.sub(r"<annotation.*?</annotation>", "", str(page.main), flags=re.DOTALL)
    )


@pytest.mark.parametrize("latex", [r"\nosuchcommand{x}", r"\frac{1", "a_"])
def test_formula_that_cannot_be_set_stops_the_report_and_is_named_in_one_line(latex):
    with pytest.raises(ConversionException) as error:
        render(new_notebook(cells=[new_markdown_cell(f"Here: ${latex}$")]))
    assert repr(latex) in str(error.value) and "\n" not in str(error.value)


def test_hostile_metadata_and_markdown_bring_no_element():
    fields = dict.fromkeys(
        ("author", "student_id", "course", "data", "date", "fingerprint", "command"), HOSTILE
    )
    notebook = sample(
        title={"zh": HOSTILE, "en": HOSTILE}, parameters={HOSTILE: {HOSTILE: HOSTILE}}, **fields
    )
    notebook.cells += twins("文 <script>alert(1)</script>", "text <script>alert(1)</script>")
    page = render(notebook)[1]
    assert len(page.select("script")) == 1 and not page.select("img[onerror]")


def test_chinese_lines_join_without_a_space_and_sup_raises(page):
    assert "决定细胞状态" in page.main.text and page.select_one("main .en sup").text == "−3"
    bold = render(
        new_notebook(
            cells=twins("**结论。** 门有用；**LSTM** 更好。\u2003另一项。", "**It helps.** Yes.")
        )
    )[1]
    assert [p.text for p in bold.select("main p:not(.nav-title)")] == [
        "结论。门有用；LSTM 更好。\u2003另一项。",  # a space that was meant stays
        "It helps. Yes.",
    ]


def test_templates_are_installed_with_the_package():
    root = Path(__file__).parents[1]
    setuptools = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    installed = {
        path
        for pattern in setuptools["package-data"]["report"]
        for path in (root / "report").glob(pattern)
    }
    assert {path for path in TEMPLATES.rglob("*") if path.is_file()} <= installed


def test_the_conclusion_has_a_place_among_the_first_contents():
    notebook = sample()
    notebook.cells += twins("## 总结与局限\n\n文", "## Conclusion\n\ntext")
    html, _ = LabHTMLExporter().from_notebook_node(notebook)
    links = BeautifulSoup(html, "html.parser").select("#contents a")
    early, late = (
        [link for link in part if link.text.endswith("Conclusion")]
        for part in (links[:3], links[3:])
    )
    assert len(early) == len(late) == 1 and early[0]["href"] == late[0]["href"]
