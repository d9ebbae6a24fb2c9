"""`python -m report`: run the notebooks and write the report."""

import datetime
import os
import shlex
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

import click
import joblib
from click.core import ParameterSource
from filelock import FileLock, Timeout
from nbconvert.utils.exceptions import ConversionException

from namelib.data import DataError, load_names
from namelib.files import output_told
from namelib.runs import BUILD, NETWORKS, ROOT, RunError, versions
from namelib.spelling import printable
from notebooks.limits import LARGEST_SEED, MOST_WORKERS
from notebooks.processes import not_stopped, stop_on_signals
from notebooks.why_lstm.folds import check_size
from report.arranging import WORDS
from report.board import Board
from report.cache import (
    NOT_INPUT,
    REPORT,
    is_current,
    read_record,
    report_made_from,
    run_files,
    write_report,
)
from report.checking import check_prose
from report.cover import read_assignment, read_logo
from report.lab import with_own
from report.parameters import Notebook, ParameterError, find_notebooks, resolve
from report.run import EXECUTED, NotebookError, Plan, run_notebooks, scratch_folder, with_places
from report.stitch import Form, render, stitch

CHAPTERS = (*(network.notebook for network in NETWORKS.values()), "4_why_lstm")
OWN_DATA = {"": WORDS["embedded"], "tutorial": WORDS["tutorial"]}
NOT_LISTED = (*NOT_INPUT, "data_dir", "language")  # parameters for where and how a notebook runs
NOT_IN_COMMAND = ("out", "jobs", "fresh", "notebook")  # options that do not change the report
COVER = ("logo", "assignment")  # pages of text and pictures, which the record does not repeat
FILE = click.Path(path_type=Path)


def one_line(_context: click.Context, _option: click.Option, text: str) -> str:
    """The text of an option, if it can stand in a title block."""
    if len(text) > 100 or not text.isprintable():
        raise click.BadParameter("one line of at most 100 printable characters is allowed")
    return text


@click.command()
@click.option("--quick", is_flag=True, help="Train for seconds only: every figure, poorer results.")
@click.option("--data", default="", metavar="DIR|tutorial", help="A folder of <Language>.txt.")
@click.option(
    "--lang",
    type=click.Choice(["zh", "en"]),
    help="Language of report.pdf; report.html opens in it.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=BUILD,
    help="Output folder; default: build/ next to this package.",
)
@click.option(
    "--jobs",
    type=click.IntRange(1, MOST_WORKERS),
    help="Notebooks run in parallel; default: one per core, at most 3; with --quick 3.",
)
@click.option(
    "--author", default="", callback=one_line, help="For the title block, like the next four."
)
@click.option("--student-id", default="", callback=one_line)
@click.option("--course", default="", callback=one_line)
@click.option("--class", "class_name", default="", callback=one_line)
@click.option("--teacher", default="", callback=one_line)
@click.option("--logo", type=FILE, metavar="FILE", help="PNG or SVG, for the title block.")
@click.option(
    "--assignment", type=FILE, metavar="FILE", help="Markdown, printed in place of our aims."
)
@click.option(
    "--anonymous", is_flag=True, help="A title block without author, student id and date."
)
@click.option(
    "--seed",
    type=click.IntRange(0, LARGEST_SEED),
    help="Chapters 1 to 3: split, initial weights; 4: what it draws.",
)
@click.option(
    "-p",
    "settings",
    type=(str, str),
    multiple=True,
    metavar="[NOTEBOOK.]PARAMETER VALUE",
    help="Set a parameter in every notebook that has it, or in one only: -p rnn.learning_rate 0.01",
)
@click.option(
    "--code", is_flag=True, help="PDF: include all code, not only what the assignment is about."
)
@click.option(
    "--notebook",
    is_flag=True,
    help="Also write report.ipynb, all chapters in one executed notebook.",
)
@click.option(
    "--lab",
    is_flag=True,
    help="Take the notebooks that you have changed in lab/, where `make lab` put them.",
)
@click.option(
    "--exercise",
    is_flag=True,
    help="Take the exercise copies, where `make lab ARGS=--exercise` put them.",
)
@click.option("--fresh", is_flag=True, help="Run every notebook, even if nothing has changed.")
@click.pass_context
@stop_on_signals()
def main(
    context: click.Context,
    quick: bool,
    data: str,
    lang: str | None,
    out: Path,
    jobs: int | None,
    author: str,
    student_id: str,
    course: str,
    class_name: str,
    teacher: str,
    logo: Path | None,
    assignment: Path | None,
    anonymous: bool,
    seed: int | None,
    settings: tuple[tuple[str, str], ...],
    code: bool,
    notebook: bool,
    lab: bool,
    exercise: bool,
    fresh: bool,
) -> None:
    """Run the notebooks and write report.html and report.pdf.

    Unchanged notebooks are not run again.
    """
    began = time.monotonic()
    checkout, chapters = context.obj or (ROOT, CHAPTERS)  # a test gives others
    out = Path(os.path.realpath(out))
    # a quick run mostly imports and draws; in others the notebooks time their training
    jobs = jobs or (3 if quick else min(3, joblib.cpu_count()))
    if anonymous and (author or student_id):
        raise click.UsageError(
            "--anonymous leaves out --author and --student-id; give one or the other"
        )
    if seed is not None:
        settings = (("seed", str(seed)), *settings)
    try:
        notebooks = find_notebooks(checkout / "notebooks", chapters)
        there = {path.stem for path in (checkout / "notebooks").glob("*.ipynb")}
        if others := sorted(there - {*chapters}):
            names = printable(", ".join(others))
            click.echo(f"left out, as no chapter has this name: {names}", err=True)
        if lab or exercise:
            notebooks, taken = with_own(notebooks, exercise, checkout)
            click.echo(taken, err=True)
        check_prose(notebooks)
        cover = {"logo": read_logo(logo)} if logo else {}
        cover |= {"assignment": read_assignment(assignment)} if assignment else {}
        chosen = resolve(notebooks, settings, quick)
        folder = Path(os.path.realpath(data)) if data not in ("", "tutorial") else None
        names = load_names(folder or data)
        check_size(names)
        data_dir = _seen_from(out, folder) if folder else data
        injected = {book.name: with_places(book, chosen[book.name], data_dir) for book in notebooks}
        plan = Plan(injected, out, names.fingerprint, names.notes, jobs, fresh, checkout)
        facts = cover | {
            "author": author,
            "student_id": student_id,
            "class": class_name,
            "teacher": teacher,
            "course": course,
            "anonymous": anonymous,
            "date": "" if anonymous else datetime.date.today().isoformat(),
            "data": folder.name if folder else OWN_DATA[data],
            "fingerprint": names.fingerprint,
            "parameters": {
                book.name: {k: v for k, v in plan.parameters(book).items() if k not in NOT_LISTED}
                for book in notebooks
            },
            "versions": versions(),
            "command": _command(context),
        }
        out.mkdir(parents=True, exist_ok=True)
        with FileLock(out / ".lock", timeout=0), scratch_folder(out) as scratch:
            _make(notebooks, plan, facts, Form(lang or "", code, notebook), began, scratch)
    except Timeout:
        raise click.ClickException(
            f"{out}: another run is writing here; wait for it, or give another --out"
        ) from None
    except (ParameterError, DataError) as error:  # before anything has run
        raise click.ClickException(str(error)) from None
    except (NotebookError, RunError) as error:
        raise click.ClickException(f"{error}{_former(out)}") from None
    except OSError as error:
        place = printable(error.filename or out)[:100]
        raise click.ClickException(f"{place}: {error.strerror or error}{_former(out)}") from None
    except ConversionException as error:
        raise click.ClickException(
            f"the report could not be typeset: {error}{_former(out)}"
        ) from None
    except KeyboardInterrupt:
        click.echo(
            f"stopped; no report was written, finished notebooks are kept{_former(out)}", err=True
        )
        raise


