"""Chapter 4's section on a sweep: its heat maps and its verdicts; nothing where there is none of the data."""

from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from namelib.bilingual import LANGUAGES, say, show_figure, show_table
from namelib.data import Names
from namelib.experiments.found_best import CHOSEN, Verdict, by_seed, read_sweep, test_to_train, verdicts
from namelib.experiments.intervals import Interval, mean_interval
from namelib.experiments.tables import NONE
from namelib.figures import COLOURS, WIDTH, style
from namelib.runs import RECORDED

WORDS = {
    "zh": {
        "learning_rate": "学习率", "hidden_size": "隐藏层维数", "original": "{network}，原配方",
        "mini_batch": "{network}，小批量配方", "balanced_accuracy": "平衡准确率（%）", "chosen": "原报告的选择",
        "best": "网格上最好的一格", "diverged": "发散", "failed": "失败", "square": "{rate:g}，{size} 维",
    },
    "en": {
        "learning_rate": "learning rate", "hidden_size": "hidden size", "original": "{network}, original recipe",
        "mini_batch": "{network}, mini-batch recipe", "balanced_accuracy": "balanced accuracy (%)",
        "chosen": "the original report's choice", "best": "best square of the grid", "diverged": "diverged",
        "failed": "failed", "square": "{rate:g} with {size}",
    },
}  # fmt: skip
FRAMES = {
    "chosen": {"edgecolor": "black", "linewidth": 1.6},
    "best": {"edgecolor": COLOURS["RNN"], "linewidth": 1.8, "linestyle": (0, (2, 1.5))},
}


def show_sweep(data: Names, folder: Path) -> None:
    """Heading, heat maps and verdicts of the folder's sweep, or else of the recorded one, if it is of these names."""
    own, recorded = (read_sweep(place, data.fingerprint) for place in (folder, RECORDED))
    table = recorded if own is None else own
    if table is None:
        return
    found, seeds = verdicts(table), table["seed"].nunique()
    steps, epochs = (", ".join(f"{n:,.0f}" for n in table[name].dropna().unique()) for name in ("steps", "epochs"))
    sizes = table.groupby("network")["hidden_size"].nunique()
    fixed = [network for network in CHOSEN if sizes.get(network) == 1]
    say(zh="## “经过测试效果最好”？", en="## “Found best by testing”?")
    say(
        zh="原报告说它的学习率和隐藏层维数是“经过测试”选出的最好值。这里把测试补上：每个网络在学习率 × 隐藏层维数的"
        f"网格上训练，每格 {seeds} 个种子，每个种子换一次划分和初始权重（[图](#fig-sweep)）。"
        + (f"{'、'.join(fixed)} 只变了学习率。" if fixed else "")
        + "网格要跑很久，这里是随套件保存的记录（`benchmarks/sweep.csv`），**不是本次运行**；`make sweep` 可以重做。"
        * (own is None),
        en="The original report says that its learning rates and hidden sizes were found best “by testing”. Here is "
        f"that test: every network is trained on a grid of learning rate × hidden size, with {seeds} seeds a square, "
        "each of which has a split and first weights of its own ([Figure](#fig-sweep))."
        + (f" Of the {', '.join(fixed)} only the learning rate was varied." if fixed else "")
        + " A grid takes long: this one is the record that comes with the suite (`benchmarks/sweep.csv`), **not this "
        "run**; `make sweep` does it again." * (own is None),
    )
    show_figure(
        lambda language: heat_maps(table, language),
        "fig-sweep",
        zh=f"扫描：各格在验证名字上的平均平衡准确率（%），± 是 95% 区间的一半（{seeds} 个种子）。"
        + (f"原配方读 {steps} 个名字。" if steps else "")
        + (f"小批量配方读 {epochs} 遍训练集。" if epochs else "")
        + "灰格：有种子发散或失败。",
        en=f"The sweep: mean balanced accuracy (%) on validation names in each square, ± half of the 95 % interval "
        f"({seeds} seeds)."
        + (f" The original recipe reads {steps} names." if steps else "")
        + (f" The mini-batch recipe reads the training names {epochs} times." if epochs else "")
        + " Grey: a seed diverged or failed.",
    )
    if found:
        _show_verdicts(found)


def _show_verdicts(found: list[Verdict]) -> None:
    show_table(
        {
            "zh": ["网络", "原报告的选择", "平衡准确率 %", "网格上最好的一格", "平衡准确率 %", "判定"],
            "en": ["network", "original's choice", "balanced %", "best of the grid", "balanced %", "verdict"],
        },
        [
            [
                one.network,
                _square(one.chosen),
                _percent(one.value),
                _square(one.best),
                _percent(one.best_value),
                {language: f"**{one.text(language)}**" for language in LANGUAGES},
            ]
            for one in found
        ],
        "tbl-sweep",
        zh="原报告的选择与网格上最好的一格（原配方）。最好的一格比它高多少，整个 95% 区间都在 0 以上才判“差”。",
        en="The original report's choices beside the best squares of the grid (original recipe). “Worse” only where "
        "the whole 95 % interval of what the best has more lies above zero.",
    )
    count = Counter(one.verdict for one in found)
    untold = sum(count[verdict] for verdict in ("too few seeds", "alone", "not tried"))
    edge = [one.network for one in found if one.at_edge]
    say(
        zh=f"原报告的 {len(found)} 个选择里，{count['best']} 个是网格上平均最高的，{count['not told apart']} 个与最好的"
        f"分不出高下，{count['worse']} 个更差"
        + (f"，{count['incomplete']} 个并非每个种子都训练成功" if count["incomplete"] else "")
        + (f"，{untold} 个无法判定" if untold else "")
        + "。平均最高的那一格多少沾了这几个种子的光，所以判定时每个种子只与"
        "**其余种子**选出的最好一格相比，再求配对差的平均和区间。"
        + (f"{'、'.join(edge)} 最好的一格在网格边上，网格之外也许还有更好的。" if edge else ""),
        en=f"The original report's {len(found)} choices: {count['best']} with the highest mean of the grid, "
        f"{count['not told apart']} not told apart from the best, {count['worse']} worse"
        + (f", {count['incomplete']} not trained with every seed" if count["incomplete"] else "")
        + (f", {untold} that this grid cannot judge" if untold else "")
        + ". The square with the highest "
        "mean owes a part of it to luck with these seeds; so for the verdict each seed is compared with the square "
        "that is best on the **other** seeds, and the paired differences are averaged."
        + (
            f" For {' and '.join(edge)} the best square lies at the edge of the grid; beyond it may be better."
            if edge
            else ""
        ),
    )


