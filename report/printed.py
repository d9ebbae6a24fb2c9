"""The printed report on disk: there whole or not at all, and not printed again when it would come out the same."""

import hashlib
import json
from importlib.metadata import distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ("report", "namelib")
REPORTS = ("report.html", "report.pdf", "report.zh.pdf", "report.en.pdf", "report.json")


def made_of(runs: dict[str, dict[str, str]], lab: dict, language: str) -> str:
    """SHA-256 of all that the report depends on: the runs' files, what it says of them, our code, the packages."""
    ours = (path for folder in SOURCES for path in sorted((ROOT / folder).rglob("*")))
    ours = (path for path in ours if path.is_file() and "__pycache__" not in path.parts)
    inputs = {
        "runs": runs,  # notebook -> {file: SHA-256}
        "lab": lab,
        "language": language,
        "sources": {str(path.relative_to(ROOT)): _sha256(path.read_bytes()) for path in ours},
        "packages": {package.name: package.version for package in distributions()},
    }
    return _sha256(json.dumps(inputs, sort_keys=True).encode())


def set_aside(out_dir: Path) -> None:
    """Rename the reports of an earlier run to report.previous.*, so that nobody takes them for this run's."""
    for name in REPORTS:
        if (out_dir / name).exists():
            (out_dir / name).replace(_previous(out_dir / name))


def bring_back(out_dir: Path, wanted: str) -> dict:
    """If the report set aside is made of what is `wanted`, and is whole, it counts again: its record, else {}."""
    try:
        record = json.loads(_previous(out_dir / "report.json").read_text(encoding="utf-8"))
        whole = all(_sha256(_previous(out_dir / name).read_bytes()) == sha for name, sha in record["files"].items())
    except (OSError, ValueError, KeyError):
        return {}
    if record.get("made_of") != wanted or not whole:
        return {}
    for name in (*record["files"], "report.json"):
        _previous(out_dir / name).replace(out_dir / name)
    return record


def write(out_dir: Path, files: dict[str, bytes], record: dict) -> dict:
    """Write the report's files and report.json; then those that were set aside go. Returns the record as written."""
    record = {**record, "files": {name: _sha256(data) for name, data in files.items()}}
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
    return record


def _previous(path: Path) -> Path:
    return path.with_name(path.name.replace("report.", "report.previous.", 1))


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
