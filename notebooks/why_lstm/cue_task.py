"""A memory task: one symbol has to be kept through distractors that look just like it.

A sequence is random bits with one marker among its first ten symbols; the bit after the marker is the class. A network
that adds up one term per symbol cannot distinguish this bit from the others: a network must write only right after the
marker, and keep what it wrote. The idea is from Hochreiter & Schmidhuber 1997, section 5.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import torch
from joblib import Memory

from namelib.data import Names
from notebooks.why_lstm.networks import NETWORKS, Networks
from notebooks.why_lstm.stacked_training import AdamW, Batch, clip
from notebooks.why_lstm.statistics import share_interval
from notebooks.why_lstm.workers import run_jobs

CLASSES = 2  # symbols 0 and 1
MARKER = 2
SYMBOLS = 3
CUE_WITHIN = 10  # the marker and the class are among this many first symbols
BATCH_SIZE = 32
PARAMETERS = 1000  # of every network, as closely as its hidden size allows
MASTERED = 0.9  # running accuracy at which a run counts as having mastered the task
MEMORY = 0.95  # of the running accuracy: it averages over about 20 batches, 640 sequences


@dataclass(frozen=True)
class Depth:
    """The sizes of the experiment: a run is one learning rate with one seed."""

    lengths: tuple[int, ...]
    learning_rates: tuple[float, ...]
    seeds: tuple[int, ...]
    batches: int
    networks: tuple[str, ...] = (
        "linear", "tanh", "carry", "gate", "carry_gate", "lstm_bias_0", "lstm_bias_1", "lstm_bias_3",
    )  # fmt: skip


QUICK = Depth((10,), (0.03,), (0, 1), 120)
DEFAULT = Depth((20,), (0.01,), (0, 1, 2, 3), 600)
FULL = Depth((10, 20, 50, 100, 200), (0.003, 0.01, 0.03), (0, 1, 2, 3), 2000)


def draw(length: int, batch_size: int, generators: Sequence[torch.Generator]) -> Batch:
    """Draw fresh sequences for each network from its own generator.

    -> letters (networks, batch_size, length), lengths and labels (networks, batch_size).
    """
    if length < CUE_WITHIN:
        raise ValueError(f"length={length}: at least {CUE_WITHIN}, for the marker and the class among the first ten")
    letters = torch.stack([torch.randint(CLASSES, (batch_size, length), generator=g) for g in generators])
    marker = torch.stack([torch.randint(CUE_WITHIN - 1, (batch_size, 1), generator=g) for g in generators])
    letters.scatter_(2, marker, MARKER)
    labels = letters.gather(2, marker + 1).squeeze(2)  # (networks, batch)
    return letters, torch.full(labels.shape, length), labels


def train_until_mastered(
    network: str, length: int, learning_rates: Sequence[float], seeds: Sequence[int], batches: int
) -> dict:
    """Train all runs of one network at one length, stacked, until all have mastered it or the batches are used up.

    Adam at a constant learning rate, each run's gradient clipped to norm 1. Accuracy is measured on each fresh batch
    before the network learns from it, and hence on unseen sequences.

    -> {"runs": [{"learning_rate", "seed", "mastered_at" (a batch, None: never), "accuracy" (running, at the end)}],
    "batches" (trained)}.
    """
    runs = [(rate, seed) for rate in learning_rates for seed in seeds]
    variant = NETWORKS[network].sized(PARAMETERS, SYMBOLS, CLASSES)
    networks = Networks(variant, [seed for _, seed in runs], SYMBOLS, CLASSES)
    adam = AdamW(networks, torch.tensor([rate for rate, _ in runs]), weight_decay=0)
    generators = [torch.Generator().manual_seed(10_000 + seed) for _, seed in runs]  # not the weights' stream
    accuracy, mastered_at = torch.full((len(runs),), 1 / CLASSES), [None] * len(runs)
    for batch in range(1, batches + 1):
        letters, lengths, labels = draw(length, BATCH_SIZE, generators)
        log_p = networks(letters, lengths)  # (networks, batch, classes)
        right = (log_p.argmax(dim=2) == labels).float().mean(dim=1)  # (networks,)
        accuracy = MEMORY * accuracy + (1 - MEMORY) * right
        for k in range(len(runs)):
            if mastered_at[k] is None and accuracy[k] >= MASTERED:
                mastered_at[k] = batch
        if None not in mastered_at:
            break
        networks.zero_grad()
        (-log_p.gather(2, labels.unsqueeze(2)).mean(dim=(1, 2))).sum().backward()
        clip(networks, 1.0)
        adam.step()
    return {
        "runs": [
            {"learning_rate": rate, "seed": seed, "mastered_at": at, "accuracy": float(final)}
            for (rate, seed), at, final in zip(runs, mastered_at, accuracy, strict=True)
        ],
        "batches": batch,
    }


def run(data: Names | None = None, depth: Depth = DEFAULT, workers: int = 2, memory: Memory | None = None) -> dict:
    """Which runs master which length, and after how many batches. The task generates its sequences; `data` is unused.

    -> {"settings", "networks"}; networks[name] has `lengths`, a list with one dict per length:
    length, `mastered` (share of the runs, {"mean", "low", "high", "n"}: Wilson), `runs` and `batches` (see
    `train_until_mastered`), `seconds` (of one core).
    """
    jobs = [
        {"network": network, "length": length, "learning_rates": depth.learning_rates, "seeds": depth.seeds,
         "batches": depth.batches}
        for network in depth.networks
        for length in depth.lengths
    ]  # fmt: skip
    costs = [job["length"] for job in jobs]
    found = iter(run_jobs(train_until_mastered, jobs, workers, "cue task", memory, costs))
    return {
        "settings": asdict(depth) | {"parameters": PARAMETERS, "batch_size": BATCH_SIZE, "mastered_from": MASTERED},
        "networks": {
            network: {"lengths": [{"length": length} | mastered(one := next(found)) | one for length in depth.lengths]}
            for network in depth.networks
        },
    }


def mastered(found: dict) -> dict:
    """{"mastered"}: the share of the runs in a result of `train_until_mastered`."""
    reached = [one["mastered_at"] is not None for one in found["runs"]]
    return {"mastered": asdict(share_interval(sum(reached), len(reached)))}
