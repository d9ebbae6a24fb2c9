"""Processes that end when they should: on a signal as on Ctrl-C, and soon after their parent."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from types import FrameType

SIGNALS = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]
SAME = 0.5  # seconds


@contextmanager
def stop_on_signals() -> Iterator[None]:
    """Context in which a signal raises KeyboardInterrupt; the program ends what it has started.

    A second signal ends it at once, whatever is going on. What is sent to a process and to its
    group arrives twice: within SAME seconds it is the same one. A stop that nobody has caught ends
    the program without a word.
    """
    first = None

    def stop(signum: int, frame: FrameType | None) -> None:
        nonlocal first
        if first is None and in_finaliser(frame):
            again = threading.Timer(0.05, os.kill, [os.getpid(), signum])
            again.daemon = True
            again.start()
        elif first is None:
            first = time.monotonic()
            raise KeyboardInterrupt(signum)
        elif time.monotonic() - first > SAME:
            os._exit(128 + signum)

    try:
        with answered_by(stop):
            yield
    except KeyboardInterrupt as stopped:
        (signum,) = stopped.args or (signal.SIGINT,)
        raise SystemExit(128 + signum) from None  # the status that a shell expects


def in_finaliser(frame: FrameType | None) -> bool:
    """Whether an exception raised here would be lost, as Python only prints a finaliser's."""
    while frame:
        if frame.f_code.co_name == "__del__" or frame.f_code.co_filename.endswith(
            ("weakref.py", "_weakrefset.py")
        ):
            return True
        frame = frame.f_back
    return False


def not_stopped() -> AbstractContextManager:
    """Context of a moment at which it is too late to stop; what it does is done whole."""
    return answered_by(signal.SIG_IGN)


@contextmanager
def answered_by(handler: Callable | signal.Handlers) -> Iterator[None]:
    """Context in which signals that end programs have this handler, unless they are ignored."""
    former = {signum: signal.getsignal(signum) for signum in SIGNALS}
    active = [signum for signum in SIGNALS if former[signum] != signal.SIG_IGN]  # as by nohup
    try:
        for signum in active:
            signal.signal(signum, handler)
        yield
    finally:
        for signum in active:
            signal.signal(signum, former[signum])


def end_with_parent(parent: int) -> None:
    """Make this process ignore Ctrl-C and end within seconds of its parent, even a killed one.

    `parent` is its number: a parent that was killed while this process started is none any more.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
