"""The tables of chapter 4; labels in the current language."""

from collections.abc import Sequence
from itertools import product

import numpy as np

from notebooks.language import _
from notebooks.look import RECIPE_LABELS
from notebooks.number_formats import (
    count,
    epochs,
    interval,
    percent,
    points,
    share_interval,
    share_points,
)
from notebooks.tables import NONE, Table, escape
from notebooks.why_lstm.accuracy_figures import LABELS
from notebooks.why_lstm.effects import best_row
from notebooks.why_lstm.folds import TEST_TO_TRAIN
from notebooks.why_lstm.statistics import summary

VERDICTS = {"supported": "supported", "opposite": "opposite", "inconclusive": "inconclusive"}
EVIDENCE = {"fig": "Figure", "tbl": "Table"}
EXPERIMENT_LABELS = {
    "ceilings": "regressions on letters",
    "budgets": "networks by epochs",
    "letter_pairs": "pairs of letters",
    "gradients": "gradients through time",
    "at_best": "each at its best",
    "original_recipe": "the original recipe in full",
    "cue_task": "cue task",
}
CLAIM_LABELS = {
    "linear_is_additive": "The linear RNN is within 2 points of a regression on letters",
    "pairs_beat_letters": "Adjacent pairs help a regression on letters",
    "tanh_beats_linear": "The tanh RNN beats the linear RNN",
    "lstm_leads_early": "Early, the LSTM leads the tanh RNN",
    "lead_shrinks": "With more epochs, LSTM minus tanh RNN falls",
    "lstm_leads_at_best_budgets": "The LSTM leads, each network at its best number of epochs",
    "damping_helps": "Early, damping helps the tanh RNN",
    "gate_multiplies": "Early, an input gate beats the constant ½",
    "gate_multiplies_late": "After many epochs, an input gate beats the constant ½",
    "lstm_beats_half_late": "After many epochs, the LSTM beats damping alone",
    "product_beats_sum": "Early, a product of two branches beats their mean",
    "multiplying_helps_without_gate": "Early, multiplying helps without a gate",
    "damping_helps_a_product": "Early, damping helps an input gate",
    "lstm_combines_more": "Early, the LSTM has the larger share of interaction",
    "carry_helps_alone": "Early, the carry alone helps the tanh RNN",
    "carry_helps_behind_gate": "Early, the carry helps behind the input gate",
    "rest_adds_nothing": "Early, the rest of the LSTM is worth less than 1 point",
    "lstm_leads_at_best": "The LSTM leads, each network in its best setting",
    "lstm_uses_width_better": "The LSTM gains more from its best small to its best large setting",
    "lstm_leads_original": "Original recipe: the LSTM leads the tanh RNN",
    "lstm_leads_at_tanh_rate": "Original recipe: it leads at the tanh RNN's rate",
    "damping_helps_original": "Original recipe: damping helps the tanh RNN",
    "gate_multiplies_original": "Original recipe: an input gate beats the constant ½",
    "multiplying_helps_original": "Original recipe: multiplying helps without a gate",
    "both_parts_remember_more": "Cue task: carry and input gate together beat either",
    "orthogonal_start_remembers_more": "Cue task: an orthogonal start helps the tanh RNN",
    "kept_state_beats_default_bias": "Cue task: a kept state beats the default forget bias",
    "lead_grows_with_length": "Early, LSTM minus tanh RNN grows with each letter of the name",
    "orthogonal_start_helps": "Early, an orthogonal start helps the tanh RNN",
}
DATA_SET_LABELS = {  # that have a recorded study
    "embedded": "the embedded surnames",
    "tutorial": "the surnames of the PyTorch tutorial",
}
STEP_LABELS = {  # the steps of `answer.way_to_lstm`
    "rnn_original": "RNN of chapter 1, original recipe",
    "rnn": "mini-batch recipe",
    "tanh_small_none": "tanh in the recurrence",
    "lstm_small_none": "LSTM of the same size",
    "lstm_large_none": "more parameters",
    "lstm_large_dropout": "regularisers and dropout",
    "lstm": "LSTM of chapter 2: a second layer, more parameters",
}
REGULARISER_LABELS = {"none": "none", "regularised": "without dropout", "dropout": "with dropout"}


def three_networks(
    runs: dict[str, dict],
    parameters: dict[str, int],
    in_lists: dict[str, float],
    ngrams: dict,
    bound: dict,
) -> Table:
    """Every network with both recipes, the n-grams, and the upper bound.

    `in_lists`: the share answered with one of the lists that have the surname, with mini-batches.
    """
    measures = ("accuracy", "balanced_accuracy", "macro_f1")
    rows = []
    for network, results in runs.items():
        for recipe, metrics in results["metrics"].items():
            seconds = f"{results['history'][recipe]['seconds']:.1f}"
            row = [network, _(RECIPE_LABELS[recipe]), count(parameters[network]), seconds]
            row += [percent(metrics[measure]) for measure in measures]
            rows.append([*row, percent(in_lists[network]) if recipe == "mini_batch" else NONE])
    counted = [percent(ngrams[measure]) for measure in measures]
    rows.append([_("character n-grams, logistic regression"), *3 * [NONE], *counted, NONE])
    best = [percent(bound[measure]) for measure in measures[:2]]
    rows.append([_("upper bound (shared spellings)"), *3 * [NONE], *best, *2 * [NONE]])
    head = [
        "network",
        "recipe",
        "parameters",
        "seconds",
        "accuracy",
        "balanced accuracy",
        "macro F1",
        "in a list that has it",
    ]
    return Table([_(name) for name in head], rows)


