import io
import re
import unicodedata

import pytest
from nbconvert.utils.exceptions import ConversionException
from nbformat.v4 import new_markdown_cell, new_notebook, new_output
from pypdf import PdfReader
from sample import LAB, code, sample

from report.pdf import LabPDFExporter, to_typst

PAGE_NUMBER = {"zh": r"第 {} 页 / 共 {} 页", "en": r"page {} / {}"}


def text_of(report):
    """All text without white space, letters in their plain forms, not mathematical ones."""
    return re.sub(
        r"\s",
        "",
        unicodedata.normalize("NFKC", "".join(page.extract_text() for page in report.pages)),
    )


def render(notebook, language="en", **options):
    return PdfReader(
        io.BytesIO(LabPDFExporter(language=language, **options).from_notebook_node(notebook)[0])
    )


@pytest.fixture(scope="module")
def report(language):
    return render(sample(), language)


def test_running_head_on_every_page_but_the_first(report, language):
    heads = [page.extract_text().splitlines()[0] for page in report.pages]
    assert all(head.startswith(LAB["title"][language]) for head in heads[1:])
    assert LAB["title"][language] not in heads[0]
    assert heads[-1].endswith({"zh": "附录", "en": "Appendix"}[language])


def test_the_document_names_its_author(report):
    assert report.metadata.author == LAB["author"]


def test_figures_are_vectors_and_references_and_contents_lead_to_their_pages(report, language):
    # but for the cells of the heat map, whose numbers are text all the same
    assert f"{language}3" in text_of(report) and sum(len(page.images) for page in report.pages) == 1
    lines = report.pages[0].extract_text().splitlines()
    chapters = [entry for entry in report.outline if not isinstance(entry, list)]
    assert all(
        f"{entry.title} {report.get_destination_page_number(entry) + 1}" in lines
        for entry in chapters
    )
    caption = {"zh": "图 3\u2003", "en": "Figure\xa03\u2003"}[language]
    pages = [number for number, page in enumerate(report.pages) if caption in page.extract_text()]
    destination = report.pages[0]["/Annots"][0].get_object()["/Dest"].get_object()[0].get_object()
    assert len(chapters) == 3 and pages == [report.get_page_number(destination)]


def test_only_the_code_that_matters_is_printed_unless_all_is_wanted(report):
    text = text_of(report)
    assert "defforward(x)" in text and "learning_rate:float=0.005" not in text
    everything = text_of(render(sample(), code=True))
    assert (
        all(code in everything for code in ("learning_rate:float=0.005", "helper=1"))
        and "helper=1" not in text
    )
    assert not any(word in text + everything for word in ("/home/somebody", "below"))


def test_the_appendix_stands_last_with_letters_for_numbers(report, language):
    text = text_of(report)
    heads = (
        ("A附录", "A.1更多", "A.2复现方法")
        if language == "zh"
        else ("AAppendix", "A.1More", "A.2Howthisreportwas")
    )
    assert sorted(heads, key=text.rindex) == list(heads) and "10−3" in text and "<sup>" not in text


def test_a_bold_full_stop_brings_no_space_before_chinese():
    markup = to_typst("**结论。** 门有用；**LSTM** 更好。**It helps.** Yes.")
    assert (
        "#strong[结论。]门有用；#strong[LSTM] 更好。" in markup.replace("\n", "")
        and "] Yes." in markup
    )


def test_code_and_output_of_any_characters_show_as_they_are():
    source = 'print("""\n```\n#let x = 1 \\\\ $ @ <a> "q" 中文\n```\n""")'
    outputs = [new_output("stream", name="stdout", text="\x1b[31m```\n#x \\ $y$ @z\x1b[0m\n")]
    text = text_of(render(new_notebook(cells=[code(source, "show-code", outputs=outputs)])))
    assert re.sub(r"\s", "", source) in text and "```#x\\$y$@z" in text


def test_formula_that_cannot_be_set_stops_the_report():
    with pytest.raises(ConversionException, match="nosuchcommand"):
        render(new_notebook(cells=[new_markdown_cell(r"Here: $\nosuchcommand{x}$")]))


def test_columns_of_cases_stand_apart():
    markup = to_typst(r"$f = \begin{cases} a \& b & x \\ c & y \end{cases}$")
    assert re.findall(r"& ?(quad )?(\w)", markup) == [("", "b"), ("quad ", "x"), ("quad ", "y")]
