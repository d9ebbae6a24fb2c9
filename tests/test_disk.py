"""Real runs on a full or read-only disk, or whose folder goes: one line, the old report stays."""

import os
import shutil
import subprocess

import pytest
from real_commands import SMALL, Command, numbers, report

from namelib.runs import ROOT

pytestmark = pytest.mark.slow


@pytest.fixture
def disk(tmp_path):
    """A disk of its own, 60 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=60m", "tmpfs", folder], capture_output=True
    ).returncode:
        pytest.skip("only an administrator can mount a disk")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def last_line(command: Command) -> str:
    assert command.end() == 1 and "Traceback" not in command.printed(), command.printed()
    return command.printed().splitlines()[-1]


def test_a_full_and_a_read_only_disk_are_named_and_the_former_report_opens(disk, few_names):
    command = report(few_names, disk / "out")
    assert command.end() == 0, command.printed()
    former = (disk / "out" / "report.html").read_bytes()
    free = shutil.disk_usage(disk).free
    (disk / "filler").write_bytes(bytes(free - 4096))
    for words in (["--course", "typesetting only"], ["-p", "seed", "7"]):
        line = last_line(report(few_names, disk / "out", *words))
        assert "No space left on device" in line and str(disk / "out") in line
        assert line.endswith("; the former report is still in " + os.path.relpath(disk / "out"))
        assert (disk / "out" / "report.html").read_bytes() == former and not list(
            disk.rglob(".report*.part")
        )
    (disk / "filler").unlink()
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    line = last_line(report(few_names, disk / "out", "-p", "seed", "7"))
    assert "Read-only file system" in line and str(disk / "out") in line
    assert (disk / "out" / "report.html").read_bytes() == former


def test_a_folder_that_goes_while_the_notebooks_run_is_named(tmp_path, few_names):
    command = report(few_names, tmp_path / "out")
    command.wait_for("2_lstm: starts")
    shutil.rmtree(tmp_path / "out")
    assert str(tmp_path / "out") in last_line(command)
    assert command.remaining() == []


def test_a_checkout_on_a_read_only_disk_gives_the_same_digits_from_anywhere(
    disk, few_names, tmp_path
):
    """Also with one job, in a plain locale, without a home and without a terminal."""
    for folder in ("data", "namelib", "notebooks", "report"):
        shutil.copytree(ROOT / folder, disk / folder, ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    words = ["-m", "report", "--quick", "--data", str(few_names), *SMALL]
    plain = {"PYTHONPATH": str(disk), "LANG": "C", "LC_ALL": "C", "HOME": None}
    one = Command(
        *words,
        "--out",
        str(tmp_path / "one"),
        "--jobs",
        "1",
        "-p",
        "workers",
        "1",
        cwd=tmp_path,
        **plain,
    )
    two = Command(*words, "--out", str(tmp_path / "two"), "--jobs", "2", cwd=ROOT)
    assert one.end() == two.end() == 0, one.printed() + two.printed()
    names = [
        path.relative_to(tmp_path / "two")
        for path in (tmp_path / "two").rglob("*")
        if path.suffix in (".csv", ".safetensors")
    ]
    assert len(names) == 6
    assert all(
        (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
        for name in names
    )
    assert numbers(tmp_path / "one") == numbers(tmp_path / "two")
