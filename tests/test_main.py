"""report/__main__.py: the command, from options to files, and what is left when it stops."""

import json
import signal
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from filelock import FileLock
from nbconvert.utils.exceptions import ConversionException
from real_commands import Command
from tiny_notebooks import write_notebook

from report import __main__ as command
from report.stitch import Form

# Under nohup or a process manager some are ignored, by what it starts, too.
SIGNALS = [
    signum
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    if signum == signal.SIGINT or signal.getsignal(signum) != signal.SIG_IGN
]
DECLARED = 'steps: int = 3  # how many\nseed: int = 0\nout_dir: str = ""\ndata_dir: str = ""'
READS = 'runs_dir: str = ""\nout_dir: str = ""\ndata_dir: str = ""'
TRAIN = """
import json, pathlib
files = sorted(path.name for path in pathlib.Path(data_dir).glob("*.txt"))
results = {"steps": steps, "seed": seed, "files": files}
pathlib.Path(out_dir, "results.json").write_text(json.dumps(results))
"""
READ = "import pathlib\nprint(pathlib.Path(runs_dir, '1_rnn', 'results.json').read_text())"


class Lab:
    """The command as a function, with a press that notes what it is given."""

    def __init__(self, checkout, caller):
        self.of, self.caller, self.printed = (checkout, ("1_rnn", "4_why")), caller, 0
        self.notebooks = checkout / "notebooks"

    def __call__(self, *arguments):
        return CliRunner().invoke(command.main, arguments, obj=self.of)

    def press(self, whole, form, runs):
        self.whole, self.form, self.runs = whole, form, runs
        self.printed += 1
        pdfs = {"report.zh.pdf": b"zh", "report.en.pdf": b"en", "report.pdf": b"zh"}
        return {"report.html": b"page", **pdfs}, {"html": 0.1, "pdf": 0.2}


@pytest.fixture
def lab(tmp_path, monkeypatch):
    """The command on a folder with names, and on two tiny notebooks elsewhere."""
    write_notebook(tmp_path / "notebooks" / "1_rnn.ipynb", DECLARED, TRAIN, quick={"steps": 2})
    write_notebook(tmp_path / "notebooks" / "4_why.ipynb", READS, READ)
    caller = tmp_path / "caller"
    (caller / "my names").mkdir(parents=True)
    for language, ending in (("Elvish", "el"), ("Dwarvish", "im")):
        names = "\n".join(f"{letter}{ending}" for letter in "ABCDEFGHIJ")
        (caller / "my names" / f"{language}.txt").write_text(names)
    monkeypatch.chdir(caller)
    lab = Lab(tmp_path, caller)
    monkeypatch.setattr(command, "render", lab.press)
    return lab


def test_a_run_from_options_to_files(lab):
    words = [
        "--data",
        "my names",
        "--out",
        "o",
        "--author",
        "A. <b>",
        "--student-id",
        "7",
        "--course",
        "NLP",
    ]
    result = lab(
        *words,
        "--lang",
        "en",
        "--seed",
        "5",
        "-p",
        "rnn.steps",
        "9",
        "--jobs",
        "2",
        "--code",
        "--notebook",
    )
    assert result.exit_code == 0, result.output
    out = lab.caller / "o"
    trained = json.loads((out / "1_rnn" / "results.json").read_text())
    assert trained == {"steps": 9, "seed": 5, "files": ["Dwarvish.txt", "Elvish.txt"]}
    assert (out / "report.html").read_bytes() == b"page"
    for name in ("report.html", "report.pdf", "report.zh.pdf", "report.en.pdf"):
        assert f"o/{name}" in result.output
    facts = lab.whole.metadata["lab"]
    assert (facts["author"], facts["student_id"], facts["course"]) == ("A. <b>", "7", "NLP")
    assert facts["data"] == "my names"
    assert len(facts["fingerprint"]) == 64
    assert facts["parameters"] == {"1_rnn": {"steps": 9, "seed": 5}, "4_why": {}}
    again = (
        "--data 'my names' --lang en --author 'A. <b>' "
        "--student-id 7 --course NLP --seed 5 -p rnn.steps 9 --code"
    )
    assert facts["command"] == f"python -m report {again}"
    assert lab.runs == out and lab.form == Form("en", code=True, notebook=True)
    written = json.loads((out / "report.json").read_text())
    assert (
        set(written["seconds"]) == {"1_rnn", "4_why", "html", "pdf"}
        and written["versions"]["torch"]
    )


