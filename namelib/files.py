"""Files written whole or not at all, checksums, a digest of code, output that cannot be written."""

import ast
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


def code_digest(root: Path, module: str) -> str:
    """A hash of a module under `root` and of all that it imports from there, at whatever remove.

    Code that is not imported, such as that of figures, does not change it.
    """
    sources, missing = dict[Path, bytes](), [module]
    while missing:
        path = root / missing.pop().replace(".", "/")
        path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        if path.is_file() and path not in sources:
            sources[path] = path.read_bytes()
            for node in ast.walk(ast.parse(sources[path])):
                if isinstance(node, ast.Import):
                    missing += [alias.name for alias in node.names]
                elif isinstance(node, ast.ImportFrom) and node.module:
                    missing += [
                        node.module,
                        *(f"{node.module}.{alias.name}" for alias in node.names),
                    ]
    listed = "".join(
        f"{path.relative_to(root).as_posix()} {sha256(sources[path])}\n" for path in sorted(sources)
    )
    return sha256(listed.encode())
