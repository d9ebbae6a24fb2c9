"""notebooks.why_lstm.study: resumes, belongs to its data, and reuses nothing of other code."""

import datetime
import json
import os
from importlib import import_module
from itertools import product
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from filelock import FileLock
from summaries import assert_wide_enough

from namelib import load_names
from namelib.data import DataError
from namelib.runs import BUILD, RECORDED, ROOT, RunError, versions
from notebooks import TEXT
from notebooks.code_digest import code_digest
from notebooks.jobs import SCHEDULER, JobsError, run_jobs
from notebooks.language import LANGUAGES
from notebooks.why_lstm import budgets, gradients, letter_pairs, study
from notebooks.why_lstm.result_tables import DATA_SET_LABELS

CALLS = []


def job(number: int) -> dict:
    CALLS.append(number)
    if number == 2 and CALLS.count(2) == 1:
        raise KeyboardInterrupt  # killed at its first try
    return {"number": number, "seconds": 5}


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


def test_folders_of_one_name_have_a_study_each_from_wherever_they_are_named(places, monkeypatch):
    CALLS.append(2)  # nothing is killed
    start(places)
    start(places, "elsewhere/some names")
    before = len(CALLS)
    monkeypatch.chdir(places / "elsewhere" / "some names")
    study.run_study(".", ["ceilings"], 1, places / "recorded", places / "build")
    assert len(CALLS) == before  # it is the folder of before
    one, other = found_by(places, "some names"), found_by(places, "elsewhere/some names")
    assert one["data"]["name"] == other["data"]["name"] == "some names"
    assert one["data"]["fingerprint"] != other["data"]["fingerprint"]


def test_a_recorded_study_of_other_surnames_is_refused_before_anything_is_computed(places):
    path = places / "recorded" / "study.json"
    study.record(path, "embedded", "of former lists", "ceilings", {"hours": 4})
    before = path.read_bytes()
    CALLS.append(2)  # nothing is killed
    for act in (
        lambda: start(places, ""),
        lambda: study.record(path, "embedded", "new", "ceilings", {}),
    ):
        with pytest.raises(
            RunError, match=r"study\.json: a study of other surnames; move it elsewhere, then"
        ) as caught:
            act()
        assert "\n" not in str(caught.value)
    assert path.read_bytes() == before and CALLS == [2]


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


def test_an_experiment_that_is_run_again_replaces_its_own_result_alone(tmp_path):
    path = tmp_path / "study.json"
    for name, seconds in (("budgets", 1.0), ("ceilings", 2.0), ("budgets", 3.0)):
        study.record(path, "embedded", "f", name, {"seconds": seconds})
    found = study.read(path, "f")
    assert found["results"] == {"budgets": {"seconds": 3.0}, "ceilings": {"seconds": 2.0}}
    assert {name: made["seconds"] for name, made in found["made"].items()} == {
        "budgets": 3,
        "ceilings": 2,
    }
    made = found["made"]["budgets"]
    assert datetime.date.fromisoformat(made["date"]) and made["versions"] == versions()
    assert (made["processor"], made["cores"]) == (study.processor(), os.cpu_count())


def test_the_committed_study_comes_before_a_folders_and_each_of_its_summaries_is_marked(tmp_path):
    for folder, mean in (("recorded", 0.5), ("build/study/names-f", 0.6)):
        result = {"settings": {"n": 5}, "bounds": [{"mean": mean, "n": 5}]}
        study.record(tmp_path / folder / "study.json", "names", "f", "ceilings", result)
    found = study.load_study("f", tmp_path / "recorded", tmp_path / "build")
    assert found["results"]["ceilings"] == {
        "settings": {"n": 5},
        "bounds": [{"mean": 0.5, "n": 5, "recorded": True}],
    }


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("processor : 0\nmodel name : Core: 9\nmodel name : Core: 9\n", "Core: 9"),
        ("processor : 0\n", "arm64"),
        (None, "arm64"),  # not Linux
    ],
)
def test_the_processor_has_a_name_on_any_machine(text, name, tmp_path, monkeypatch):
    cpuinfo = tmp_path / "cpuinfo"
    if text:
        cpuinfo.write_text(text)
    monkeypatch.setattr("platform.processor", lambda: "")
    monkeypatch.setattr("platform.machine", lambda: "arm64")
    assert study.processor(cpuinfo) == name


