"""The parameters that notebooks declare, and what a command sets, before anything runs."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from textwrap import shorten

import nbformat
from nbformat import NotebookNode
from papermill.translators import PythonTranslator

from namelib.spelling import printable
from notebooks.limits import ParameterError, abridged, checked, literal

SET_BY_OPTION = {
    "data_dir": "--data",
    "out_dir": "--out",
    "runs_dir": "--out",
    "language": "--lang",
}


@dataclass(frozen=True)
class Notebook:
    """A notebook and the parameters that its `parameters` cell declares."""

    path: Path
    types: dict[str, str]  # parameter -> type as written, such as "list[int]"
    defaults: dict[str, object]
    quick: dict[str, object]  # metadata["lab"]["quick"]: the values for a run of seconds
    content: NotebookNode  # what is run

    @property
    def name(self) -> str:
        return self.path.stem


def find_notebooks(folder: Path, names: Iterable[str] = ()) -> list[Notebook]:
    """The notebooks of these names, or all of the folder, in the order of their names.

    Raises ParameterError where one of them, or any, is missing.
    """
    paths = sorted([folder / f"{name}.ipynb" for name in names] or folder.glob("*.ipynb"))
    if not paths:
        raise ParameterError(f"{folder}: no notebook here")
    if missing := [path.name for path in paths if not path.exists()]:
        raise ParameterError(f"{folder}: without {', '.join(missing)}; put it back")
    return [read_notebook(path) for path in paths]


def open_notebook(path: Path) -> NotebookNode:
    """The notebook in the file. Raises ParameterError for a file that is none."""
    try:
        content = nbformat.convert(nbformat.reader.reads(path.read_bytes().decode()), 4)
        for k, cell in enumerate(content.cells if content.nbformat_minor >= 5 else ()):
            cell.setdefault("id", f"without-{k}")  # as some editors leave it; nbformat would warn
        nbformat.validate(content)  # nbformat.read would print what is wrong and go on
    except Exception as error:  # of any kind: nbformat trusts the shape of what it reads
        problem = getattr(error, "strerror", "") or str(error) or type(error).__name__
        problem = shorten(printable(problem.partition("\n")[0]), 110, placeholder=" ...")
        raise ParameterError(f"{path}: cannot be read as a notebook ({problem})") from None
    return content


def read_notebook(path: Path, content: NotebookNode | None = None) -> Notebook:
    """The notebook in the file, or its `content` with changes, and the parameters that it declares.

    Raises ParameterError for a file that is no notebook, or one without a cell tagged `parameters`.
    """
    content = content or open_notebook(path)
    tagged = [cell for cell in content.cells if "parameters" in cell.metadata.get("tags", [])]
    if not tagged:
        way_out = "give the cell with its parameters this tag again"
        raise ParameterError(f"{path}: no cell is tagged `parameters`; {way_out}")
    declared = {line.name: line._asdict() for line in PythonTranslator.inspect(tagged[0])}
    defaults = {name: literal(parameter["default"]) for name, parameter in declared.items()}
    types = {name: parameter["inferred_type_name"] for name, parameter in declared.items()}
    types = {
        name: type(defaults[name]).__name__ if wanted == "None" else wanted
        for name, wanted in types.items()
    }
    lab = content.metadata.get("lab", {})
    quick = lab.get("quick", {}) if isinstance(lab, dict) else None
    if not isinstance(quick, dict):
        raise ParameterError(f"{path}: its metadata lab.quick is no {{parameter: value}}; mend it")
    return Notebook(path, types, defaults, quick, content)


def literal_path(path: Path) -> str:
    """The path as papermill takes it: it fills in what stands in braces."""
    return str(path).replace("{", "{{").replace("}", "}}")


def resolve(
    notebooks: list[Notebook], settings: Iterable[tuple[str, str]], quick: bool, option: str = "-p"
) -> dict[str, dict]:
    """The values to inject by notebook: the quick ones if asked for, then what the user has set.

    A setting is `(parameter, text)`, for every notebook that has it, or `(notebook.parameter,
    text)` for one, which counts more; the number in front of a notebook's name may be left out.
    `option`: what errors call a setting by.

    Raises ParameterError for an unknown name, a value of another type or beyond its limits, a
    parameter that an option sets, or one that is set twice.
    """
    chosen = {notebook.name: {} for notebook in notebooks}
    for notebook in notebooks if quick else ():
        for name, value in notebook.quick.items():
            where = f"{notebook.path.name}, metadata lab.quick.{printable(name)}"
            if name not in notebook.types:
                raise ParameterError(
                    f"{where}: the notebook has no such parameter{_near(name, notebook.types)}"
                )
            chosen[notebook.name][name] = _checked(notebook, name, value, where)
    seen = []
    for setting, text in sorted(settings, key=lambda setting: "." in setting[0]):
        (limit, _, name), where = setting.rpartition("."), f"{option} {abridged(setting)}"
        if name in SET_BY_OPTION:
            raise ParameterError(f"{where}: set by {SET_BY_OPTION[name]}")
        targets = _limited(notebooks, limit, where)
        having = [notebook for notebook in targets if name in notebook.types]
        if not having:
            who = f"{targets[0].path.name} has no" if limit else "no notebook has a"
            known = {
                known: None
                for notebook in targets
                for known in notebook.types
                if known not in SET_BY_OPTION
            }
            raise ParameterError(f"{where}: {who} parameter of this name{_near(name, known)}")
        if (name, targets) in seen:
            raise ParameterError(f"{where}: set twice; give it once")
        seen.append((name, targets))
        for notebook in having:
            chosen[notebook.name][name] = _checked(notebook, name, text, where)
    return chosen


def _checked(notebook: Notebook, name: str, value: object, where: str) -> object:
    try:
        return checked(name, value, notebook.types[name])
    except ValueError as error:
        problem = f"{notebook.path.name} expects {name}: {error}"
        raise ParameterError(f"{where} {abridged(value)}: {problem}") from None


def _limited(notebooks: list[Notebook], limit: str, where: str) -> list[Notebook]:
    """The notebooks that a setting is for: all, or the one it names."""
    named = {
        alias: book for book in notebooks for alias in (book.name.partition("_")[2], book.name)
    }
    if limit and limit not in named:
        raise ParameterError(f"{where}: there is no notebook of this name{_near(limit, named)}")
    return [named[limit]] if limit else notebooks


def _near(name: str, known: Iterable[str]) -> str:
    """The names that could have been meant, as the end of a message."""
    near = difflib.get_close_matches(name, list(known))
    there = shorten(", ".join(known) or "none", 110, placeholder=" ...")
    return f"; did you mean {' or '.join(near)}?" if near else f"; there are {there}"
