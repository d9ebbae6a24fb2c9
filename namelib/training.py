"""Two ways to train the same network: the original recipe, one name a step, and mini-batches."""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from namelib.data import Names, encode
from namelib.evaluation import evaluate

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
    measurements: int = 40  # at most, and at least 100 steps apart

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
    """Mini-batches of names of like length: AdamW, a one-cycle learning rate, clipped gradients.

    Source: Loshchilov & Hutter 2019 (AdamW); Smith & Topin 2019 (one cycle); Pascanu et al. 2013 (clipping).
    """

    epochs: int = 12
    batch_size: int = 64
    learning_rate: float = 0.005  # the peak of the cycle
    weight_decay: float = 0.01
    max_norm: float = 1.0  # of the gradient

    def names_to_see(self, train: Names) -> int:
        return self.epochs * len(train)

    def run(self, model: nn.Module, train: Names, rng: np.random.Generator) -> Iterator[tuple[int, float]]:
        """Train; yield (names seen, mean training loss since the last yield) after each epoch."""
        letters, lengths, labels = _tensors(train, next(model.parameters()).device)
        steps = self.epochs * math.ceil(len(train) / self.batch_size)
        optimizer = torch.optim.AdamW(model.parameters(), self.learning_rate, weight_decay=self.weight_decay)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, self.learning_rate, total_steps=steps)
        for epoch in range(self.epochs):
            total = torch.zeros((), device=letters.device)
            for batch in batches_of_like_length(train, self.batch_size, rng):
                width = max(len(train.names[row]) for row in batch)
                log_p = model(letters[batch, :width], lengths[batch])  # (batch, languages)
                loss = F.nll_loss(log_p, labels[batch])
                optimizer.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(model.parameters(), self.max_norm)
                optimizer.step()
                schedule.step()
                total += loss.detach() * len(batch)
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
    Raises FloatingPointError when the loss is no longer a number, naming the learning rate.
    """
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    model.to(device).train()
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


def draw_evenly(train: Names, count: int, rng: np.random.Generator) -> np.ndarray:
    """Rows drawn as the original recipe does: a language uniformly, then one of its names uniformly, (count,) int64."""
    by_language = np.argsort(train.labels, kind="stable")
    counts = train.counts
    present = np.flatnonzero(counts)
    language = present[rng.integers(len(present), size=count)]
    return by_language[(np.cumsum(counts) - counts)[language] + rng.integers(counts[language])]


def batches_of_like_length(train: Names, batch_size: int, rng: np.random.Generator) -> list[np.ndarray]:
    """The rows of one epoch in batches: shuffled, then sorted by length inside pools, so that little is padded."""
    order = rng.permutation(len(train))
    lengths = np.array([len(name) for name in train.names])
    pools = np.split(order, range(50 * batch_size, len(order), 50 * batch_size))
    order = np.concatenate([pool[np.argsort(lengths[pool], kind="stable")] for pool in pools])
    batches = np.split(order, range(batch_size, len(order), batch_size))
    return [batches[k] for k in rng.permutation(len(batches))]


def _tensors(data: Names, device: torch.device) -> tuple[torch.Tensor, ...]:
    letters, lengths = encode(data.names)
    return letters.to(device), lengths.to(device), torch.from_numpy(data.labels).to(device)
