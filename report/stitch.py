"""Combine the executed notebooks into one report: a single notebook, then HTML and PDF."""

import time
from copy import deepcopy
from dataclasses import dataclass
from itertools import chain
from multiprocessing.pool import ThreadPool
from pathlib import Path

import click
import nbformat
from nbformat import NotebookNode

from notebooks.language import LANGUAGES
from report.arranging import WORDS
from report.html import LabHTMLExporter
from report.outputs import unreadable
from report.pdf import LabPDFExporter

LANGUAGE = ("kernelspec", "language_info")  # tells an exporter how to highlight code


@dataclass(frozen=True)
class Form:
    """What to make: `language` "zh", "en" or "" (the browser's), all `code`, the `notebook`."""

    language: str = ""
    code: bool = False  # in the PDFs
    notebook: bool = False


def stitch(executed: list[Path], facts: dict) -> NotebookNode:
    """The executed notebooks as one, a chapter each; the facts, as metadata, are for exporters."""
    whole = nbformat.v4.new_notebook()
    for chapter, path in enumerate(executed, start=1):
        notebook = nbformat.read(path, as_version=4)
        whole.metadata.update(
            {key: notebook.metadata[key] for key in LANGUAGE if key in notebook.metadata}
        )
        for number, cell in enumerate(notebook.cells):
            cell.id = f"{chapter}-{number}"  # two notebooks may use the same
            cell.metadata.pop("papermill", None)
            whole.cells.append(cell)
            for kind in chain(*map(unreadable, cell.get("outputs", []))):
                place = f"{path.parent.name}, cell [{cell.execution_count}]"
                click.echo(f"{place}: its {kind} cannot be read, as its place will say", err=True)
    whole.metadata["lab"] = {"title": WORDS["title"], **facts}
    nbformat.validate(whole)
    return whole


def render(
    whole: NotebookNode, form: Form, runs: Path | None
) -> tuple[dict[str, bytes], dict[str, float]]:
    """The report's files, made in parallel, and the seconds that each kind took.

    report.pdf is in the form's language, or in Chinese; the live figure reads the run folders in
    `runs`, if given.
    """

    def timed(exporter: LabHTMLExporter | LabPDFExporter) -> tuple[bytes | str, float]:
        began = time.monotonic()
        return exporter.from_notebook_node(whole)[0], round(time.monotonic() - began, 1)

    files = {"report.ipynb": nbformat.writes(whole).encode()} if form.notebook else {}
    whole = deepcopy(whole)
    if runs:
        whole.metadata["lab"]["live"] = str(runs)
    # which, unlike an executor, does not keep a stopped program waiting
    with ThreadPool(len(LANGUAGES)) as pool:
        exporters = [LabPDFExporter(language=name, code=form.code) for name in LANGUAGES]
        # Typst and pandoc work while Python makes the page
        pdfs = pool.map_async(timed, exporters, chunksize=1)
        page, seconds = timed(LabHTMLExporter(language=form.language))
        made = dict(zip(LANGUAGES, pdfs.get(), strict=True))
    files["report.html"] = page.encode()
    files |= {f"report.{name}.pdf": pdf for name, (pdf, _) in made.items()}
    files["report.pdf"] = files[f"report.{form.language or 'zh'}.pdf"]
    return files, {"html": seconds, "pdf": max(took for _, took in made.values())}
