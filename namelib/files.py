"""Files written whole or not at all, checksums, output that cannot be written."""

import errno
import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import click


def write_files(folder: Path, files: dict[str, bytes]) -> None:
    """Write all of them or, if one cannot be written, none; nobody ever finds half of one.

    Raises OSError that names the folder, such as for a full disk.
    """
    parts = {folder / f".{name}.part": folder / name for name in files}
    try:
        for part, path in parts.items():
            part.write_bytes(files[path.name])
        for path in filter(Path.is_dir, parts.values()):
            raise OSError(errno.EISDIR, f"{path.name} is a directory")
        for part, path in parts.items():
            part.replace(path)
    except OSError as error:
        # of a full disk it says nothing else
        raise OSError(error.errno, error.strerror, str(folder)) from None
    finally:
        for part in parts:
            with suppress(OSError):
                part.unlink(missing_ok=True)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@contextmanager
def output_told() -> Iterator[None]:
    """Context of printing: an output that cannot be written, as a closed pipe, ends the command."""
    try:
        yield
    except OSError as error:
        # takes what Python still writes at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise click.ClickException(f"standard output cannot be written: {error.strerror}") from None
