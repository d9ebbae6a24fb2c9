"""A progress bar for long loops: on a terminal, in a notebook, or in a batch runner's file."""

import os
from collections.abc import Callable, Iterable, Iterator
from operator import length_hint
from pathlib import Path
from typing import TypeVar

from IPython import get_ipython
from IPython.display import display
from tqdm import tqdm

from namelib.files import write_files

# names the file that a batch runner reads: "RNN, original recipe: 43%, ..."
FILE_VARIABLE = "SURNAME_LAB_PROGRESS"
REFRESH = 0.3  # seconds
BAR = "{desc}: {percentage:.0f}%, {remaining} left"

Item = TypeVar("Item")


class Reader:
    """A file-like object for tqdm that passes each text written to it to `tell`."""

    def __init__(self, tell: Callable[[str], object]):
        self.write = lambda text: tell(text.strip())
        self.flush = lambda: None


def track(items: Iterable[Item], what: str, total: int = 0) -> Iterator[Item]:
    """Yield the items while a bar, or a batch runner's file, shows how many are done."""
    bar = {
        "desc": what,
        "total": total or max(1, length_hint(items)),
        "leave": False,
        "mininterval": REFRESH,
    }
    if path := os.environ.get(FILE_VARIABLE):
        file = Path(path)
        write = Reader(lambda text: write_files(file.parent, {file.name: text.encode()}))
        bar |= {"file": write, "bar_format": BAR, "ncols": 100}
    elif get_ipython() is not None:
        line = display({"text/plain": ""}, raw=True, display_id=True)
        bar |= {
            "file": Reader(lambda text: line.update({"text/plain": text}, raw=True)),
            "bar_format": BAR,
        }
    else:
        bar |= {"disable": None}  # except on a terminal
    yield from tqdm(items, **bar)
