"""Two recipes to train the same network: the original one, a surname a step, and mini-batches."""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from namelib.data import Names, encode
from namelib.evaluation import evaluate
from namelib.progress import track
from namelib.regularisers import NextLetter, with_recurrent_dropout
from namelib.sampling import batches_of_like_length, rows_by_language


@dataclass
class History:
    """The curves of one training: one entry a measurement; `elapsed` counts training alone, not the measuring."""

    names_seen: list[int] = field(default_factory=list)
    train_loss: list[float] = field(default_factory=list)  # mean over the steps since the last measurement
    train_accuracy: list[float] = field(default_factory=list)  # likewise
    valid_loss: list[float] = field(default_factory=list)
    valid_accuracy: list[float] = field(default_factory=list)
    valid_balanced_accuracy: list[float] = field(default_factory=list)
    elapsed: list[float] = field(default_factory=list)  # seconds of training up to each measurement

    @property
    def seconds(self) -> float:
        return self.elapsed[-1] if self.elapsed else 0.0

    def as_dict(self) -> dict:
        return asdict(self) | {"seconds": self.seconds}


@dataclass
class Progress:
    """What a recipe tells between two measurements: surnames seen so far, and mean loss and accuracy while training."""

    names_seen: int
    loss: float
    accuracy: float


@dataclass(frozen=True)
class Original:
    """The original report's recipe: draw a language uniformly, then a surname of it; one step of plain SGD each.

    Source: original report, sections 3.1 to 3.3 (learning rates 0.005, 0.08, 0.035; 100,000 steps).
    """

    learning_rate: float
    steps: int = 100_000
    measurements: int = 25  # at most, and one each 100 steps, rounded up

    def __post_init__(self) -> None:
        _check(self, above_0=("learning_rate",), counts=("steps", "measurements"))

    @property
    def measurements_to_take(self) -> int:
        return min(self.measurements, math.ceil(self.steps / 100))

    def run(self, model: nn.Module, train: Names, rng: np.random.Generator) -> Iterator[Progress]:
        """Train; yield at each measurement."""
        letters, lengths, labels = _tensors(train, next(model.parameters()).device)
        names = [letters[k : k + 1, :length] for k, length in enumerate(lengths.tolist())]  # each (1, time)
        lengths, labels, rows = lengths.split(1), labels.split(1), rows_by_language(train)
        parameters = list(model.parameters())
        names_seen, languages = 0, rng.integers(len(rows), size=self.steps)
        for part in np.array_split(languages, self.measurements_to_take):
            losses, right = [], 0
            for language in part:
                row = rows[language][rng.integers(len(rows[language]))]
                log_p = model(names[row], lengths[row])  # (1, languages)
                loss = F.nll_loss(log_p, labels[row])
                gradients = torch.autograd.grad(loss, parameters)
                with torch.no_grad():
                    for parameter, gradient in zip(parameters, gradients, strict=True):
                        parameter.sub_(gradient, alpha=self.learning_rate)
                losses.append(loss.detach())
                right += log_p.detach().argmax() == labels[row]
            names_seen += len(part)
            yield Progress(names_seen, torch.stack(losses).mean().item(), float(right) / len(part))


