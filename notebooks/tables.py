"""The tables of chapters 1 to 3; labels in the current language."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from namelib.data import Names
from namelib.runs import Trained
from notebooks.language import _
from notebooks.look import RECIPE_LABELS
from notebooks.number_formats import count, percent

NONE = "–"
NUMBER = re.compile(r"[-+−±<.\d–]")  # the beginning of a numeric cell


@dataclass(frozen=True)
class Table:
    """A table with a header and rows of Markdown text."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]

    def markdown(self) -> str:
        """The pipe table; number columns are right-aligned, the dashes show the widths."""
        columns = list(zip(self.head, *self.rows, strict=True))
        rule = [
            "-" * max(3, *map(len, column)) + ":" * all(map(NUMBER.match, column[1:]))
            for column in columns
        ]
        return "\n".join("| " + " | ".join(line) + " |" for line in (self.head, rule, *self.rows))

    def _repr_markdown_(self) -> str:
        """How a notebook shows the table."""
        return self.markdown()


def escape(text: object) -> str:
    """Any text as literal Markdown: special characters are escaped."""
    return re.sub(r"([\\`*_{}\[\]<>()#+!|$~@^&-])", r"\\\1", str(text))


def recipes(trained: dict[str, Trained]) -> Table:
    """The recipes with which a network was trained, one per row."""
    head = [_("recipe"), _("learning rate"), _("surnames seen"), _("seconds")]
    rows = []
    for recipe, run in trained.items():
        cost = [
            f"{run.recipe.learning_rate:g}",
            count(run.history.names_seen[-1]),
            f"{run.history.seconds:.1f}",
        ]
        measures = run.metrics.summary()
        measured = [
            percent(measures[measure]) for measure in ("accuracy", "balanced_accuracy", "macro_f1")
        ]
        rows.append([_(RECIPE_LABELS.get(recipe, recipe)), *cost, *measured])
    return Table([*head, _("accuracy"), _("balanced accuracy"), _("macro F1")], rows)


def samples(train: Names, rng: np.random.Generator) -> Table:
    """Five random training surnames of each language."""
    rows = []
    for label, language in enumerate(train.languages):
        drawn = rng.permutation(np.flatnonzero(train.labels == label))[:5]
        rows.append([escape(_(language)), ", ".join(escape(train.names[row]) for row in drawn)])
    return Table([_("language"), _("examples")], rows)
