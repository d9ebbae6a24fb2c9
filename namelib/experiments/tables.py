"""The tables of chapter 4, each shown in Chinese and in English."""

from collections.abc import Sequence

from namelib.bilingual import LANGUAGES, escape, show_table
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


def reach(difference: dict) -> str:
    """The interval of a difference of shares, in percentage points: `+4.1 … +5.7`."""
    return minus(f"{100 * difference['low']:+.1f} … {100 * difference['high']:+.1f}")


def interval(effect: dict, scale: float = 1.0) -> str:
    """`+4.9 [+4.1, +5.7]`"""
    mean, low, high = (scale * effect[key] for key in ("mean", "low", "high"))
    return minus(f"{mean:+.1f} [{low:+.1f}, {high:+.1f}]")


def claims(rows: Sequence[dict]) -> None:
    """The claims with what was measured of each, the verdict and the way to the figure.

    A verdict that stands when all intervals are to hold at once has a dagger.
    """
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
                {language: f"**{text}**{' †' * row['joint']}" for language, text in row["verdict_text"].items()},
                {"zh": f"[图](#{row['figure']})", "en": f"[Figure](#{row['figure']})"},
            ]
            for row in rows
        ],
        "tbl-claims",
        zh="“LSTM 为什么更好”的各个说法，以及本次运行测得的证据。"
        f"†：把区间放宽到 {len(rows)} 个说法同时以 95% 成立（Bonferroni）之后，判定仍然不变。",
        en="The claims about why the LSTM does better, and what this run measured of each. "
        f"†: the verdict stands with intervals so wide that {len(rows)} claims hold at once with 95 % (Bonferroni).",
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


def untangled(pairs: Sequence[dict]) -> None:
    """The eight language pairs of which the LSTM mixes up fewer than the RNN by the largest number, most first."""
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
            for pair in pairs[:8]
        ],
        "tbl-pairs",
        zh="互相混淆的名字数，以及 McNemar 检验（经 Holm 校正）的 p 值；按 LSTM 比 RNN 减少的个数从多到少排列。",
        en="Names confused one way or the other, and McNemar's p after Holm; sorted by how many fewer the LSTM has.",
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
