"""What limits a row, and what its numbers belong to: sentences from results.json, in Chinese and English."""

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


def of_its_time(shares: dict[str, float], language: str) -> str:
    parts = [pick(SHARES[key], language).format(f"{share:.0%}") for key, share in shares.items()]
    return pick(("在它的用时里，", "of its time, "), language) + pick(("，", ", "), language).join(parts)


def machine(row: dict, language: str) -> str:
    """Machine, versions, day: what the row's numbers belong to."""
    said = (
        "{date}，{cpu}，{cores} 核（单核矩阵乘法 {gflops:.0f} GFLOP/s，复制 {copying:.0f} GB/s），Python {python}，"
        "torch {torch}",
        "{date}, {cpu}, {cores} cores (on one, matrix products {gflops:.0f} GFLOP/s, copying {copying:.0f} GB/s), "
        "Python {python}, torch {torch}",
    )
    measured, versions = row["machine"], row["versions"]
    return pick(said, language).format(
        **{key: measured[key] for key in ("cpu", "cores")},
        gflops=measured["products"] / 1e9,
        copying=measured["copying"] / 1e9,
        python=versions["python"],
        torch=versions["torch"],
        date=row["date"],
    )


def where(row: dict, language: str) -> str:
    """The machine, how long it took, and whether the sizes were real."""
    took = pick(("；用时 {:.0f} 秒", "; took {:.0f} s"), language).format(row["seconds"])
    quick = "；这是 --quick 的极小规模，数字不作数", "; sizes of --quick, so the numbers say nothing"
    return machine(row, language) + took + pick(quick, language) * row["quick"]
