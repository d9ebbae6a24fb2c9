"""Small results of every experiment of chapter 4, in the shape that its `run` gives, from numbers that a test knows."""

from dataclasses import asdict
from itertools import pairwise, product

import numpy as np
import pandas as pd

from notebooks.why_lstm import budgets, cue_task, original_recipe
from notebooks.why_lstm.folds import TEST_TO_TRAIN
from notebooks.why_lstm.gradients import STAGES
from notebooks.why_lstm.statistics import share_interval, summary
from notebooks.why_lstm.sweep_table import CHOSEN

SEEDS, RUNS = 5, 12
NETWORKS = (*budgets.CORE, *budgets.OTHERS)
SUPPORTED = {  # each network's accuracy at the small and at the large budget: every claim holds
    "linear": (0.58, 0.60), "tanh": (0.60, 0.70), "carry": (0.62, 0.68), "gate": (0.65, 0.70),
    "carry_gate": (0.68, 0.71), "lstm": (0.69, 0.71),
}  # fmt: skip
OPPOSITE = {  # none holds
    "linear": (0.62, 0.70), "tanh": (0.65, 0.60), "carry": (0.60, 0.61), "gate": (0.62, 0.62),
    "carry_gate": (0.60, 0.63), "lstm": (0.61, 0.65),
}  # fmt: skip


def seeds(mean: float, row: int = 0, noise: float = 0.0) -> dict:
    """A summary with that mean. Without noise every pair of networks differs by nearly the same in all seeds."""
    values = (noise or 1e-9) * np.random.default_rng(row).normal(size=SEEDS)
    values += 0 if noise else np.linspace(-0.01, 0.01, SEEDS)
    return summary(mean + values - values.mean(), TEST_TO_TRAIN)


def of_budgets(accuracies: dict, epochs: tuple[int, ...] = (4, 16), noise: float = 0.0) -> dict:
    keys = [key for key in NETWORKS if key in accuracies]
    scores = {
        key: {
            str(n): {"rate": 0.016, "unseen": seeds(mean, row, noise), "seen": seeds(1.3 * mean - 0.1)}
            for n, mean in zip(epochs, accuracies[key], strict=False)
        }
        for row, key in enumerate(keys)
    }
    networks = {key: {"parameters": 97_554 if "98k" in key or "layers" in key else 27_156} for key in keys}
    found = {"settings": {"seeds": list(range(SEEDS))}, "networks": networks, "scores": scores}
    return found | {"differences": budgets.differences(scores)}


def of_ceilings(letters: float, pairs: float, noise: float = 0.0) -> dict:
    means = {"letters": letters, "pairs": pairs, "triples": pairs + 0.03, "bag": pairs + 0.05}
    models = {name: {"accuracy": seeds(mean, row, noise)} for row, (name, mean) in enumerate(means.items())}
    values = {name: model["accuracy"]["values"] for name, model in models.items()}
    gains = {
        name: summary(np.subtract(values[name], values[before]), TEST_TO_TRAIN) for before, name in pairwise(models)
    }
    return {"models": models, "gains": gains}


