"""Make one report of the executed notebooks: a single notebook, then HTML and PDF, written whole or not at all."""

import json
import time
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from report.html import LabHTMLExporter
from report.pdf import LabPDFExporter

TITLE = {
    "zh": "循环神经网络实验报告：从拼写识别姓氏的语言",
    "en": "Recurrent networks lab report: telling a surname's language from its spelling",
}
REPORTS = ("report.html", "report.pdf", "report.zh.pdf", "report.en.pdf", "report.json")
LANGUAGES = ("zh", "en")
LANGUAGE = ("kernelspec", "language_info")  # what tells an exporter how to colour code


def stitch(executed: list[Path], lab: dict) -> NotebookNode:
    """The executed notebooks as one, a chapter each; `lab` becomes metadata["lab"], which the exporters read."""
    whole = nbformat.v4.new_notebook()
    for chapter, path in enumerate(executed, start=1):
        notebook = nbformat.read(path, as_version=4)
        whole.metadata.update({key: notebook.metadata[key] for key in LANGUAGE if key in notebook.metadata})
        for number, cell in enumerate(notebook.cells):
            cell.id = f"{chapter}-{number}"  # two notebooks may use the same
            cell.metadata.pop("papermill", None)
            whole.cells.append(cell)
    whole.metadata["lab"] = {"title": TITLE, **lab}
    nbformat.validate(whole)
    return whole


def render(whole: NotebookNode, language: str) -> tuple[dict[str, bytes], dict[str, float]]:
    """The report's files and the seconds that each kind took.

    `language` is "zh", "en" or "" (the HTML opens in the browser's language); report.pdf is in that language, or zh.
    """
    began = time.monotonic()
    files = {"report.html": LabHTMLExporter(language=language).from_notebook_node(whole)[0].encode()}
    between = time.monotonic()
    for each in LANGUAGES:
        files[f"report.{each}.pdf"] = LabPDFExporter(language=each).from_notebook_node(whole)[0]
    files["report.pdf"] = files[f"report.{language or 'zh'}.pdf"]
    return files, {"html": round(between - began, 1), "pdf": round(time.monotonic() - between, 1)}


def set_aside(out_dir: Path) -> None:
    """Rename the reports of an earlier run to report.previous.*, so that nobody takes them for this run's."""
    for name in REPORTS:
        if (out_dir / name).exists():
            (out_dir / name).replace(_previous(out_dir / name))


def write(out_dir: Path, files: dict[str, bytes], record: dict) -> None:
    """Write the report's files and report.json; then those that were set aside go."""
    files = {**files, "report.json": json.dumps(record, indent=1, ensure_ascii=False).encode() + b"\n"}
    parts = {name: out_dir / f".{name}.part" for name in files}
    try:
        for name, part in parts.items():
            part.write_bytes(files[name])
        for name, part in parts.items():
            part.replace(out_dir / name)
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)
    for name in REPORTS:
        _previous(out_dir / name).unlink(missing_ok=True)


def _previous(path: Path) -> Path:
    return path.with_name(path.name.replace("report.", "report.previous.", 1))