@dataclass(frozen=True)
class MiniBatch:
    """Mini-batches of surnames of like length: AdamW, a one-cycle learning rate, clipped gradients, four regularisers.

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
    next_letter: float = 0.0  # weight of a second task's loss: to predict each next letter
    balance: float = 0.0  # 0: languages are as likely as in the training surnames; 1: all alike, for balanced accuracy

    def __post_init__(self) -> None:
        _check(self, above_0=("learning_rate", "max_norm"), counts=("epochs", "batch_size"))
        for name in ("label_smoothing", "recurrent_dropout"):
            if not 0 <= getattr(self, name) < 1:
                raise ValueError(f"{name}={getattr(self, name)}: a share, from 0 to below 1")
        for name in ("weight_decay", "next_letter", "balance"):
            if not getattr(self, name) >= 0:
                raise ValueError(f"{name}={getattr(self, name)}: 0 or more")

    @property
    def measurements_to_take(self) -> int:
        return self.epochs

    def prior_and_targets(self, train: Names) -> tuple[Tensor, Tensor]:
        """What is added to the scores while training, (languages,), and each language's target, (languages, languages).

        The part of a target that is smoothed away from its language goes to all by that prior, so that a network whose
        scores lack it (balance 1) is smoothed towards equal probabilities, too.
        """
        prior = self.balance * torch.tensor(train.counts / len(train)).clamp(min=1e-9).log()
        targets = (1 - self.label_smoothing) * torch.eye(len(prior)) + self.label_smoothing * prior.softmax(0)
        return prior, targets

    def run(self, model: nn.Module, train: Names, rng: np.random.Generator) -> Iterator[Progress]:
        """Train; yield after each epoch."""
        letters, lengths, labels = _tensors(train, next(model.parameters()).device)
        if self.next_letter:
            model = NextLetter(model)
        parameters = list(model.parameters())
        optimizer = torch.optim.AdamW(parameters, self.learning_rate, weight_decay=self.weight_decay, fused=True)
        steps = self.epochs * math.ceil(len(train) / self.batch_size)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, self.learning_rate, total_steps=steps)
        prior, targets = (tensor.to(letters.device, parameters[0].dtype) for tensor in self.prior_and_targets(train))
        for epoch in range(self.epochs):
            total, right = torch.zeros((), device=letters.device), 0
            for rows in map(torch.from_numpy, batches_of_like_length(train, self.batch_size, rng)):
                length, label = lengths[rows], labels[rows]  # (batch,)
                output = with_recurrent_dropout(model, self.recurrent_dropout)(letters[rows, : length.max()], length)
                log_p, guessing = output if self.next_letter else (output, 0.0)  # (batch, languages), ()
                loss = F.cross_entropy(log_p + prior, targets[label]) + self.next_letter * guessing
                optimizer.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(parameters, self.max_norm)
                optimizer.step()
                schedule.step()
                total += F.nll_loss(log_p.detach(), label, reduction="sum")
                right += (log_p.detach().argmax(dim=1) == label).sum()
            yield Progress((epoch + 1) * len(train), total.item() / len(train), float(right) / len(train))


def fit(
    model: nn.Module,
    train: Names,
    valid: Names,
    recipe: Original | MiniBatch,
    seed: int = 0,
    device: str = "cpu",
) -> History:
    """Train the network in place by a recipe, show how far it is, and measure it on `valid` along the way.

    The seed decides which surnames are drawn in which order, and what dropout leaves out; the first weights are those
    that the model has. It runs in one torch thread: at these sizes more would not be faster, and the same seed gives
    the same digits whatever else the machine does.
    Raises ValueError for a device that is not there, and FloatingPointError when the loss is no longer a number, naming
    the learning rate.
    """
    torch.manual_seed(seed)
    try:
        model.to(device).train()
    except (AssertionError, RuntimeError) as error:  # torch, of a GPU that is not there or a typing slip
        raise ValueError(f"device={device!r}: {str(error).splitlines()[0]}; device='cpu' is always there") from error
    history, elapsed, what = History(), 0.0, f"{type(model).__name__}, {type(recipe).__name__}"
    with one_thread():
        measurements = recipe.run(model, train, np.random.default_rng(seed))
        start = time.perf_counter()
        for now in track(measurements, what, recipe.measurements_to_take):
            elapsed += time.perf_counter() - start
            if not math.isfinite(now.loss):
                raise FloatingPointError(
                    f"the training loss is {now.loss} after {now.names_seen:,} surnames: "
                    f"learning_rate={recipe.learning_rate} is too high, try a smaller one"
                )
            measured = evaluate(model, valid).summary()
            history.names_seen.append(now.names_seen)
            history.train_loss.append(now.loss)
            history.train_accuracy.append(now.accuracy)
            history.valid_loss.append(measured["loss"])
            history.valid_accuracy.append(measured["accuracy"])
            history.valid_balanced_accuracy.append(measured["balanced_accuracy"])
            history.elapsed.append(elapsed)
            start = time.perf_counter()
    return history


@contextmanager
def one_thread() -> Iterator[None]:
    """Inside, torch computes in one thread; afterwards in as many as before."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def _tensors(data: Names, device: torch.device) -> tuple[Tensor, Tensor, Tensor]:
    letters, lengths = encode(data.names)
    return letters.to(device), lengths.to(device), torch.from_numpy(data.labels).to(device)


def _check(recipe: Original | MiniBatch, above_0: tuple[str, ...], counts: tuple[str, ...]) -> None:
    for name in (*above_0, *counts):
        if not getattr(recipe, name) > 0:
            raise ValueError(f"{name}={getattr(recipe, name)}: {'1 or more' if name in counts else 'above 0'}")
