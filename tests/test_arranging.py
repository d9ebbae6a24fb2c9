from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from sample import twins

from report.arranging import Arrange, language_of


def arranged(cells, language=""):
    return Arrange(language).preprocess(new_notebook(cells=cells), {})[0].cells


def test_summary_comes_first_and_keeps_its_order():
    cells = arranged([*twins("一", "one"), *twins("甲", "first", "summary"), *twins("乙", "second", "summary")])
    assert [cell.source for cell in cells] == ["甲", "first", "乙", "second", "一", "one"]


def test_one_language_keeps_its_own_cells_and_the_shared_ones():
    cells = [*twins("一", "one"), new_markdown_cell("$x$")]
    assert [cell.source for cell in arranged(cells, "en")] == ["one", "$x$"]
    assert [cell.source for cell in arranged(cells, "zh")] == ["一", "$x$"]
    assert [cell.source for cell in arranged(cells)] == ["一", "one", "$x$"]


def test_outputs_of_the_other_language_and_notebook_captions_go():
    texts = {"zh": {"lang": "zh"}, "en": {"lang": "en"}, "shared": {}, "below": {"lang": "en", "caption_of": "fig-x"}}
    outputs = [new_output("display_data", {"text/plain": text}, metadata=metadata) for text, metadata in texts.items()]
    outputs.append(new_output("stream", name="stdout", text="printed"))
    (cell,) = arranged([new_code_cell("draw()", outputs=outputs)], "en")
    assert [output.get("data", {}).get("text/plain", "printed") for output in cell.outputs] == [
        "en",
        "shared",
        "printed",
    ]


def test_injected_parameters_and_empty_cells_are_not_printed():
    injected = new_code_cell("out_dir = '/somewhere'", metadata={"tags": ["injected-parameters"]})
    assert arranged([injected, new_code_cell("  \n"), new_code_cell("1")])[0].source == "1"


def test_language_of_a_cell():
    assert [language_of(cell) for cell in twins("一", "one")] == ["zh", "en"]
    assert language_of(new_code_cell("1")) == ""
