"""Tables that several notebooks show, ready for `show_table`."""

import numpy as np

from namelib.bilingual import escape, say, show_table
from namelib.data import Names
from namelib.evaluation import Metrics
from namelib.training import History
from namelib.words import LABELS, in_language

SECONDS_IN_THE_ORIGINAL_REPORT = {
    "RNN": 2 * 60 + 25,
    "LSTM": 3 * 60 + 34,
}  # original report, sections 3.1 and 3.2; none for MyLSTM


def both(text: str) -> dict[str, str]:
    """The name of a language in both languages, escaped."""
    return {language: escape(in_language(text, language)) for language in ("zh", "en")}


def recipes(name: str, histories: dict[str, History], metrics: dict[str, Metrics], learning_rates: dict) -> None:
    """The two recipes side by side; the original report's time stands in a row of its own where it tells one."""
    head = {
        "zh": ["训练配方", "学习率", "读过的名字数", "用时（秒）", "准确率", "平衡准确率", "宏平均 F1"],
        "en": ["recipe", "learning rate", "names read", "seconds", "accuracy", "balanced accuracy", "macro F1"],
    }
    rows = []
    for recipe, history in histories.items():
        measures = metrics[recipe].summary()
        rows.append(
            [
                {language: LABELS[language][recipe] for language in ("zh", "en")},
                f"{learning_rates[recipe]:g}",
                f"{history.names_seen[-1]:,}",
                f"{history.seconds:.1f}",
                *(f"{measures[measure]:.3f}" for measure in ("accuracy", "balanced_accuracy", "macro_f1")),
            ]
        )
    if seconds := SECONDS_IN_THE_ORIGINAL_REPORT.get(name):
        told = {"zh": "原报告所记（只有用时）", "en": "the original report (its time alone)"}
        rate = {"RNN": "0.005", "LSTM": "0.08"}[name]
        rows.append([told, rate, "100,000", str(seconds), "–", "–", "–"])
    show_table(
        head,
        rows,
        f"tbl-{name.lower()}-recipes",
        f"{name} 的两种训练配方。三项指标都在验证集上计算；用时只计训练，不含验证。",
        f"{name}: the two recipes. All three measures are taken on the validation names; "
        "the seconds are those of training alone.",
    )


def confused_pairs(name: str, metrics: Metrics) -> None:
    """The eight pairs (true, predicted) that the network confuses most often, with three names of each."""
    counts = metrics.confusion - np.diag(metrics.confusion.diagonal())
    totals = metrics.confusion.sum(axis=1)
    rows = []
    for place in np.argsort(-counts, axis=None, kind="stable")[:8]:
        true, predicted = np.unravel_index(place, counts.shape)
        if not counts[true, predicted]:
            break
        wrong = np.flatnonzero((metrics.data.labels == true) & (metrics.predicted == predicted))
        names = ", ".join(escape(metrics.data.names[row]) for row in wrong[:3])
        rows.append(
            [
                both(metrics.data.languages[true]),
                both(metrics.data.languages[predicted]),
                str(counts[true, predicted]),
                f"{counts[true, predicted] / totals[true]:.1%}",
                names,
            ]
        )
    show_table(
        {
            "zh": ["真实语言", "预测语言", "个数", "占真实语言", "例子"],
            "en": ["true language", "predicted language", "names", "of the true language", "for example"],
        },
        rows,
        f"tbl-{name.lower()}-confused",
        f"{name} 最常混淆的语言对（验证集，小批量配方）。",
        f"{name}: the pairs that it confuses most (validation names, mini-batch recipe).",
    )


def sample_names(data: Names, name: str, each: int = 5, seed: int = 0) -> None:
    """A few training names of every language, drawn at random."""
    rng = np.random.default_rng(seed)
    rows = []
    for label, language in enumerate(data.languages):
        own = np.flatnonzero(data.labels == label)
        drawn = rng.choice(own, size=min(each, len(own)), replace=False)
        rows.append([both(language), str(len(own)), ", ".join(escape(data.names[row]) for row in drawn)])
    show_table(
        {"zh": ["语言", "训练名字数", "随机抽取的例子"], "en": ["language", "training names", "drawn at random"]},
        rows,
        name,
        f"训练集里每种语言随机抽取的 {each} 个名字：先自己猜一猜，再看网络。",
        f"{each} training names of every language, drawn at random: guess them yourself before the network does.",
    )


def discuss_recipes(name: str, histories: dict[str, History], metrics: dict[str, Metrics]) -> None:
    """What the two recipes came to, said as it came out."""
    accuracy = {recipe: measured.summary()["balanced_accuracy"] for recipe, measured in metrics.items()}
    gain = accuracy["mini_batch"] - accuracy["original"]
    faster = histories["original"].seconds / histories["mini_batch"].seconds
    gain_zh = f"平衡准确率{'高' if gain >= 0 else '低'} {abs(100 * gain):.1f} 个百分点"
    gain_en = f"{abs(100 * gain):.1f} points {'more' if gain >= 0 else 'less'} balanced accuracy"
    time_zh = f"用时是原配方的 1/{faster:.1f}" if faster >= 1 else f"用时是原配方的 {1 / faster:.1f} 倍"
    time_en = f"1/{faster:.1f} of the original's time" if faster >= 1 else f"{1 / faster:.1f} times the original's time"
    zh = f"与原配方相比，小批量配方的{gain_zh}，{time_zh}。"
    en = f"Next to the original recipe the mini-batches reach {gain_en} in {time_en}."
    if told := SECONDS_IN_THE_ORIGINAL_REPORT.get(name):
        seconds = histories["original"].seconds
        each = 1000 * seconds / histories["original"].names_seen[-1]
        whole = 100 * each  # seconds for 100,000 steps
        zh += f"原配方在这台机器上每步 {each:.2f} 毫秒，合十万步 {whole:.0f} 秒；原报告记的是 {told} 秒。"
        en += (
            f" A step of the original recipe took {each:.2f} ms on this machine, {whole:.0f} s for 100,000 steps; "
            f"the original report tells of {told} s."
        )
    say(zh=zh, en=en)