def test_a_second_data_set_is_called_by_its_own_name():
    recorded = {json.loads(path.read_bytes())["data"]["name"] for path in RECORDED.glob("study*")}
    assert recorded == DATA_SET_LABELS.keys()
    for language, block in product(LANGUAGES, ("second_alike", "second_differs")):
        text = (TEXT / f"4_why_lstm.{language}.md").read_text(encoding="utf-8")
        assert "{{ where | label }}" in text.partition(f"{{% block {block} %}}")[2][:200]


def test_a_damaged_study_is_named(places, monkeypatch):
    path = places / "build" / "study" / "some names" / "study.json"
    study.record(path, "some names", "f", "ceilings", {"a": 1})
    path.write_bytes(path.read_bytes()[:-9])

    def unreadable(path: Path) -> bytes:
        raise OSError("Input/output error")

    for damaged in (path.read_bytes(), b"[1]", b'{"data": {}}', None):
        if damaged:
            path.write_bytes(damaged)
        else:
            monkeypatch.setattr(Path, "read_bytes", unreadable)
        with pytest.raises(
            RunError, match=r"study\.json: damaged \(.*; delete it and run `make study` again"
        ):
            study.load_study("f", places / "recorded", places / "build")


def command(places, *words):
    return CliRunner().invoke(study.main, words, obj=(places / "recorded", places / "build"))


def test_the_command_says_what_is_wrong_in_one_line(places):
    (places / "some names" / "Dutch.txt").unlink()
    answer = command(places, "--data", str(places / "some names"))
    assert answer.exit_code == 1
    assert answer.output.startswith("Error: ") and answer.output.count("\n") == 1


def test_too_few_surnames_are_refused_before_anything_is_computed(places):
    path = places / "some names" / "Dutch.txt"
    path.write_text("\n".join(path.read_text().splitlines()[:9]))
    CALLS.append(2)  # nothing is killed
    with pytest.raises(DataError, match=r"Dutch\.txt has 9 .* at least 10"):
        start(places)
    assert CALLS == [2] and not (places / "build").exists()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (JobsError("the scheduler is gone"), "the scheduler is gone"),
        (RunError("study.json: damaged"), "study.json: damaged"),
        (OSError(28, "No space left", "jobs"), "jobs: No space left"),
        (OSError(12, "Cannot allocate memory"), f"{BUILD}: Cannot allocate memory"),
        (OSError("handle is closed"), f"{BUILD}: handle is closed"),
    ],
)
def test_whatever_ends_the_command_is_said_in_one_line(error, said, monkeypatch):
    def ends(*_) -> None:
        raise error

    monkeypatch.setattr(study, "run_study", ends)
    answer = CliRunner().invoke(study.main, [])
    assert (answer.exit_code, answer.stdout, answer.stderr) == (1, "", f"Error: {said}\n")


def test_a_full_disk_leaves_the_study_that_is_there(places):
    resource = pytest.importorskip("resource")
    CALLS.append(2)  # nothing is killed
    start(places)
    (path,) = places.rglob("study.json")
    before, limits = path.read_bytes(), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) // 2, limits[1]))
    try:
        with pytest.raises(OSError) as caught:
            start(places)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert caught.value.filename == str(path.parent) and path.read_bytes() == before


