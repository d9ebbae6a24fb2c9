"""What limits a row, and what its numbers belong to: sentences from results.json, in Chinese and English."""

from collections.abc import Iterable

from benchmarks.words import BY, SHARES, pick, say


def limit(measured: dict, language: str) -> str:
    """One sentence: what limits, and the profile that says so."""
    if "learned" in measured:
        said = (
            "学过的名字准确率 {learned:.1%}，没见过的 {unseen:.1%}",
            "accuracy {learned:.1%} on those, {unseen:.1%} on others",
        )
        facts = [pick(said, language).format(**measured)]
    else:
        facts = [of_its_time(measured["shares"], language)]
    if "operations" in measured:
        said = (
            "{operations:,.0f} 次运算，平均 {microseconds_an_operation:.1f} 微秒",
            "{operations:,.0f} operations of {microseconds_an_operation:.1f} µs",
        )
        facts.append(pick(said, language).format(**measured))
    if "longest" in measured:
        longest = ", ".join(f"`{name}` {share:.0%}" for name, share in measured["longest"].items())
        facts.append(pick(("最久的是 {}", "the longest are {}"), language).format(longest))
    sentence = pick(("{}：受限于{}（{}）。", "{}: limited by {} ({})."), language)
    by = pick(BY[measured["by"]], language)
    return sentence.format(say(measured["case"], language), by, pick(("；", "; "), language).join(facts))


def briefly(measured: dict, language: str) -> str:
    """What limits it, and its share of the time: `RNN: Python and the cost of calls (89%)`."""
    share = measured["shares"].get(measured["by"])
    text = f"{say(measured['case'], language)}{pick(('：', ': '), language)}{pick(BY[measured['by']], language)}"
    return text if share is None else text + pick(("（{:.0%}）", " ({:.0%})"), language).format(share)


def of_its_time(shares: dict[str, float], language: str) -> str:
    parts = [pick(SHARES[key], language).format(f"{share:.0%}") for key, share in shares.items()]
    return pick(("在它的用时里，", "of its time, "), language) + pick(("，", ", "), language).join(parts)


def machine(row: dict, language: str) -> str:
    """Day, processor, versions: what the row's numbers belong to."""
    said = (
        "{date}，{cpu}，{cores} 核，Python {python}，torch {torch}",
        "{date}, {cpu}, {cores} cores, Python {python}, torch {torch}",
    )
    return pick(said, language).format(**row["machine"], **row["versions"], date=row["date"])


def machines(rows: Iterable[dict], language: str) -> str:
    """The machines of several rows, each once."""
    return pick(("；", "; "), language).join(dict.fromkeys(machine(row, language) for row in rows))


def where(row: dict, language: str) -> str:
    """The machine, what one core of it can do, how long the row took, and whether its sizes were real."""
    said = (
        "{}；一个核的矩阵乘法 {:.0f} GFLOP/s，复制 {:.0f} GB/s；用时 {:.0f} 秒",
        "{}; one core multiplies matrices at {:.0f} GFLOP/s and copies {:.0f} GB/s; took {:.0f} s",
    )
    rates = (row["machine"][key] / 1e9 for key in ("products", "copying"))
    quick = "；这是 --quick 的极小规模，数字不作数", "; sizes of --quick, so the numbers say nothing"
    return (
        pick(said, language).format(machine(row, language), *rates, row["seconds"])
        + pick(quick, language) * row["quick"]
    )