def test_the_record_has_what_the_networks_reached(lab):
    save = "from namelib.runs import save_results\nsave_results(out_dir, {'metrics': {'a': steps}})"
    write_notebook(lab.notebooks / "1_rnn.ipynb", DECLARED, save)
    assert lab("--out", "o").exit_code == 0
    assert json.loads(Path("o/report.json").read_text())["accuracies"] == {"1_rnn": {"a": 3}}


def test_no_path_of_this_machine_is_in_what_is_handed_in(lab):
    assert (
        lab("--data", str(lab.caller / "my names"), "--out", str(lab.caller / "o")).exit_code == 0
    )
    assert str(lab.caller.parent) not in json.dumps(lab.whole)
    assert lab.whole.metadata["lab"]["command"] == "python -m report --data 'my names'"


def test_an_anonymous_report_has_no_author_and_no_date(lab):
    assert lab("--out", "o", "--anonymous", "--course", "NLP").exit_code == 0
    facts = lab.whole.metadata["lab"]
    assert (facts["author"], facts["student_id"], facts["date"], facts["course"]) == (
        "",
        "",
        "",
        "NLP",
    )
    assert facts["anonymous"] and "--anonymous" in facts["command"]
    assert "give one or the other" in lab("--out", "o", "--anonymous", "--author", "A").output


@pytest.mark.parametrize(
    ("arguments", "allowed"),
    [
        (["--jobs", "0"], "0 is not in the range 1<=x<=64"),
        (["--jobs", "x"], "'x' is not a valid integer range"),
        (["--seed", "-1"], "-1 is not in the range 0<=x<=4294967295"),
        (["--seed", "9" * 20], "is not in the range 0<=x<=4294967295"),
        (["--lang", "fr"], "'fr' is not one of 'zh', 'en'"),
        (["--author", "a\nb"], "one line of at most 100 printable characters is allowed"),
        (["--student-id", "\x1b[31m"], "one line of at most 100 printable characters is allowed"),
        (["--course", "c" * 5000], "one line of at most 100 printable characters is allowed"),
        (["--out", "file"], "Directory 'file' is a file."),
    ],
)
def test_an_option_beyond_its_limits_is_refused_in_one_short_line(lab, arguments, allowed):
    Path("file").touch()
    result = lab("--out", "o", *arguments)
    line = result.output.splitlines()[-1]
    assert result.exit_code == 2 and allowed in line and len(line) < 200 and not Path("o").exists()


def test_quick_values_and_a_second_run_that_runs_nothing(lab):
    assert lab("--quick", "--out", "o").exit_code == 0
    assert json.loads(Path("o/1_rnn/results.json").read_text())["steps"] == 2
    before = Path("o/1_rnn/notebook.ipynb").stat().st_mtime_ns
    result = lab("--quick", "--out", "o")
    assert "1_rnn: unchanged since its last run" in result.output
    assert "nothing has changed since the last report" in result.output and lab.printed == 1
    assert "o/report.zh.pdf" in result.output and Path("o/report.html").read_bytes() == b"page"
    assert Path("o/1_rnn/notebook.ipynb").stat().st_mtime_ns == before
    assert (
        "nothing" not in lab("--quick", "--out", "o", "--author", "B").output and lab.printed == 2
    )
    assert Path("o/report.html").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["-p", "steps", "x"], "-p steps x: 1_rnn.ipynb expects steps: int, 1 to 100,000,000"),
        (["--data", "no names"], "no names: No such file or directory; give a folder"),
        (["--data", "."], "at least two <Language>.txt"),
        (["--data", "loop"], "loop: Too many levels of symbolic links; give a folder"),
        (["--logo", "loop"], "--logo loop: cannot be read as a picture; give a PNG or SVG file"),
        (["--assignment", "gone.md"], "--assignment gone.md: No such file or directory; give a"),
        (["--assignment", "own.md"], "own.md, cell 1: <b>: of HTML, a report knows"),
        (
            ["--data", "few"],
            "B.txt has 1 different surname; the experiments need two lists of at least 10",
        ),
    ],
)
def test_what_does_not_fit_stops_before_anything_runs(lab, arguments, words):
    Path("o").mkdir()
    Path("o/report.html").write_text("kept: nothing has been run")
    Path("few").mkdir()
    Path("own.md").write_text("<b>Hand in</b>")
    Path("loop").symlink_to("loop")
    for language in "AB":
        Path(f"few/{language}.txt").write_text("Kim\n")
    result = lab("--out", "o", *arguments)
    assert result.exit_code == 1
    assert words in result.output
    assert len(result.output.splitlines()) == 1
    assert list(Path("o").iterdir()) == [Path("o/report.html")]


