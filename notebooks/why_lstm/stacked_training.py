"""Train and ask several networks at once: one a seed, each on the names of its own split."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from namelib.data import Names, encode
from notebooks.why_lstm.networks import Networks

Batch = tuple[Tensor, Tensor, Tensor]  # letters (seeds, batch, time), lengths and labels (seeds, batch)


@dataclass(frozen=True)
class StackedNames:
    """The names of several splits, one split a seed, padded to as many rows: a padding row has length 0."""

    letters: Tensor  # (seeds, names, time)
    lengths: Tensor  # (seeds, names)
    labels: Tensor  # (seeds, names)
    counts: list[int]  # how many names each split has

    @classmethod
    def of(cls, splits: Sequence[Names]) -> "StackedNames":
        encoded = [encode(names.names) for names in splits]
        counts = [len(names) for names in splits]
        time = max(letters.size(1) for letters, _ in encoded)
        stacked = cls(
            torch.zeros(len(splits), max(counts), time, dtype=torch.int64),
            torch.zeros(len(splits), max(counts), dtype=torch.int64),
            torch.zeros(len(splits), max(counts), dtype=torch.int64),
            counts,
        )
        for s, ((letters, lengths), names) in enumerate(zip(encoded, splits, strict=True)):
            stacked.letters[s, : counts[s], : letters.size(1)] = letters
            stacked.lengths[s, : counts[s]] = lengths
            stacked.labels[s, : counts[s]] = torch.from_numpy(names.labels)
        return stacked

    def batch(self, rows: Tensor) -> Batch:
        """The names in the given rows, (seeds, batch), as long as the longest of them."""
        seed = torch.arange(len(rows)).unsqueeze(1)  # (seeds, 1)
        lengths = self.lengths[seed, rows]
        return self.letters[seed, rows, : lengths.max().clamp(min=1)], lengths, self.labels[seed, rows]

    def batches(self, batch_size: int, epochs: int, seed: int) -> Iterator[Batch]:
        """Shuffled batches of names of like length; every epoch leaves out, at random, what fills no batch."""
        generator = torch.Generator().manual_seed(seed)
        for _ in range(epochs):
            rows = torch.stack([self._rows_by_length(s, batch_size, generator) for s in range(len(self.counts))])
            for k in torch.randperm(rows.size(1), generator=generator):
                yield self.batch(rows[:, k])

    def steps(self, batch_size: int, epochs: int) -> int:
        """How many batches that makes: as many for every seed."""
        return epochs * (min(self.counts) // batch_size)

    def _rows_by_length(self, s: int, batch_size: int, generator: torch.Generator) -> Tensor:
        """One epoch of split s from the shortest names to the longest, (batches, batch_size)."""
        rows = torch.randperm(self.counts[s], generator=generator)[: self.steps(batch_size, 1) * batch_size]
        return rows[self.lengths[s, rows].argsort(stable=True)].view(-1, batch_size)


def train(
    networks: Networks, batches: Iterable[Batch], steps: int, learning_rate: float, max_norm: float = 1.0
) -> None:
    """Train the networks in place: AdamW, a one-cycle learning rate, each network's gradient clipped on its own.

    Plainer than `namelib.training.MiniBatch`: no regulariser but a small weight decay, the same for every rung.
    AdamW works number by number, so networks that are trained together learn what each would learn alone.
    """
    optimizer = torch.optim.AdamW(networks.parameters(), learning_rate, weight_decay=0.01, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, learning_rate, total_steps=steps)
    for letters, lengths, labels in batches:
        log_p = networks(letters, lengths)  # (seeds, batch, output)
        loss = -log_p.gather(2, labels.unsqueeze(2)).mean(dim=(1, 2))  # (seeds,)
        optimizer.zero_grad()
        loss.sum().backward()
        clip(networks, max_norm)
        optimizer.step()
        schedule.step()


@torch.no_grad()
def clip(networks: Networks, max_norm: float) -> None:
    """Shorten the gradient of each network to `max_norm`, as `clip_grad_norm_` does for one.

    A gradient that has exploded beyond all numbers becomes zero: that batch teaches nothing.
    """
    gradients = [parameter.grad for parameter in networks.parameters()]
    norms = torch.stack([gradient.flatten(1).norm(dim=1) for gradient in gradients]).norm(dim=0)  # (seeds,)
    shorten = (max_norm / (norms + 1e-6)).clamp(max=1.0)  # (seeds,)
    for gradient in gradients:
        each = (-1, *(gradient.dim() - 1) * (1,))
        gradient *= shorten.view(each)
        gradient.masked_fill_(~norms.isfinite().view(each), 0)


@torch.no_grad()
def predict(networks: Networks, names: StackedNames, batch_size: int = 512) -> list[Tensor]:
    """The likeliest language of each name of each split: one (names,) tensor a seed."""
    predicted = torch.empty_like(names.labels)  # (seeds, names)
    for rows in names.lengths.argsort(dim=1).split(batch_size, dim=1):
        letters, lengths, _ = names.batch(rows)
        predicted.scatter_(1, rows, networks(letters, lengths).argmax(dim=2))
    return [row[:count] for row, count in zip(predicted, names.counts, strict=True)]
