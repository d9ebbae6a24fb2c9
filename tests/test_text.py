"""The templates in notebooks/text: each block in both languages, used, every branch rendered.

Values to render with stand in text_cases.py.
"""

import ast
import json
import re
from collections import defaultdict
from functools import cache

import nbformat
import pytest
from jinja2 import Environment, Template, nodes
from text_cases import CASES

from notebooks import TEXT
from notebooks.display import templates
from notebooks.language import LANGUAGES, catalogue, speaking
from notebooks.readings import BLOCKS

NAMES = sorted({path.name.split(".")[0] for path in TEXT.glob("*.md")})
CHINESE = re.compile("[\u3000-\u9fff\uff00-\uffef]")
every_template = pytest.mark.parametrize("name", NAMES)
READINGS = {f"readings.{reading.__name__}": blocks for reading, blocks in BLOCKS.items()}
SHARED = "networks"  # its blocks are said by every chapter on one network


@cache
def calls() -> dict[str, list[tuple[str, str]]]:
    """Notebook -> the ("say" or "show", block) of its calls of `page`."""
    calls = defaultdict(list)
    for path in TEXT.parent.glob("*.ipynb"):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            tree = (
                ast.parse("".join(cell["source"]))
                if cell["cell_type"] == "code"
                else ast.Module([], [])
            )
            for node in ast.walk(tree):
                called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
                if called in ("page.say", "page.show") and not isinstance(node.args[0], ast.Name):
                    calls[path.stem].append((node.func.attr, ast.literal_eval(node.args[0])))
                if called in READINGS:  # chooses a block, and `page.say` is given its name
                    calls[path.stem] += [("say", block) for block in READINGS[called]]
    return calls


def needed(kind: str, block: str) -> set[str]:
    """The blocks that a call renders: a figure has its alternative text, too."""
    return {block, f"{block}_alt"} if kind == "show" and block.startswith("fig_") else {block}


def blocks(name: str, language: str) -> dict:
    return templates(TEXT).get_template(f"{name}.{language}.md").blocks


@every_template
def test_every_block_has_its_twin(name):
    chinese, english = (list(blocks(name, language)) for language in LANGUAGES)
    assert chinese == english, "the same blocks in the same order"


@pytest.mark.parametrize("name", [name for name in NAMES if name != "claims"])  # see test_claims.py
def test_every_block_is_used(name):
    used = set()
    for notebook, said in calls().items():
        if notebook == name or (name == SHARED and "networks" not in notebook):
            used |= {block for kind, shown in said for block in needed(kind, shown)}
    assert not blocks(name, "en").keys() - used


@pytest.mark.parametrize("notebook", sorted(calls()))
def test_every_block_that_a_notebook_says_is_there(notebook):
    there = blocks(notebook, "en").keys() | (
        blocks(SHARED, "en").keys() if notebook != "4_why_lstm" else set()
    )
    for kind, shown in calls()[notebook]:
        assert needed(kind, shown) <= there, shown
        assert kind == "say" or shown.startswith(("fig_", "tbl_")), "a figure or a table"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["4_why_lstm", "claims"])
def test_the_answers_templates_choose_and_compute_nothing(name, language):
    environment = templates(TEXT)
    source, *_ = environment.loader.get_source(environment, f"{name}.{language}.md")
    logic = (nodes.If, nodes.CondExpr, nodes.For, nodes.BinExpr, nodes.Compare, nodes.Assign)
    assert environment.parse(source).find(logic) is None


class Branches:
    """A template whose every condition remembers which ways it went."""

    def __init__(self, environment: Environment, file: str):
        self.went: dict[str, set[bool]] = {}
        environment.filters["remember"] = self.remember
        source, *_ = environment.loader.get_source(environment, file)
        tree = environment.parse(source)
        for number, node in enumerate(tree.find_all((nodes.If, nodes.CondExpr))):
            place = f"line {node.lineno}, condition {number}"
            self.went[place] = set()
            node.test = nodes.Filter(node.test, "remember", [nodes.Const(place)], [], None, None)
        tree.set_environment(environment)
        self.template = Template.from_code(
            environment, environment.compile(tree), environment.globals
        )

    def remember(self, value: object, place: str) -> object:
        self.went[place].add(bool(value))
        return value

    def render(self, block: str, values: dict) -> str:
        return "".join(self.template.blocks[block](self.template.new_context(values))).strip()


@every_template
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_branch_of_every_block_is_rendered(name, language):
    branches = Branches(templates(TEXT), f"{name}.{language}.md")
    assert CASES[name].keys() <= branches.template.blocks.keys(), "a case of a block that is gone"
    with speaking(language):
        for block in branches.template.blocks:
            for values in CASES[name].get(block, [{}]):
                text = branches.render(block, values)
                assert text and not re.search(r"\bnan\b|\bNone\b|\binf\b|  |\( ?\)| [,.;]", text), (
                    f"{block}: {text}"
                )
                assert language == "zh" or not CHINESE.search(text), f"{block}: {text}"
    assert {place: ways for place, ways in branches.went.items() if ways != {True, False}} == {}


@pytest.mark.parametrize("name", ["4_why_lstm", "claims"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_template_only_fills_in(name, language):
    source = (TEXT / f"{name}.{language}.md").read_text(encoding="utf-8")
    assert set(re.findall(r"{% *(\w+)", source)) == {"block", "endblock"}
    assert not re.search(r"{{[^}]*\bif\b", source)


# now 训练方案, 姓氏, 论断, 证据不足, 长程依赖, 候选状态, 消融实验, 预测, 加宽的 LSTM,
# LSTM 单元
RETIRED = (
    "配方",
    "名字",
    "说法",
    "不支持",
    "无法判定",
    "长时滞",
    "候选内容",
    "阶梯",
    "回答",
    "大 LSTM",
    "LSTM 的细胞",
    "手动实现",
    "单例",
    "样本示例",  # now 手写, 单个姓氏, 举例
)


def test_the_chinese_keeps_to_its_terms():
    prose = [
        path.read_text(encoding="utf-8")
        for path in (*TEXT.glob("*.zh.md"), TEXT.parents[1] / "report" / "templates" / "words.json")
    ]
    prose += catalogue().values()
    for path in TEXT.parent.glob("*.ipynb"):
        cells = nbformat.read(path, as_version=4).cells
        prose += [cell.source for cell in cells if "zh" in cell.metadata.get("tags", [])]
    assert not {word for word in RETIRED for text in prose if word in text}
