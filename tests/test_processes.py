"""notebooks/processes.py: a signal ends a program with its own status, and a worker ends with its parent."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from namelib.runs import ROOT

ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT)}
ENDS = """
import os, signal, sys
from notebooks.processes import Stopped, stop_on_signals
signal.signal(signal.SIGHUP, signal.SIG_IGN if sys.argv[1] == "nohup" else signal.SIG_DFL)
signal.signal(signal.SIGINT, signal.default_int_handler)
stop_on_signals()
try:
    os.kill(os.getpid(), int(sys.argv[2]))
    print("goes on")
except Stopped as stop:
    os.kill(os.getpid(), int(sys.argv[2]))  # a second one, while it ends
    print("ends", stop.status)
"""


@pytest.mark.parametrize(
    ("how", "signum", "printed"),
    [
        ("", signal.SIGTERM, "ends 143"),
        ("", signal.SIGINT, "ends 130"),
        ("", signal.SIGHUP, "ends 129"),
        ("nohup", signal.SIGHUP, "goes on"),
        ("nohup", signal.SIGTERM, "ends 143"),
    ],
)
def test_a_signal_ends_the_program_once_with_its_status_unless_it_was_ignored(how, signum, printed):
    command = [sys.executable, "-c", ENDS, how, str(int(signum))]
    assert subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True).stdout.strip() == printed


PARENT = """
import subprocess, sys, time
worker = "from notebooks.processes import end_with_parent; end_with_parent(); import time; time.sleep(60)"
print(subprocess.Popen([sys.executable, "-c", worker]).pid, flush=True)
time.sleep(60)
"""


def test_a_worker_ends_soon_after_its_parent_was_killed():
    parent = subprocess.Popen([sys.executable, "-c", PARENT], env=ENVIRONMENT, stdout=subprocess.PIPE, text=True)
    worker = psutil.Process(int(parent.stdout.readline()))
    time.sleep(1)  # it is at work
    assert worker.is_running()
    parent.kill()
    parent.wait()
    worker.wait(timeout=30)
