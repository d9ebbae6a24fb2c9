"""What a finished run was made from: a notebook whose inputs and outputs have not changed is not run again."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

import nbformat

from namelib.files import write_whole
from namelib.runs import versions
from report.parameters import Notebook

SOURCES = Path(__file__).resolve().parents[1] / "namelib"
RECORD = "run.json"
KERNEL_LOG = "kernel.log"
NOT_INPUT = ("out_dir", "runs_dir", "workers")  # where and how it runs, not what comes out


def fingerprint(notebook: Notebook, parameters: dict, data: str, upstream: dict) -> str:
    """SHA-256 of all that a run depends on: cells, namelib, parameters, data, versions, and the runs it reads."""
    cells = nbformat.read(notebook.path, as_version=4).cells
    inputs = {
        "cells": [[cell.cell_type, cell.source, cell.metadata.get("tags", [])] for cell in cells],
        "namelib": _hashes(SOURCES, SOURCES.rglob("*.py")),
        "parameters": {name: value for name, value in parameters.items() if name not in NOT_INPUT},
        "data": data,
        "versions": versions(),
        "upstream": upstream,
    }
    return hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()


def read_record(folder: Path) -> dict:
    """The record of the folder's last good run: fingerprint, seconds, outputs; {} if there is none."""
    try:
        return json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def is_current(folder: Path, wanted: str) -> bool:
    """Whether the folder holds what a run with this fingerprint left, unchanged since by another run or by hand."""
    record = read_record(folder)
    return record.get("fingerprint") == wanted and record["outputs"].items() <= outputs(folder).items()


def begin_record(folder: Path) -> None:
    """From here on the folder's run does not count; the seconds stay, to plan by."""
    seconds = read_record(folder).get("seconds")
    _write(folder, {"seconds": seconds} if seconds else {})


def end_record(folder: Path, made_from: str, seconds: float) -> None:
    """The folder's run is good."""
    _write(folder, {"fingerprint": made_from, "seconds": round(seconds, 1), "outputs": outputs(folder)})


def outputs(folder: Path) -> dict[str, str]:
    """What the run left: file -> SHA-256."""
    files = (path for path in folder.iterdir() if path.is_file() and path.name not in (RECORD, KERNEL_LOG))
    return _hashes(folder, files)


def _hashes(folder: Path, files: Iterable[Path]) -> dict[str, str]:
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(files)}


def _write(folder: Path, record: dict) -> None:
    write_whole(folder / RECORD, json.dumps(record, indent=1) + "\n")
