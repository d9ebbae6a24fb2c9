"""A progress bar for loops that take long: on a terminal, in a notebook, and for whoever runs a notebook in batch."""

import json
import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from IPython import get_ipython
from IPython.display import clear_output, display
from tqdm import tqdm

from namelib.files import write_whole

FILE_VARIABLE = "SURNAME_LAB_PROGRESS"  # names the file that a batch runner reads: {"done": 0.43, "what": "..."}
REFRESH = 0.3  # seconds

Item = TypeVar("Item")


def track(items: Iterable[Item], what: str, total: int | None = None) -> Iterator[Item]:
    """The items, one by one, while a bar shows how many are done; nothing of it stays in a saved notebook."""
    total = total if total is not None else len(items)
    if get_ipython() is None:
        yield from tqdm(items, desc=what, total=total, leave=False, disable=None)  # None: only on a terminal
        return
    line, shown = None, 0.0
    for done, item in enumerate(items):
        if time.monotonic() - shown > REFRESH:
            shown = time.monotonic()
            _tell_runner(done / total, what)
            bar = {"text/plain": f"{'█' * (30 * done // total):░<30} {done / total:4.0%}  {what}"}
            if line is None:
                line = display(bar, raw=True, display_id=True)
            else:
                line.update(bar, raw=True)
        yield item
    _tell_runner(1.0, what)
    clear_output()


def _tell_runner(done: float, what: str) -> None:
    if file := os.environ.get(FILE_VARIABLE):
        write_whole(Path(file), json.dumps({"done": round(done, 3), "what": what}))
