"""Two ways to train the same network: the original recipe, one name a step, and mini-batches."""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field

import numpy as np
import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn import functional as F

from namelib.data import Names, encode
from namelib.drawing import batches_of_like_length, draw_evenly
from namelib.evaluation import evaluate
from namelib.regularisers import NextLetter, hidden_to_hidden, thinned

Progress = Callable[[float, str], None]  # called with the fraction done and a line of text


@dataclass
class History:
    """The curves of one training: one entry a measurement; `seconds` counts training alone, not the measuring."""

    names_seen: list[int] = field(default_factory=list)
    train_loss: list[float] = field(default_factory=list)  # mean since the measurement before
    valid_loss: list[float] = field(default_factory=list)
    valid_accuracy: list[float] = field(default_factory=list)
    valid_balanced_accuracy: list[float] = field(default_factory=list)
    elapsed: list[float] = field(default_factory=list)  # seconds of training up to each measurement

    @property
    def seconds(self) -> float:
        return self.elapsed[-1] if self.elapsed else 0.0

    def as_dict(self) -> dict:
        return asdict(self) | {"seconds": self.seconds}


@dataclass(frozen=True)
class Original:
    """The original report's recipe: draw a language uniformly, then a name of it; one step of plain SGD a name.

    Source: original report, sections 3.1 to 3.3 (learning rates 0.005, 0.08, 0.035; 100,000 steps).
    """

    learning_rate: float
    steps: int = 100_000
    measurements: int = 25  # at most, and one each 100 steps, rounded up

    def __post_init__(self) -> None:
        _check(self, above_0=("learning_rate",), counts=("steps", "measurements"))

    def names_to_see(self, train: Names) -> int:
        return self.steps

    def run(self, model: nn.Module, train: Names, rng: np.random.Generator) -> Iterator[tuple[int, float]]:
        """Train; yield (names seen, mean training loss since the last yield) at each measurement."""
        names_seen = 0
        letters, lengths, labels = _tensors(train, next(model.parameters()).device)
        # Every name by itself, (1, time), (1,) and (1,), cut here once and not at every step.
        names = [letters[k : k + 1, :length] for k, length in enumerate(lengths.tolist())]
        lengths, labels = lengths.split(1), labels.split(1)
        parameters = list(model.parameters())
        values = [parameter.detach() for parameter in parameters]  # the same numbers, changed outside of autograd
        rows = draw_evenly(train, self.steps, rng)
        for part in np.array_split(rows, min(self.measurements, -(-self.steps // 100))):
            losses = []
            for row in part.tolist():
                loss = F.nll_loss(model(names[row], lengths[row]), labels[row])
                torch._foreach_add_(values, torch.autograd.grad(loss, parameters), alpha=-self.learning_rate)
                losses.append(loss.detach())
            names_seen += len(part)
            yield names_seen, torch.stack(losses).mean().item()


@dataclass(frozen=True)
class MiniBatch:
    """Mini-batches of names of like length: AdamW, a one-cycle learning rate, clipped gradients, four regularisers.

    What each choice brings is measured by `benchmarks/recipe.py` on training names alone.
    Source: Loshchilov & Hutter 2019 (AdamW); Smith & Topin 2019 (one cycle); Pascanu et al. 2013 (clipping); Szegedy et
    al. 2016 (label smoothing); Menon et al. 2021 (balance); `namelib.regularisers` names those of the other two.
    """

    epochs: int = 16
    batch_size: int = 64
    learning_rate: float = 0.012  # the peak of the cycle
    weight_decay: float = 0.1
    max_norm: float = 1.0  # of the gradient
    label_smoothing: float = 0.1  # share of the target that is spread over all languages
    recurrent_dropout: float = 0.0  # share of the hidden-to-hidden weights that each step leaves out, at random
    next_letter: float = 0.0  # weight of a second task's loss: to guess each next letter
    balance: float = 0.0  # 0: languages are as likely as in the training names; 1: all alike, for balanced accuracy

    def __post_init__(self) -> None:
        _check(self, above_0=("learning_rate", "max_norm"), counts=("epochs", "batch_size"))
        for name in ("label_smoothing", "recurrent_dropout"):
            if not 0 <= getattr(self, name) < 1:
                raise ValueError(f"{name}={getattr(self, name)}: a share, from 0 to below 1")
        for name in ("weight_decay", "next_letter", "balance"):
            if not getattr(self, name) >= 0:
                raise ValueError(f"{name}={getattr(self, name)}: 0 or more")

    def names_to_see(self, train: Names) -> int:
        return self.epochs * len(train)

    def prior_and_targets(self, train: Names) -> tuple[Tensor, Tensor]:
        """What is added to the scores while training, (languages,), and each language's target, (languages, languages).

        The part of a target that is smoothed away from its language goes to all by that prior, so that a network whose
        scores lack it (balance 1) is smoothed towards equal probabilities, too.
        """
        prior = self.balance * torch.tensor(train.counts / len(train)).clamp(min=1e-9).log()
        targets = (1 - self.label_smoothing) * torch.eye(len(prior)) + self.label_smoothing * prior.softmax(0)
        return prior, targets

    def schedule(self, optimizer: torch.optim.Optimizer, steps: int) -> torch.optim.lr_scheduler.LRScheduler:
        """The learning rate of each step: one cycle, up to its peak and down to almost nothing."""
        return torch.optim.lr_scheduler.OneCycleLR(optimizer, self.learning_rate, total_steps=steps)

    def ask(self, model: nn.Module, letters: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor | float]:
        """The network's answers (batch, languages) while it trains, and the loss of its second task, if it has one."""
        weights = thinned(hidden_to_hidden(model), self.recurrent_dropout) if self.recurrent_dropout else {}
        answered = functional_call(model, weights, (letters, lengths)) if weights else model(letters, lengths)
        return answered if self.next_letter else (answered, 0.0)

    def run(self, model: nn.Module, train: Names, rng: np.random.Generator) -> Iterator[tuple[int, float]]:
        """Train; yield (names seen, mean training loss since the last yield) after each epoch."""
        letters, lengths, labels = _tensors(train, next(model.parameters()).device)
        if self.next_letter:
            model = NextLetter(model)
        steps = self.epochs * math.ceil(len(train) / self.batch_size)
        parameters = list(model.parameters())
        optimizer = torch.optim.AdamW(parameters, self.learning_rate, weight_decay=self.weight_decay, fused=True)
        schedule = self.schedule(optimizer, steps)
        prior, targets = (tensor.to(letters.device, parameters[0].dtype) for tensor in self.prior_and_targets(train))
        for epoch in range(self.epochs):
            total = torch.zeros((), device=letters.device)
            for rows in map(torch.from_numpy, batches_of_like_length(train, self.batch_size, rng)):
                length, label = lengths[rows], labels[rows]
                log_p, guessing = self.ask(model, letters[rows, : length.max()], length)  # (batch, languages), ()
                loss = F.cross_entropy(log_p + prior, targets[label]) + self.next_letter * guessing
                model.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(parameters, self.max_norm)
                optimizer.step()
                schedule.step()
                total += F.nll_loss(log_p.detach(), label, reduction="sum")
            yield (epoch + 1) * len(train), total.item() / len(train)


def fit(
    model: nn.Module,
    train: Names,
    valid: Names,
    recipe: Original | MiniBatch,
    seed: int = 0,
    device: str = "cpu",
    progress: Progress | None = None,
) -> History:
    """Train the network in place by a recipe; measure it on `valid` along the way.

    The seed decides which names are drawn in which order. One torch thread: at these sizes more would not be faster,
    and the same seed gives the same digits whatever else the machine does.
    Raises ValueError for a device that is not there, and FloatingPointError when the loss is no longer a number, naming
    the learning rate.
    """
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    try:
        model.to(device).train()
    except (AssertionError, RuntimeError) as error:  # torch, of a GPU that is not there or a typing slip
        raise ValueError(f"device={device!r}: {str(error).splitlines()[0]}; device='cpu' is always there") from error
    history, elapsed, start = History(), 0.0, time.perf_counter()
    for names_seen, train_loss in recipe.run(model, train, np.random.default_rng(seed)):
        elapsed += time.perf_counter() - start
        if not math.isfinite(train_loss):
            raise FloatingPointError(
                f"the training loss is {train_loss} after {names_seen:,} names: "
                f"learning_rate={recipe.learning_rate} is too high, try a smaller one"
            )
        metrics = evaluate(model, valid)
        summary = metrics.summary()
        history.names_seen.append(names_seen)
        history.train_loss.append(train_loss)
        history.valid_loss.append(summary["loss"])
        history.valid_accuracy.append(summary["accuracy"])
        history.valid_balanced_accuracy.append(summary["balanced_accuracy"])
        history.elapsed.append(elapsed)
        if progress:
            total = recipe.names_to_see(train)
            progress(names_seen / total, f"{names_seen:,} of {total:,} names, accuracy {summary['accuracy']:.1%}")
        start = time.perf_counter()
    return history


def _tensors(data: Names, device: torch.device) -> tuple[torch.Tensor, ...]:
    letters, lengths = encode(data.names)
    return letters.to(device), lengths.to(device), torch.from_numpy(data.labels).to(device)


def _check(recipe: Original | MiniBatch, above_0: tuple[str, ...], counts: tuple[str, ...]) -> None:
    for name in (*above_0, *counts):
        if not getattr(recipe, name) > 0:
            raise ValueError(f"{name}={getattr(recipe, name)}: {'1 or more' if name in counts else 'above 0'}")
