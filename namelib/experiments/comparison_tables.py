"""The tables of chapter 4 that compare networks of one training budget: the ladder, its shares, and long lags."""

from collections.abc import Sequence

import numpy as np

from namelib.bilingual import LANGUAGES, show_table
from namelib.experiments.figure_words import WORDS
from namelib.experiments.tables import MEASURES, NONE, interval, minus


def ladder(rungs: Sequence[dict]) -> None:
    """Every rung with its accuracy, the paired difference in points, and a sentence that the interval chooses."""
    rows = []
    for rung in rungs:
        difference = rung["difference"]
        rows.append(
            [
                {language: WORDS[language][rung["name"]] for language in LANGUAGES},
                f"{rung['parameters']:,}",
                f"{rung['learning_rate']:g}",
                f"{rung['seconds']:.0f}",
                *(f"{100 * rung[m]['mean']:.1f} ± {50 * (rung[m]['high'] - rung[m]['low']):.1f}" for m in MEASURES[:2]),
                interval(difference, 100) if difference else NONE,
                {language: _bought(rung, language) for language in LANGUAGES},
            ]
        )
    show_table(
        {
            "zh": ["网络", "参数", "学习率", "秒", "准确率 %", "平衡准确率 %", "配对差（百分点）", "这一步换来了什么"],
            "en": [
                "network",
                "parameters",
                "rate",
                "s",
                "accuracy %",
                "balanced %",
                "paired difference",
                "what it bought",
            ],
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


def shares_of_the_gap(path: Sequence[dict], recipe: dict, ngrams: dict, better: str) -> None:
    """What each step of the ladder's path has of the whole gap.

    Beside it, unadded, the recipe, and the n-grams in place of the `better` of RNN and LSTM.
    """
    gap = 100 * sum(step["difference"]["mean"] for step in path)

    def share(difference: dict) -> str:
        return minus(f"{10000 * difference['mean'] / gap:.0f} %") if gap else NONE

    rows = [
        [
            {lang: f"{WORDS[lang][step['compared_to']]} → {WORDS[lang][step['name']]}" for lang in LANGUAGES},
            interval(step["difference"], 100),
            share(step["difference"]),
        ]
        for step in path
    ]
    whole = {"zh": "合计：线性 RNN → 两层 LSTM", "en": "all: linear RNN → two-layer LSTM"}
    rows.append([whole, minus(f"{gap:+.1f}"), "100 %"])
    other = {"zh": "另：RNN 不变，原配方 → 小批量配方", "en": "beside: the same RNN, original recipe → mini-batches"}
    rows.append([other, interval(recipe), NONE])
    other = {
        "zh": f"另：{better}（小批量配方）→ 字符 n 元组",
        "en": f"beside: {better}, mini-batches → character n-grams",
    }
    rows.append([other, interval(ngrams), NONE])
    show_table(
        {"zh": ["改动", "准确率变化（百分点）", "占差距"], "en": ["change", "accuracy, points", "of the gap"]},
        rows,
        "tbl-shares",
        zh="差距的来源：阶梯主线上每一步的配对差，及其占总差距的份额。份额与各步的先后次序有关，换个次序会有所不同；“学习率照旧”的一级用的是前一个网络的学习率，所以它的升降不是学习率本身的功劳。",
        en="Where the gap comes from: the paired difference of each step on the ladder's main path, and its share. "
        "Shares hang on the order of the steps; another order would have others. “Rate as before” is the rate of the "
        "network before, so that what comes and goes with it is no gain of a rate as such.",
    )


def long_lag(variants: dict[str, dict], settings: dict) -> None:
    """Every network of the long-lag task: how far it remembers, and how fast the first symbol's trace fades."""
    middle, (short, long), end = settings["middle"], settings["budgets"], settings["lengths"][-1]

    def learned(accuracies: Sequence[float]) -> str:
        return f"{sum(accuracy >= settings['mastered_from'] for accuracy in accuracies)}/{len(accuracies)}"

    show_table(
        {
            "zh": ["网络", "学习率", "记得住的最长序列", f"{short} 批", f"{long} 批", "痕迹，训练前", "痕迹，训练后"],
            "en": ["network", "rate", "longest mastered", f"{short} batches", f"{long}", "trace before", "trace after"],
        },
        [
            [
                {language: WORDS[language][name] for language in LANGUAGES},
                f"{found['learning_rate']:g}",
                ", ".join(map(str, found["mastered"])),
                learned(found["middle"]),
                learned(found["longer"]),
                *(a_symbol(found["trace"][when]) for when in ("untrained", "trained")),
            ]
            for name, found in variants.items()
        ],
        "tbl-long-lag",
        zh=f"长时滞任务的各个网络。记得住的最长序列：准确率不低于 {settings['mastered_from']:.0%} 的最长一档"
        f"（更短的也可能没学会），每个种子一个。批数：训练这么多批之后，几个种子学会 L = {middle}。"
        f"痕迹：两个序列只有第一个符号不同，读每个符号使两个隐藏状态之差变化多少（各种子的中位数），"
        f"训练之前，以及在 L = {end} 上训练 {short} 批之后。",
        en="The networks of the long-lag task. Longest mastered: with an accuracy of "
        f"{settings['mastered_from']:.0%} or more, though a shorter one may have failed; one a seed. Batches: how many "
        f"seeds have learned L = {middle} after so many. Trace: two sequences differ in their first symbol alone; by "
        f"how much each symbol changes the difference of the two hidden states (median over seeds), before training "
        f"and after {short} batches at L = {end}.",
    )


def a_symbol(trace: Sequence[float]) -> str:
    """The median of a trace in nat a symbol as percent a symbol: `−42 %`."""
    return minus(f"{100 * np.expm1(np.median(trace)):+.0f} %")
