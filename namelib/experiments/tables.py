"""The tables of chapter 4, each shown in Chinese and in English."""

from collections.abc import Sequence

from namelib.bilingual import LANGUAGES, escape, show_table
from namelib.experiments.figure_words import WORDS
from namelib.tables import both
from namelib.words import LABELS

MEASURES = ("accuracy", "balanced_accuracy", "macro_f1")
NONE = "–"


def minus(text: str) -> str:
    """Numbers with a proper minus sign."""
    return text.replace("-", "−")


def points(difference: dict) -> str:
    """A difference of shares in percentage points: `+4.9`."""
    return minus(f"{100 * difference['mean']:+.1f}")


def interval(effect: dict, scale: float = 1.0) -> str:
    """`+4.9 [+4.1, +5.7]`"""
    mean, low, high = (scale * effect[key] for key in ("mean", "low", "high"))
    return minus(f"{mean:+.1f} [{low:+.1f}, {high:+.1f}]")


def claims(rows: Sequence[dict]) -> None:
    """The claims with what was measured of each, the verdict and the way to the figure."""
    show_table(
        {
            "zh": ["说法", "实验", "测得的效果", "判定", "证据"],
            "en": ["claim", "experiment", "measured effect", "verdict", "evidence"],
        },
        [
            [
                row["claim"],
                row["experiment"],
                row["measured"],
                {language: f"**{text}**" for language, text in row["verdict_text"].items()},
                {"zh": f"[图](#{row['figure']})", "en": f"[Figure](#{row['figure']})"},
            ]
            for row in rows
        ],
        "tbl-claims",
        zh="“LSTM 为什么更好”的各个说法，以及本次运行测得的证据。",
        en="The claims about why the LSTM does better, and what this run measured of each.",
    )


def three_runs(runs: dict[str, dict], parameters: dict[str, int], baselines: dict, best_possible: dict) -> None:
    """Every network under both recipes, the baselines, and the best possible."""
    rows = [
        [
            network,
            {language: LABELS[language][recipe] for language in LANGUAGES},
            f"{parameters[network]:,}",
            f"{results['history'][recipe]['seconds']:.1f}",
            *(f"{results['metrics'][recipe][measure]:.3f}" for measure in MEASURES),
        ]
        for network, results in runs.items()
        for recipe in results["metrics"]
    ]
    names = {
        "majority": {"zh": "总猜最多的语言", "en": "the commonest language"},
        "ngrams": {"zh": "字符 n 元组 + 逻辑回归", "en": "character n-grams, logistic regression"},
    }
    for baseline, measured in baselines.items():
        rows.append([names[baseline], *3 * [NONE], *(f"{measured[measure]:.3f}" for measure in MEASURES)])
    best = [f"{best_possible[measure]:.3f}" for measure in MEASURES[:2]]
    rows.append([{"zh": "上限（语言共有的拼写）", "en": "best possible (shared spellings)"}, *3 * [NONE], *best, NONE])
    show_table(
        {
            "zh": ["网络", "配方", "参数", "训练用时（秒）", "准确率", "平衡准确率", "宏平均 F1"],
            "en": ["network", "recipe", "parameters", "seconds", "accuracy", "balanced accuracy", "macro F1"],
        },
        rows,
        "tbl-runs",
        zh="前三章的网络、两条基线和上限，用的是同样的验证名字。",
        en="The networks of the first three chapters, two baselines and the best possible, on the same names.",
    )


def ladder(rungs: Sequence[dict]) -> None:
    """Every rung with its accuracy, the paired difference in points, and a sentence that the interval chooses."""
    rows = []
    for rung in rungs:
        difference = rung["difference"]
        rows.append(
            [
                {language: WORDS[language][rung["name"]] for language in LANGUAGES},
                f"{rung['parameters']:,}",
                f"{rung['seconds']:.0f}",
                *(f"{100 * rung[m]['mean']:.1f} ± {50 * (rung[m]['high'] - rung[m]['low']):.1f}" for m in MEASURES[:2]),
                interval(difference, 100) if difference else NONE,
                {language: _bought(rung, language) for language in LANGUAGES},
            ]
        )
    show_table(
        {
            "zh": ["网络", "参数", "秒", "准确率 %", "平衡准确率 %", "配对差（百分点）", "这一步换来了什么"],
            "en": ["network", "parameters", "s", "accuracy %", "balanced %", "paired difference", "what it bought"],
        },
        rows,
        "tbl-ladder",
        zh="阶梯的每一级。± 是 95% 区间的一半；“秒”是一个核训练全部种子的用时。",
        en="Every rung of the ladder. ± is half of the 95 % interval; seconds are those of one core for all seeds.",
    )


