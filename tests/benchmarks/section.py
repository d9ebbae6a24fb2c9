"""Chapter 4's section on speed: what the recorded benchmark measured, when, and on which machine."""

from pathlib import Path

from benchmarks.record import RECORD, load
from benchmarks.sentences import briefly, machines
from benchmarks.table import headline, quoted
from benchmarks.words import EXPLAINED, pick
from namelib.bilingual import LANGUAGES, say, show_table


def show_speed(record: Path = RECORD) -> None:
    """Heading, table, and what each row is; nothing where the record has none of the quoted rows."""
    rows = quoted(load(record))
    (head_zh, zh), (head_en, en) = (headline(rows, language) for language in LANGUAGES)
    if not zh:
        return
    say(zh="## 快多少？", en="## How fast?")
    say(
        zh="快慢不能在一份报告里顺便量：机器一忙，数字就变。下表因此**不是本次运行的结果**，而是套件的基准测试"
        "（`make bench`）留下的记录，看的是比值（[表](#tbl-speed)）。",
        en="Speed cannot be measured in passing: a busy machine changes it. So this table is **not of this run** but "
        "the record of the suite's benchmark (`make bench`); what to look at are the ratios ([Table](#tbl-speed)).",
    )
    cells = [
        [{"zh": one, "en": other} for one, other in zip(*lines, strict=True)] for lines in zip(zh, en, strict=True)
    ]
    show_table(
        {"zh": head_zh, "en": head_en},
        cells,
        "tbl-speed",
        zh=f"基准测试的记录：{machines(rows.values(), 'zh')}。用时是中位数，括号里是最小与最大值；"
        "比值是逐轮（或逐个种子）之比的中位数，不等于两列相除。",
        en=f"The benchmark's record: {machines(rows.values(), 'en')}. Times are medians, brackets the lowest and the "
        "highest; a ratio is the median of the ratios round by round or seed by seed, not the quotient of two columns.",
    )
    say(zh=_explained(rows, "zh"), en=_explained(rows, "en"))


def _explained(rows: dict[str, dict], language: str) -> str:
    semicolon, end = pick(("；", "; "), language), pick(("。", ". "), language)
    sentences = [pick(("其中", "Here "), language) + semicolon.join(pick(EXPLAINED[name], language) for name in rows)]
    if "step" in rows:
        limits = semicolon.join(briefly(measured, language) for measured in rows["step"]["limits"])
        sentences.append(pick(("占一步用时最多的：", "The largest share of a step's time: "), language) + limits)
    sentences.append(
        pick(
            ("全部项目和各自的瓶颈见 `benchmarks/README.md`", "`benchmarks/README.md` has all rows and their limits"),
            language,
        )
    )
    return "".join(sentence + end for sentence in sentences).strip()
