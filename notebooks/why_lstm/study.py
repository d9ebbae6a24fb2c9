"""Chapter 4's experiments at full depth: `python -m notebooks.why_lstm.study`, `make study`.

Each finished training run is kept under build/study, so that the same command resumes where it stopped; each finished
experiment is added to the study's file at once.
"""

import datetime
import hashlib
import json
import os
import platform
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import click
from filelock import FileLock, Timeout
from joblib import Memory

from namelib.data import DataError, Names, load_names
from namelib.files import write_files
from namelib.runs import BUILD, RECORDED, RunError, versions
from notebooks.processes import Stopped, stop_on_signals
from notebooks.why_lstm import folds, networks, stacked_training, tuning

EXPERIMENTS = ("budgets", "cue_task", "original_recipe", "ceilings", "gradients", "letter_pairs")
RECORDED_STUDY = RECORDED / "study.json"  # the study of the embedded surnames, committed
SHARED = (folds, networks, stacked_training, tuning)  # modules that every experiment uses


def load_study(fingerprint: str) -> dict | None:
    """The study of the data with this fingerprint, if there is one; see `record` for its contents."""
    paths = (RECORDED_STUDY, *sorted((BUILD / "study").glob("*/study.json")))
    return next(filter(None, (read(path, fingerprint) for path in paths)), None)


def read(path: Path, fingerprint: str) -> dict | None:
    """The study in the file, if there is one of data with this fingerprint. Raises RunError for a damaged file."""
    try:
        study = json.loads(path.read_bytes()) if path.is_file() else None
        return study if study and study["data"]["fingerprint"] == fingerprint else None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RunError(f"{path}: damaged ({error}); delete it and run `make study` again") from None


def run_experiment(name: str, data: Names, workers: int, cache: Path, recorded: dict) -> dict:
    """The result of one experiment at full depth; finished training runs are read from the cache.

    `recorded` has the results so far, from which the gradients experiment takes its learning rates. The letter pairs
    experiment examines the networks trained by the budgets experiment.
    """
    experiment = import_module(f"notebooks.why_lstm.{name}")
    if name == "letter_pairs":
        _, networks = run_cached(import_module("notebooks.why_lstm.budgets"), data, workers, cache)
        return experiment.run(data, networks, experiment.FULL)
    if name == "gradients":
        return run_cached(experiment, data, workers, cache, recorded.get("budgets"))
    result = run_cached(experiment, data, workers, cache)
    return result[0] if name == "budgets" else result


def run_cached(experiment: ModuleType, data: Names, workers: int, cache: Path, *more: dict | None) -> Any:
    """The result of the experiment's `run`; jobs already finished by the same code are not run again."""
    memory = Memory(cache / f"{experiment.__name__.rpartition('.')[2]}-{digest(experiment)}", verbose=0)
    return experiment.run(data, experiment.FULL, workers, memory, *more)


def digest(experiment: ModuleType) -> str:
    """A hash of the code that an experiment uses, so that results of other code are not read from the cache."""
    sources = [Path(module.__file__).read_bytes() for module in (*SHARED, experiment)]
    return hashlib.sha256(b"".join(sources)).hexdigest()[:12]


def record(path: Path, data_name: str, fingerprint: str, name: str, result: dict) -> None:
    """Add one experiment to the study's file atomically; data with another fingerprint begin a new study.

    {"data": {"name", "fingerprint"}, "results": {experiment: its result}, "made": {experiment: {"date", "processor",
    "cores", "versions", "seconds"}}}; seconds are CPU seconds.
    """
    new = {"data": {"name": data_name, "fingerprint": fingerprint}, "results": {}, "made": {}}
    study = read(path, fingerprint) or new
    study["results"][name] = result
    study["made"][name] = {
        "date": datetime.date.today().isoformat(), "processor": processor(), "cores": os.cpu_count(),
        "versions": versions(), "seconds": round(seconds_in(result)),
    }  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(study, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    write_files(path.parent, {path.name: text.encode()})


def seconds_in(result: object) -> float:
    """The sum of every "seconds" in a result: the CPU time of its jobs."""
    if isinstance(result, dict):
        return sum(value if key == "seconds" else seconds_in(value) for key, value in result.items())
    return sum(map(seconds_in, result)) if isinstance(result, list) else 0.0


def processor() -> str:
    """The machine's name for its processor."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.is_file() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


@click.command()
@click.option("--data", "data_dir", default="", metavar="DIR|tutorial", help="A folder of <Language>.txt files.")
@click.option("--only", type=click.Choice(EXPERIMENTS), multiple=True, help="Only this experiment; can be repeated.")
@click.option(
    "--jobs", default=os.cpu_count(), type=click.IntRange(1, 64), show_default=True, help="Parallel processes."
)
@click.pass_context
@stop_on_signals()
def main(context: click.Context, data_dir: str, only: tuple[str, ...], jobs: int) -> None:
    """Run the experiments of chapter 4 at full depth; when restarted, resume where the last run stopped."""
    try:
        data, name = load_names(data_dir), Path(data_dir).resolve().name if data_dir else "embedded"
        folds.check_size(data)
    except DataError as error:
        raise click.ClickException(str(error)) from None
    folder = BUILD / "study" / name
    out = folder / "study.json" if data_dir else RECORDED_STUDY
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".lock", timeout=0):
            for experiment in only or EXPERIMENTS:
                click.echo(f"{datetime.datetime.now():%H:%M:%S} {experiment} ...")
                recorded = (read(out, data.fingerprint) or {"results": {}})["results"]
                result = run_experiment(experiment, data, jobs, folder, recorded)
                record(out, name, data.fingerprint, experiment, result)
                click.echo(
                    f"{datetime.datetime.now():%H:%M:%S} {experiment}: {seconds_in(result):.0f} s of CPU, in {out}"
                )
    except Timeout:
        raise click.ClickException(f"{folder}: another study is writing here; wait for it") from None
    except RunError as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"{error.filename or folder}: {error.strerror or error}") from None
    except KeyboardInterrupt as stop:
        click.echo("stopped; finished runs are kept, and the same command continues from there", err=True)
        context.exit(stop.status if isinstance(stop, Stopped) else 130)


if __name__ == "__main__":
    main(prog_name="python -m notebooks.why_lstm.study")
