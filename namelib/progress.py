"""Show how far a notebook is: in the notebook while it runs, on a terminal, and to whoever runs it in batch."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from IPython import get_ipython
from IPython.display import clear_output, display
from tqdm import tqdm

from namelib.files import write_whole

# Names a folder: each notebook writes <name>.json there, {"done": 0.43, "what": "..."}.
FOLDER_VARIABLE = "SURNAME_LAB_PROGRESS"


class Progress:
    """How far the notebook `name` is, from 0 to 1; what is shown meanwhile is gone when a part ends."""

    def __init__(self, name: str):
        self.name = name
        self._line = self._bar = None

    def part(self, start: float, end: float, what: str = "") -> Callable[[float, str], None]:
        """A callback(fraction, text) for a piece of work that lies between `start` and `end` of the whole."""

        def update(fraction: float, text: str) -> None:
            text = f"{what}: {text}" if what else text
            self._tell_runner(start + fraction * (end - start), text)
            self._show(fraction, text)

        return update

    def _tell_runner(self, done: float, what: str) -> None:
        if folder := os.environ.get(FOLDER_VARIABLE):
            write_whole(Path(folder) / f"{self.name}.json", json.dumps({"done": round(done, 4), "what": what}))

    def _show(self, fraction: float, text: str) -> None:
        if get_ipython() is None:
            self._bar = self._bar or tqdm(total=1.0, bar_format="{l_bar}{bar}| {desc}", file=sys.stderr, disable=None)
            self._bar.n, self._bar.desc = fraction, text
            self._bar.refresh()
            if fraction >= 1:
                self._bar.close()
                self._bar = None
            return
        bar = {"text/plain": f"{'█' * round(30 * fraction):░<30} {fraction:4.0%}  {text}"}
        if fraction >= 1:
            clear_output()  # nothing of it stays in the saved notebook
            self._line = None
        elif self._line is None:
            self._line = display(bar, raw=True, display_id=True)
        else:
            self._line.update(bar, raw=True)
