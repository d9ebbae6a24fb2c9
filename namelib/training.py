"""Two recipes for training a network: the original one, one surname a step, and mini-batches."""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import KW_ONLY, dataclass, field

import numpy as np
import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn import functional as F
from torch.nn.modules.batchnorm import _BatchNorm

from namelib.data import Names, encode
from namelib.evaluation import check_outputs, evaluate
from namelib.progress import track
from namelib.regularisers import NextLetter, recurrent_dropout
from namelib.sampling import bucketed_batches, rows_by_language

# surnames seen; mean training loss and accuracy since the previous one
Measurement = tuple[int, float, float]

ABOVE_0 = ("above 0", lambda value: value > 0)
COUNT = ("1 or more", lambda value: value >= 1)
FROM_0 = ("0 or more", lambda value: value >= 0)
SHARE = ("a share, from 0 to below 1", lambda value: 0 <= value < 1)
ALLOWED = {  # field of a recipe -> what is allowed, and the test of it
    "learning_rate": ABOVE_0,
    "max_norm": ABOVE_0,
    "steps": COUNT,
    "measurements": COUNT,
    "epochs": COUNT,
    "batch_size": COUNT,
    "weight_decay": FROM_0,
    "next_letter": FROM_0,
    "balance": FROM_0,
    "label_smoothing": SHARE,
    "recurrent_dropout": SHARE,
}


@dataclass
class History:
    """The curves of a training run, an entry per measurement; `elapsed` is time of training."""

    names_seen: list[int] = field(default_factory=list)
    # mean over the steps since the last measurement
    train_loss: list[float] = field(default_factory=list)
    train_accuracy: list[float] = field(default_factory=list)  # likewise
    valid_loss: list[float] = field(default_factory=list)
    valid_accuracy: list[float] = field(default_factory=list)
    valid_balanced_accuracy: list[float] = field(default_factory=list)
    elapsed: list[float] = field(default_factory=list)  # seconds of training up to each measurement

    @property
    def seconds(self) -> float:
        return self.elapsed[-1]


@dataclass(frozen=True)
class Original:
    """The original report's recipe: draw a language, then one of its surnames; one plain SGD step.

    Source: original report, sections 3.1 to 3.3 (learning rates 0.005, 0.08, 0.035; 100,000 steps).
    """

    learning_rate: float
    _: KW_ONLY
    steps: int = 100_000
    measurements: int = 25  # at most; and one per 100 steps, rounded up

    def __post_init__(self) -> None:
        _check_fields(self)

    def run(
        self, model: nn.Module, train: Names, rng: np.random.Generator
    ) -> Iterator[Measurement]:
        """Train; yield at each measurement."""
        letters, lengths, labels = _tensors(train, model)
        name = [letters[k : k + 1, :time] for k, time in enumerate(lengths.tolist())]  # (1, time)
        length, label = lengths.split(1), labels.split(1)  # each (1,)
        parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
        rows, names_seen = rows_by_language(train), 0
        drawn = rng.integers(len(rows), size=self.steps)  # one language per step
        parts = np.array_split(drawn, min(self.measurements, math.ceil(self.steps / 100)))
        for part in track(parts, f"{type(model).__name__}, original recipe"):
            losses, hits = [], []
            for language in part:
                row = rows[language][rng.integers(len(rows[language]))]
                log_p = model(name[row], length[row])  # (1, languages)
                loss = F.nll_loss(log_p, label[row])
                # A surname of one letter does not use the RNN's recurrence: its gradient is 0.
                gradients = torch.autograd.grad(loss, parameters, materialize_grads=True)
                with torch.no_grad():
                    for parameter, gradient in zip(parameters, gradients, strict=True):
                        parameter.sub_(gradient, alpha=self.learning_rate)
                losses.append(loss.detach())
                hits.append(log_p.argmax() == label[row])
            names_seen += len(part)
            loss, accuracy = torch.stack(losses).mean(), torch.cat(hits).double().mean()
            yield names_seen, loss.item(), accuracy.item()


