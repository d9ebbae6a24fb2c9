"""The ladder: from the teacher's RNN to the original report's LSTM one change at a time, on equal terms."""

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise

import numpy as np

from namelib.data import ALPHABET, Names, spelling, split_names
from namelib.evaluation import score
from namelib.experiments.intervals import CONFIDENCE, mean_interval, paired_difference
from namelib.experiments.stacked_training import StackedNames, predict, train
from namelib.experiments.variants import LINEAR_RNN, LSTM, TANH_RNN, Networks, Variant
from namelib.experiments.workers import run_jobs
from namelib.training import Progress

METRICS = ("accuracy", "balanced_accuracy")
VALID_FRACTION = 0.2
TEST_TO_TRAIN = VALID_FRACTION / (1 - VALID_FRACTION)
DEVELOPMENT = 1000  # the seed of the split whose held-out names, a fifth, judge learning rates and never the ladder

OLD_RATE = "_old_rate"  # ends the name of a rung that is trained at the learning rate of the one it is compared to

# From the first rung to the last each changes one thing of the one before it: the network, or its learning rate alone.
# Only `lstm_large`, which is dear, changes both at once. The other rungs stand beside this path.
PATH = (
    "linear_rnn", "tanh_rnn_old_rate", "tanh_rnn", "tanh_rnn_state", "lstm_old_rate", "lstm", "lstm_large",
    "lstm_two_layers",
)  # fmt: skip

LEARNING_RATES = {  # made by tuning.py, which says how
    "linear_rnn": 0.016, "tanh_rnn": 0.008, "tanh_rnn_state": 0.008, "tanh_rnn_large": 0.004,
    "lstm_no_input_gate": 0.016, "lstm_no_forget_gate": 0.032, "lstm_no_output_gate": 0.032,
    "lstm_no_output_tanh": 0.032, "lstm": 0.032, "lstm_peephole": 0.016, "lstm_large": 0.016, "lstm_two_layers": 0.016,
}  # fmt: skip


@dataclass(frozen=True)
class Rung:
    """A variant on the ladder and the rung it is compared to, from which it differs by one change."""

    variant: Variant
    compared_to: str | None

    @property
    def name(self) -> str:
        return self.variant.name

    @property
    def tuned(self) -> bool:
        """Does it have a learning rate of its own?"""
        return not self.name.endswith(OLD_RATE)

    @property
    def learning_rate(self) -> float:
        return LEARNING_RATES[self.name if self.tuned else self.compared_to]


def rungs(languages: int, hidden_size: int = 128) -> list[Rung]:
    """The ladder from the bottom up.

    Up to `lstm_peephole` every network but `tanh_rnn_large` has as many parameters as the teacher's RNN of the given
    hidden size; `tanh_rnn_large` and `lstm_large` have as many as one LSTM layer of that hidden size.
    """
    sizes = {"input_size": len(ALPHABET), "output_size": languages}
    linear, lstm_large = replace(LINEAR_RNN, hidden_size=hidden_size), replace(LSTM, hidden_size=hidden_size)
    small, large = linear.parameters(*sizes.values()), lstm_large.parameters(*sizes.values())

    def lstm(name: str, **switches) -> Variant:
        return replace(LSTM, name=name, **switches).sized(small, **sizes)

    return [
        Rung(linear, None),
        *both_rates(replace(linear, name="tanh_rnn", candidate_tanh=True), "linear_rnn"),
        Rung(replace(TANH_RNN, name="tanh_rnn_state").sized(small, **sizes), "tanh_rnn"),
        Rung(replace(TANH_RNN, name="tanh_rnn_large").sized(large, **sizes), "tanh_rnn_state"),
        Rung(lstm("lstm_no_input_gate", input_gate=1.0), "lstm"),
        Rung(lstm("lstm_no_forget_gate", forget_gate=1.0), "lstm"),
        Rung(lstm("lstm_no_output_gate", output_gate=1.0), "lstm"),
        Rung(lstm("lstm_no_output_tanh", output_tanh=False), "lstm"),
        *both_rates(lstm("lstm"), "tanh_rnn_state"),
        Rung(lstm("lstm_peephole", peephole=True), "lstm"),
        Rung(replace(lstm_large, name="lstm_large"), "lstm"),
        Rung(replace(lstm_large, name="lstm_two_layers", layers=2), "lstm_large"),
    ]


def both_rates(variant: Variant, compared_to: str) -> tuple[Rung, Rung]:
    """The rung at the learning rate of the one it is compared to, and at its own."""
    return Rung(replace(variant, name=variant.name + OLD_RATE), compared_to), Rung(variant, compared_to)


def folds(data: Names, seeds: Sequence[int]) -> list[tuple[Names, Names]]:
    """For each seed its training and validation names, which share no spelling.

    A fifth of the names is held out, none of them a development name: `tuning` has chosen learning rates by these.
    """
    candidates, _ = split_names(data, VALID_FRACTION, DEVELOPMENT)
    spellings = np.array([spelling(name) for name in data.names])
    pairs = []
    for seed in seeds:
        _, valid = split_names(candidates, VALID_FRACTION / (1 - VALID_FRACTION), seed)
        held_out = np.isin(spellings, [spelling(name) for name in valid.names])
        pairs.append((data[~held_out], valid))
    return pairs


