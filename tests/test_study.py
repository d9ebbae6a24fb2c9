"""notebooks.why_lstm.study: resumes, belongs to its data, and reuses nothing of other code."""

import json
from itertools import product
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from filelock import FileLock
from summaries import assert_wide_enough

from namelib import load_names
from namelib.files import code_digest
from namelib.language import LANGUAGES
from namelib.runs import RECORDED, ROOT, RunError
from notebooks import TEXT
from notebooks.jobs import run_jobs
from notebooks.why_lstm import budgets, gradients, letter_pairs, study
from notebooks.why_lstm.result_tables import DATA_SET_LABELS

CALLS = []


def job(number: int) -> dict:
    CALLS.append(number)
    if number == 2 and CALLS.count(2) == 1:
        raise KeyboardInterrupt  # killed at its first try
    return {"number": number}


def run(data, depth, workers, kept) -> dict:
    return {"found": run_jobs(job, [{"number": number} for number in depth], workers, "jobs", kept)}


@pytest.fixture
def places(tmp_path, monkeypatch):
    """Folders for studies with one experiment of three jobs, the second killed once."""
    CALLS.clear()
    name = "notebooks.why_lstm.ceilings"
    monkeypatch.setattr(
        study, "import_module", lambda _: SimpleNamespace(run=run, FULL=(1, 2, 3), __name__=name)
    )
    for folder, ending in (("some names", "ski"), ("elsewhere/some names", "sky")):
        (tmp_path / folder).mkdir(parents=True)
        for language, end in (("Dutch", "er"), ("Polish", ending)):
            names = "\n".join(f"{letter}{end}" for letter in "ABCDEFGHIJ")
            (tmp_path / folder / f"{language}.txt").write_text(names)
    return tmp_path


def start(places, data: str = "some names") -> None:
    folder = str(places / data) if data else ""
    study.run_study(folder, ["ceilings"], 1, places / "recorded", places / "build")


def found_by(places, data: str) -> dict | None:
    fingerprint = load_names(places / data if data else "").fingerprint
    return study.load_study(fingerprint, places / "recorded", places / "build")


def test_it_goes_on_where_it_was_stopped_and_writes_nothing_before(places):
    with pytest.raises(KeyboardInterrupt):
        start(places)
    assert found_by(places, "some names") is None
    start(places)
    assert CALLS == [1, 2, 2, 3]  # the first was kept
    found = found_by(places, "some names")
    assert [one["number"] for one in found["results"]["ceilings"]["found"]] == [1, 2, 3]
    assert {"date", "processor", "cores", "versions", "seconds"} == set(found["made"]["ceilings"])
    start(places)
    assert len(CALLS) == 4


def test_folders_of_one_name_have_a_study_each(places):
    CALLS.append(2)  # nothing is killed
    start(places)
    start(places, "elsewhere/some names")
    one, other = found_by(places, "some names"), found_by(places, "elsewhere/some names")
    assert one["data"]["name"] == other["data"]["name"] == "some names"
    assert one["data"]["fingerprint"] != other["data"]["fingerprint"]


def test_a_recorded_study_of_other_surnames_is_refused_before_anything_is_computed(places):
    path = places / "recorded" / "study.json"
    study.record(path, "embedded", "of former lists", "ceilings", {"hours": 4})
    before = path.read_bytes()
    for act in (
        lambda: start(places, ""),
        lambda: study.record(path, "embedded", "new", "ceilings", {}),
    ):
        with pytest.raises(
            RunError, match=r"study\.json: a study of other surnames; move it elsewhere, then"
        ) as caught:
            act()
        assert "\n" not in str(caught.value)
    assert path.read_bytes() == before and not CALLS


def test_a_study_gains_experiments_and_another_data_sets_is_found_beside_it(places):
    recorded = places / "recorded"
    assert study.other_study("f", recorded) is None
    study.record(recorded / "study.json", "embedded", "f", "ceilings", {"a": 1, "seconds": 2.0})
    study.record(
        recorded / "study.json",
        "embedded",
        "f",
        "budgets",
        {"b": [{"seconds": 1.5}, {"seconds": 2.5}]},
    )
    assert study.other_study("f", recorded) is None
    study.record(recorded / "study_tutorial.json", "tutorial", "t", "ceilings", {"a": 2})
    found = study.load_study("f", recorded, places)
    assert set(found["results"]) == {"ceilings", "budgets"}
    assert found["made"]["budgets"]["seconds"] == 4
    assert study.load_study("t", recorded, places)["data"]["name"] == "tutorial"
    assert study.load_study("unknown", recorded, places) is None
    others = [
        study.other_study(fingerprint, recorded)["data"]["name"]
        for fingerprint in ("f", "t", "unknown")
    ]
    assert others == ["tutorial", "embedded", "embedded"]


def test_a_second_data_set_is_called_by_its_own_name():
    recorded = {json.loads(path.read_bytes())["data"]["name"] for path in RECORDED.glob("study*")}
    assert recorded == DATA_SET_LABELS.keys()
    for language, block in product(LANGUAGES, ("second_alike", "second_differs")):
        text = (TEXT / f"4_why_lstm.{language}.md").read_text(encoding="utf-8")
        assert "{{ where | label }}" in text.partition(f"{{% block {block} %}}")[2][:200]