def test_the_command_hands_on_its_options(monkeypatch):
    asked = []
    monkeypatch.setenv(SCHEDULER, "")  # put back afterwards
    monkeypatch.setattr(study, "run_study", lambda *given: asked.append(given))
    for words in (
        [],
        ["--only", "gradients", "--only", "budgets", "--jobs", "3"],
        ["--data", "names", "--scheduler", "tcp://127.0.0.1:8786"],
    ):
        assert not os.environ[SCHEDULER]
        assert CliRunner().invoke(study.main, words).exit_code == 0
    assert asked == [
        ("", study.EXPERIMENTS, min(os.cpu_count(), 64), RECORDED, BUILD),
        ("", ("gradients", "budgets"), 3, RECORDED, BUILD),
        ("names", study.EXPERIMENTS, min(os.cpu_count(), 64), RECORDED, BUILD),
    ]
    assert os.environ[SCHEDULER] == "tcp://127.0.0.1:8786"
    for jobs in ("0", "65"):
        assert CliRunner().invoke(study.main, ["--jobs", jobs]).exit_code == 2
    assert len(asked) == 3


def test_chapter_4_reads_where_the_command_writes():
    fingerprint = load_names().fingerprint
    assert study.load_study(fingerprint)["data"]["name"] == "embedded"
    assert study.other_study(fingerprint)["data"]["name"] == "tutorial"
    assert study.load_study.__defaults__ == (RECORDED, BUILD)


def test_the_experiments_are_those_recorded_and_rates_are_tuned_before_they_are_used():
    recorded = json.loads((RECORDED / "study.json").read_bytes())["results"]
    assert recorded.keys() == set(study.EXPERIMENTS)
    assert study.EXPERIMENTS.index("budgets") < study.EXPERIMENTS.index("gradients")


def test_every_experiment_is_run_at_full_depth_and_keeps_its_runs(tmp_path, monkeypatch):
    """Networks of the budgets are kept, not trained a second time, for the letter pairs."""
    asked, modules = {}, {}
    for name in study.EXPERIMENTS:
        modules[name] = import_module(f"notebooks.why_lstm.{name}")
        result = ("scores", "networks") if name == "budgets" else name

        def run(*given, name=name, result=result):
            asked[name] = given
            return result

        monkeypatch.setattr(modules[name], "run", run)
    for name, module in modules.items():
        asked.clear()
        rates = {"budgets": "rates"}
        result = study.run_experiment(name, "data", 3, tmp_path, rates)
        assert result == ("scores" if name == "budgets" else name)
        if name == "letter_pairs":
            assert asked.pop(name) == ("data", "networks", budgets.FULL.seeds)
            name, module = "budgets", budgets
        more = ("rates",) if name == "gradients" else ()
        assert asked == {name: ("data", module.FULL, 3, tmp_path, *more)}
    study.run_experiment("gradients", "data", 3, tmp_path, {})
    assert asked["gradients"][4:] == (None,)


def test_the_command_runs_what_is_asked_goes_on_after_a_stop_and_waits_for_no_other(
    places,
):
    words = ["--data", str(places / "some names"), "--only", "ceilings", "--jobs", "1"]
    stopped = command(places, *words)
    assert stopped.exit_code == 130
    assert stopped.stderr.splitlines()[-1].startswith("stopped; finished runs are kept, and the")
    (folder,) = (places / "build" / "study").iterdir()
    assert folder.name.startswith("some names-")
    with FileLock(folder / ".lock"):
        beside = command(places, *words)
    assert beside.exit_code == 1
    assert beside.output == f"Error: {folder}: another study is writing here; wait for it\n"
    again = command(places, *words)
    assert again.exit_code == 0 and CALLS == [1, 2, 2, 3]
    starts, ends = (line.split(" ", 1)[1] for line in again.stdout.splitlines())
    assert starts == "ceilings ..."
    assert ends == f"ceilings: 15 s of CPU, in {folder / 'study.json'}"
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
    moved = tmp_path.rename(tmp_path.with_name("moved"))
    assert code_digest(moved, "room.experiment") == before


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
    depths = {
        "budgets": budgets.Depth((0, 1), (1,), budgets.EXAMINED, (5,), quadruples=5, hidden_size=6),
        "gradients": gradients.Depth((0, 1), 1, 3, 2, 6, hidden_size=6),
    }
    experiments = ("budgets", "letter_pairs", "gradients")
    for data_dir, file in (("tutorial", "study_tutorial.json"), ("", "study.json")):
        study.run_study(data_dir, experiments, 1, tmp_path / data_dir, tmp_path / "build", depths)
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
