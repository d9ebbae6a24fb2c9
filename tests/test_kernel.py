"""report/kernel.py: the right Python, one thread each, nothing on the terminal, gone when ended."""

import json
import os
import sys
import tempfile
from pathlib import Path

import pytest
from papermill import execute_notebook
from tiny_notebooks import write_notebook

from report.kernel import Kernels


@pytest.fixture
def kernels():
    # as in a report: tmp_path may be too long for a socket
    with tempfile.TemporaryDirectory(prefix="lab-") as scratch:
        yield Kernels(Path(scratch))


@pytest.fixture
def execute(kernels, tmp_path):
    """Runs one cell in a kernel of ours; returns what it printed and what reached the terminal."""

    def execute(source):
        log = tmp_path / "kernel.log"
        executed = execute_notebook(
            write_notebook(tmp_path / "1_rnn.ipynb", "", source),
            tmp_path / "out.ipynb",
            kernel_name="python3",
            language="python",
            progress_bar=False,
            kernel_manager_class=kernels.manager_class("1_rnn", log, tmp_path / "progress"),
        )
        printed = "".join(output.text for output in executed.cells[-1].outputs)
        return printed, log.read_text()

    return execute


def test_python3_is_this_python_whatever_kernelspec_is_installed(execute, tmp_path, monkeypatch):
    other = tmp_path / "share" / "kernels" / "python3"
    other.mkdir(parents=True)
    spec = {
        "argv": ["/no/such/python", "{connection_file}"],
        "display_name": "x",
        "language": "python",
    }
    (other / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_PATH", str(other.parents[1]))
    printed, _ = execute("import sys\nprint(sys.executable, sys.prefix)")
    assert printed.split() == [sys.executable, sys.prefix]


def test_namelib_is_the_one_beside_the_report(execute, kernels, tmp_path):
    (tmp_path / "checkout" / "namelib").mkdir(parents=True)
    (tmp_path / "checkout" / "namelib" / "__init__.py").write_text("print('beside the report')")
    kernels.root = tmp_path / "checkout"
    printed, _ = execute("import namelib")
    assert printed.strip() == "beside the report"


def test_one_thread_and_a_file_for_progress(execute, tmp_path):
    names = ["OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "SURNAME_LAB_PROGRESS"]
    printed, _ = execute(
        f"import os, torch\nprint(torch.get_num_threads(), *map(os.environ.get, {names}))"
    )
    assert printed.split() == ["1", "1", "1", "1", str(tmp_path / "progress")]


SOCKETS = """
import ipykernel.connect, json
connection = json.loads(ipykernel.connect.get_connection_info())
print(connection["transport"], bool(connection.get("curve_publickey")))
"""


@pytest.mark.parametrize(("longest", "transport"), [(90, "ipc False"), (0, "tcp True")])
def test_the_kernel_says_nothing_on_the_terminal(execute, kernels, longest, transport):
    kernels.longest = longest
    printed, log = execute(SOCKETS)
    assert printed.strip() == transport
    assert log == ""


def test_a_kernel_that_starts_after_the_end_is_ended(execute, kernels, tmp_path):
    kernels.end()
    with pytest.raises(RuntimeError):
        execute(f"open({os.fspath(tmp_path / 'ran')!r}, 'w')")
    assert not (tmp_path / "ran").exists()
