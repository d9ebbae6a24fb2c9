"""`make lab` in a checkout of its own, and an exercise copy as a student fills it in."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.request import urlopen

from nbformat import NotebookNode

from namelib.runs import ROOT
from report.lab import SOLUTION
from report.parameters import open_notebook


def copy_checkout(folder: Path) -> None:
    """A checkout without what was built in it."""
    for name in ("Makefile", "data", "namelib", "notebooks", "report"):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder)


@contextmanager
def make_lab(checkout: Path, words: str) -> Iterator[str]:
    """The address at which JupyterLab answers; it ends with the context."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    port = address.rpartition(":")[2]
    options = f"{words} --no-browser --allow-root --port={port} --IdentityProvider.token="
    python = f"BIN={Path(sys.executable).parent}"
    command = ["make", "-o", "setup", "lab", python, f"ARGS={options.strip()}"]
    environment = os.environ | {"PYTHONPATH": str(checkout)}  # its kernels use its code
    with (checkout / "log").open("w+") as log:
        server = subprocess.Popen(
            command, cwd=checkout, env=environment, stdout=log, stderr=log, start_new_session=True
        )
        try:
            for _ in range(240):
                with suppress(OSError), urlopen(f"{address}/api/contents"):
                    break
                assert server.poll() is None, (checkout / "log").read_text()
                time.sleep(0.5)
            yield address
        finally:
            with suppress(ProcessLookupError):  # it did not start
                os.killpg(server.pid, signal.SIGTERM)
            server.wait(30)


def filled_in(
    copy: Path, source: Path, change: Callable[[str], str] = lambda solution: solution
) -> NotebookNode:
    """The exercise copy, its blank lines filled with the source's solutions, `change`d."""
    filled, stub = open_notebook(copy), re.compile(r" *# YOUR CODE HERE\n.*")
    solutions = {cell.id: SOLUTION.search(cell.source) for cell in open_notebook(source).cells}
    for cell in filled.cells:
        if solution := solutions.get(cell.id):
            cell.source = stub.sub(lambda _, of=solution: change(of[0]), cell.source)
    return filled
