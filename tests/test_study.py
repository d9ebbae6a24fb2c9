"""notebooks.why_lstm.study: goes on where it was stopped, writes whole experiments, and is found again by its data."""

import json
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from namelib import load_names
from namelib.runs import RunError
from notebooks.why_lstm import study
from notebooks.why_lstm.workers import run_jobs

CALLS = []


def job(number: int) -> dict:
    CALLS.append(number)
    if number == 2 and CALLS.count(2) == 1:
        raise KeyboardInterrupt  # killed at its first try
    return {"number": number}


def run(data, depth, workers, memory) -> dict:
    return {"found": run_jobs(job, [{"number": number} for number in depth], workers, "jobs", memory)}


@pytest.fixture
def build(tmp_path, monkeypatch):
    """A study with one experiment of three jobs, on a folder of few names; the second job is killed once."""
    CALLS.clear()
    experiment = SimpleNamespace(run=run, FULL=(1, 2, 3), __file__=__file__, __name__="ceilings")
    monkeypatch.setattr(study, "import_module", lambda name: experiment)
    monkeypatch.setattr(study, "BUILD", tmp_path / "build")
    monkeypatch.setattr(study, "RECORDED_STUDY", tmp_path / "recorded" / "study.json")
    names = tmp_path / "some names"
    names.mkdir()
    for language, ending in (("Dutch", "er"), ("Polish", "ski")):
        (names / f"{language}.txt").write_text("\n".join(f"{letter}{ending}" for letter in "ABCDEFGHIJ"))
    return tmp_path


def start(build, *arguments: str):
    return CliRunner().invoke(study.main, ["--data", str(build / "some names"), "--jobs", "1", *arguments])


def test_it_goes_on_where_it_was_stopped_and_writes_nothing_before(build):
    path = build / "build" / "study" / "some names" / "study.json"
    assert start(build, "--only", "ceilings").exit_code != 0
    assert not path.exists()
    assert start(build, "--only", "ceilings").exit_code == 0
    assert CALLS == [1, 2, 2, 3]  # the first was kept
    recorded = json.loads(path.read_text())
    assert [one["number"] for one in recorded["results"]["ceilings"]["found"]] == [1, 2, 3]
    made = recorded["made"]["ceilings"]
    assert {"date", "processor", "cores", "versions", "seconds"} == set(made)


def test_a_study_is_found_by_its_data_and_gains_experiments(build):
    data = load_names(build / "some names")
    assert study.load_study(data.fingerprint) is None
    path = study.BUILD / "study" / "some names" / "study.json"
    study.record(path, "some names", data.fingerprint, "ceilings", {"a": 1, "seconds": 2.0})
    study.record(path, "some names", data.fingerprint, "budgets", {"b": [{"seconds": 1.5}, {"seconds": 2.5}]})
    found = study.load_study(data.fingerprint)
    assert set(found["results"]) == {"ceilings", "budgets"}
    assert found["made"]["budgets"]["seconds"] == 4
    assert study.load_study(data[:2].fingerprint) is None
    study.record(path, "others", "other data", "ceilings", {"a": 2})
    assert study.load_study(data.fingerprint) is None
    assert set(study.load_study("other data")["results"]) == {"ceilings"}


def test_a_damaged_study_is_named(build):
    path = study.BUILD / "study" / "some names" / "study.json"
    study.record(path, "some names", "f", "ceilings", {"a": 1})
    path.write_bytes(path.read_bytes()[:-9])
    for damaged in (path.read_bytes(), b"[1]", b'{"data": {}}'):
        path.write_bytes(damaged)
        with pytest.raises(RunError, match=r"study\.json: damaged \(.*; delete it and run `make study` again"):
            study.load_study("f")
