"""A memory task: one symbol has to be kept through distractors that look just like it.

A sequence is random bits with one marker among its first ten symbols; the bit after the marker is
the class. A network that adds up one term per symbol cannot distinguish this bit from the others: a
network must write only right after the marker, and keep what it wrote. The idea is from Hochreiter
& Schmidhuber 1997, section 5.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from namelib.data import Names
from notebooks.jobs import run_jobs
from notebooks.why_lstm.networks import VARIANTS, Networks
from notebooks.why_lstm.stacked_training import AdamW, Batch, clip
from notebooks.why_lstm.statistics import wilson_interval

CLASSES = 2  # symbols 0 and 1
MARKER = 2
INPUT_SIZE = 3
CUE_WITHIN = 10  # the marker and the class are among this many first symbols
BATCH_SIZE = 32
PARAMETERS = 1000  # of every network, as closely as its hidden size allows
MASTERED = 0.9  # running accuracy at which a run counts as having mastered the task
MEMORY = 0.95  # of the running accuracy: it averages over about 20 batches, 640 sequences


@dataclass(frozen=True)
class Depth:
    """The sizes of the experiment; a trial is one seed."""

    lengths: tuple[int, ...]  # none below CUE_WITHIN
    seeds: tuple[int, ...]
    batches: int
    networks: tuple[str, ...]
    # to choose from, at each length for each network; none: not tuned
    learning_rates: tuple[float, ...] = ()
    tuning_seeds: tuple[int, ...] = ()  # of the runs that choose


QUICK = Depth((10,), (10, 11), 120, ("tanh", "carry_gate"))
DEFAULT = Depth((20,), (10, 11, 12, 13), 600, ("tanh", "carry", "gate", "carry_gate"))
FULL = Depth(
    (10, 20, 50, 100),
    tuple(range(8)),
    2000,
    (
        "tanh",
        "tanh_orthogonal",
        "carry",
        "gate",
        "carry_gate",
        "lstm_bias_0",
        "lstm_bias_1",
        "lstm_bias_3",
    ),
    learning_rates=(0.001, 0.003, 0.01, 0.03),
    tuning_seeds=(100, 101),
)
DEPTHS = {"quick": QUICK, "default": DEFAULT, "full": FULL}
USUAL_RATE = 0.01  # where none is tuned or recorded


def draw_sequences(length: int, batch_size: int, generators: Sequence[torch.Generator]) -> Batch:
    """Draw fresh sequences for each network from its own generator.

    -> letters (networks, batch_size, length), lengths and labels (networks, batch_size).
    """
    letters = torch.stack(
        [torch.randint(CLASSES, (batch_size, length), generator=g) for g in generators]
    )
    marker = torch.stack(
        [torch.randint(CUE_WITHIN - 1, (batch_size, 1), generator=g) for g in generators]
    )
    letters.scatter_(2, marker, MARKER)
    labels = letters.gather(2, marker + 1).squeeze(2)  # (networks, batch)
    return letters, torch.full(labels.shape, length), labels


def train_until_mastered(
    network: str, length: int, learning_rates: Sequence[float], seeds: Sequence[int], batches: int
) -> dict:
    """Train all runs of one network at one length, stacked, until all have mastered the task.

    Or until the batches are used up.

    Adam at a constant learning rate, each run's gradient clipped to norm 1. Accuracy is measured on
    each fresh batch before the network learns from it, and hence on unseen sequences.

    -> {"runs": [{"learning_rate", "seed", "mastered_at" (a batch, None: never), "accuracy"
    (running, at the end)}], "batches" (trained)}.
    """
    runs = [(rate, seed) for rate in learning_rates for seed in seeds]
    variant = VARIANTS[network].sized(PARAMETERS, INPUT_SIZE, CLASSES)
    networks = Networks(variant, [seed for _, seed in runs], INPUT_SIZE, CLASSES)
    adam = AdamW(networks, torch.tensor([rate for rate, _ in runs]), weight_decay=0)
    # not the weights' stream
    generators = [torch.Generator().manual_seed(10_000 + seed) for _, seed in runs]
    accuracy, mastered_at = torch.full((len(runs),), 1 / CLASSES), [None] * len(runs)
    for batch in range(1, batches + 1):
        letters, lengths, labels = draw_sequences(length, BATCH_SIZE, generators)
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


def run(
    data: Names | None = None,
    depth: Depth = DEFAULT,
    workers: int = 2,
    kept: Path | None = None,
    recorded: dict | None = None,
) -> dict:
    """Which share of the trials masters which length.

    The task generates its sequences; `data` is unused.

    Each network has a learning rate of its own at each length: chosen on other seeds, or that of
    `recorded`.

    -> {"settings", "tuning": {"seconds"}, "networks"}; networks[name] has `lengths`, a list with
    one dict per length: length, rate, `mastered` (share of the seeds, {"mean", "low", "high", "n"}:
    Wilson), `runs` and `batches` (see `train_until_mastered`), `seconds` (of one core).
    """
    places = [(network, length) for network in depth.networks for length in depth.lengths]
    rates, tuning_seconds = {place: recorded_cue_rate(recorded, *place) for place in places}, 0.0
    if depth.learning_rates:
        all_rates = dict.fromkeys(places, depth.learning_rates)
        tried = train_all(depth, all_rates, depth.tuning_seeds, workers, kept)
        rates = {place: fastest_rate(tried[place]["runs"], depth.batches) for place in places}
        tuning_seconds = sum(result["seconds"] for result in tried.values())
    own_rate = {place: (rate,) for place, rate in rates.items()}
    results = train_all(depth, own_rate, depth.seeds, workers, kept)
    networks = {
        network: {
            "lengths": [
                {"length": length, "rate": rates[network, length]}
                | with_share(results[network, length])
                for length in depth.lengths
            ]
        }
        for network in depth.networks
    }
    settings = asdict(depth) | {
        "parameters": PARAMETERS,
        "batch_size": BATCH_SIZE,
        "mastered_from": MASTERED,
    }
    return {"settings": settings, "tuning": {"seconds": tuning_seconds}, "networks": networks}


def recorded_cue_rate(recorded: dict | None, network: str, length: int) -> float:
    """The rate that an earlier result chose for this network at this length."""
    rows = recorded["networks"].get(network, {"lengths": []})["lengths"] if recorded else []
    return next((row["rate"] for row in rows if row["length"] == length), USUAL_RATE)


def train_all(
    depth: Depth,
    rates: dict[tuple[str, int], Sequence[float]],
    seeds: Sequence[int],
    workers: int,
    kept: Path | None,
) -> dict[tuple[str, int], dict]:
    """`train_until_mastered` for every network at every length, {(network, length): result}."""
    jobs = [
        {
            "network": network,
            "length": length,
            "learning_rates": of_place,
            "seeds": seeds,
            "batches": depth.batches,
        }
        for (network, length), of_place in rates.items()
    ]
    costs = [job["length"] for job in jobs]
    results = run_jobs(train_until_mastered, jobs, workers, "cue task", kept, costs)
    return dict(zip(rates, results, strict=True))


def fastest_rate(runs: Sequence[dict], batches: int) -> float:
    """The rate whose runs need the fewest batches on average; without mastery twice `batches`."""
    needed = defaultdict(list)
    for trial in runs:
        needed[trial["learning_rate"]].append(trial["mastered_at"] or 2 * batches)
    return min(needed, key=lambda rate: sum(needed[rate]))


def with_share(result: dict) -> dict:
    """A result of `train_until_mastered` with "mastered", the share of its runs that did."""
    reached = [trial["mastered_at"] is not None for trial in result["runs"]]
    return {"mastered": asdict(wilson_interval(sum(reached), len(reached)))} | result