def _make(
    notebooks: list[Notebook], plan: Plan, facts: dict, form: Form, began: float, scratch: Path
) -> None:
    """Run the notebooks, then typeset the report unless it would come out the same."""
    board = Board(book.name for book in notebooks)
    try:
        facts["seconds"] = run_notebooks(notebooks, plan, board, scratch)
    finally:
        board.close()
    measured = {book.name: read_record(plan.folder(book) / "results.json") for book in notebooks}
    facts["accuracies"] = {
        name: results["metrics"] for name, results in measured.items() if "metrics" in results
    }
    made_from = report_made_from(
        {book.name: run_files(plan.folder(book)) for book in notebooks},
        facts,
        asdict(form),
        plan.checkout,
    )
    if is_current(plan.out_dir / REPORT, made_from):
        click.echo("nothing has changed since the last report", err=True)
        _tell(read_record(plan.out_dir / REPORT), plan.out_dir, began)
    else:
        click.echo("typesetting HTML and PDF", err=True)
        whole = stitch([plan.folder(book) / EXECUTED for book in notebooks], facts)
        files, pressing = render(whole, form, plan.out_dir)
        record = {name: value for name, value in facts.items() if name not in COVER}
        record |= {"seconds": facts["seconds"] | pressing, "made_from": made_from}
        with not_stopped():
            _tell(write_report(plan.out_dir, files, record), plan.out_dir, began)


@output_told()
def _tell(record: dict, out: Path, began: float) -> None:
    click.echo(", ".join(f"{phase} {took:.1f} s" for phase, took in record["seconds"].items()))
    click.echo(f"this time: {time.monotonic() - began:.1f} s")
    for name in record["files"]:
        click.echo(f"report: {os.path.relpath(out / name)}")


def _former(out: Path) -> str:
    """Where the report of a former run is, as the end of a message."""
    with suppress(OSError):
        if (out / "report.html").is_file():
            return f"; the former report is still in {os.path.relpath(out)}"
    return ""


def _seen_from(out: Path, data: Path) -> str:
    """The data folder relative to a run folder, or its name, so that no home folder is shown."""
    relative = os.path.relpath(data, out / "notebook")
    return relative if Path(relative).name == data.name else str(data)


def _command(context: click.Context) -> str:
    """The command that reproduces this report, run next to the folder of surnames, if any."""
    words = ["python", "-m", "report"]
    for option in context.command.params:
        if (
            context.get_parameter_source(option.name) is ParameterSource.DEFAULT
            or option.name in NOT_IN_COMMAND
        ):
            continue
        value = context.params[option.name]
        if isinstance(value, Path):
            value = value.name
        if option.name == "data" and value not in OWN_DATA:
            value = Path(value).resolve().name  # no path on this machine
            value = f"./{value}" if value in OWN_DATA else value
        settings = [()] if value is True else value if option.multiple else [(str(value),)]
        words += [word for setting in settings for word in (option.opts[0], *setting)]
    return shlex.join(words)


if __name__ == "__main__":
    main(prog_name="python -m report")
