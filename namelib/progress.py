"""A progress bar for loops that take long: on a terminal, in a notebook, and for whoever runs a notebook in batch."""

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator
from operator import length_hint
from pathlib import Path
from typing import TypeVar

from IPython import get_ipython
from IPython.display import display
from tqdm import tqdm

from namelib.files import write_whole

FILE_VARIABLE = "SURNAME_LAB_PROGRESS"  # names the file that a batch runner reads: {"done": 0.43, "what": "..."}
REFRESH = 0.3  # seconds

Item = TypeVar("Item")


def track(items: Iterable[Item], what: str) -> Iterator[Item]:
    """The items, one by one, while a bar shows how many are done; a batch runner gets no bar but a file."""
    total = max(1, length_hint(items))
    if get_ipython() is None:
        yield from tqdm(items, desc=what, total=total, leave=False, disable=None)  # None: only on a terminal
        return
    tell = _tell_runner if FILE_VARIABLE in os.environ else _line_in_the_notebook()
    told = 0.0
    for done, item in enumerate(items):
        if time.monotonic() - told > REFRESH:
            told = time.monotonic()
            tell(done / total, what)
        yield item
    tell(1.0, what)


def _tell_runner(done: float, what: str) -> None:
    write_whole(Path(os.environ[FILE_VARIABLE]), json.dumps({"done": round(done, 3), "what": what}))


def _line_in_the_notebook() -> Callable[[float, str], None]:
    """A line that is updated in place, below what the cell has printed."""
    line = display({"text/plain": ""}, raw=True, display_id=True)
    return lambda done, what: line.update({"text/plain": f"{'█' * int(30 * done):░<30} {done:4.0%}  {what}"}, raw=True)
