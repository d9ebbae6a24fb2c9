"""What each choice of the mini-batch recipe brings: `python -m benchmarks.recipe [--only CHOICE] [--record]`.

LSTM 2x128 is trained as its notebook trains it and with one thing changed, in pairs: the same folds, first weights and
order of names. A fold is the notebooks' training names (seed 0) split once more, so that nothing here has seen the
names on which the notebooks measure. (The recipe was found on folds of other splits, which did hold such names.)
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import click
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim import Optimizer
from torch.optim.lr_scheduler import ConstantLR, CosineAnnealingLR, LRScheduler
from torch.optim.swa_utils import AveragedModel

from benchmarks.networks import LSTM_2X128, names_to_learn
from benchmarks.record import FOLDER, OUT, load, save
from namelib import MiniBatch, Names, evaluate, fit, split_names
from namelib.bilingual import pipe_table
from namelib.experiments.intervals import paired_difference
from namelib.experiments.workers import run_jobs
from namelib.files import write_whole

FOLDS = 5
MEASURES = ("accuracy", "balanced_accuracy")
RECORD, PAGE = FOLDER / "recipe.json", FOLDER / "recipe.md"
TEST_TO_TRAIN = 0.25  # names held out of a fold over those trained on


def dropout_between_layers(model: nn.Module) -> None:
    model.lstm.dropout = 0.3


def dropout_at_read_out(model: nn.Module) -> None:
    model.linear.register_forward_pre_hook(lambda layer, h: F.dropout(h[0], 0.3, layer.training))


def letters_replaced(model: nn.Module) -> None:
    """While training, each letter that is read is with probability 0.05 another one of its batch."""

    def replaced(lstm: nn.Module, read: tuple[Tensor]) -> Tensor | None:
        (x,) = read  # (time, batch, input)
        others = x.flatten(0, 1)[torch.randint(x.size(0) * x.size(1), x.shape[:2])]
        return torch.where(torch.rand(*x.shape[:2], 1) < 0.05, others, x) if lstm.training else None

    model.lstm.register_forward_pre_hook(replaced)


def rare_languages_repeated(train: Names) -> Names:
    """A language with a quarter of the commonest one's names has each of them twice: the square root of the ratio."""
    counts = train.counts
    times = np.sqrt(counts.max() / counts.clip(min=1)).round().astype(int)
    return train[np.repeat(np.arange(len(train)), times[train.labels])]


class LastEpochsAveraged(MiniBatch):
    """The network is the mean of those that the last three epochs end with."""

    def run(self, model: nn.Module, train: Names, rng: np.random.Generator) -> Iterator[tuple[int, float]]:
        mean = AveragedModel(model)
        for epoch, told in enumerate(super().run(model, train, rng), 1):
            if epoch > self.epochs - 3:
                mean.update_parameters(model)
            if epoch == self.epochs:
                model.load_state_dict(mean.module.state_dict())
            yield told


class NoWarmUp(MiniBatch):
    """The learning rate begins at its peak and falls as half a cosine."""

    def schedule(self, optimizer: Optimizer, steps: int) -> LRScheduler:
        return CosineAnnealingLR(optimizer, steps)


class ConstantRate(MiniBatch):
    """The learning rate stays as it is."""

    def schedule(self, optimizer: Optimizer, steps: int) -> LRScheduler:
        return ConstantLR(optimizer, factor=1.0)


@dataclass(frozen=True)
class Choice:
    """The notebook's recipe with one thing changed."""

    says: str
    changes: dict = field(default_factory=dict)  # fields of the recipe -> what they are instead
    recipe: type[MiniBatch] = MiniBatch
    prepare: Callable[[nn.Module], None] | None = None
    names: Callable[[Names], Names] | None = None


BEFORE = {
    "epochs": 12, "batch_size": 64, "learning_rate": 0.008, "weight_decay": 0.01,
    "label_smoothing": 0.0, "recurrent_dropout": 0.0, "next_letter": 0.0,
}  # fmt: skip
CHOICES = {
    "chosen": Choice("**the recipe**"),
    "before": Choice("the recipe before: 12 epochs, rate 0.008, weight decay 0.01, nothing else", BEFORE),
    "no_next_letter": Choice("no second task", {"next_letter": 0.0}),
    "next_letter_more": Choice("the second task with weight 1", {"next_letter": 1.0}),
    "no_recurrent_dropout": Choice("no recurrent dropout", {"recurrent_dropout": 0.0}),
    "more_recurrent_dropout": Choice("recurrent dropout 0.5", {"recurrent_dropout": 0.5}),
    "no_label_smoothing": Choice("no label smoothing", {"label_smoothing": 0.0}),
    "low_weight_decay": Choice("weight decay 0.01, AdamW's default", {"weight_decay": 0.01}),
    "rate_lower": Choice("learning rate 0.012", {"learning_rate": 0.012}),
    "rate_higher": Choice("learning rate 0.03", {"learning_rate": 0.03}),
    "no_warm_up": Choice("no warm-up: the rate falls from the start", recipe=NoWarmUp),
    "constant_rate": Choice("a constant rate of 0.003", {"learning_rate": 0.003}, ConstantRate),
    "fewer_epochs": Choice("12 epochs", {"epochs": 12}),
    "more_epochs": Choice("20 epochs", {"epochs": 20}),
    "large_batches": Choice("batches of 128", {"batch_size": 128}),
    "no_clipping": Choice("no clipping", {"max_norm": float("inf")}),
    "balance": Choice("balance 1, for balanced accuracy", {"balance": 1.0}),
    "repeated": Choice("rare languages repeated, square root", names=rare_languages_repeated),
    "between_layers": Choice("and dropout 0.3 between the layers", prepare=dropout_between_layers),
    "at_read_out": Choice("and dropout 0.3 at the read-out", prepare=dropout_at_read_out),
    "letters_replaced": Choice("and 5 % of the letters replaced at random", prepare=letters_replaced),
    "averaged": Choice("and the weights of the last three epochs averaged", recipe=LastEpochsAveraged),
}