def test_what_fails_leaves_the_former_report_and_no_new_one(lab, monkeypatch):
    def fail(whole, *_):
        raise ConversionException("formula \\frob")

    assert lab("--out", "o").exit_code == 0
    before = {path: path.read_bytes() for path in Path("o").glob("*report*")}
    monkeypatch.setattr(command, "render", fail)
    for cell, words in (
        (
            "steps / 0",
            'Error: 1_rnn.ipynb failed in cell [3], line 1, "steps / 0": ZeroDivisionError',
        ),
        (TRAIN + "# anew", "Error: the report could not be typeset: formula \\frob"),
    ):
        write_notebook(lab.notebooks / "1_rnn.ipynb", DECLARED, cell)
        result = lab("--out", "o")
        assert result.exit_code == 1 and words in result.output
        assert result.output.endswith("; the former report is still in o\n")
        assert {path: path.read_bytes() for path in Path("o").glob("*report*")} == before and len(
            before
        ) == 5


def test_a_forgotten_copy_is_no_chapter_and_said_to_be_left_out(lab):
    write_notebook(lab.notebooks / "1_rnn-Copy1.ipynb", DECLARED, "1 / 0")
    result = lab("--out", "o")
    assert result.exit_code == 0, result.output
    assert "left out, as no chapter has this name: 1_rnn-Copy1\n" in result.stderr
    assert not (lab.caller / "o" / "1_rnn-Copy1").exists() and "Copy1" not in str(lab.whole)


def test_a_missing_chapter_is_said_before_anything_runs(lab):
    (lab.notebooks / "4_why.ipynb").unlink()
    result = lab("--out", "o")
    assert result.exit_code == 1 and not (lab.caller / "o").exists()
    assert result.stderr == f"Error: {lab.notebooks}: without 4_why.ipynb; put it back\n"


def test_a_second_run_into_the_same_folder_is_refused(lab):
    Path("o").mkdir()
    with FileLock("o/.lock"):
        result = lab("--out", "o")
    assert result.exit_code == 1
    assert "another run is writing here" in result.output


@pytest.mark.parametrize("signum", SIGNALS)
def test_stopped_from_outside_it_leaves_no_report_and_no_kernel(lab, tmp_path, signum):
    sleep = (
        "import os, pathlib, time\npathlib.Path(out_dir, "
        "'pid').write_text(str(os.getpid()))\ntime.sleep(600)"
    )
    write_notebook(lab.notebooks / "1_rnn.ipynb", DECLARED, sleep)
    start = f"from pathlib import PosixPath; from report.__main__ import main; obj = {lab.of}"
    stopped = Command("-c", f"{start}; main(['--out', 'o', '--jobs', '1'], obj=obj)")
    pid = Path("o/1_rnn/pid")
    while not (pid.exists() and pid.read_text()):
        assert stopped.process.poll() is None, stopped.printed()
        time.sleep(0.1)
    stopped.process.send_signal(signum)
    assert stopped.end() == 128 + signum
    assert [line.split("  ")[-1] for line in stopped.printed().splitlines()] == [
        "1_rnn: starts",
        "1_rnn: stopped",
        "stopped; no report was written, finished notebooks are kept",
    ]
    assert stopped.remaining() == []
    assert not list(Path("o").glob("*report*"))