@dataclass(frozen=True)
class MiniBatch:
    """Mini-batches of surnames of similar length: AdamW, one cycle, clipping, four regularisers.

    Source: Loshchilov & Hutter 2019 (AdamW); Smith & Topin 2019 (one cycle); Pascanu et al. 2013
    (clipping); Szegedy et al. 2016 (label smoothing); Menon et al. 2021 (balance);
    `namelib.regularisers` cites the other two.
    """

    learning_rate: float  # the peak of the cycle
    _: KW_ONLY
    epochs: int = 16
    batch_size: int = 64
    weight_decay: float = 0.1
    max_norm: float = 1.0  # of the gradient
    label_smoothing: float = 0.1  # share of the target spread over all languages
    recurrent_dropout: float = 0.0  # share of the hidden-to-hidden weights dropped in each step
    next_letter: float = 0.0  # weight of the auxiliary loss: predicting each next letter
    balance: float = 0.0  # 0: languages as likely as in the training surnames; 1: equally likely

    def __post_init__(self) -> None:
        _check_fields(self)

    def prior_and_targets(self, train: Names) -> tuple[Tensor, Tensor]:
        """The prior added to the scores, (languages,), and the targets, (languages, languages).

        Label smoothing follows the same prior, so that with balance 1 it also smooths towards equal
        probabilities.
        """
        shares = torch.tensor(train.counts / len(train)).clamp(min=1e-9)
        prior = self.balance * shares.log()
        true, smoothing = torch.eye(len(prior)), self.label_smoothing
        targets = (1 - smoothing) * true + smoothing * prior.softmax(0)
        return prior, targets

    def run(
        self, model: nn.Module, train: Names, rng: np.random.Generator
    ) -> Iterator[Measurement]:
        """Train; yield after each epoch."""
        letters, lengths, labels = _tensors(train, model)
        tasks = NextLetter(model, self.next_letter)
        parameters = [parameter for parameter in tasks.parameters() if parameter.requires_grad]
        optimizer = torch.optim.AdamW(
            parameters, self.learning_rate, weight_decay=self.weight_decay, fused=True
        )
        steps = self.epochs * math.ceil(len(train) / self.batch_size)
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, self.learning_rate, total_steps=steps
        )
        prior, targets = self.prior_and_targets(train)
        prior, targets = prior.to(parameters[0]), targets.to(parameters[0])
        for epoch in track(range(1, self.epochs + 1), f"{type(model).__name__}, mini-batch recipe"):
            total, right = torch.zeros(2, device=letters.device)
            for rows in bucketed_batches(train, self.batch_size, rng):
                length, label = lengths[rows], labels[rows]  # each (batch,)
                name = letters[rows, : length.max()]  # (batch, time)
                weights = recurrent_dropout(tasks, self.recurrent_dropout)
                log_p, auxiliary = functional_call(tasks, weights, (name, length))
                loss = F.cross_entropy(log_p + prior, targets[label]) + auxiliary
                optimizer.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(parameters, self.max_norm)
                optimizer.step()
                schedule.step()
                total += F.nll_loss(log_p.detach(), label, reduction="sum")
                right += (log_p.detach().argmax(dim=1) == label).sum()
            yield epoch * len(train), total.item() / len(train), right.item() / len(train)


def fit(
    model: nn.Module,
    train: Names,
    valid: Names,
    recipe: Original | MiniBatch,
    seed: int = 0,
    device: str = "cpu",
) -> History:
    """Train the network in place with a recipe, showing progress and evaluating it on `valid`.

    The seed determines the order of the surnames and the dropped weights. Initial weights are not
    drawn here: training starts from those of the model, so call `torch.manual_seed` before creating
    it to reproduce a run exactly. Training uses one torch thread, as more would not be faster at
    these sizes. Raises ValueError if the device is not available, every parameter is frozen, a
    BatchNorm would see one surname a step, or as `evaluate`, and FloatingPointError, naming the
    learning rate, when the loss is no longer finite.
    """
    torch.manual_seed(seed)
    try:
        model.to(device).train()
    except (AssertionError, RuntimeError) as error:  # torch's, for a missing GPU or a mistyped name
        raise ValueError(
            f"device={device!r}: {str(error).splitlines()[0]}; device='cpu' always works"
        ) from error
    check_outputs(model, train.languages)
    if not any(parameter.requires_grad for parameter in model.parameters()):
        problem = "nothing to train; every parameter is frozen (requires_grad=False)"
        raise ValueError(f"{type(model).__name__}: {problem}")
    normalised = any(isinstance(part, _BatchNorm) for part in model.modules())
    if normalised and getattr(recipe, "batch_size", 1) == 1:
        way_out = "use MiniBatch with a larger batch, or nn.LayerNorm"
        problem = f"BatchNorm cannot train on one surname a step; {way_out}"
        raise ValueError(f"{type(model).__name__}: {problem}")
    history, elapsed = History(), 0.0
    with one_thread():
        start = time.perf_counter()
        for names_seen, loss, accuracy in recipe.run(model, train, np.random.default_rng(seed)):
            elapsed += time.perf_counter() - start
            if not math.isfinite(loss):
                raise FloatingPointError(
                    f"the training loss is {loss} after {names_seen:,} surnames: "
                    f"learning_rate={recipe.learning_rate} is too high; try a smaller one"
                )
            measured = evaluate(model, valid).summary()
            history.names_seen.append(names_seen)
            history.train_loss.append(loss)
            history.train_accuracy.append(accuracy)
            history.valid_loss.append(measured["loss"])
            history.valid_accuracy.append(measured["accuracy"])
            history.valid_balanced_accuracy.append(measured["balanced_accuracy"])
            history.elapsed.append(elapsed)
            start = time.perf_counter()
    return history


@contextmanager
def one_thread() -> Iterator[None]:
    """Context in which torch uses one thread; the former number is restored afterwards."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def _tensors(data: Names, model: nn.Module) -> tuple[Tensor, Tensor, Tensor]:
    """letters (surnames, time), lengths and labels (surnames,) on the model's device."""
    letters, lengths = encode(data.names)
    device = next(model.parameters()).device
    return letters.to(device), lengths.to(device), torch.from_numpy(data.labels).to(device)


def _check_fields(recipe: object) -> None:
    for name, value in vars(recipe).items():
        wanted, fits = ALLOWED[name]
        if not fits(value):
            raise ValueError(f"{name}={value}: {wanted}")
