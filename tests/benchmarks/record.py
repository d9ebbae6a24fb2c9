"""The record, data/recorded/benchmarks.json: an entry a row with machine, versions and day."""

import json
import os
from dataclasses import asdict
from datetime import date

from benchmarks.measuring import Line
from namelib.files import write_files
from namelib.runs import RECORDED, versions
from notebooks.why_lstm.study import processor

RECORD = RECORDED / "benchmarks.json"


def row_record(lines: list[Line]) -> dict:
    """One row as the record keeps it."""
    return {
        "date": date.today().isoformat(),
        "machine": {"cpu": processor(), "cores": os.cpu_count()},
        "versions": versions(),
        "lines": [asdict(line) for line in lines],
    }


def load() -> dict[str, dict]:
    """The rows of the record by name; none where there is no file."""
    return json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.is_file() else {}


def save(rows: dict[str, dict]) -> None:
    """Put the rows beside those that are there, whole or not at all."""
    text = json.dumps(load() | rows, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    write_files(RECORD.parent, {RECORD.name: text.encode()})
