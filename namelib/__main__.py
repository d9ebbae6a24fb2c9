"""`python -m namelib predict NAME ...`: query the last trained run."""

import json
import os
import sys
from contextlib import redirect_stdout
from itertools import filterfalse
from pathlib import Path

import click

from namelib.data import SHOWN_SYMBOLS, DataError, languages_by_spelling, lines_of_names, load_names
from namelib.evaluation import predict
from namelib.files import output_told
from namelib.runs import BUILD, NETWORKS, RunError, load_run
from namelib.spelling import normalise, printable, readable, refusal, spelling

NOTICE = "guesses from spelling; not where a person comes from, and not to screen anybody by"


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """The surname lab on the command line."""


@main.command("predict")
@click.argument("names", nargs=-1)
@click.option(
    "--model",
    type=click.Choice(list(NETWORKS)),
    default="lstm",
    show_default=True,
    help="which network",
)
@click.option(
    "--top",
    type=click.IntRange(min=1),
    default=5,
    show_default=True,
    help="languages to print per name",
)
@click.option("--json", "as_json", is_flag=True, help="print one JSON object per line")
@click.option(
    "--runs",
    type=click.Path(path_type=Path),
    default=BUILD,
    help="folder of the runs  [default: build]",
)
@click.option(
    "--data", default="", metavar="DIR|tutorial", help="the lists that the network was trained on"
)
def predict_names(
    names: tuple[str, ...], model: str, top: int, as_json: bool, runs: Path, data: str
) -> None:
    """Print the most likely languages of each NAME; without NAMEs, of each line of standard input.

    Also says how a name was read and which lists it is in. A name that cannot be read is reported
    on standard error, with --json also by an object with "error" in its place, and the exit status
    is 1.
    """
    if not names and (sys.stdin is None or sys.stdin.isatty()):
        raise click.UsageError("give names, or send them on standard input, one per line")
    try:
        # bytes that are no UTF-8
        asked = [name.encode(errors="replace").decode() for name in names]
        asked = asked or lines_of_names(sys.stdin.buffer.read(), "standard input")
        network, results = load_run(runs / NETWORKS[model].notebook)
        with redirect_stdout(sys.stderr):
            lists = load_names(data)
    except (RunError, DataError) as error:
        raise click.ClickException(str(error)) from None
    listed = (
        languages_by_spelling(lists)
        if lists.fingerprint == results["data"]["fingerprint"]
        else None
    )
    hint = (
        "; trained on other lists: give them as --data to see which names are in them"
        if listed is None
        else ""
    )
    click.echo(f"the {NETWORKS[model].name} of {os.path.relpath(runs)}: {NOTICE}{hint}", err=True)
    known = filter(readable, asked)
    answers = iter(predict(network, known, results["data"]["languages"], top))
    with output_told():
        for name in asked:
            if readable(name):
                in_lists = None if listed is None else listed.get(spelling(name), [])
                click.echo((_in_json if as_json else _in_words)(name, in_lists, next(answers)))
            elif as_json:
                click.echo(_one_line({"name": name, "error": refusal(name)}))
    unknown = list(filterfalse(readable, asked))
    for name in unknown:
        click.echo(f"{name[:SHOWN_SYMBOLS]!r}: {refusal(name)}", err=True)
    sys.exit(bool(unknown))


def _in_words(name: str, lists: list[str] | None, answer: list[tuple[str, float]]) -> str:
    read = normalise(name)
    shown = printable(name) if name == read else f"{printable(name)} (read as {read})"
    likely = ", ".join(f"{language} {probability:.1%}" for language, probability in answer)
    return f"{shown}: {likely}" + (f"; in the lists of {', '.join(lists)}" if lists else "")


def _in_json(name: str, lists: list[str] | None, answer: list[tuple[str, float]]) -> str:
    languages = [[language, round(probability, 6)] for language, probability in answer]
    return _one_line(
        {"name": name, "read": normalise(name), "lists": lists, "languages": languages}
    )


def _one_line(answer: dict[str, object]) -> str:
    """The object as JSON without symbols that could command a terminal."""
    line = json.dumps(answer, ensure_ascii=False)
    return "".join(symbol if symbol.isprintable() else json.dumps(symbol)[1:-1] for symbol in line)


if __name__ == "__main__":
    main(prog_name="python -m namelib")
