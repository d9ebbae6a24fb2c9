"""Real runs: what they hand in, and what is left when they are stopped in each phase."""

import json
import signal
import socket
import sys
import time
from pathlib import Path

import pytest
from pypdf import PdfReader
from real_commands import Command, lasting, numbers, report

from namelib.runs import ROOT

pytestmark = pytest.mark.slow

# what has to be made again, and the line and the temporary file after which the run is stopped
PHASES = {
    "notebooks": (["1_rnn/run.json", "2_lstm/run.json"], "2_lstm: starts", "2_lstm.progress"),
    "chapter 4": (["4_why_lstm/run.json"], "4_why_lstm cell", "4_why_lstm.json"),
    "printing": (["report.json"], "typesetting", "report.typ"),
}
STATUS = {"SIGTERM": 143, "SIGKILL": -9}  # tests/test_main.py has the other signals


@pytest.fixture(scope="module")
def made(few_names, tmp_path_factory) -> Path:
    """The folder of a finished report."""
    out = tmp_path_factory.mktemp("made") / "out"
    home = str(out.parent / "zhaoqian-sunli")
    command = report(
        few_names, out, "--notebook", HOME=home, USER="zhaoqian-sunli", LOGNAME="zhaoqian-sunli"
    )
    assert command.end() == 0, command.printed()
    return out


def test_what_is_handed_in_names_no_place_user_or_host_of_this_machine(made, few_names):
    places, host = [few_names, few_names.parent, made, ROOT, sys.prefix], socket.gethostname()
    # a short one stands in any long file
    private = ["zhaoqian-sunli", *map(str, places), *[host] * (len(host) > 5)]
    kinds = (".html", ".pdf", ".ipynb", ".json", ".csv", ".safetensors")
    handed_in = [path for path in made.rglob("*") if path.suffix in kinds]
    assert len(handed_in) > 15
    for path in handed_in:
        text = path.read_bytes().decode(errors="replace")
        if path.suffix == ".pdf":
            pdf = PdfReader(path)
            text += f"{pdf.metadata} {pdf.xmp_metadata}" + "".join(
                page.extract_text() for page in pdf.pages
            )
        assert [word for word in private if word in text] == [], path


def left_in(folder: Path) -> list[Path]:
    """Temporary files but for torch's cache, which all its programs share."""
    return [path for path in folder.iterdir() if not path.name.startswith("torchinductor_")]


def files(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in out.glob("report.*") if path.suffix != ".json"}


@pytest.mark.parametrize("name", STATUS)
@pytest.mark.parametrize("phase", PHASES)
def test_a_stopped_report_leaves_no_process_and_the_former_report(
    made, few_names, tmp_path, phase, name
):
    removed, line, file = PHASES[phase]
    before, digits = files(made), numbers(made)
    for record in removed:
        (made / record).unlink(missing_ok=True)
    command = report(few_names, made, "--notebook", TMPDIR=str(tmp_path))
    command.wait_for(line)
    while command.process.poll() is None and not list(tmp_path.rglob(file)):
        time.sleep(0.05)
    command.process.send_signal(getattr(signal, name))
    assert command.end() == STATUS[name], command.printed()
    assert command.remaining() == []
    assert files(made) == before and "Traceback" not in command.printed()
    if name != "SIGKILL":
        assert command.printed().splitlines()[-1].startswith("stopped; no report was written")
        assert "; the former report is still in " in command.printed()
        assert left_in(tmp_path) == []
        return
    if phase == "notebooks":  # a whole one stays what it is, an unfinished one is made again
        assert not (made / "1_rnn" / "run.json").exists()
    again = report(few_names, made, "--notebook", TMPDIR=str(tmp_path))
    assert again.end() == 0, again.printed()
    assert (
        files(made).keys() == before.keys() and numbers(made) == digits and left_in(tmp_path) == []
    )
    assert not list(made.rglob(".*.part")) and not (made / ".scratch").exists()


SWEEP = [
    "-m",
    "report.sweep",
    "rnn",
    "--recipe",
    "original",
    "-g",
    "seed",
    "0,1,2,3,4,5,6,7",
    "-p",
    "steps",
    "3000",
]
STUDY = """
import pathlib, sys, namelib.runs
namelib.runs.BUILD = pathlib.Path(sys.argv.pop(1))
from notebooks.why_lstm.study import main
main()
"""


@pytest.mark.parametrize("name", STATUS)
def test_a_stopped_sweep_leaves_no_process_and_its_cells(few_names, tmp_path, name):
    words = [*SWEEP, "-g", "hidden_size", "8", "-g", "learning_rate", "0.005"]
    command = Command(
        *words, "--data", str(few_names), "--out", str(tmp_path / "out"), "--jobs", "2"
    )
    command.wait_for(r"2/8  RNN")
    command.process.send_signal(getattr(signal, name))
    assert command.end() == STATUS[name], command.printed()
    assert command.remaining() == [] and "Traceback" not in command.printed()
    if name != "SIGKILL":
        assert command.printed().splitlines()[-1].startswith("stopped; finished cells are kept")
    assert not (tmp_path / "out" / "sweep.csv").exists()
    again = Command(*words, "--data", str(few_names), "--out", str(tmp_path / "out"), "--jobs", "2")
    assert again.end() == 0 and "8 cells (8 ok)" in again.printed(), again.printed()
    kept = int(again.printed().split(" of them already")[0].split()[-1])
    assert 2 <= kept < 8


@pytest.mark.parametrize("name", STATUS)
def test_a_stopped_study_leaves_no_process_and_its_finished_runs(few_names, tmp_path, name):
    def study(build: str, jobs: int) -> Command:
        words = ["--data", str(few_names), "--only", "ceilings", "--jobs", str(jobs)]
        return Command("-c", STUDY, str(tmp_path / build), *words)

    command = study("stopped", 2)
    command.wait_for("ceilings ...")
    while command.process.poll() is None and not list(tmp_path.rglob("*.pickle")):
        time.sleep(0.1)
    command.process.send_signal(getattr(signal, name))
    assert command.end() == STATUS[name], command.printed()
    assert command.remaining() == [] and "Traceback" not in command.printed()
    assert not list(tmp_path.rglob("study.json"))
    again, whole = study("stopped", 1), study("whole", 2)
    assert again.end() == whole.end() == 0, again.printed() + whole.printed()
    first, second = (json.loads(path.read_text()) for path in tmp_path.rglob("study.json"))
    assert lasting(first["results"]) == lasting(second["results"])


def test_two_runs_into_one_folder_side_by_side(few_names, tmp_path):
    first = report(few_names, tmp_path / "out")
    first.wait_for("1_rnn: starts")
    second = report(few_names, tmp_path / "out")
    assert second.end() == 1 and "another run is writing here" in second.printed()
    assert "failed" not in first.printed() and first.process.poll() is None
    first.process.terminate()
    assert first.end() == STATUS["SIGTERM"]
