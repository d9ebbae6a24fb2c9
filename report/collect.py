"""`python -m report.collect DIR`: one table of the reports in a folder, for a teacher."""

import csv
import io
from pathlib import Path

import click

from namelib.files import sha256, write_files
from namelib.runs import NETWORKS
from namelib.spelling import printable
from notebooks import NOTEBOOKS
from notebooks.look import RECIPE_LABELS
from report.arranging import WORDS, value_text
from report.cache import REPORT, RUN, read_record
from report.parameters import ParameterError, find_notebooks

FACTS = ("author", "student_id", "class", "teacher", "date", "data", "fingerprint")
TABLE = "reports.csv"
NO_RECORD = f"no {REPORT} beside it"
NOT_OURS = f"{REPORT}: damaged, altered, or of another version of the lab"


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--table",
    type=click.Path(dir_okay=False, path_type=Path),
    help=f"Where to write it; default: {TABLE} in the folder.",
)
def main(folder: Path, table: Path | None) -> None:
    """Write a table (CSV) of the reports in FOLDER, each a build folder or files with report.json.

    Checksums find what was damaged or edited; they are no signature.
    """
    table = table or folder / TABLE
    if not folder.is_dir():
        raise click.ClickException(f"{folder}: no such folder; give one that has the reports")
    try:
        defaults = {book.name: book.defaults for book in find_notebooks(NOTEBOOKS)}
        rows = collected(folder, defaults, table)
        write_files(table.parent, {table.name: as_csv(rows)})
    except ParameterError as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"{error.filename}: {error.strerror}") from None
    for row in rows:
        if row["remark"]:
            click.echo(f"{row['file']}: {row['remark']}", err=True)
    click.echo(f"{table}: {len(rows)} rows")


def collected(folder: Path, defaults: dict[str, dict], table: Path) -> list[dict[str, str]]:
    """A row for each record in the folder, then one for each file or folder without any."""
    files = {path for path in folder.rglob("*") if path.is_file() and path != table}
    rows, covered = [], {path for path in files if path.name.startswith(".")}
    for path in sorted(path for path in files if path.name.endswith(REPORT)):
        prefix, beside = path.name.removesuffix(REPORT), path.parent
        own = {file for file in files if file.is_relative_to(beside)} if not prefix else {path}
        row, names = row_of(path, prefix, defaults)
        covered |= own | {beside / (prefix + name) for name in names}
        rows.append({"file": shown(path if prefix else beside, folder)} | row)
    foreign = {path if path.parent == folder else path.parent for path in files - covered}
    return rows + [{"file": shown(path, folder), "remark": NO_RECORD} for path in sorted(foreign)]


def row_of(path: Path, prefix: str, defaults: dict[str, dict]) -> tuple[dict[str, str], list[str]]:
    """What a record says and whether its files are those that it describes; the files' names."""
    record = read_record(path)
    try:
        files, parameters = {**record["files"]}, record["parameters"]
        row = {name: in_chinese(record.get(name, "")) for name in FACTS}
        for network in NETWORKS.values():
            for recipe in RECIPE_LABELS:
                measured = record["accuracies"].get(network.notebook, {}).get(recipe, {})
                row[column(network.name, recipe)] = number(measured.get("accuracy"))
        row["parameters"] = "; ".join(
            f"{book}.{name} = {value_text(value)}"
            for book, values in parameters.items()
            for name, value in values.items()
            if name not in defaults.get(book, {}) or defaults[book][name] != value
        )
        row["versions"] = ", ".join(f"{name} {at}" for name, at in record["versions"].items())
    except (KeyError, TypeError, AttributeError, ValueError):
        return {"remark": NOT_OURS, "checksums": "no record"}, []
    altered, missing = compared(path.parent, files, prefix)
    for run in () if prefix else sorted(path.parent.glob(f"*/{RUN}")):
        kept = read_record(run).get("files")
        gone = compared(run.parent, kept) if isinstance(kept, dict) else ([run.name], [])
        altered += [f"{run.parent.name}/{name}" for name in (*gone[0], *gone[1])]
    row["checksums"] = "do not hold" if altered else "hold"
    row["remark"] = "altered: " + ", ".join(altered) if altered else ""
    if len(missing) == len(files):
        row |= {"checksums": "nothing to check", "remark": "without the report itself"}
    return row, list(files)


def compared(folder: Path, files: dict, prefix: str = "") -> tuple[list[str], list[str]]:
    """The files that are not as recorded, and those that are not there."""
    there = {name: folder / f"{prefix}{name}" for name in files}
    missing = [name for name, path in there.items() if not path.is_file()]
    present = [name for name in files if name not in missing]
    return [name for name in present if sha256(there[name].read_bytes()) != files[name]], missing


def in_chinese(value: object) -> str:
    """A fact of the title block; of one in two languages the Chinese."""
    return str(value.get("zh", "") if isinstance(value, dict) else value)


def number(value: object) -> str:
    """A share with four digits, or nothing."""
    return "" if value is None else f"{value:.4f}"


def column(network: str, recipe: str) -> str:
    """The name of a column of accuracies."""
    return f"{network}, {RECIPE_LABELS[recipe]}"


def shown(path: Path, folder: Path) -> str:
    """A path as the table names it."""
    return printable(path.relative_to(folder).as_posix())


def heading(name: str) -> str:
    """A word in Chinese and in English."""
    return f"{WORDS[name]['zh']} {WORDS[name]['en']}"


def as_csv(rows: list[dict[str, str]]) -> bytes:
    """The table as Excel opens it, in Chinese, too; no cell is taken for a formula."""
    heads = {name: heading(name) for name in ("file", *FACTS)}
    for network in NETWORKS.values():
        heads |= {
            column(network.name, recipe): column(network.name, recipe) for recipe in RECIPE_LABELS
        }
    heads |= {"parameters": heading("changed")}
    heads |= {name: heading(name) for name in ("versions", "checksums", "remark")}
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(heads.values())
    for row in rows:
        cells = [printable(row.get(name, "")) for name in heads]
        writer.writerow([f"'{cell}" if cell.startswith(tuple("=+-@")) else cell for cell in cells])
    return text.getvalue().encode("utf-8-sig")


if __name__ == "__main__":
    main(prog_name="python -m report.collect")