def _square(place: tuple[int, float] | None) -> dict[str, str] | str:
    return {lang: WORDS[lang]["square"].format(size=place[0], rate=place[1]) for lang in LANGUAGES} if place else NONE


def _percent(value: Interval | None) -> str:
    return f"{100 * value.mean:.1f} ± {100 * (value.high - value.mean):.1f}" if value else NONE


def heat_maps(table: pd.DataFrame, language: str) -> Figure:
    """Mean balanced accuracy with its interval in every square: a row of maps a network, a column a recipe.

    Framed: the original report's choice, and the best square. Grey: a cell of it diverged or failed.
    """
    words = WORDS[language]
    networks, recipes = table["network"].unique(), table["recipe"].unique()
    low, high = (100 * table["balanced_accuracy"].agg(end) for end in ("min", "max"))
    with style(language):
        sizes = [table.loc[table["network"] == network, "hidden_size"].nunique() for network in networks]
        figure, axes = plt.subplots(
            len(networks), len(recipes), figsize=(WIDTH, 0.36 * sum(sizes) + 0.55 * len(networks) + 0.6),
            height_ratios=sizes, squeeze=False,
        )  # fmt: skip
        for row, network in zip(axes, networks, strict=True):
            for axis, recipe in zip(row, recipes, strict=True):
                rows = table[(table["network"] == network) & (table["recipe"] == recipe)]
                if len(rows):
                    _heat_map(axis, rows, network, recipe, words, {"vmin": low, "vmax": high})
                axis.set_title(words[recipe].format(network=network))
        shades = plt.cm.ScalarMappable(plt.Normalize(low, high), "Blues")
        figure.colorbar(shades, ax=axes, label=words["balanced_accuracy"], shrink=0.6, aspect=30)
        frames = [Rectangle((0, 0), 1, 1, fill=False, label=words[name], **FRAMES[name]) for name in FRAMES]
        figure.legend(handles=frames, loc="outside lower center", ncols=2)
        return figure


def _heat_map(axis: Axes, rows: pd.DataFrame, network: str, recipe: str, words: dict, ends: dict) -> None:
    values = by_seed(rows, network, recipe)
    means = (100 * values.mean(axis=1, skipna=False)).unstack()
    shown = np.vectorize(lambda size, rate: _in_square(values.loc[size, rate], test_to_train(rows)))
    text = shown(*np.meshgrid(means.index, means.columns, indexing="ij"))
    axis.set_facecolor("#d9d9d9")
    axis.grid(visible=False)
    sns.heatmap(
        means, annot=text, fmt="", cmap="Blues", cbar=False, linewidths=0.6, ax=axis, annot_kws={"size": 6.5}, **ends,
        xticklabels=[f"{rate:g}" for rate in means.columns],
    )  # fmt: skip
    for (size, rate), _ in values[values.isna().any(axis=1)].iterrows():
        here = rows[(rows["hidden_size"] == size) & (rows["learning_rate"] == rate)]["status"]
        failure = "failed" if (here == "failed").any() else "diverged"
        place = means.columns.get_loc(rate) + 0.5, means.index.get_loc(size) + 0.5
        said = f"{words[failure]}\n{(here != 'ok').sum()}/{len(here)}"
        axis.text(*place, said, ha="center", va="center", size=6)
    framed = {"best": values.dropna().mean(axis=1).idxmax()} if values.notna().all(axis=1).any() else {}
    if recipe == "original" and CHOSEN.get(network) in values.index:
        framed["chosen"] = CHOSEN[network]
    for name, (size, rate) in framed.items():
        corner = means.columns.get_loc(rate) + 0.04, means.index.get_loc(size) + 0.06
        axis.add_patch(Rectangle(corner, 0.92, 0.88, fill=False, **FRAMES[name]))
    axis.set(xlabel=words["learning_rate"], ylabel=words["hidden_size"])
    axis.tick_params(length=0, labelrotation=0)


def _in_square(values: pd.Series, ratio: float) -> str:
    """`65.8` and below it `±0.7`, half of the interval; one seed has none."""
    if len(values) < 2:
        return f"{100 * values.iloc[0]:.1f}"
    found = mean_interval(values, test_to_train=ratio)
    return f"{100 * found.mean:.1f}\n±{100 * (found.high - found.mean):.1f}"
