"""What several test files need: names, runs, reports, a browser, a shell that keeps displays."""

import time
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from browser import chromium
from hypothesis import HealthCheck, settings
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from live_runs import write_odd, write_trained
from sample import sample
from traitlets.config import Config

from namelib import load_names, split_names
from namelib.data import EMBEDDED_NAMES
from report.html import LabHTMLExporter
from report.stitch import Form, render

# a machine may be busy
settings.register_profile("lab", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("lab")
FEW_LANGUAGES = ("Italian", "Japanese", "Korean", "Polish")


def pytest_addoption(parser):
    parser.addoption(
        "--report", type=Path, help="check the report in this folder (build/), not the sample's"
    )
    parser.addoption(
        "--slow", action="store_true", help="also run the tests that kill real runs and fill a disk"
    )


def pytest_collection_modifyitems(config, items):
    for item in items if not config.getoption("--slow") else ():
        if "slow" in item.keywords:
            item.add_marker(pytest.mark.skip(reason="slow: make test ARGS=--slow"))


@pytest.fixture(scope="module")
def one_thread():
    """For a test file of tiny networks, at whose size several threads are slower than one."""
    torch.set_num_threads(1)


@pytest.fixture(scope="module", params=["zh", "en"])
def language(request):
    """Each language of the report."""
    return request.param


@pytest.fixture(scope="session")
def few_names(tmp_path_factory) -> Path:
    """A folder of 30 embedded names in each of four languages."""
    folder = tmp_path_factory.mktemp("few names")
    for language in FEW_LANGUAGES:
        names = (EMBEDDED_NAMES / f"{language}.txt").read_text(encoding="utf-8").splitlines()
        (folder / f"{language}.txt").write_text(
            "\n".join(names[:: len(names) // 30][:30]) + "\n", encoding="utf-8"
        )
    return folder


@pytest.fixture(scope="session")
def few(few_names):
    """(training names, validation names) of the small folder."""
    return split_names(load_names(few_names))


@pytest.fixture(scope="session")
def split():
    """(training names, validation names): every eighth of the embedded ones."""
    return tuple(names[::8] for names in split_names(load_names()))


@pytest.fixture(scope="session")
def some():
    """A few hundred embedded surnames."""
    return load_names()[::60]


@pytest.fixture
def displayed(tmp_path, monkeypatch):
    """Its `outputs` are what a notebook would show, each with `data` and `metadata`."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    with capture_output() as captured:
        yield captured
    InteractiveShell.clear_instance()


@pytest.fixture(scope="session")
def trained_runs(tmp_path_factory) -> Path:
    """Run folders of RNN and MyLSTM, trained for a second on the embedded names."""
    folder = tmp_path_factory.mktemp("trained")
    write_trained(folder, *split_names(load_names()))
    return folder


@pytest.fixture(scope="session")
def printed(request, trained_runs) -> Path:
    """A folder with a whole report and its runs: the one that `--report` names, or the sample's."""
    if request.config.getoption("--report"):
        return request.config.getoption("--report").resolve()
    files, _ = render(sample(), Form(), trained_runs)
    for name, data in files.items():
        (trained_runs / name).write_bytes(data)
    return trained_runs


@pytest.fixture(scope="session")
def live_pages(trained_runs, tmp_path_factory) -> Path:
    """The sample's page with the runs `trained` and `odd` in its live figure, and their folders."""
    folder = tmp_path_factory.mktemp("pages")
    (folder / "trained").symlink_to(trained_runs)
    write_odd(folder / "odd")
    for name in ("trained", "odd"):
        html, _ = LabHTMLExporter().from_notebook_node(sample(live=str(folder / name)))
        (folder / f"{name}.html").write_text(html, "utf-8")
    return folder


@pytest.fixture(scope="module")
def browser():
    """A Chromium for one test file."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still but for `clock.takes(seconds)`: work that takes them."""
    now = SimpleNamespace(time=0.0)

    def takes(seconds: float, answer: object = None):
        def work(*_, **__):
            now.time += seconds
            return answer

        return work

    monkeypatch.setattr(time, "perf_counter", lambda: now.time)
    return SimpleNamespace(takes=takes)
