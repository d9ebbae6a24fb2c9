"""Train several networks at once, each on surnames of its own split, at its own learning rate."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pad_sequence

from namelib.data import Names, encode
from notebooks.why_lstm.networks import Networks, uniform

# letters (networks, batch, time), lengths and labels (networks, batch)
Batch = tuple[Tensor, Tensor, Tensor]


@dataclass(frozen=True)
class StackedNames:
    """Surnames of several splits, one a network, padded to as many rows with rows of length 0."""

    letters: Tensor  # (networks, names, time)
    lengths: Tensor  # (networks, names)
    labels: Tensor  # (networks, names)
    counts: list[int]  # how many names each split has

    @classmethod
    def of(cls, splits: Sequence[Names]) -> "StackedNames":
        counts = [len(names) for names in splits]
        letters, lengths = encode([name for names in splits for name in names.names])
        labels = torch.from_numpy(np.concatenate([names.labels for names in splits]))
        rows = (letters.split(counts), lengths.split(counts), labels.split(counts))
        return cls(*(pad_sequence(part, batch_first=True) for part in rows), counts)

    def batch(self, rows: Tensor) -> Batch:
        """The names in the given rows, (networks, batch), as long as the longest of them."""
        network = torch.arange(len(rows)).unsqueeze(1)  # (networks, 1)
        lengths = self.lengths[network, rows]
        return (
            self.letters[network, rows, : lengths.max().clamp(min=1)],
            lengths,
            self.labels[network, rows],
        )

    def batches(self, batch_size: int, epochs: int, seeds: Sequence[int]) -> Iterator[Batch]:
        """Shuffled batches of names of similar length, without an incomplete last batch.

        A network's seed shuffles its names; the order of the batches, by length, is the same for
        all networks.
        """
        generators = [torch.Generator().manual_seed(seed) for seed in seeds]
        order = torch.Generator().manual_seed(0)
        for _ in range(epochs):
            rows = torch.stack(
                [self._rows_by_length(k, batch_size, own) for k, own in enumerate(generators)]
            )
            for k in torch.randperm(rows.size(1), generator=order):
                yield self.batch(rows[:, k])

    def steps(self, batch_size: int, epochs: int) -> int:
        """How many batches that makes: as many for every network."""
        return epochs * (min(self.counts) // batch_size)

    def _rows_by_length(self, k: int, batch_size: int, generator: torch.Generator) -> Tensor:
        """One epoch of split k from the shortest names to the longest, (batches, batch_size)."""
        rows = torch.randperm(self.counts[k], generator=generator)[
            : self.steps(batch_size, 1) * batch_size
        ]
        return rows[self.lengths[k, rows].argsort(stable=True)].view(-1, batch_size)


@dataclass(frozen=True)
class Regularisers:
    """What keeps networks from memorising their training surnames; as they stand, next to nothing.

    Sources: those of `namelib.training.MiniBatch`, whose regularisers these are.
    """

    weight_decay: float = 0.01
    label_smoothing: float = 0.0
    next_letter: float = 0.0
    recurrent_dropout: float = 0.0


PLAIN = Regularisers()


class StackedNextLetter(nn.Module):
    """`namelib.regularisers.NextLetter` for stacked networks: predict each next letter."""

    def __init__(self, networks: Networks, generators: Sequence[torch.Generator]):
        super().__init__()
        # the name's end is a letter of its own
        hidden, self.end = networks.variant.hidden_size, networks.input_size
        # (networks, hidden, letters + 1)
        self.W = uniform(generators, hidden, hidden, self.end + 1)
        self.b = uniform(generators, hidden, 1, self.end + 1)  # (networks, 1, letters + 1)

    def forward(self, states: Tensor, letters: Tensor, lengths: Tensor) -> Tensor:
        """The mean loss a letter, (networks,); states (networks, batch, time, hidden)."""
        following = F.pad(letters, (0, 1)).scatter(2, lengths.unsqueeze(2), self.end)[:, :, 1:]
        of_a_name = torch.arange(letters.size(2)) < lengths.unsqueeze(2)  # (networks, batch, time)
        # (networks, batch * time, letters + 1)
        scores = torch.baddbmm(self.b, states.flatten(1, 2), self.W)
        losses = F.cross_entropy(scores.flatten(0, 1), following.flatten(), reduction="none")
        return (losses.view_as(of_a_name) * of_a_name).sum(dim=(1, 2)) / of_a_name.sum(dim=(1, 2))


class AdamW:
    """torch.optim.AdamW for stacked networks, each with its own learning rate.

    Source: Loshchilov & Hutter 2019.
    """

    def __init__(self, networks: Networks, learning_rates: Tensor, weight_decay: float = 0.01):
        self.parameters = list(networks.parameters())
        self.rates = learning_rates
        self.weight_decay = weight_decay
        self.means = [torch.zeros_like(parameter) for parameter in self.parameters]
        self.squares = [torch.zeros_like(parameter) for parameter in self.parameters]
        self.steps = 0

    @torch.no_grad()
    def step(self, share: float = 1.0, beta1: float = 0.9, beta2: float = 0.999) -> None:
        """One step; `share` scales each learning rate."""
        self.steps += 1
        rates = share * self.rates  # (networks,)
        for parameter, mean, square in zip(self.parameters, self.means, self.squares, strict=True):
            rate = for_each(rates, parameter)
            mean.lerp_(parameter.grad, 1 - beta1)
            square.mul_(beta2).addcmul_(parameter.grad, parameter.grad, value=1 - beta2)
            root = (square / (1 - beta2**self.steps)).sqrt_().add_(1e-8)
            parameter.mul_(1 - self.weight_decay * rate)
            parameter.sub_((mean / root).mul_(rate / (1 - beta1**self.steps)))


def one_cycle(steps: int) -> Iterator[tuple[float, float]]:
    """PyTorch's one cycle: each step's share of the learning rate, and its beta1.

    Source: Smith & Topin 2019.
    """
    optimizer = torch.optim.AdamW([torch.zeros(1)], 1.0)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 1.0, total_steps=steps)
    for step in range(steps):
        group = optimizer.param_groups[0]
        yield group["lr"], group["betas"][0]
        optimizer.step()
        if step < steps - 1:
            schedule.step()


def train(
    networks: Networks,
    batches: Iterable[Batch],
    steps: int,
    learning_rates: float | Sequence[float],
    max_norm: float = 1.0,
    regularisers: Regularisers = PLAIN,
) -> None:
    """Train in place: AdamW, a one-cycle learning rate, each network's gradient clipped on its own.

    What a network learns does not depend on those beside it, except for what `recurrent_dropout`
    drops.
    """
    for _ in train_stepwise(networks, batches, steps, learning_rates, max_norm, regularisers):
        pass


def train_stepwise(
    networks: Networks,
    batches: Iterable[Batch],
    steps: int,
    learning_rates: float | Sequence[float],
    max_norm: float = 1.0,
    regularisers: Regularisers = PLAIN,
) -> Iterator[int]:
    """As `train`; after each step the number of steps done."""
    generators = [torch.Generator().manual_seed(seed) for seed in range(len(networks.W))]
    if regularisers.next_letter:
        networks.guess = StackedNextLetter(networks, generators).to(networks.W.dtype)
    optimizer = AdamW(networks, per_network(learning_rates, networks), regularisers.weight_decay)
    for done, (batch, (share, beta1)) in enumerate(zip(batches, one_cycle(steps), strict=True), 1):
        networks.zero_grad()
        losses(networks, batch, regularisers, generators[0]).sum().backward()
        clip(networks, max_norm)
        optimizer.step(share, beta1)
        yield done
    if regularisers.next_letter:
        del networks.guess


def losses(
    networks: Networks, batch: Batch, regularisers: Regularisers, generator: torch.Generator
) -> Tensor:
    """Each network's loss on a batch, with the regularisers' parts, (networks,)."""
    letters, lengths, labels = batch
    V, smoothing = networks.layer.V, regularisers.label_smoothing
    if regularisers.recurrent_dropout:
        stays = torch.rand(V.shape, generator=generator) >= regularisers.recurrent_dropout
        V = V * stays / (1 - regularisers.recurrent_dropout)
    states = networks.states(letters, V)  # (networks, batch, time + 1, hidden)
    log_p = networks.answer(states, letters, lengths)  # (networks, batch, output)
    loss = -log_p.gather(2, labels.unsqueeze(2)).mean(dim=(1, 2))  # (networks,)
    if smoothing:
        loss = (1 - smoothing) * loss - smoothing * log_p.mean(dim=(1, 2))
    if regularisers.next_letter:
        loss = loss + regularisers.next_letter * networks.guess(states[:, :, 1:], letters, lengths)
    return loss


@torch.no_grad()
def clip(networks: Networks, max_norm: float) -> Tensor:
    """Clip each network's gradient to `max_norm`, as `clip_grad_norm_` does -> norms, (networks,).

    A gradient that is not finite becomes zero: that batch teaches nothing.
    """
    gradients = [parameter.grad for parameter in networks.parameters()]
    # (networks,)
    norms = torch.stack([gradient.flatten(1).norm(dim=1) for gradient in gradients]).norm(dim=0)
    shorten = (max_norm / (norms + 1e-6)).clamp(max=1.0)  # (networks,)
    for gradient in gradients:
        gradient *= for_each(shorten, gradient)
        if not norms.isfinite().all():
            gradient.masked_fill_(for_each(~norms.isfinite(), gradient), 0)
    return norms


def per_network(value: float | Sequence[float], networks: Networks) -> Tensor:
    """One number, or one a network, as (networks,)."""
    return torch.as_tensor(value, dtype=networks.W.dtype).expand(len(networks.W))


def for_each(values: Tensor, parameter: Tensor) -> Tensor:
    """(networks,) in the shape that multiplies each network's part of a parameter."""
    return values.view(-1, *(parameter.dim() - 1) * (1,))


@torch.no_grad()
def predict_stacked(networks: Networks, names: StackedNames, batch_size: int = 512) -> list[Tensor]:
    """The likeliest language of each name of each split: one (names,) tensor a network."""
    predicted = torch.empty_like(names.labels)  # (networks, names)
    for rows in names.lengths.argsort(dim=1).split(batch_size, dim=1):
        letters, lengths, _ = names.batch(rows)
        predicted.scatter_(1, rows, networks(letters, lengths).argmax(dim=2))
    return [row[:count] for row, count in zip(predicted, names.counts, strict=True)]


def accuracy(networks: Networks, names: StackedNames) -> list[float]:
    """One value a network, on the names of its split."""
    answers = zip(names.labels, predict_stacked(networks, names), strict=True)
    return [float(np.mean((labels[: len(answer)] == answer).numpy())) for labels, answer in answers]
