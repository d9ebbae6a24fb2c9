"""The tables of chapter 4; labels in the current language."""

import numpy as np

from namelib.figures import RECIPES
from namelib.language import _
from namelib.numbers import count, interval, percent, points
from namelib.tables import NONE, Table, escape
from notebooks.why_lstm.accuracy_figures import LABELS, epochs
from notebooks.why_lstm.folds import TEST_TO_TRAIN
from notebooks.why_lstm.statistics import summary

VERDICTS = {"supported": "supported", "opposite": "opposite", "cannot_tell": "cannot tell"}
CLAIM_LABELS = {
    "pairs_beat_letters": "Adjacent pairs help a model that otherwise only adds up letters",
    "tanh_beats_linear": "At the large budget, tanh beats the linear recurrence",
    "tanh_comes_close": "At the large budget, the LSTM leads the tanh RNN by less than 2 points",
    "gate_is_faster": "At the small budget, the gate alone beats the tanh RNN",
    "carry_alone_helps": "At the small budget, the carry alone beats the tanh RNN",
    "carry_behind_gate": "At the small budget, the carry behind a gate beats the gate alone",
    "lstm_beats_original": "With the original recipe, the LSTM beats a linear RNN of equal size",
    "memory_needs_both": "On the cue task, carry and gate together beat either alone",
}
VARIANTS = LABELS | {
    "lstm_no_forget": "LSTM without forget gate", "lstm_no_input": "LSTM without input gate",
    "lstm_no_output": "LSTM without output gate", "lstm_regularised": "LSTM with the recipe's regularisers",
    "tanh_98k": "tanh RNN, 98 k parameters", "lstm_98k": "LSTM, 98 k parameters",
    "lstm_two_layers": "LSTM, two layers, 98 k parameters",
}  # fmt: skip


def three_networks(runs: dict[str, dict], parameters: dict[str, int], ngrams: dict, bound: dict) -> Table:
    """Every network with both recipes, the n-grams, and the upper bound."""
    measures = ("accuracy", "balanced_accuracy", "macro_f1")
    rows = [
        [network, _(RECIPES[recipe]), count(parameters[network]), f"{results['history'][recipe]['seconds']:.1f}"]
        + [percent(metrics[measure]) for measure in measures]
        for network, results in runs.items()
        for recipe, metrics in results["metrics"].items()
    ]
    counted = [percent(ngrams[measure]) for measure in measures]
    rows.append([_("character n-grams, logistic regression"), *3 * [NONE], *counted])
    best = [percent(bound[measure]) for measure in measures[:2]]
    rows.append([_("upper bound (shared spellings)"), *3 * [NONE], *best, NONE])
    head = ["network", "recipe", "parameters", "seconds", "accuracy", "balanced accuracy", "macro F1"]
    return Table([_(name) for name in head], rows)


def claims(judged: dict[str, dict]) -> Table:
    """The claims with effects, verdicts and evidence; a dagger marks verdicts that hold jointly."""
    rows = []
    for name, row in judged.items():
        verdict = f"**{_(VERDICTS[row['verdict']])}**" + " †" * row["stands"]
        rows.append([_(CLAIM_LABELS[name]), points(row["effect"]), verdict, f"[{_('Figure')}](#{row['figure']})"])
    return Table([_(name) for name in ("claim", "effect", "verdict", "evidence")], rows)


def variants(budgets: dict) -> Table:
    """Every network at every budget: accuracy on unseen surnames with its interval, and its tuned learning rate."""
    columns = sorted({int(n) for scores in budgets["scores"].values() for n in scores})
    rows = []
    for key, scores in budgets["scores"].items():
        cells = [
            f"{percent(scores[str(n)]['unseen']['mean'])} ({scores[str(n)]['rate']:g})" if str(n) in scores else NONE
            for n in columns
        ]
        rows.append([_(VARIANTS[key]), count(budgets["networks"][key]["parameters"]), *cells])
    head = [_("network"), _("parameters"), *map(epochs, columns)]
    return Table(head, rows)


STRUCTURES = ("1.2", "2.1", "3.2")  # the sections of chapters 1 to 3 that print a network's structure


def language_pairs(pairs: list[dict]) -> Table:
    """The pairs of languages that the LSTM distinguishes better than the linear RNN, by surnames confused."""
    rows = []
    for pair in pairs[:8]:
        lstm, linear = (pair["confused"][key]["values"] for key in ("lstm", "linear"))
        gain = summary(np.subtract(lstm, linear), TEST_TO_TRAIN)
        confused = [f"{pair['confused'][key]['mean']:.1f}" for key in ("linear", "tanh", "lstm")]
        rows.append([" / ".join(escape(_(name)) for name in pair["languages"]), *confused, interval(gain)])
    head = [_("pair of languages"), _("linear RNN"), _("tanh RNN"), _("LSTM"), _("LSTM minus linear RNN")]
    return Table(head, rows)


def assignment(networks: list[str]) -> Table:
    """What the assignment requires and where to find it: one row per network."""
    rows = []
    for name, section in zip(networks, STRUCTURES, strict=True):
        curves, matrix = (f"[{_('Figure')}](#fig-{kind}-{name.lower()})" for kind in ("curves", "confusion"))
        rows.append([name, _("section {number}").format(number=section), curves, curves, matrix])
    rows.append([_("why the LSTM is better"), _("chapter {number}").format(number=len(networks) + 1), *3 * [NONE]])
    head = ["requirement", "network structure", "training loss curve", "accuracy curve", "prediction matrix"]
    return Table([_(label) for label in head], rows)
