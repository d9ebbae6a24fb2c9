"""Records of what runs and reports were made from, so that nothing is made again in vain."""

import json
from importlib.metadata import distributions
from pathlib import Path

from nbformat import NotebookNode

from namelib.files import sha256, write_files
from namelib.runs import sealed, unsealed, versions
from report.parameters import Notebook

# used by every notebook
LAB_CODE = ("namelib/**/*.py", "notebooks/**/*.py", "notebooks/**/*.json", "notebooks/**/*.md")
PRESS = ("report/**/*.*", *LAB_CODE)
RUN, REPORT = "run.json", "report.json"  # the records, next to the files that they describe
NOT_INPUT = ("out_dir", "runs_dir", "workers")  # where and how a notebook runs, not its results
KERNEL_LOG = "kernel.log"


def digest(inputs: object) -> str:
    """SHA-256 of any JSON-serialisable value."""
    return sha256(json.dumps(inputs, sort_keys=True).encode())


def cells_of(notebook: NotebookNode) -> list[list]:
    """What a person writes in a notebook: all that matters of its cells but their outputs."""
    return [
        [cell.cell_type, cell.source, cell.metadata.get("tags", []), cell.get("attachments", {})]
        for cell in notebook.cells
    ]


def hashes(folder: Path, *patterns: str) -> dict[str, str]:
    """{file: SHA-256} of the files of a folder that match; by default those directly in it."""
    paths = {path for pattern in patterns or ("*",) for path in folder.glob(pattern)}
    return {
        str(path.relative_to(folder)): sha256(path.read_bytes())
        for path in sorted(paths)
        if path.is_file() and "__pycache__" not in path.parts
    }


def inputs_of(notebook: Notebook, parameters: dict, data: str, checkout: Path) -> str:
    """Hash of what a run has of its own: cells, the lab's code, parameters, names, versions."""
    return digest(
        {
            "cells": cells_of(notebook.content),
            "code": hashes(checkout, *LAB_CODE),
            "parameters": {
                name: value for name, value in parameters.items() if name not in NOT_INPUT
            },
            "data": data,
            "versions": versions(),
        }
    )


def report_made_from(
    runs: dict[str, dict[str, str]], facts: dict, options: dict, checkout: Path
) -> str:
    """Hash of what a report is made from: runs' files, facts, options, our code, packages."""
    packages = {package.name: package.version for package in distributions()}
    return digest(
        {
            "runs": runs,
            "facts": facts,
            "options": options,
            "code": hashes(checkout, *PRESS),
            "packages": packages,
        }
    )


def run_files(folder: Path) -> dict[str, str]:
    """The files that a run left in its folder, with their hashes."""
    return {name: sha for name, sha in hashes(folder).items() if name not in (RUN, KERNEL_LOG)}


def read_record(path: Path) -> dict:
    """The record as it was written; {} if there is none: what it is about is made again."""
    try:
        return unsealed(path.read_bytes())
    except OSError:
        return {}


def is_current(path: Path, made_from: str) -> bool:
    """Whether the record has this `made_from` and its files are unchanged."""
    record = read_record(path)
    files = {path.parent / name: sha for name, sha in record.get("files", {}).items()}
    return record.get("made_from") == made_from and all(
        file.is_file() and sha256(file.read_bytes()) == files[file] for file in files
    )


def end_run(folder: Path, made_from: str, seconds: float) -> None:
    """Record that the run in the folder is complete."""
    record = {"made_from": made_from, "seconds": seconds, "files": run_files(folder)}
    write_files(folder, {RUN: sealed(record)})


def write_report(folder: Path, files: dict[str, bytes], facts: dict) -> dict:
    """Write the report's files and the record that it returns, all of them or none."""
    record = {**facts, "files": {name: sha256(data) for name, data in files.items()}}
    write_files(folder, {**files, REPORT: sealed(record)})
    return record
