"""notebooks/processes.py: a signal ends a program with its status, a parent's end its workers."""

import os
import signal
import subprocess
import sys

import psutil
import pytest

from namelib.runs import ROOT

ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT)}
ENDS = """
import os, signal, sys, time
from notebooks.processes import not_stopped, stop_on_signals
signal.signal(signal.SIGHUP, signal.SIG_IGN if sys.argv[1] == "nohup" else signal.SIG_DFL)
signal.signal(signal.SIGINT, signal.default_int_handler)
signum = int(sys.argv[2])
with stop_on_signals():
    try:
        with not_stopped():
            os.kill(os.getpid(), signum)
        os.kill(os.getpid(), signum)
        print("goes on")
    except KeyboardInterrupt as stop:
        os.kill(os.getpid(), signum)  # the same one, sent to the group, too
        print("ends", 128 + stop.args[0], flush=True)
        if sys.argv[1] == "uncaught":
            raise
        time.sleep(0.6)
        os.kill(os.getpid(), signum)
        print("hangs")
"""
FINALISES = """
import os, signal, time, weakref
from notebooks.processes import stop_on_signals
class Thing: pass
with stop_on_signals():
    thing = Thing()
    weakref.finalize(thing, os.kill, os.getpid(), signal.SIGTERM)
    del thing
    time.sleep(60)
    print("goes on")
"""
COMMANDS = [
    "report",
    "report.sweep",
    "report.lab",
    "notebooks.why_lstm.study",
    "namelib predict Kim",
]


@pytest.mark.parametrize(
    ("how", "signum", "printed", "status"),
    [
        ("", signal.SIGTERM, "ends 143", 143),
        ("", signal.SIGINT, "ends 130", 130),
        ("", signal.SIGHUP, "ends 129", 129),
        ("uncaught", signal.SIGINT, "ends 130", 130),
        ("nohup", signal.SIGHUP, "goes on", 0),
        ("nohup", signal.SIGTERM, "ends 143", 143),
    ],
)
def test_a_signal_ends_the_program_with_its_status_and_another_one_at_once(
    how, signum, printed, status
):
    command = [sys.executable, "-c", ENDS, how, str(int(signum))]
    ended = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True)
    assert (ended.stdout.strip(), ended.stderr, ended.returncode) == (printed, "", status)


def test_a_signal_that_comes_while_python_finalises_something_is_not_lost():
    ended = subprocess.run(
        [sys.executable, "-c", FINALISES], env=ENVIRONMENT, capture_output=True, text=True
    )
    assert (ended.stdout, ended.stderr, ended.returncode) == ("", "", 143)


@pytest.mark.parametrize("command", COMMANDS)
def test_ctrl_c_while_a_command_imports_what_it_needs_ends_it_without_a_word(command):
    words = [sys.executable, "-X", "importtime", "-m", *command.split()]
    process = subprocess.Popen(
        words,
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        # background jobs of a shell ignore it
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    lines = iter(process.stderr.readline, "")
    assert any("namelib.stopping" in line for line in lines)  # the first thing that it imports
    process.send_signal(signal.SIGINT)
    rest = list(lines)
    assert process.wait() == -signal.SIGINT  # which a shell calls 130
    assert [line for line in rest if not line.startswith("import time:")] == []
    assert not any("torch" in line.split("|")[-1].split() for line in rest), "it was heeded later"


@pytest.mark.parametrize(
    ("code", "handler"),
    [
        (["-c", "import namelib, signal"], signal.default_int_handler),  # a notebook's own
        (["-m", "namelib", "-h"], signal.SIG_IGN),  # as nohup sets it
    ],
)
def test_ctrl_c_stays_a_notebooks_and_ignored_where_it_was(code, handler, tmp_path):
    tell = "import atexit, signal; atexit.register(lambda: print(signal.getsignal(signal.SIGINT)))"
    (tmp_path / "sitecustomize.py").write_text(tell)
    ended = subprocess.run(
        [sys.executable, *code],
        env=ENVIRONMENT | {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])},
        capture_output=True,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, handler),
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.splitlines()[-1] == str(handler)


PARENT = """
import subprocess, sys, time
begin = "import os; from notebooks.processes import end_with_parent as end; end(os.getppid())"
work = "import time; print(flush=True); time.sleep(600)"
worker = subprocess.Popen([sys.executable, "-c", f"{begin}; {work}"], stdout=subprocess.PIPE)
worker.stdout.readline()  # it is at work
print(worker.pid, flush=True)
time.sleep(600)
"""


def test_a_worker_ends_soon_after_its_parent_was_killed():
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT], env=ENVIRONMENT, stdout=subprocess.PIPE, text=True
    )
    worker = psutil.Process(int(parent.stdout.readline()))
    assert worker.is_running()
    parent.kill()
    parent.wait()
    worker.wait(timeout=30)
