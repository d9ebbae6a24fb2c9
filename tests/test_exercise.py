"""The exercise copies: blank where a student writes, checked there, and ours once filled in."""

import ast
import io
import json
import re
from copy import deepcopy

import nbformat
import pytest
from bs4 import BeautifulSoup
from lab_server import filled_in
from nbformat.v4 import new_notebook, new_output
from papermill import PapermillExecutionError, execute_notebook
from papermill.exceptions import strip_color
from pypdf import PdfReader
from sample import code, twins
from why_cases import results, results_of_this_run

from namelib import load_names
from notebooks import NOTEBOOKS, TEXT
from notebooks.display import Page, Paragraph
from notebooks.language import speaking
from notebooks.why_lstm import predictions
from notebooks.why_lstm.effects import effects_of
from notebooks.why_lstm.study import load_study
from report import lab
from report.arranging import BLANK, Arrange
from report.cache import cells_of
from report.lab import make_blank, working_copy
from report.parameters import find_notebooks, open_notebook
from report.stitch import Form, render

SMALL = {"hidden_size": 8, "steps": 20, "epochs": 1, "batch_size": 1}
BLANKS = {"1_rnn": 2, "2_lstm": 1, "3_custom_lstm": 1}
every_chapter = pytest.mark.parametrize("name", BLANKS)


def copy_of(name, folder, change=lambda solution: solution):
    """The exercise copy of a chapter, its blank lines filled with ours, `change`d."""
    lab.write_copies(folder, "en", exercise=True)
    return filled_in(folder / f"{name}.ipynb", NOTEBOOKS / f"{name}.ipynb", change)


def run(copy, folder, names):
    path = folder / "copy.ipynb"
    nbformat.write(copy, path)
    given = SMALL | {"data_dir": str(names), "out_dir": str(folder / "run")}
    execute_notebook(path, path, given, progress_bar=False)
    return json.loads((folder / "run" / "results.json").read_text(encoding="utf-8"))


@every_chapter
def test_a_copy_lacks_the_solutions_and_with_them_is_ours_and_runs(name, tmp_path, few_names):
    lab.write_copies(tmp_path / "blank", "en", exercise=True)
    blank = open_notebook(tmp_path / "blank" / f"{name}.ipynb")
    text = "\n".join(cell.source for cell in blank.cells)
    assert text.count("# YOUR CODE HERE\n") == BLANKS[name] and "SOLUTION" not in text
    filled = copy_of(name, tmp_path / "filled")
    ours = working_copy(open_notebook(NOTEBOOKS / f"{name}.ipynb"), "en")
    code = [[cell for cell in cells_of(each) if cell[0] == "code"] for each in (filled, ours)]
    assert code[0] == code[1]
    assert run(filled, tmp_path, few_names)["metrics"]


@every_chapter
def test_blank_lines_stop_the_run_and_say_what_to_do(name, tmp_path, few_names):
    lab.write_copies(tmp_path, "en", exercise=True)
    with pytest.raises(PapermillExecutionError) as stopped:
        run(open_notebook(tmp_path / f"{name}.ipynb"), tmp_path, few_names)
    assert stopped.value.ename == "NotImplementedError"
    assert stopped.value.evalue.startswith("write these lines; the comment above says what")


@pytest.mark.parametrize(
    ("name", "wrong", "hint"),
    [
        ("1_rnn", ("[x_t, h]", "[h, x_t]"), "is combined [x_t, h], in this order"),
        ("1_rnn", ("by_hand.zero_grad()", "pass"), "are the gradients cleared before backward"),
        ("2_lstm", ("schedule.step()", "pass"), "optimizer.step, schedule.step?"),
        ("3_custom_lstm", ("g = torch.tanh", "g = torch.sigmoid"), "g takes tanh"),
    ],
)
def test_a_wrong_line_is_found_by_the_cell_below(name, wrong, hint, tmp_path, few_names):
    filled = copy_of(name, tmp_path, lambda solution: solution.replace(*wrong))
    with pytest.raises(PapermillExecutionError) as stopped:
        run(filled, tmp_path, few_names)
    assert stopped.value.ename == "AssertionError"
    assert hint in strip_color(stopped.value.evalue)
    (failed,) = [cell for cell in filled.cells if cell.source == stopped.value.source]
    assert failed.metadata.nbgrader.grade and failed.metadata.nbgrader.locked


