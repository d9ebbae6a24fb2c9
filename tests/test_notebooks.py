"""The notebooks as they are committed: empty, typed, said twice, and laid out alike."""

import ast
import re
import statistics
from collections import Counter

import nbformat
import pytest

from namelib import load_names, runs, split_names
from namelib.runs import BUILD
from notebooks.why_lstm.result_tables import STRUCTURES
from report.parameters import find_notebooks, resolve

FOLDER = BUILD.parent / "notebooks"
DECLARED = {notebook.name: notebook for notebook in find_notebooks(FOLDER)}
NOTEBOOKS = {
    name: nbformat.read(notebook.path, as_version=4) for name, notebook in DECLARED.items()
}
NETWORKS = [network.notebook for network in runs.NETWORKS.values()]
TITLE, SECTION = 1, 2
CHINESE = re.compile("[\u3000-\u9fff\uff00-\uffef]")  # punctuation, too
FORMULA = re.compile(r"\$\$.+?\$\$|\$[^$\n]+\$", re.DOTALL)

every_notebook = pytest.mark.parametrize("name", NOTEBOOKS)


def tags(cell) -> set[str]:
    return set(cell.metadata.get("tags", []))


def prose(cell) -> str:
    """The Markdown without its code, in which `$` and `#` mean something else."""
    return re.sub(r"```.*?```|`[^`\n]*`", "", cell.source, flags=re.DOTALL)


def headings(text: str) -> list[tuple[int, str]]:
    return [(len(marks), title) for marks, title in re.findall(r"^(#+) (.+)$", text, re.MULTILINE)]


def markdown(name: str, language: str) -> list:
    return [
        cell
        for cell in NOTEBOOKS[name].cells
        if cell.cell_type == "markdown" and language in tags(cell)
    ]


def code(name: str) -> list[str]:
    return [cell.source for cell in NOTEBOOKS[name].cells if cell.cell_type == "code"]


@every_notebook
def test_a_notebook_is_committed_without_outputs_for_the_plain_kernel(name):
    notebook = NOTEBOOKS[name]
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert not any(cell.outputs or cell.execution_count for cell in cells)
    assert not {key for cell in notebook.cells for key in cell.metadata} - {
        "tags",
        "jupyter",
        "nbgrader",
    }
    folded = {"source_hidden": True}  # what the report hides is folded in JupyterLab, too
    assert all(
        cell.metadata.get("jupyter") == (folded if "hide-input" in tags(cell) else None)
        for cell in cells
    )


@every_notebook
def test_cells_are_short_and_free_of_plumbing(name):
    assert statistics.median(len(source.splitlines()) for source in code(name)) <= 6
    for node in (node for source in code(name) for node in ast.walk(ast.parse(source))):
        if isinstance(node, ast.Lambda):
            assert "language" not in [argument.arg for argument in node.args.args], ast.unparse(
                node
            )
        assert not (isinstance(node, ast.Name) and node.id in ("globals", "locals")), (
            "no variables by their names"
        )


@every_notebook
def test_parameters_are_typed_commented_literals_in_one_cell(name):
    (cell,) = [cell for cell in NOTEBOOKS[name].cells if "parameters" in tags(cell)]
    lines = cell.source.splitlines()
    for statement in ast.parse(cell.source).body:
        line = lines[statement.lineno - 1]
        assert isinstance(statement, ast.AnnAssign), line
        assert ast.unparse(statement.annotation).startswith(
            type(ast.literal_eval(statement.value)).__name__
        ), line
        assert re.search(r"  # \S.{3}", lines[statement.end_lineno - 1]), f"no comment: {line}"
    common = {"data_dir": "", "out_dir": "", "language": ""}
    assert DECLARED[name].defaults | common == DECLARED[name].defaults


@pytest.mark.parametrize("network", runs.NETWORKS.values(), ids=NETWORKS)
def test_the_defaults_are_those_of_the_original_report(network):
    defaults = DECLARED[network.notebook].defaults
    for name in ("learning_rate", "hidden_size", "steps"):
        assert defaults[name] == getattr(network, name)


@pytest.mark.parametrize("network", NETWORKS)
def test_the_surnames_to_classify_are_unseen_ones(network):
    defaults = DECLARED[network].defaults
    _, valid = split_names(load_names(), defaults["valid_fraction"], defaults["seed"])
    assert set(defaults["try_names"]) <= set(valid.names)


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
            assert re.fullmatch(r"\s*(\$\$.+?\$\$\s*)+", cell.source, re.DOTALL), (
                f"in no language: {cell.source}"
            )
        else:
            (language,) = languages[place]
            twin = place + (1 if language == "zh" else -1)
            assert languages[twin] == {"zh", "en"} - {language}, f"no twin: {cell.source[:60]}"
            assert bool(CHINESE.search(cell.source)) == (language == "zh"), (
                f"not in {language}: {cell.source[:60]}"
            )


@every_notebook
def test_twins_have_the_same_headings_formulas_and_references(name):
    for zh, en in zip(markdown(name, "zh"), markdown(name, "en"), strict=True):
        chinese, english = prose(zh), prose(en)
        assert [level for level, _ in headings(chinese)] == [
            level for level, _ in headings(english)
        ], en.source
        assert Counter(FORMULA.findall(chinese)) == Counter(FORMULA.findall(english)), en.source
        assert Counter(re.findall(r"\]\((#.+?)\)", chinese)) == Counter(
            re.findall(r"\]\((#.+?)\)", english)
        ), en.source


@every_notebook
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_chapter_opens_with_its_only_title(name, language):
    cells = markdown(name, language)
    titles = [
        place
        for place, cell in enumerate(cells)
        for level, _ in headings(prose(cell))
        if level == TITLE
    ]
    assert titles == [0] and cells[0].source.startswith("# ")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_sections_that_print_a_structure_are_those_that_page_1_names(language):
    title = {"zh": "网络结构", "en": "Network structure"}[language]
    for chapter, (name, section) in enumerate(zip(NETWORKS, STRUCTURES, strict=True), start=1):
        main = [cell for cell in markdown(name, language) if "appendix" not in tags(cell)]
        sections = [
            heading for cell in main for level, heading in headings(prose(cell)) if level == SECTION
        ]
        (place,) = [k for k, heading in enumerate(sections, start=1) if heading.startswith(title)]
        assert section == f"{chapter}.{place}"
