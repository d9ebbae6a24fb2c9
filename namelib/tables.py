"""The tables of chapters 1 to 3; labels in the current language."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from namelib.data import Names
from namelib.evaluation import Metrics
from namelib.figures import RECIPES
from namelib.language import _
from namelib.numbers import count, percent
from namelib.runs import Network, Trained

NONE = "–"


@dataclass(frozen=True)
class Table:
    """A head and rows of Markdown text."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]

    def markdown(self) -> str:
        """A pipe table; columns of numbers stand to the right, the dashes tell how wide a column's widest cell is."""
        columns = list(zip(self.head, *self.rows, strict=True))
        rule = [
            "-" * max(3, *map(len, column)) + ":" * all(re.match(r"[-+−±<.\d–]", cell) for cell in column[1:])
            for column in columns
        ]
        return "\n".join("| " + " | ".join(line) + " |" for line in (self.head, rule, *self.rows))


def escape(text: object) -> str:
    """Any text as literal Markdown: specials lose their meaning."""
    return re.sub(r"([\\`*_{}\[\]<>()#+!|$~@^&-])", r"\\\1", str(text))


def recipes(network: Network, trained: dict[str, Trained]) -> Table:
    """The two recipes side by side; the original report's time stands in a row of its own where it tells one."""
    head = ["recipe", "learning rate", "surnames seen", "seconds", "accuracy", "balanced accuracy", "macro F1"]
    rows = []
    for recipe, run in trained.items():
        measures = run.metrics.summary()
        rows.append(
            [
                _(RECIPES[recipe]),
                f"{run.recipe.learning_rate:g}",
                count(run.history.names_seen[-1]),
                f"{run.history.seconds:.1f}",
                *(percent(measures[measure]) for measure in ("accuracy", "balanced_accuracy", "macro_f1")),
            ]
        )
    if network.seconds:
        told = [f"{network.learning_rate:g}", count(network.steps), f"{network.seconds}"]
        rows.append([_("original report (time only)"), *told, *3 * [NONE]])
    return Table([_(name) for name in head], rows)


def confused_pairs(metrics: Metrics) -> Table:
    """The eight pairs (true, predicted) that the network confuses most often, with three surnames of each."""
    counts = metrics.confusion - np.diag(metrics.confusion.diagonal())
    totals, languages = metrics.confusion.sum(axis=1), metrics.data.languages
    rows = []
    for place in np.argsort(-counts, axis=None, kind="stable")[:8]:
        true, predicted = np.unravel_index(place, counts.shape)
        if not counts[true, predicted]:
            break
        wrong = np.flatnonzero((metrics.data.labels == true) & (metrics.predicted == predicted))
        rows.append(
            [
                escape(_(languages[true])),
                escape(_(languages[predicted])),
                str(counts[true, predicted]),
                percent(counts[true, predicted] / totals[true]),
                ", ".join(escape(metrics.data.names[row]) for row in wrong[:3]),
            ]
        )
    head = ["true language", "predicted language", "confused", "share of the true language", "examples"]
    return Table([_(name) for name in head], rows)


def sample_names(data: Names, each: int = 5, seed: int = 0) -> Table:
    """A few surnames of every language, drawn at random."""
    rng = np.random.default_rng(seed)
    rows = []
    for label, language in enumerate(data.languages):
        own = np.flatnonzero(data.labels == label)
        drawn = rng.choice(own, size=min(each, len(own)), replace=False)
        rows.append([escape(_(language)), str(len(own)), ", ".join(escape(data.names[row]) for row in drawn)])
    return Table([_("language"), _("training surnames"), _("random examples")], rows)