def chapter():
    """A chapter that asks: a question with our answer, two experiments with our discussions."""
    cells = [*twins("# 一", "# One"), *twins("问", "Asked?", "question")]
    cells += twins("我们的答案", "Our answer", "answer")
    for name in ("budgets", "gate"):
        output = new_output("display_data", {"text/markdown": f"Our words on the {name}."})
        output.metadata = {"lang": "en", "block": name}
        cells += [code(f"say({name!r})", outputs=[output])]
        asked = ("exercise", "explanation", f"instead-of:{name}")
        cells += twins(f"请解释{name}", f"Explain the {name}.", *asked)
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"
    return new_notebook(cells=cells, metadata={"lab": {"title": "T"}})


def test_a_report_has_the_words_of_the_student_and_ours_only_in_our_edition():
    ours, copy = chapter(), chapter()
    make_blank(copy)
    written = [cell for cell in copy.cells if cell.source == BLANK]
    assert [cell.metadata.nbgrader.solution for cell in written] == [True] * 3
    written[0].source, written[1].source = "Mine, to the question", f"{BLANK}\n\nMine, $x<1$"
    of_budgets, of_gate = "Our words on the budgets.", "Our words on the gate."
    for notebook, there, absent in (
        (ours, ["Our answer", of_budgets, of_gate], ["Explain the", "explanation was"]),
        (
            copy,
            ["Mine, to the question", "Explain the gate.", "(no explanation was written)"],
            ["Our answer", of_budgets, of_gate, "YOUR ANSWER"],
        ),
    ):
        files, _ = render(notebook, Form("en"), None)
        pages = PdfReader(io.BytesIO(files["report.pdf"])).pages
        printed = " ".join(page.extract_text() for page in pages)
        for text in (files["report.html"].decode(), printed):
            assert all(each in text for each in there), text
            assert not any(each in text for each in absent), text
        page = BeautifulSoup(files["report.html"], "html.parser")
        own = [place.get_text(strip=True)[:5] for place in page.select(".own")]
        assert own == (["Mine,", "Mine,"] if notebook is copy else [])


def test_the_first_page_of_a_copy_has_the_students_answer_or_says_that_there_is_none():
    copy = working_copy(open_notebook(NOTEBOOKS / "4_why_lstm.ipynb"), "", True)
    (own,) = [cell for cell in copy.cells if cell.id == "explain-summary-en-own"]
    for written, printed in (("Mine.", "Mine."), (BLANK, "(no explanation was written)")):
        own.source = written
        arranged, _ = Arrange("en").preprocess(deepcopy(copy), {})
        heads = [re.match("# .*Why does", cell.source) is not None for cell in arranged.cells]
        first_page = [cell.source for cell in arranged.cells[: heads.index(True)]]
        assert printed in first_page


def test_a_copy_does_not_say_what_the_student_is_to_explain(displayed):
    copy = working_copy(open_notebook(NOTEBOOKS / "4_why_lstm.ipynb"), "en", True)
    (begin,) = [cell.source for cell in copy.cells if "page = Page(" in cell.source]
    names = {"Page": Page, "TEXT": TEXT, "language": "en"}
    exec(begin[begin.index("page = Page(") :], names)
    names["page"].say("budgets")
    names["page"].say_claims([Paragraph("", [("recipes_supported", {})], [])])
    names["page"].say("embedded_lists")
    assert [output.metadata["block"] for output in displayed.outputs] == ["embedded_lists"]
    assert "unsaid" not in str(working_copy(open_notebook(NOTEBOOKS / "4_why_lstm.ipynb"), "en"))