def of_original_recipe(accuracies: dict, best: dict, noise: float = 0.0) -> dict:
    """`best`: {network: the place of its best rate among those of RATES}; others cost 5 points a step."""
    networks = {}
    for row, (key, sides) in enumerate(original_recipe.RATES.items()):
        networks[key] = {}
        for side, rates in zip(("unclipped", "clipped"), sides, strict=True):
            place = min(best[key], len(rates) - 1)
            networks[key][side] = {
                "best": rates[place],
                "rates": [
                    {
                        "learning_rate": rate,
                        "accuracy": seeds(accuracies[key] - 0.05 * abs(k - place), row, noise),
                        "exploded": seeds(0.02 + 0.1 * k),
                        "norms": {"0.99": 8.0 + k},
                        "diverged": asdict(share_interval(k // 3, SEEDS)),
                    }
                    for k, rate in enumerate(rates)
                ],
            }
    return {"settings": {"steps": 100_000}, "networks": networks} | original_recipe.differences(networks)


def of_cue_task(both: int, alone: int, lengths: tuple[int, ...] = (10, 20), biases: tuple = (2, 6, 12)) -> dict:
    """How many of RUNS runs master it: with both, with one of them, with each forget bias; fewer when it is longer."""
    hits = {"linear": 0, "tanh": 1, "carry": alone, "gate": alone, "carry_gate": both}
    hits |= {f"lstm_bias_{bias}": found for bias, found in zip((0, 1, 3), biases, strict=True)}
    assert tuple(hits) == cue_task.Depth.networks
    rows = {
        key: [
            {"length": n, "mastered": asdict(share_interval(found, RUNS)), "runs": [{"mastered_at": found or None}]}
            for n in lengths
        ]
        for key, found in hits.items()
    }
    settings = {"lengths": lengths, "parameters": 1000, "batches": 2000}
    return {"settings": settings, "networks": {key: {"lengths": each} for key, each in rows.items()}}


def of_gradients(radius: float) -> dict:
    k, networks = np.arange(20), {}
    for key, slope in (("linear", -0.05), ("tanh", -0.4), ("lstm", 0.03)):
        curve = {"k": k.tolist(), "mean": np.exp(slope * k).tolist(), "slope": seeds(slope)}
        curve |= {end: np.exp(slope * k + width * k).tolist() for end, width in (("low", -0.01), ("high", 0.01))}
        theory = {"spectral_radius": seeds(radius), "mean_forget_gate": seeds(0.62), "state": curve}
        stage = {"strings": {"state": curve, "loss": curve}, "theory": theory}
        networks[key] = dict.fromkeys(STAGES, stage)
    return {"networks": networks}


def of_letter_pairs() -> dict:
    three = {"linear": 0.0, "tanh": 0.08, "lstm": 0.2}
    example = {
        "names": ["Kira", "Lira", "Kara", "Lara"], "language": "Japanese",
        "scores": {"linear": [1.0, 2.0, 3.0, 4.0], "tanh": [1.0, 2.0, 2.0, 4.0], "lstm": [4.0, 1.0, 1.0, 3.0]},
        "interaction": {"linear": seeds(0), "tanh": seeds(1), "lstm": seeds(5)},
    }  # fmt: skip
    lengths = [
        {"label": label, "accuracy": {key: seeds(0.6 + gain) for key, gain in three.items()}}
        for label in ("≤3", "4", "5", "≥6")
    ]
    pairs = [
        {"languages": ["Dutch", other], "confused": {key: seeds(30 - 50 * gain) for key, gain in three.items()}}
        for other in ("German", "a|b")
    ]
    share = {key: {"share": seeds(mean)} for key, mean in three.items()}
    return {"interaction": share, "example": example, "gains": {"by_length": lengths, "language_pairs": pairs}}


def results(accuracies: dict = SUPPORTED, noise: float = 0.0, radius: float = 0.9, **parts: dict) -> dict:
    """{experiment: its result}; parts replace whole ones. By default every claim holds."""
    good = accuracies is not OPPOSITE
    with_others = dict.fromkeys(budgets.OTHERS, (0.70, 0.72)) | accuracies
    return {
        "budgets": of_budgets(with_others, noise=noise),
        "ceilings": of_ceilings(0.60, 0.66 if good else 0.55, noise),
        "original_recipe": of_original_recipe(
            {key: at[0] + (0.1 if key == "linear" and not good else 0) for key, at in with_others.items()},
            dict.fromkeys(original_recipe.RATES, 1) if good else {**dict.fromkeys(original_recipe.RATES, 0), "tanh": 3},
            noise,
        ),
        "cue_task": of_cue_task(*((6, 6) if noise else (RUNS, 1) if good else (0, RUNS))),
        "gradients": of_gradients(radius),
        "letter_pairs": of_letter_pairs(),
    } | parts  # fmt: skip


def run(original: float, mini_batch: float) -> dict:
    """What chapter 4 reads of a run of chapters 1 to 3."""
    accuracies = {"original": original, "mini_batch": mini_batch}
    metrics = {
        recipe: dict.fromkeys(("accuracy", "balanced_accuracy", "macro_f1"), share)
        for recipe, share in accuracies.items()
    }
    return {"metrics": metrics, "history": {recipe: {"seconds": 12.34} for recipe in accuracies}}


RUN_RESULTS = {"RNN": run(0.53, 0.60), "LSTM": run(0.71, 0.74), "MyLSTM": run(0.65, 0.72)}


def sweep(best: tuple[int, float] = (128, 0.01), seeds: int = 3, diverged: tuple = (), network: str = "RNN"):
    """A table of one network around its choice; `best` has 5 points more, the other cells 10 to 11 less."""
    size, rate = CHOSEN[network]
    cells = product((size // 2, size, 2 * size), (rate / 2, rate, 2 * rate))
    rows = [
        {
            "network": network, "recipe": "original", "hidden_size": cell[0], "learning_rate": cell[1], "seed": seed,
            "balanced_accuracy": np.nan if (*cell, seed) in diverged else (
                {(size, rate): 0.70, best: 0.75}.get(cell, 0.60) + 0.001 * seed * (1 + cell[0] / size)
            ),
            "status": "diverged" if (*cell, seed) in diverged else "ok", "valid_fraction": 0.2,
        }
        for cell in cells for seed in range(seeds)
    ]  # fmt: skip
    return pd.DataFrame(rows)
