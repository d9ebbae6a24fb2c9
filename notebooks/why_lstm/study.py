"""Chapter 4's experiments at full depth: `python -m notebooks.why_lstm.study`, `make study`.

Each finished training run is kept under build/study, so that the same command resumes where it
stopped; each finished experiment is added to the study's file at once. A study belongs to its data:
to a fingerprint, whatever the folder's name, and nothing recorded is ever replaced by results on
other data.
"""

import datetime
import json
import os
import platform
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import click
from filelock import FileLock, Timeout

from namelib.data import DataError, Names, load_names
from namelib.files import write_files
from namelib.runs import BUILD, RECORDED, RunError, as_json, versions
from notebooks.jobs import SCHEDULER, JobsError
from notebooks.limits import MOST_WORKERS
from notebooks.processes import stop_on_signals
from notebooks.why_lstm.folds import check_size

EXPERIMENTS = (
    "budgets",
    "letter_pairs",
    "gradients",
    "at_best",
    "cue_task",
    "original_recipe",
    "ceilings",
)
# in data/recorded, committed: by --data
RECORDED_AS = {"": "study.json", "tutorial": "study_tutorial.json"}


def load_study(fingerprint: str, recorded: Path = RECORDED, build: Path = BUILD) -> dict | None:
    """The study of the data with this fingerprint, if there is one, as from `record`.

    Each of its summaries is marked, "recorded": True, so that every number in the prose is, too.
    """
    paths = (*sorted(recorded.glob("study*.json")), *sorted((build / "study").glob("*/study.json")))
    study = next(filter(None, (read(path, fingerprint) for path in paths)), None)
    return study and study | {"results": as_recorded(study["results"])}


def as_recorded(result: Any) -> Any:
    """The result with each of its summaries, {"mean", ...}, marked."""
    if isinstance(result, list):
        return [as_recorded(part) for part in result]
    if not isinstance(result, dict):
        return result
    marked = {key: as_recorded(part) for key, part in result.items()}
    return marked | {"recorded": True} if "mean" in result else marked


def other_study(fingerprint: str, recorded: Path = RECORDED) -> dict | None:
    """A recorded study of other data, if there is one: the same claims on a second data set."""
    studies = filter(None, map(read, sorted(recorded.glob("study*.json"))))
    return next((study for study in studies if study["data"]["fingerprint"] != fingerprint), None)


def read(path: Path, fingerprint: str | None = None) -> dict | None:
    """The study in the file, if there is one of data with this fingerprint or, without it, any.

    Raises RunError for a damaged file.
    """
    try:
        study = json.loads(path.read_bytes()) if path.is_file() else None
        if study is None:
            return None
        for part in ("data", "results", "made"):
            if not isinstance(study[part], dict):
                raise TypeError(f"its {part} is no object")
        return study if fingerprint in (None, study["data"]["fingerprint"]) else None
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise RunError(f"{path}: damaged ({error}); delete it and run `make study` again") from None


def read_own(path: Path, fingerprint: str) -> dict | None:
    """As `read`; raises RunError for a study of other data, which is not to be lost."""
    study = read(path, fingerprint)
    if study is None and read(path):
        raise RunError(
            f"{path}: a study of other surnames; move it elsewhere, then run `make study` again"
        )
    return study


def run_experiment(
    name: str,
    data: Names,
    workers: int,
    kept: Path,
    recorded: dict,
    depths: dict[str, Any] | None = None,
) -> dict:
    """The result of one experiment; finished training runs are read from `kept`.

    It is at full depth, unless `depths` has another one by its name. `recorded` has the results so
    far, from which the gradients experiment takes its learning rates. The letter pairs
    experiment examines the networks that the budgets experiment trained.
    """
    experiment, depths = import_module(f"notebooks.why_lstm.{name}"), depths or {}
    if name == "letter_pairs":
        budgets = import_module("notebooks.why_lstm.budgets")
        depth = depths.get("budgets", budgets.FULL)
        _, networks = budgets.run(data, depth, workers, kept)
        return experiment.run(data, networks, depth.seeds)
    depth = depths.get(name, experiment.FULL)
    if name == "gradients":
        return experiment.run(data, depth, workers, kept, recorded.get("budgets"))
    result = experiment.run(data, depth, workers, kept)
    return result[0] if name == "budgets" else result