def run_ladder(
    data: Names,
    seeds: Sequence[int] = (0, 1, 2, 3, 4),
    hidden_size: int = 128,
    epochs: int = 4,
    batch_size: int = 64,
    workers: int = 2,
    progress: Progress | None = None,
) -> tuple[dict, dict[str, Networks]]:
    """Train every rung once a seed and measure it on unseen names; a seed changes split and first weights together.

    Every rung reads the same names in the same batches, each with its own learning rate.

    -> the results, ready for JSON, and {rung: its trained networks, one a seed}.

    results: {"settings", "rungs", "path"}. A rung is a dict: name, variant, learning_rate, parameters
    (of one network), seconds (of one core, all seeds together), compared_to; `accuracy` and `balanced_accuracy`, each
    {"values" (one a seed), "mean", "low", "high", "n"}; `difference`, the same for the accuracy that the
    rung has more than the rung `compared_to`, in pairs (None for the first). Intervals are those of `compare`. `path`:
    for each rung of PATH after the first {"name", "compared_to", "difference"} to the rung before it, which together
    make the gap.
    Raises ValueError for fewer than two seeds.
    """
    if len(set(seeds)) < len(seeds) or len(seeds) < 2:
        raise ValueError(f"seeds={list(seeds)}: give at least two seeds, all different, or there are no intervals")
    ladder = rungs(len(data.languages), hidden_size)
    trials = [(rung.variant, rung.learning_rate) for rung in ladder]
    trained = train_all(trials, folds(data, seeds), seeds, epochs, batch_size, workers, progress)
    result = {
        "settings": {
            "seeds": list(seeds), "hidden_size": hidden_size, "epochs": epochs, "batch_size": batch_size,
            "valid_fraction": VALID_FRACTION, "confidence": CONFIDENCE, "test_to_train": TEST_TO_TRAIN,
        },
        "rungs": [
            {
                "name": rung.name, "compared_to": rung.compared_to, "variant": asdict(rung.variant),
                "parameters": rung.variant.parameters(len(ALPHABET), len(data.languages)),
                "learning_rate": rung.learning_rate,
            } | scores
            for rung, (scores, _) in zip(ladder, trained, strict=True)
        ],
    }  # fmt: skip
    for rung in result["rungs"]:
        rung["difference"] = rung["compared_to"] and compare(result, rung["name"], rung["compared_to"])
    result["path"] = [
        {"name": name, "compared_to": before, "difference": compare(result, name, before)}
        for before, name in pairwise(PATH)
    ]
    return result, {rung.name: networks for rung, (_, networks) in zip(ladder, trained, strict=True)}


def compare(ladder: dict, name: str, other: str) -> dict:
    """What accuracy rung `name` has more than rung `other` in a result of `run_ladder`, in pairs by seed.

    -> {"values", "mean", "low", "high", "n"}: a 95 % t-interval that allows for the names which random splits share,
    see `mean_interval`.
    """
    values = {rung["name"]: rung["accuracy"]["values"] for rung in ladder["rungs"]}
    differences = np.subtract(values[name], values[other]).tolist()
    return {"values": differences} | asdict(paired_difference(values[name], values[other], test_to_train=TEST_TO_TRAIN))


def train_all(
    trials: Sequence[tuple[Variant, float]], splits: Sequence[tuple[Names, Names]], seeds: Sequence[int],
    epochs: int, batch_size: int, workers: int, progress: Progress | None,
) -> list[tuple[dict, Networks]]:  # fmt: skip
    """Train each variant at its learning rate, one network a split, side by side -> scores and networks, in order."""
    batch_size = min(batch_size, *(len(train) for train, _ in splits))  # a small folder of names fills no larger one
    seen, unseen = (StackedNames.of(names) for names in zip(*splits, strict=True))
    languages = len(splits[0][0].languages)
    jobs = [(variant, rate, seen, unseen, languages, seeds, epochs, batch_size) for variant, rate in trials]
    costs = [variant.parameters(len(ALPHABET), languages) + 40_000 for variant, _ in trials]
    return run_jobs(train_and_score, jobs, costs, [variant.name for variant, _ in trials], workers, progress)


def train_and_score(
    variant: Variant, learning_rate: float, seen: StackedNames, unseen: StackedNames, languages: int,
    seeds: Sequence[int], epochs: int, batch_size: int,
) -> tuple[dict, Networks]:  # fmt: skip
    """Train one network a seed on the seen names and measure it on the unseen.

    -> {"values" (one a seed), "mean", "low", "high", "n"} a metric, and seconds; the networks.
    """
    start = time.process_time()
    networks = Networks(variant, seeds, len(ALPHABET), languages)
    train(networks, seen.batches(batch_size, epochs, seeds[0]), seen.steps(batch_size, epochs), learning_rate)
    seconds = time.process_time() - start
    answers = zip(unseen.labels, predict(networks, unseen), strict=True)
    scores = [score(labels[: len(predicted)].numpy(), predicted.numpy()) for labels, predicted in answers]
    measured = {metric: [one[metric] for one in scores] for metric in METRICS}
    summary = {
        metric: {"values": values} | asdict(mean_interval(values, test_to_train=TEST_TO_TRAIN))
        for metric, values in measured.items()
    }
    return {"seconds": seconds} | summary, networks