def claims(
    rows: dict[str, dict], other: dict[str, dict] | None = None, own: dict[str, dict] | None = None
) -> Table:
    """Every claim's effect in points, with its verdict and its evidence, by source.

    Each is from `answer.claims_of`. An asterisk marks a verdict that also stands jointly with all
    others.
    """
    sources = [claims for claims in (rows, other, own) if claims is not None]
    names = [_("this run") if own is None else _("recorded study")]
    names += [_("second data set")] * (other is not None)
    names += [_("this run")] * (own is not None)
    cells = [
        [
            _(CLAIM_LABELS[name]),
            *(_judgement(claims.get(name)) for claims in sources),
            _link(row["figure"]),
        ]
        for name, row in rows.items()
    ]
    return Table([_("claim"), *names, _("evidence")], cells)


def _judgement(row: dict | None) -> str:
    """An effect with its verdict, in bold where it is one."""
    if row is None:
        return NONE
    verdict, mark = _(VERDICTS[row["verdict"]]), r"\*" * row["stands"]
    decided = row["verdict"] != "inconclusive"
    return f"{points(row['effect'])} " + (f"**{verdict}**{mark}" if decided else verdict)


def _link(evidence: str) -> str:
    return f"[{_(EVIDENCE[evidence[:3]])}](#{evidence})"


def variants(budgets: dict) -> Table:
    """Every network at every budget: accuracy on unseen surnames, and its learning rate."""
    columns = sorted({int(n) for scores in budgets["scores"].values() for n in scores})
    rows = []
    for key, scores in budgets["scores"].items():
        cells = [
            f"{percent(scores[str(n)]['unseen']['mean'])} ({scores[str(n)]['rate']:g})"
            if str(n) in scores
            else NONE
            for n in columns
        ]
        rows.append([_(LABELS[key]), count(budgets["networks"][key]["parameters"]), *cells])
    head = [_("network"), _("parameters"), *map(epochs, columns)]
    return Table(head, rows)


def at_best(result: dict) -> Table:
    """Accuracy and learning rate of both networks in every setting; the best one is bold."""
    of = {
        (row["network"], row["size"], row["regularisers"], row["epochs"]): row
        for row in result["rows"]
    }
    best = [best_row(result["rows"], key) for key in ("tanh", "lstm")]
    sizes, regularisers, budgets = (
        dict.fromkeys(column) for column in list(zip(*of, strict=True))[1:]
    )
    rows = []
    for setting in product(sizes, regularisers, budgets):
        both = [of[key, *setting] for key in ("tanh", "lstm")]
        cells = [f"{share_interval(row['unseen'])} ({row['rate']:g})" for row in both]
        cells = [
            f"**{cell}**" if row in best else cell for cell, row in zip(cells, both, strict=True)
        ]
        size = count(round(both[1]["parameters"], -3))
        rows.append([size, _(REGULARISER_LABELS[setting[1]]), str(setting[2]), *cells])
    head = [_("parameters, about"), _("regularisers"), _("epochs"), _("tanh RNN"), _("LSTM")]
    return Table(head, rows)


def way_to_lstm(steps: Sequence[dict]) -> Table:
    """The steps of `answer.way_to_lstm`: accuracy, gain over the step before, evidence."""
    rows, before = [], None
    for step in steps:
        gain = NONE if before is None else share_points(step["accuracy"] - before)
        measured = _("recorded study") if step["recorded"] else _("this run")
        rows.append([_(STEP_LABELS[step["step"]]), percent(step["accuracy"]), gain, measured])
        before = step["accuracy"]
    return Table([_("step"), _("accuracy"), _("gain (points)"), _("measured in")], rows)


# the sections of chapters 1 to 3 that print a network's structure
STRUCTURES = ("1.2", "2.1", "3.2")


def language_pairs(pairs: Sequence[dict]) -> Table:
    """Pairs of languages where the LSTM and the linear RNN differ in surnames confused."""
    rows = []
    for pair in pairs[:8]:
        lstm, linear = (pair["confused"][key]["values"] for key in ("lstm", "linear"))
        change = summary(np.subtract(lstm, linear), TEST_TO_TRAIN)
        confused = [f"{pair['confused'][key]['mean']:.1f}" for key in ("linear", "tanh", "lstm")]
        rows.append(
            [" / ".join(escape(_(name)) for name in pair["languages"]), *confused, interval(change)]
        )
    head = [
        _("pair of languages"),
        _("linear RNN"),
        _("tanh RNN"),
        _("LSTM"),
        _("LSTM minus linear RNN"),
    ]
    return Table(head, rows)


def assignment(networks: list[str]) -> Table:
    """What the assignment requires and where to find it: one row per network."""
    rows = []
    for name, section in zip(networks, STRUCTURES, strict=True):
        curves, matrix = (
            f"[{_('Figure')}](#fig-{kind}-{name.lower()})" for kind in ("curves", "confusion")
        )
        rows.append([name, _("section {number}").format(number=section), curves, curves, matrix])
    rows.append(
        [
            _("why the LSTM is better"),
            _("chapter {number}").format(number=len(networks) + 1),
            *3 * [NONE],
        ]
    )
    head = [
        "requirement",
        "network structure",
        "training loss curve",
        "accuracy curve",
        "prediction matrix",
    ]
    return Table([_(label) for label in head], rows)