def test_a_damaged_study_is_named(places):
    path = places / "build" / "study" / "some names" / "study.json"
    study.record(path, "some names", "f", "ceilings", {"a": 1})
    path.write_bytes(path.read_bytes()[:-9])
    for damaged in (path.read_bytes(), b"[1]", b'{"data": {}}'):
        path.write_bytes(damaged)
        with pytest.raises(
            RunError, match=r"study\.json: damaged \(.*; delete it and run `make study` again"
        ):
            study.load_study("f", places / "recorded", places / "build")


def test_the_command_says_what_is_wrong_in_one_line(tmp_path):
    (tmp_path / "Dutch.txt").write_text("Smit")
    answer = CliRunner().invoke(study.main, ["--data", str(tmp_path)])
    assert answer.exit_code == 1
    assert answer.output.startswith("Error: ") and answer.output.count("\n") == 1


def test_the_command_runs_what_is_asked_goes_on_after_a_stop_and_waits_for_no_other(
    places, monkeypatch
):
    monkeypatch.setattr(study.run_study, "__defaults__", (places / "recorded", places / "build"))
    words = ["--data", str(places / "some names"), "--only", "ceilings", "--jobs", "1"]
    stopped = CliRunner().invoke(study.main, words)
    assert stopped.exit_code == 130
    assert stopped.output.splitlines()[-1].startswith("stopped; finished runs are kept, and the")
    (folder,) = (places / "build" / "study").iterdir()
    with FileLock(folder / ".lock"):
        beside = CliRunner().invoke(study.main, words)
    assert beside.exit_code == 1
    assert beside.output == f"Error: {folder}: another study is writing here; wait for it\n"
    again = CliRunner().invoke(study.main, words)
    assert again.exit_code == 0 and CALLS == [1, 2, 2, 3]
    assert again.output.rstrip().endswith(f"s of CPU, in {folder / 'study.json'}")
    assert set(found_by(places, "some names")["results"]) == {"ceilings"}


def test_all_code_that_an_experiment_runs_is_in_its_digest_and_no_figure(tmp_path):
    files = {
        "room/experiment.py": "from namelib.data import Names\nfrom room import near\n",
        "room/near.py": "import room.far as other\n",
        "room/far.py": "def late():\n    from namelib import loops\n",
        "room/figure.py": "import room.experiment\n",
        "room/__init__.py": "",
        "namelib/__init__.py": "",
        "namelib/data.py": "import os\n",
        "namelib/loops.py": "import room.experiment\n",
    }
    for name, code in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(code)
    before = code_digest(tmp_path, "room.experiment")
    for name, code in files.items():
        (tmp_path / name).write_text(code + "# changed\n")
        same = code_digest(tmp_path, "room.experiment") == before
        assert same == (name == "room/figure.py"), name
        (tmp_path / name).write_text(code)


@pytest.mark.parametrize("name", study.EXPERIMENTS)
def test_a_digest_follows_namelib_and_the_intervals(name, tmp_path):
    for folder in ("namelib", "notebooks"):
        for path in (ROOT / folder).rglob("*.py"):
            copy = tmp_path / path.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    digests = {code_digest(tmp_path, f"notebooks.why_lstm.{name}")}
    for used in (
        "namelib/data.py",
        "notebooks/why_lstm/statistics.py",
        f"notebooks/why_lstm/{name}.py",
    ):
        (tmp_path / used).write_text((tmp_path / used).read_text() + "# changed\n")
        digests.add(code_digest(tmp_path, f"notebooks.why_lstm.{name}"))
    assert len(digests) == 4


def texts(value: object) -> set[str]:
    """Every text in a result."""
    if isinstance(value, dict):
        return set(value) | texts(list(value.values()))
    return (
        set().union(*map(texts, value))
        if isinstance(value, list)
        else {value}
        if isinstance(value, str)
        else set()
    )


def test_the_tutorials_study_has_its_numbers_and_none_of_its_surnames(some, tmp_path, monkeypatch):
    """As `make study` runs it: pairs read the networks of the budgets, gradients their rates."""
    names = some[::2]
    monkeypatch.setattr(
        letter_pairs, "strongest_example", lambda data, _: {"names": data.names[:4]}
    )
    monkeypatch.setattr(study, "load_names", lambda folder: names)
    monkeypatch.setattr(
        budgets, "FULL", budgets.Depth((0, 1), (1,), budgets.EXAMINED, (5,), 5, hidden_size=6)
    )
    monkeypatch.setattr(gradients, "FULL", gradients.Depth((0, 1), 1, 3, 2, 6, hidden_size=6))
    experiments = ("budgets", "letter_pairs", "gradients")
    for data_dir, file in (("tutorial", "study_tutorial.json"), ("", "study.json")):
        study.run_study(data_dir, experiments, 1, tmp_path / data_dir, tmp_path / "build")
        found = json.loads((tmp_path / data_dir / file).read_bytes())
        assert set(found["results"]) == set(experiments)
        assert_wide_enough(found["results"])
        assert found["data"] == {"name": data_dir or "embedded", "fingerprint": names.fingerprint}
        rates = {key: row["rate"] for key, row in found["results"]["gradients"]["networks"].items()}
        tuned = {
            key: row["1"]["rate"] for key, row in found["results"]["budgets"]["scores"].items()
        }
        assert rates.items() >= tuned.items()
        assert found["results"]["letter_pairs"]["slopes"].keys() == {"1"}
        assert texts(found) & set(names.names) == (set() if data_dir else set(names.names[:4]))


@pytest.mark.parametrize("file", sorted(study.RECORDED_AS.values()))
def test_every_recorded_interval_is_as_wide_as_its_splits_make_it(file):
    assert_wide_enough(json.loads((study.RECORDED / file).read_bytes())["results"])