def record(path: Path, data_name: str, fingerprint: str, name: str, result: dict) -> None:
    """Add one experiment to the study's file atomically.

    Raises RunError where the file has a study of other data.

    {"data": {"name", "fingerprint"}, "results": {experiment: its result}, "made": {experiment:
    {"date", "processor", "cores", "versions", "seconds"}}}; seconds are CPU seconds.
    """
    new = {"data": {"name": data_name, "fingerprint": fingerprint}, "results": {}, "made": {}}
    study = read_own(path, fingerprint) or new
    study["results"][name] = result
    study["made"][name] = {
        "date": datetime.date.today().isoformat(),
        "processor": processor(),
        "cores": os.cpu_count(),
        "versions": versions(),
        "seconds": round(seconds_in(result)),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    write_files(path.parent, {path.name: as_json(study)})


def seconds_in(result: object) -> float:
    """The sum of every "seconds" in a result: the CPU time of its jobs."""
    if isinstance(result, dict):
        return sum(
            value if key == "seconds" else seconds_in(value) for key, value in result.items()
        )
    return sum(map(seconds_in, result)) if isinstance(result, list) else 0.0


def processor(cpuinfo: Path = Path("/proc/cpuinfo")) -> str:
    """The machine's name for its processor, on Linux from this file."""
    lines = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.is_file() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def run_study(
    data_dir: str,
    experiments: Sequence[str],
    workers: int,
    recorded: Path,
    build: Path,
    depths: dict[str, Any] | None = None,
) -> None:
    """Run the experiments on the data and record them.

    `data_dir` is a folder, "tutorial", or "" for the embedded lists; `depths` as above.

    Raises DataError, RunError, or Timeout where another study of this data is being written.
    """
    data, name = load_names(data_dir), Path(data_dir).resolve().name if data_dir else "embedded"
    check_size(data)
    folder = build / "study" / f"{name}-{data.fingerprint[:8]}"
    out = recorded / RECORDED_AS[data_dir] if data_dir in RECORDED_AS else folder / "study.json"
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / ".lock", timeout=0):
        for experiment in experiments:
            results = (read_own(out, data.fingerprint) or {"results": {}})["results"]
            click.echo(f"{datetime.datetime.now():%H:%M:%S} {experiment} ...")
            kept = folder / "jobs"
            result = run_experiment(experiment, data, workers, kept, results, depths)
            if experiment == "letter_pairs" and data_dir == "tutorial":
                result["example"] = None  # the tutorial's surnames are not ours to publish
            record(out, name, data.fingerprint, experiment, result)
            seconds = seconds_in(result)
            click.echo(
                f"{datetime.datetime.now():%H:%M:%S} {experiment}: {seconds:.0f} s of CPU, in {out}"
            )


@click.command()
@click.option(
    "--data",
    "data_dir",
    default="",
    metavar="DIR|tutorial",
    help="A folder of <Language>.txt files.",
)
@click.option(
    "--only",
    type=click.Choice(EXPERIMENTS),
    multiple=True,
    help="Only this experiment; can be repeated.",
)
@click.option(
    "--jobs",
    default=min(os.cpu_count() or 1, MOST_WORKERS),
    type=click.IntRange(1, MOST_WORKERS),
    show_default=True,
    help="Parallel processes.",
)
@click.option(
    "--scheduler",
    default="",
    metavar="tcp://HOST:PORT",
    help="Run on the workers of this Dask cluster.",
)
@click.pass_obj
@stop_on_signals()
def main(
    places: tuple[Path, Path] | None,
    data_dir: str,
    only: tuple[str, ...],
    jobs: int,
    scheduler: str,
) -> None:
    """Run the experiments of chapter 4 at full depth, from where the last run stopped."""
    if scheduler:
        os.environ[SCHEDULER] = scheduler  # read where jobs are run
    try:
        recorded, build = places or (RECORDED, BUILD)  # a test gives others
        run_study(data_dir, only or EXPERIMENTS, jobs, recorded, build)
    except Timeout as lock:
        folder = Path(lock.lock_file).parent
        raise click.ClickException(
            f"{folder}: another study is writing here; wait for it"
        ) from None
    except (DataError, RunError, JobsError) as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(
            f"{error.filename or BUILD}: {error.strerror or error}"
        ) from None
    except KeyboardInterrupt:
        click.echo(
            "stopped; finished runs are kept, and the same command continues from there", err=True
        )
        raise


if __name__ == "__main__":
    main(prog_name="python -m notebooks.why_lstm.study")
