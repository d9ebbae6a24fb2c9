"""Files that are written whole or not at all."""

from pathlib import Path


def write_files(folder: Path, files: dict[str, bytes]) -> None:
    """Write all of them or, if one cannot be written, none; nobody ever finds half of one."""
    parts = {folder / f".{name}.part": folder / name for name in files}
    try:
        for part, path in parts.items():
            part.write_bytes(files[path.name])
        for part, path in parts.items():
            part.replace(path)
    finally:
        for part in parts:
            part.unlink(missing_ok=True)
