"""The house: imports run one way, no file is too long, Chinese stands in text files."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
# each may import those before it, data/ is files and imports none
FLOORS = ["namelib", "notebooks", "report"]
FILES = [path for floor in [*FLOORS, "data"] for path in sorted((ROOT / floor).rglob("*.py"))]
CHINESE = re.compile("[\u3000-\u9fff\uff00-\uffef]")


def imported(path: Path) -> set[str]:
    """The top-level names of the packages that a file imports, wherever in it."""
    imported = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add("." * node.level + (node.module or ""))
    return {name.split(".")[0] for name in imported}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_run_one_way(path):
    floor = path.relative_to(ROOT).parts[0]
    above = {"tests", *FLOORS[FLOORS.index(floor) + 1 :]} if floor in FLOORS else {"tests", *FLOORS}
    assert not imported(path) & above
    assert "" not in imported(path), "absolute imports, as everywhere else"


def test_at_most_two_python_files_hold_chinese():
    chinese = [path for path in FILES if CHINESE.search(path.read_text(encoding="utf-8"))]
    assert len(chinese) <= 2, chinese
