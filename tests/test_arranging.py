from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from sample import code, twins

from report.arranging import Arrange


def arranged(cells, language="", gather=False):
    return Arrange(language, gather).preprocess(new_notebook(cells=cells), {})[0].cells


def test_summary_comes_first_and_appendix_last_under_its_heading():
    cells = [
        *twins("附", "more", "appendix"),
        *twins("一", "one"),
        *twins("甲", "first", "summary"),
    ]
    cells += twins("乙", "second", "summary")
    assert [cell.source for cell in arranged(cells, "en")] == [
        "first",
        "second",
        "one",
        "# Appendix",
        "more",
    ]
    assert [cell.source for cell in arranged(cells[2:], "zh")] == ["甲", "乙", "一"]
    report = new_notebook(cells=twins("一", "one"), metadata={"lab": {}})
    sources = [cell.source.split("\n")[0] for cell in Arrange("zh").preprocess(report, {})[0].cells]
    assert sources == ["## 实验目的", "一", "# 附录", "## 复现方法"]


def test_code_that_is_not_shown_is_gathered_at_the_end_of_its_section():
    cells = [
        *twins("# 一", "# One"),
        code("a()", "hide-input"),
        code("shown()", "show-code"),
        code("b()", "summary"),
    ]
    cells += [*twins("## 二", "## Two"), code("c()"), code("d()"), *twins("附", "more", "appendix")]
    sources = [cell.source for cell in arranged(cells, "en", gather=True)]
    assert sources[:6] == ["b()", "b()", "# One", "a()", "shown()", "a()"]
    assert sources[6:] == ["## Two", "c()", "d()", "c()\n\n\nd()", "# Appendix", "more"]


def test_one_language_keeps_its_own_cells_and_the_shared_ones():
    cells = [*twins("一", "one"), new_markdown_cell("$x$")]
    assert [cell.source for cell in arranged(cells, "en")] == ["one", "$x$"]
    assert [cell.source for cell in arranged(cells, "zh")] == ["一", "$x$"]
    assert [cell.source for cell in arranged(cells)] == ["一", "one", "$x$"]


def test_outputs_of_the_other_language_and_notebook_captions_go():
    texts = {
        "zh": {"lang": "zh"},
        "en": {"lang": "en"},
        "shared": {},
        "below": {"lang": "en", "caption_of": "fig-x"},
    }
    outputs = [
        new_output("display_data", {"text/plain": text}, metadata=metadata)
        for text, metadata in texts.items()
    ]
    outputs.append(new_output("stream", name="stdout", text="printed"))
    (cell,) = arranged([new_code_cell("draw()", outputs=outputs)], "en")
    left = [output.get("data", {}).get("text/plain", "printed") for output in cell.outputs]
    assert left == ["en", "shared", "printed"]


def test_injected_parameters_and_empty_cells_are_not_printed():
    goals = new_markdown_cell("**Goals.**", metadata={"tags": ["en", "notebook-only"]})
    injected = new_code_cell("out_dir = '/somewhere'", metadata={"tags": ["injected-parameters"]})
    assert arranged([goals, injected, new_code_cell("  \n"), new_code_cell("1")])[0].source == "1"