def recipe_of(choice: Choice) -> MiniBatch:
    return replace(choice.recipe(**asdict(LSTM_2X128.mini_batch())), **choice.changes)


def measure(name: str, quick: bool = False, workers: int = 1) -> dict:
    """Train once a fold -> {"recipe", "accuracy", "balanced_accuracy"}, the last two one value a fold."""
    choice = CHOICES[name]
    recipe = recipe_of(choice)
    if quick:
        recipe = replace(recipe, epochs=1)
    jobs = [(choice, recipe, quick, seed) for seed in range(2 if quick else FOLDS)]
    runs = run_jobs(train_on_fold, jobs, [1.0] * len(jobs), [name] * len(jobs), workers)
    return {"recipe": said(recipe)} | {key: [run[key] for run in runs] for key in MEASURES}


def said(recipe: MiniBatch) -> dict:
    return asdict(recipe) | {"max_norm": str(recipe.max_norm)}  # JSON has no infinity


def train_on_fold(choice: Choice, recipe: MiniBatch, quick: bool, seed: int) -> dict[str, float]:
    train, unseen = split_names(names_to_learn(quick)[0], 0.2, seed)
    model = LSTM_2X128.make(len(train.languages), seed)
    if choice.prepare:
        choice.prepare(model)
    fit(model, choice.names(train) if choice.names else train, unseen, recipe, seed)
    return evaluate(model, unseen).summary()


def page(rows: dict[str, dict]) -> str:
    """The table: what is lost or won with each change, in points, with the interval of the paired differences.

    Raises ValueError for a row that was measured beside another recipe than the chosen row's.
    """
    chosen = rows["chosen"]
    if stale := [name for name in CHOICES if name in rows and not beside(rows[name], chosen, CHOICES[name])]:
        raise ValueError(f"measured beside another recipe, measure again: --only {' --only '.join(stale)}")
    table = []
    for name in filter(rows.__contains__, CHOICES):
        row = rows[name]
        mean = " / ".join(f"{np.mean(row[key]):.3f}" for key in MEASURES)
        effects = [effect(row[key], chosen[key]) if name != "chosen" else "" for key in MEASURES]
        table.append([CHOICES[name].says, mean, *effects])
    fields = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in chosen["recipe"].items())
    head = ["", "accuracy / balanced", "accuracy, points more or less", "balanced, points more or less"]
    return (
        "# Why this recipe\n\n"
        f"LSTM 2x128 by the mini-batch recipe of notebook 2 ({fields}), and with one thing changed. "
        f"Mean over {len(chosen['accuracy'])} folds of the notebooks' *training* names, in pairs, with 95 % intervals "
        "that allow for the names that folds share; bold where the interval leaves out 0, "
        "as one in twenty does by chance. "
        "Each fold trains on fewer names than a notebook does, so that accuracies are lower than there. "
        "The recipe was found on folds of other splits, not on these.\n\n"
        f"{pipe_table(head, table)}\n\n"
        "Written by `python -m benchmarks.recipe --record` from [recipe.json](recipe.json).\n"
    )


def beside(row: dict, chosen: dict, choice: Choice) -> bool:
    """Do the two recipes differ in nothing but the choice's changes?"""
    return all(row["recipe"].get(key) == value for key, value in chosen["recipe"].items() if key not in choice.changes)


def effect(values: list[float], chosen: list[float]) -> str:
    found = paired_difference(values, chosen, test_to_train=TEST_TO_TRAIN)
    text = f"{100 * found.mean:+.1f} ({100 * found.low:+.1f} to {100 * found.high:+.1f})"
    return f"**{text}**" if found.excludes(0.0) else text


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--only", multiple=True, type=click.Choice(list(CHOICES)), help="Measure this; may be given again.")
@click.option("--quick", is_flag=True, help="Tiny sizes, to see that everything runs; the numbers say nothing.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1), help="Trainings side by side.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), default=OUT / "recipe.json", help="Where the numbers go."
)
@click.option("--record", "keep", is_flag=True, help="Keep them in benchmarks/recipe.json; write recipe.md from it.")
def main(only: tuple[str, ...], quick: bool, workers: int, out: Path, keep: bool) -> None:
    """Measure what each choice of the mini-batch recipe brings, on training names; three quarters of an hour."""
    if quick and keep:
        raise click.UsageError("--record keeps a real run; leave out --quick")
    if keep and only and load(RECORD)["chosen"]["recipe"] != said(LSTM_2X128.mini_batch()):
        raise click.UsageError("the record is of another recipe than the notebook's; leave out --only, measure all")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        load(out)
    except (OSError, ValueError) as error:
        raise click.UsageError(f"--out {out}: {error}; give another file") from None
    rows = {}
    for name in only or CHOICES:
        rows[name] = measure(name, quick, workers)
        save(out, rows)
        click.echo(f"{name}: " + " / ".join(f"{np.mean(rows[name][key]):.4f}" for key in MEASURES))
    if keep:
        save(RECORD, rows)
        write_whole(PAGE, page(load(RECORD)))


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.recipe")