def test_a_cell_to_write_in_that_was_deleted_comes_back_blank(tmp_path):
    (tmp_path / "notebooks").mkdir()
    source = chapter()
    source.cells.insert(0, code('language: str = ""', "parameters"))
    nbformat.write(source, tmp_path / "notebooks" / "1_rnn.ipynb")
    folder = tmp_path / "lab" / "exercise"
    lab.write_copies(folder, "zh", exercise=True, checkout=tmp_path)
    path = folder / "1_rnn.ipynb"
    copy = open_notebook(path)
    assert [cell.source for cell in copy.cells].count(BLANK) == 3
    assert "Asked?" not in str(copy) and "我们的答案" not in str(copy)
    copy.cells = [cell for cell in copy.cells if cell.source != BLANK]
    nbformat.write(copy, path)
    (book,), line = lab.with_own(find_notebooks(tmp_path / "notebooks"), True, tmp_path)
    assert line == "from lab/exercise/: 1_rnn.ipynb"
    sources = [cell.source for cell in book.content.cells]
    assert sources.count(BLANK) == 3 and sources.index("Asked?") < sources.index(BLANK)
    assert "Our answer" not in sources


@pytest.mark.parametrize("language", ["zh", "en"])
def test_predictions_stand_beside_this_run_and_the_recorded_study(language):
    own, recorded = results_of_this_run(), results()
    with speaking(language):
        told = {"pairs": "about\n10 | or more", "lead_large": "", "cue_carry_gate": 1}
        table = predictions.beside(told, own, recorded)
    assert table.rows[0][1] == r"about 10 \| or more"
    assert (
        table.rows[1][1] == {"zh": "（未填写预测）", "en": "(no prediction was written)"}[language]
    )
    assert table.rows[1][2] == "–"  # this run trains for one number of epochs
    assert "[" in table.rows[0][2] and "[" in table.rows[1][3] and "%" in table.rows[2][3]


def test_chapter_4_asks_before_and_after_each_of_its_experiments():
    ours_at = NOTEBOOKS / "4_why_lstm.ipynb"
    cells = [cell.source for cell in working_copy(open_notebook(ours_at), "en", True).cells]
    for run, name in (
        ('own["ceilings"] =', "letters"),
        ("accuracy_figures.seen_and_unseen", "budgets"),
        ("accuracy_figures.steps", "gate"),
        ('own["cue_task"] =', "memory"),
    ):
        (done,) = [k for k, source in enumerate(cells) if run in source]
        (beside,) = [k for k, source in enumerate(cells) if f"tbl_predicted_{name}" in source]
        predicted = max(k for k in range(done) if cells[k].startswith("predicted = "))
        explained = min(k for k in range(done, len(cells)) if cells[k] == BLANK)
        assert predicted < done < beside < explained
        assert not any(cells[k].startswith("predicted = ") for k in range(done, explained))
    assert "tbl_predicted" not in str(working_copy(open_notebook(ours_at), "en"))


def test_what_chapter_4_asks_for_is_measured_and_what_it_replaces_is_said():
    cells = open_notebook(NOTEBOOKS / "4_why_lstm.ipynb").cells
    asked = [cell.source for cell in cells if cell.source.startswith("predicted = ")]
    names = [name for source in asked for name in ast.literal_eval(source.partition("= ")[2])]
    effects = effects_of(load_study(load_names().fingerprint)["results"])
    assert len(asked) == 4 and set(names) == predictions.SHARES.keys() | predictions.DIFFERENCES
    assert set(names) <= effects.keys()
    said = re.findall(r'page\.say\("(\w+)"', "\n".join(cell.source for cell in cells))
    tags = {tag for cell in cells for tag in cell.metadata.get("tags", [])}
    replaced = {tag.partition(":")[2] for tag in tags if tag.startswith("instead-of:")}
    assert replaced <= {*said, "claims"} and len(replaced) > 6
