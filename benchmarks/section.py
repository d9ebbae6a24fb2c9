"""Chapter 4's section on speed: what the recorded benchmark measured, when, and on which machine."""

from pathlib import Path

from benchmarks.record import RECORD, load
from benchmarks.sentences import briefly, machines
from benchmarks.table import headline
from benchmarks.words import pick
from namelib.bilingual import LANGUAGES, say, show_table


def show_speed(record: Path = RECORD) -> None:
    """Heading, table and what limits a step; nothing where there is no record."""
    rows = load(record)
    if not rows:
        return
    tables = {language: headline(rows, language) for language in LANGUAGES}
    body = [
        [dict(zip(LANGUAGES, cell, strict=True)) for cell in zip(*lines, strict=True)]
        for lines in zip(*(tables[language][1] for language in LANGUAGES), strict=True)
    ]
    say(zh="## 快多少？", en="## How fast?")
    say(
        zh="快慢不能在一份报告里顺便量：机器一忙，数字就变。下表因此**不是本次运行的结果**，而是套件的基准测试"
        "（`make bench`）留下的记录：本项目与对照在同一次运行里轮流计时，看的是比值，括号里是最小与最大值"
        "（[表](#tbl-speed)）。对照是教程的逐名循环、原报告清单里的单元和 `nn.LSTM`；最后几行是五次划分上的准确率。",
        en="Speed cannot be measured in passing: a busy machine changes it. So this table is **not of this run** but "
        "the record of the suite's benchmark (`make bench`), in which ours and its peers are timed in turns; what "
        "to look at are the ratios, with the lowest and highest in brackets ([Table](#tbl-speed)). The peers are "
        "the tutorial's loop over single names, the cell of the original report's listing, and `nn.LSTM`; the last "
        "lines are accuracies over five splits.",
    )
    show_table(
        {language: tables[language][0] for language in LANGUAGES},
        body,
        "tbl-speed",
        zh=f"基准测试的记录：{machines(rows.values(), 'zh')}。",
        en=f"The benchmark's record: {machines(rows.values(), 'en')}.",
    )
    limits = {
        language: pick(("；", "; "), language).join(briefly(limit, language) for limit in rows["step"]["limits"])
        for language in LANGUAGES
    }
    say(
        zh=f"“一步”是原配方的一步，一次一个名字；“到同样的平衡准确率”是小批量配方（`balance=1`）训练到教程循环跑完十万步时的水平；"
        f"“一层”是 CustomLSTM 的前向与反向（批量、时间、隐藏单元）。一步的时间主要花在哪里：{limits['zh']}。"
        "全部项目和各自的瓶颈见 `benchmarks/README.md`。",
        en=f"“A step” is one of the original recipe, a name at a time; “to equal accuracy”: the mini-batch recipe "
        "(`balance=1`) trains up to the balanced accuracy of the tutorial's loop after its hundred thousand steps; "
        "“a layer”: CustomLSTM forward and backward (batch, time, hidden). What most of a step's time goes to: "
        f"{limits['en']}. `benchmarks/README.md` has all rows and what limits each.",
    )