def _bought(rung: dict, language: str) -> str:
    if not rung["difference"]:
        return {"zh": "起点", "en": "the start"}[language]
    other, change = WORDS[language][rung["compared_to"]], rung["difference"]
    points = f"{100 * abs(change['mean']):.1f}"
    if change["low"] > 0:
        return {"zh": f"比“{other}”高 {points} 点", "en": f"{points} points more than {other}"}[language]
    if change["high"] < 0:
        return {"zh": f"比“{other}”低 {points} 点", "en": f"{points} points less than {other}"}[language]
    return {"zh": f"与“{other}”分不出高下", "en": f"not told apart from {other}"}[language]


def untangled(pairs: Sequence[dict], most: int = 8) -> None:
    """The language pairs whose confusions differ most between the two networks, with Holm's correction."""
    show_table(
        {
            "zh": ["语言对", "RNN 混淆", "LSTM 混淆", "减少", "p（Holm 校正）"],
            "en": ["pair of languages", "RNN confuses", "LSTM confuses", "fewer", "p (Holm)"],
        },
        [
            [
                {lang: " / ".join(both(name)[lang] for name in pair["languages"]) for lang in LANGUAGES},
                str(pair["rnn"]),
                str(pair["lstm"]),
                minus(f"{pair['rnn'] - pair['lstm']:+d}"),
                f"{pair['p_holm']:.2g}",
            ]
            for pair in pairs[:most]
        ],
        "tbl-pairs",
        zh="LSTM 理清得最多的语言对：互相混淆的名字数，以及 McNemar 检验（经 Holm 校正）的 p 值。",
        en="The pairs that the LSTM untangles most: names confused one way or the other, and McNemar's p after Holm.",
    )


def only_one(found: Sequence[dict], winner: str) -> None:
    """Names that only `winner` of RNN and LSTM gets right, with what the other said."""
    other = {"LSTM": "RNN", "RNN": "LSTM"}[winner]
    show_table(
        {"zh": ["名字", "真实语言", f"{other} 的回答"], "en": ["name", "true language", f"{other} said"]},
        [[escape(row["name"]), both(row["language"]), both(row["instead"])] for row in found],
        f"tbl-only-{winner.lower()}",
        zh=f"只有 {winner} 答对的名字（两者给真实语言的概率相差最大的几个）。",
        en=f"Names that only the {winner} gets right (those on which the two differ most).",
    )


def shares_of_the_gap(steps: Sequence[dict], recipe: dict, ngrams: dict) -> None:
    """What each step of the ladder's path has of the whole gap; beside it, unadded, the recipe and the n-grams."""
    gap = 100 * (steps[-1]["accuracy"]["mean"] - steps[0]["accuracy"]["mean"])
    rows = [
        [
            {lang: f"{WORDS[lang][rung['compared_to']]} → {WORDS[lang][rung['name']]}" for lang in LANGUAGES},
            interval(rung["difference"], 100),
            minus(f"{10000 * rung['difference']['mean'] / gap:.0f} %") if gap else NONE,
        ]
        for rung in steps[1:]
    ]
    whole = {"zh": "合计：线性 RNN → 两层 LSTM", "en": "all: linear RNN → two-layer LSTM"}
    rows.append([whole, minus(f"{gap:+.1f}"), "100 %"])
    other = {"zh": "另：RNN 不变，原配方 → 小批量配方", "en": "beside: the same RNN, original recipe → mini-batches"}
    rows.append([other, interval(recipe), NONE])
    other = {"zh": "另：LSTM（第 2 章）→ 字符 n 元组", "en": "beside: LSTM of chapter 2 → character n-grams"}
    rows.append([other, interval(ngrams), NONE])
    show_table(
        {"zh": ["改动", "准确率变化（百分点）", "占差距"], "en": ["change", "accuracy, points", "of the gap"]},
        rows,
        "tbl-shares",
        zh="差距的来源：阶梯主线上每一步的配对差，及其占总差距的份额。",
        en="Where the gap comes from: the paired difference of each step on the ladder's main path, and its share.",
    )
