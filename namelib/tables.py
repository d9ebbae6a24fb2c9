"""The tables of chapters 1 to 3; labels in the current language."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from namelib.evaluation import Metrics
from namelib.figures import RECIPES
from namelib.language import _
from namelib.numbers import count, percent
from namelib.runs import Trained

NONE = "–"
NUMBER = re.compile(r"[-+−±<.\d–]")  # the beginning of a numeric cell


@dataclass(frozen=True)
class Table:
    """A table with a header and rows of Markdown text."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]

    def markdown(self) -> str:
        """The pipe table; columns of numbers are right-aligned, and the dashes show each column's width."""
        columns = list(zip(self.head, *self.rows, strict=True))
        rule = ["-" * max(3, *map(len, column)) + ":" * all(map(NUMBER.match, column[1:])) for column in columns]
        return "\n".join("| " + " | ".join(line) + " |" for line in (self.head, rule, *self.rows))


def escape(text: object) -> str:
    """Any text as literal Markdown: special characters are escaped."""
    return re.sub(r"([\\`*_{}\[\]<>()#+!|$~@^&-])", r"\\\1", str(text))


def recipes(trained: dict[str, Trained]) -> Table:
    """The recipes with which a network was trained, one per row."""
    head = [_("recipe"), _("learning rate"), _("surnames seen"), _("seconds")]
    rows = []
    for recipe, run in trained.items():
        cost = [f"{run.recipe.learning_rate:g}", count(run.history.names_seen[-1]), f"{run.history.seconds:.1f}"]
        measures = run.metrics.summary()
        measured = [percent(measures[measure]) for measure in ("accuracy", "balanced_accuracy", "macro_f1")]
        rows.append([_(RECIPES.get(recipe, recipe)), *cost, *measured])
    return Table([*head, _("accuracy"), _("balanced accuracy"), _("macro F1")], rows)


def confused_pairs(metrics: Metrics) -> Table:
    """The eight pairs (true, predicted) that the network confuses most often, with three surnames of each."""
    counts = metrics.confusion - np.diag(metrics.confusion.diagonal())
    languages = metrics.data.languages
    rows = []
    for place in np.argsort(-counts, axis=None, kind="stable")[:8]:
        true, predicted = divmod(int(place), len(languages))
        if not counts[true, predicted]:
            break
        wrong = np.flatnonzero((metrics.data.labels == true) & (metrics.predicted == predicted))
        share, examples = len(wrong) / metrics.data.counts[true], metrics.data[wrong[:3]].names
        pair = [escape(_(languages[true])), escape(_(languages[predicted]))]
        rows.append([*pair, str(len(wrong)), percent(share), ", ".join(map(escape, examples))])
    head = [_("true language"), _("predicted language"), _("confused"), _("share of the true language"), _("examples")]
    return Table(head, rows)
