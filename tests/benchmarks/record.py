"""What a run leaves: results.json, one entry a row, each with the machine, the versions and the day of its numbers."""

import json
import os
import platform
from dataclasses import asdict
from datetime import date
from pathlib import Path

from benchmarks.machine import Machine
from benchmarks.measuring import Line, Setting
from namelib.files import write_whole
from namelib.runs import versions

FOLDER = Path(__file__).resolve().parent
RECORD = FOLDER / "results.json"  # committed: the last real run
OUT = FOLDER.parent / "build" / "benchmarks"


def row_record(measured: dict, seconds: float, machine: Machine, setting: Setting) -> dict:
    """One row as JSON keeps it."""
    lines: list[Line] = measured["lines"]
    return {
        "quick": setting.quick,
        "repeats": setting.repeats,
        "seconds": round(seconds, 1),
        "date": date.today().isoformat(),
        "machine": {"cpu": processor(), "cores": os.cpu_count()} | asdict(machine),
        "versions": versions(),
        "lines": [line.record() for line in lines],
        "limits": measured["limits"],
    }


def processor() -> str:
    """The processor's name, as far as the system tells it."""
    info = Path("/proc/cpuinfo")
    models = [line for line in info.read_text().splitlines() if line.startswith("model name")] if info.is_file() else []
    return models[0].split(":", 1)[1].strip() if models else platform.processor() or platform.machine()


def load(path: Path) -> dict[str, dict]:
    """The rows of a results.json by name; none where there is no file."""
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def save(path: Path, rows: dict[str, dict]) -> None:
    """Put the rows into results.json beside those that are there, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(load(path) | rows, indent=1, ensure_ascii=False, allow_nan=False)
    write_whole(path, text + "\n")
