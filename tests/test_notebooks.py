"""The notebooks as they are committed: empty, typed, said twice, and laid out alike."""

import ast
import re
from collections import Counter

import nbformat
import pytest

from namelib.runs import BUILD
from report.parameters import ParameterError, find_notebooks, resolve

FOLDER = BUILD.parent / "notebooks"
DECLARED = {notebook.name: notebook for notebook in find_notebooks(FOLDER)}
NOTEBOOKS = {name: nbformat.read(notebook.path, as_version=4) for name, notebook in DECLARED.items()}
NETWORKS = ["1_rnn", "2_lstm", "3_custom_lstm"]
TITLE, SECTION = 1, 2
CHINESE = re.compile("[\u3000-\u9fff\uff00-\uffef]")  # punctuation, too
FORMULA = re.compile(r"\$\$.+?\$\$|\$[^$\n]+\$", re.DOTALL)
SAYS = {"say", "show_figure", "show_table"}

every_notebook = pytest.mark.parametrize("name", NOTEBOOKS)


def tags(cell) -> set[str]:
    return set(cell.metadata.get("tags", []))


def prose(cell) -> str:
    """The Markdown without its code, in which `$` and `#` mean something else."""
    return re.sub(r"```.*?```|`[^`\n]*`", "", cell.source, flags=re.DOTALL)


def headings(text: str) -> list[tuple[int, str]]:
    return [(len(marks), title) for marks, title in re.findall(r"^(#+) (.+)$", text, re.MULTILINE)]


def markdown(name: str, language: str) -> list:
    return [cell for cell in NOTEBOOKS[name].cells if cell.cell_type == "markdown" and language in tags(cell)]


def code(name: str) -> list[str]:
    return [cell.source for cell in NOTEBOOKS[name].cells if cell.cell_type == "code"]


def calls(name: str) -> list[ast.Call]:
    """The calls in the notebook that say or show something."""
    nodes = (node for source in code(name) for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return [node for node in nodes if isinstance(node.func, ast.Name) and node.func.id in SAYS]


def strings(node: ast.AST) -> list[str]:
    return [part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str)]


def test_the_first_three_are_there():
    assert list(NOTEBOOKS)[:3] == NETWORKS


@every_notebook
def test_a_notebook_is_committed_without_outputs_for_the_plain_kernel(name):
    notebook = NOTEBOOKS[name]
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert not any(cell.outputs or cell.execution_count for cell in cells)
    assert not {key for cell in notebook.cells for key in cell.metadata} - {"tags"}


@every_notebook
def test_parameters_are_typed_commented_literals_in_one_cell(name):
    (cell,) = [cell for cell in NOTEBOOKS[name].cells if "parameters" in tags(cell)]
    lines = cell.source.splitlines()
    for statement in ast.parse(cell.source).body:
        line = lines[statement.lineno - 1]
        assert isinstance(statement, ast.AnnAssign), line
        assert ast.unparse(statement.annotation).startswith(type(ast.literal_eval(statement.value)).__name__), line
        assert re.search(r"  # \S.{3}", lines[statement.end_lineno - 1]), f"no comment: {line}"
    common = {"data_dir": "", "out_dir": "", "seed": 0}
    assert DECLARED[name].defaults | common == DECLARED[name].defaults


@pytest.mark.parametrize(
    ("name", "learning_rate", "hidden_size"),
    [("1_rnn", 0.005, 128), ("2_lstm", 0.08, 128), ("3_custom_lstm", 0.035, 32)],
)
def test_the_defaults_are_those_of_the_original_report(name, learning_rate, hidden_size):
    defaults = DECLARED[name].defaults
    assert (defaults["learning_rate"], defaults["hidden_size"], defaults["steps"]) == (
        learning_rate,
        hidden_size,
        100_000,
    )


def test_the_quick_values_are_parameters_of_the_right_type():
    quick = resolve(list(DECLARED.values()), (), quick=True)  # raises for a wrong name or type
    assert all(quick.values()), "each notebook says how it runs in seconds"


