"""Processes that end when they should: on a signal as on Ctrl-C, and soon after the process that started them."""

import os
import signal
import threading
import time


class Stopped(KeyboardInterrupt):
    """A signal that ends the program; `status` is the exit status that a shell expects."""

    def __init__(self, signum: int):
        super().__init__()
        self.status = 128 + signum


def stop_on_signals() -> None:
    """Make the signals that end a program raise Stopped, so that it ends what it has started; the first one counts."""
    signals = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    heeded = [each for each in signals if signal.getsignal(each) != signal.SIG_IGN]  # nohup ignores SIGHUP

    def stop(signum: int, _frame: object) -> None:
        for each in heeded:
            signal.signal(each, signal.SIG_IGN)
        raise Stopped(signum)

    for each in heeded:
        signal.signal(each, stop)


def end_with_parent() -> None:
    """Make this process, a worker, ignore Ctrl-C and end within seconds of its parent, even if that was killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
