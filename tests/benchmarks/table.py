"""The table of a run, for the terminal and as Markdown in Chinese or English: every number from results.json."""

from benchmarks.sentences import limit, machines, where
from benchmarks.words import HEAD, RATIO, ROWS, SHORT, pick, say
from namelib.bilingual import pipe_table

BEGIN, END = "<!-- benchmarks: written by `make bench ARGS='--record --tutorial DIR'` -->", "<!-- end of benchmarks -->"
WITHOUT_NAME = ("share", "of 1", "")  # units that stand for themselves


def number(value: float, unit: str) -> str:
    """A value as its unit is read: shares in per cent, accuracies to a tenth of that, others to three digits."""
    if unit == "share":
        return f"{value:.0%}"
    if unit == "of 1":
        return f"{value:.3f}"
    for least, letter in ((1e6, " M"), (1e3, " k")):
        if value >= least:
            return f"{value / least:.3g}{letter}"
    return f"{value:.3g}"


def value(line: dict, name: str, language: str, spread: bool = True) -> str:
    """What a contender is judged by, and its lowest and highest sample where there are several and `spread` says so."""
    measured, unit = line["values"][name], line["unit"]
    text = number(measured[line["middle"]], unit)
    if unit not in WITHOUT_NAME:
        text += f" {say(unit, language)}"
    if spread and len(line["samples"][name]) > 1:
        text += f" ({number(measured['low'], unit)}–{number(measured['high'], unit)})"
    return text


def ratio(line: dict, language: str) -> str:
    """The ratio in words, with its ends; of a line that was to have one and has none, that ours did not get there."""
    if "ratio" not in line:
        return (
            pick(("没有达到", "did not get there"), language) if "ratio" in line.get("goal", {}).get("of", "") else ""
        )
    of = line["ratio"]
    text = f"{of['median']:.3g}"
    if of["low"] != of["high"]:
        text += f" ({of['low']:.3g}–{of['high']:.3g})"
    return pick(RATIO[of["of"], line["unit"] == "names/s"], language).format(text)


def goal(line: dict, language: str) -> str:
    if "goal" not in line:
        return ""
    wanted = line["goal"]
    unit = line["unit"] if wanted["of"] == "value" else ""
    sign, least = ("≥", wanted["at_least"]) if "at_least" in wanted else ("≤", wanted["at_most"])
    text = f"{sign} {number(least, unit)}"
    if "aim" in wanted:
        text += pick(("，争取 ", ", aim "), language) + number(wanted["aim"], unit)
    return text


def cells(line: dict, language: str, spread: bool = True) -> list[str]:
    """A line of the table; the first contender is ours, and says what it is where it is not just that."""
    ours, *peers = line["values"]
    first = value(line, ours, language, spread) + f" ({say(ours, language)})" * (ours != "ours")
    beside = [f"{say(name, language)} {value(line, name, language, spread)}" for name in peers]
    together = pick(("；", "; "), language).join(beside)
    met = pick((("否", "是"), ("no", "yes")), language)[line["goal"]["met"]] if "goal" in line else ""
    return [say(line["case"], language), first, together, ratio(line, language), goal(line, language), met]


def quoted(rows: dict[str, dict]) -> dict[str, dict]:
    """The rows that README and report quote, as far as they were measured."""
    return {name: rows[name] for name in SHORT if name in rows}


def headline(rows: dict[str, dict], language: str) -> tuple[list[str], list[list[str]]]:
    """Head and body of the one table that README and report quote: the lines with a goal and a peer.

    Of their numbers only ratios keep their spread.
    """
    body = []
    for name, row in quoted(rows).items():
        said = pick(("{}：{}", "{}: {}"), language)
        for line in (line for line in row["lines"] if "goal" in line and len(line["values"]) > 1):
            case, *rest, _goal, _met = cells(line, language, spread=False)
            body.append([said.format(pick(SHORT[name], language), case), *rest])
    return HEAD[language][:-2], body


def summary(rows: dict[str, dict], language: str = "en") -> str:
    """The headline as Markdown, and where it was measured."""
    return f"{pipe_table(*headline(rows, language))}\n\n*{machines(quoted(rows).values(), language)}.*"


def markdown(rows: dict[str, dict], language: str = "en") -> str:
    """Every row under its heading: the table, what limits it, and where it was measured."""
    parts = []
    for name in filter(rows.__contains__, ROWS):
        row = rows[name]
        parts.append(f"### {pick(ROWS[name], language)}")
        parts.append(pipe_table(HEAD[language], [cells(line, language) for line in row["lines"]]))
        parts.append("\n".join(f"- {limit(measured, language)}" for measured in row["limits"]))
        parts.append(f"*{where(row, language)}.*")
    return "\n\n".join(parts)


def plain(name: str, row: dict) -> str:
    """One row for the terminal, columns aligned."""
    lines = [HEAD["en"], *(cells(line, "en") for line in row["lines"])]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    table = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    limits = [f"- {limit(measured, 'en')}" for measured in row["limits"]]
    return "\n".join([f"\n{ROWS[name][1]}: {where(row, 'en')}", *table, *limits])


def put_between_marks(text: str, block: str) -> str:
    """The text with the block between its two marks. Raises ValueError where a mark is missing."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the marks {BEGIN} and {END} are not both there")
    return f"{before}{BEGIN}\n\n{block}\n\n{END}{after}"