@every_notebook
def test_every_chinese_cell_stands_before_its_english_twin(name):
    cells = NOTEBOOKS[name].cells
    languages = [tags(cell) & {"zh", "en"} for cell in cells]
    for place, cell in enumerate(cells):
        if cell.cell_type == "code":
            assert not languages[place]
        elif not languages[place]:
            assert re.fullmatch(r"\s*(\$\$.+?\$\$\s*)+", cell.source, re.DOTALL), f"in no language: {cell.source}"
        else:
            (language,) = languages[place]
            twin = place + (1 if language == "zh" else -1)
            assert languages[twin] == {"zh", "en"} - {language}, f"no twin: {cell.source[:60]}"
            assert bool(CHINESE.search(cell.source)) == (language == "zh"), f"not in {language}: {cell.source[:60]}"


@every_notebook
def test_twins_have_the_same_headings_formulas_and_references(name):
    for zh, en in zip(markdown(name, "zh"), markdown(name, "en"), strict=True):
        chinese, english = prose(zh), prose(en)
        assert [level for level, _ in headings(chinese)] == [level for level, _ in headings(english)], en.source
        assert Counter(FORMULA.findall(chinese)) == Counter(FORMULA.findall(english)), en.source
        assert Counter(re.findall(r"\]\((#.+?)\)", chinese)) == Counter(re.findall(r"\]\((#.+?)\)", english)), en.source


@every_notebook
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_chapter_opens_with_its_only_title(name, language):
    cells = markdown(name, language)
    titles = [place for place, cell in enumerate(cells) for level, _ in headings(prose(cell)) if level == TITLE]
    assert titles == [0] and cells[0].source.startswith("# ")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_networks_have_the_same_plain_sections(language):
    """Chapter 3 may say more in a heading and has sections of its own, but the common ones stand in the same order."""
    sections = {
        name: [title for cell in markdown(name, language) for level, title in headings(prose(cell)) if level == SECTION]
        for name in NETWORKS
    }
    assert sections["1_rnn"] == sections["2_lstm"] and len(sections["1_rnn"]) >= 6
    longer = iter(sections["3_custom_lstm"])
    for title in sections["1_rnn"]:
        assert any(other.startswith(title) for other in longer), title


@every_notebook
def test_what_code_says_is_said_in_both_languages(name):
    assert calls(name)
    for call in calls(name):
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        shown = ast.unparse(call)[:80]
        assert {"zh", "en"} <= given.keys(), f"zh= and en= are needed: {shown}"
        for language in ("zh", "en"):
            words = [text for text in strings(given[language]) if text not in ("zh", "en")]
            if words:  # else the text is a variable, and the executed notebook tells
                assert bool(CHINESE.search("".join(words))) == (language == "zh"), f"{language}= of {shown}"


def test_ids_of_figures_and_tables_are_unique():
    ids = [text for name in NOTEBOOKS for call in calls(name) for text in strings(call) if re.match("(fig|tbl)-", text)]
    assert len(ids) > 10
    assert not [name for name, count in Counter(ids).items() if count > 1]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [({"lags": []}, r"lags=\[\]: "), ({"lags": [1]}, r"lags=\[1\]: "), ({"gate_names": 0}, "gate_names=0: 1 or more")],
)
def test_chapter_4_names_what_cannot_be_before_it_begins(wrong, words):
    first = code("4_why_lstm")[1]
    assert first.index("raise ValueError") < first.index("Progress(")
    with pytest.raises(ValueError, match=f"^{words}"):
        exec(first, {**DECLARED["4_why_lstm"].defaults, **wrong})


def test_the_items_of_a_list_are_checked_too():
    for name, wrong in (("1_rnn.try_names", "[1, 2]"), ("4_why_lstm.seeds", "['a', 'b']")):
        with pytest.raises(ParameterError, match=f"^-p {name} .* wants"):
            resolve(list(DECLARED.values()), [(name, wrong)], quick=False)
