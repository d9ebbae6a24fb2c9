"""`python -m namelib predict NAME ...`: ask the last trained run."""

import json
import sys
from itertools import filterfalse
from pathlib import Path

import click

from namelib.data import readable
from namelib.evaluation import predict
from namelib.runs import BUILD, NETWORKS, RunError, load_run


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """The surname lab on the command line."""


@main.command("predict")
@click.argument("names", nargs=-1)
@click.option("--model", type=click.Choice(list(NETWORKS)), default="lstm", show_default=True, help="which network")
@click.option("--top", type=click.IntRange(min=1), default=5, show_default=True, help="languages to print a name")
@click.option("--json", "as_json", is_flag=True, help="print one JSON object a line")
@click.option("--runs", type=click.Path(path_type=Path), default=BUILD, help="folder of the runs  [default: build]")
def predict_names(names: tuple[str, ...], model: str, top: int, as_json: bool, runs: Path) -> None:
    """Print the likeliest languages of each NAME; without NAMEs, of each line of standard input.

    A name without a letter of the alphabet is reported on standard error, and the exit status is 1.
    """
    if not names and sys.stdin.isatty():
        raise click.UsageError("give names, or send them on standard input, one a line")
    asked = [name.encode(errors="replace").decode() for name in names] or _piped_names()  # bytes that are no UTF-8
    try:
        network, results = load_run(runs / NETWORKS[model].notebook)
    except RunError as error:
        raise click.ClickException(str(error)) from None
    known, unknown = list(filter(readable, asked)), list(filterfalse(readable, asked))
    for name, answer in zip(known, predict(network, known, results["data"]["languages"], top), strict=True):
        if as_json:
            languages = [[language, round(probability, 6)] for language, probability in answer]
            click.echo(json.dumps({"name": name, "languages": languages}, ensure_ascii=False))
        else:
            click.echo(f"{name}: " + ", ".join(f"{language} {probability:.1%}" for language, probability in answer))
    for name in unknown:
        click.echo(f"{name!r}: no letter that the networks know (a-z, A-Z and accented forms of them)", err=True)
    if unknown:
        sys.exit(1)


def _piped_names() -> list[str]:
    """The lines of standard input that hold anything, read as UTF-8 whatever the locale says."""
    try:
        lines = sys.stdin.buffer.read().decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise click.ClickException(f"standard input, line {line}: not UTF-8; send the surnames in UTF-8") from None
    return list(filter(None, map(str.strip, lines)))


if __name__ == "__main__":
    main(prog_name="python -m namelib")
