"""The commands as a user starts them, on few names, for tests that stop or starve them."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

import psutil

from namelib.runs import ROOT

# an environment variable by which every process that a command started is known
MARK = "SURNAME_LAB_TEST"
SMALL = [
    word
    for name in ("steps", "epochs")
    for word in ("-p", name, {"steps": "250", "epochs": "2"}[name])
]
PATIENCE = 600  # seconds; several commands may share two cores
# what differs between two runs of the same seed, the record's own sum, too
TIMES = ("seconds", "elapsed", "sha256")


class Command:
    """A running command, and all that it has printed; a variable of None is not set for it."""

    def __init__(self, *words: str, cwd: Path | None = None, **variables: str | None):
        environment = os.environ | {"PYTHONPATH": str(ROOT), **variables}
        self.mark, self.output = uuid.uuid4().hex, tempfile.TemporaryFile()  # noqa: SIM115
        self.process = subprocess.Popen(
            [sys.executable, *words],
            cwd=cwd,
            stdout=self.output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env={name: value for name, value in environment.items() if value is not None}
            | {MARK: self.mark},
            # background jobs of a shell ignore it
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )

    def printed(self) -> str:
        self.output.seek(0)
        return self.output.read().decode()

    def wait_for(self, pattern: str) -> re.Match[str]:
        """Wait until the output matches. Raises AssertionError where it ends before."""
        began = time.monotonic()
        while not (match := re.search(pattern, self.printed())):
            assert self.process.poll() is None and time.monotonic() - began < PATIENCE, (
                self.printed()
            )
            time.sleep(0.05)
        return match

    def end(self) -> int:
        """Wait for its end; returns the exit status."""
        return self.process.wait(PATIENCE)

    def remaining(self) -> list[str]:
        """The processes that it started and that are there ten seconds after its end."""
        for _ in range(100):
            if not (left := [p for p in psutil.process_iter() if self.mark in mark_of(p)]):
                return []
            time.sleep(0.1)
        return [" ".join(process.cmdline()) for process in left]


def mark_of(process: psutil.Process) -> str:
    """The mark in a process's environment."""
    try:
        return process.environ().get(MARK, "") if process.status() != psutil.STATUS_ZOMBIE else ""
    except psutil.Error:
        return ""


def lasting(value: object) -> object:
    """The results without what the clock decides."""
    if isinstance(value, dict):
        return {
            key: lasting(entry)
            for key, entry in value.items()
            if not any(time in key for time in TIMES)
        }
    return [lasting(entry) for entry in value] if isinstance(value, list) else value


def numbers(out: Path) -> list:
    """The lasting results of a report's chapters."""
    return [lasting(json.loads(file.read_bytes())) for file in sorted(out.glob("*/results.json"))]


def report(names: Path, out: Path, *words: str, **variables: str) -> Command:
    return Command(
        "-m",
        "report",
        "--quick",
        "--data",
        str(names),
        "--out",
        str(out),
        *SMALL,
        *words,
        **variables,
    )
