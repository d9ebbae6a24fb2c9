"""The PDF as a file: figures, outline and links; tests/test_any_pdf.py takes any report."""

import io

import pytest
from pypdf import PdfReader
from pypdf.generic import ContentStream
from sample import LAB, sample
from test_pdf import text_of

from report.pdf import LabPDFExporter


@pytest.fixture(scope="module", params=["zh", "en"])
def language(request):
    return request.param


@pytest.fixture(scope="module")
def report(language):
    return PdfReader(io.BytesIO(LabPDFExporter(language=language).from_notebook_node(sample())[0]))


def test_every_figure_is_there_as_vectors_with_its_alt_text_and_caption(report, language):
    drawn = [drawing for page in report.pages for drawing in drawings(page, report)]
    assert b"Do image" not in drawn and sum(operator in (b"f", b"f*", b"B", b"S") for operator in drawn) > 18 * 18
    alts = set(alternatives(report.trailer["/Root"]["/StructTreeRoot"]))
    assert {f"alt {language} fig-{name}" for name in ("curves-1", "curves-2", "heat")} <= alts
    captions = {
        "zh": ("图1损失随", "图2损失随", "图3混淆矩阵", "表1三次运行"),
        "en": ("Figure1Loss", "Figure2Loss", "Figure3Confusion", "Table1Thethreeruns"),
    }
    assert all(caption in text_of(report) for caption in captions[language])


def drawings(page, report):
    """The operators by which a page and the forms on it are drawn; `Do image` where it shows pixels."""
    for operands, operator in ContentStream(page.get_contents() if "/Contents" in page else page, report).operations:
        shown = page["/Resources"]["/XObject"][operands[0]] if operator == b"Do" else None
        if shown is not None and shown["/Subtype"] == "/Form":
            yield from drawings(shown, report)
        else:
            yield operator if shown is None else b"Do image"


def alternatives(element):
    """The alt texts below an element of the tagged PDF's tree."""
    element = element.get_object()
    if "/Alt" in element:
        yield str(element["/Alt"])
    children = element.get("/K", [])
    for child in children if isinstance(children, list) else [children]:
        if not isinstance(child.get_object(), int):
            yield from alternatives(child)


def test_outline_title_author_and_language(report, language):
    root = report.trailer["/Root"]
    assert root["/Lang"] == {"zh": "zh-CN", "en": "en-GB"}[language]
    assert report.metadata.title == LAB["title"][language] and report.metadata.author == LAB["author"]
    chapters = [entry.title for entry in report.outline if not isinstance(entry, list)]
    assert (
        chapters
        == {
            "zh": ["1 循环神经网络", "2 长短期记忆网络", "A 附录"],
            "en": ["1 The RNN", "2 The LSTM", "A Appendix"],
        }[language]
    )


def test_contents_name_the_pages_that_the_outline_leads_to(report):
    lines = report.pages[0].extract_text().splitlines()
    for entry in [entry for entry in report.outline if not isinstance(entry, list)]:
        assert f"{entry.title} {report.get_destination_page_number(entry) + 1}" in lines


def test_cross_references_lead_to_the_page_of_their_figure(report, language):
    caption = {"zh": "图 3\u2003", "en": "Figure\xa03\u2003"}[language]
    pages = [number for number, page in enumerate(report.pages) if caption in page.extract_text()]
    links = [link.get_object() for link in report.pages[0]["/Annots"]]
    destinations = [report.get_page_number(link["/Dest"].get_object()[0].get_object()) for link in links]
    assert len(pages) == 1 and destinations[0] == pages[0]
