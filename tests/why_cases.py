"""Small results of every experiment of chapter 4, in its `run`'s shape, from known numbers.

A `sign` says how the claims of chapter 4 come out: +1 supported, -1 opposite, 0 inconclusive.
"""

from dataclasses import asdict
from itertools import pairwise, product
from zlib import crc32

import numpy as np
import pandas as pd

from notebooks.why_lstm import at_best, budgets, cue_task, gradients, original_recipe
from notebooks.why_lstm.folds import TEST_TO_TRAIN
from notebooks.why_lstm.statistics import summary, wilson_interval
from notebooks.why_lstm.sweep_table import CHOSEN

SEEDS, TRIALS = 5, 8
EPOCHS = (4, 24)  # the small and the large budget
SUPPORTED = {  # each network's accuracy at the small and at the large budget
    "linear": (0.592, 0.601),
    "tanh": (0.637, 0.694),
    "tanh_orthogonal": (0.645, 0.699),
    "half": (0.658, 0.701),
    "sum": (0.664, 0.699),
    "multiplicative": (0.678, 0.702),
    "double_gate": (0.682, 0.696),
    "gate": (0.684, 0.703),
    "carry": (0.646, 0.700),
    "carry_gate": (0.700, 0.706),
    "lstm": (0.702, 0.709),
    "gru": (0.710, 0.712),
}
OPPOSITE = {
    "linear": (0.720, 0.720),
    "tanh": (0.700, 0.700),
    "tanh_orthogonal": (0.680, 0.700),
    "half": (0.680, 0.700),
    "sum": (0.680, 0.700),
    "multiplicative": (0.680, 0.700),
    "double_gate": (0.680, 0.700),
    "gate": (0.650, 0.690),
    "carry": (0.680, 0.690),
    "carry_gate": (0.630, 0.660),
    "lstm": (0.600, 0.670),
    "gru": (0.600, 0.660),
}
SAME = dict.fromkeys(SUPPORTED, (0.65, 0.65))
ACCURACIES = {1: SUPPORTED, 0: SAME, -1: OPPOSITE}
# tanh and LSTM, each small and large, treated best
TREATED = {1: (0.703, 0.701, 0.722, 0.751), 0: 4 * (0.7,), -1: (0.703, 0.741, 0.695, 0.702)}
# of tanh and of the LSTM at the small budget
INTERACTIONS = {1: (0.008, 0.047), 0: (0.03, 0.03), -1: (0.047, 0.008)}
BOTH_AND_ALONE = {1: (TRIALS, 0), 0: (4, 3), -1: (0, TRIALS)}  # trials that master the cue task
BIASES = {1: (2, 5, TRIALS), 0: (3, 4, 5), -1: (TRIALS, 5, 2)}  # the same, by forget bias


def noise_of(sign: int) -> float:
    """The standard deviation between seeds that the verdicts of this sign need."""
    return 5e-4 if sign else 0.05


def seeds(mean: float, label: str = "", noise: float = 5e-4) -> dict:
    """A summary over seeds with that mean and deviation; different labels are independent."""
    values = np.random.default_rng(crc32(label.encode())).normal(size=SEEDS)
    return summary(mean + noise * (values - values.mean()) / values.std(ddof=1), TEST_TO_TRAIN)


def of_budgets(
    sign: int = 1, epochs: tuple[int, ...] = EPOCHS, noise: float | None = None, **accuracies
) -> dict:
    """Accuracy is linear in the budget's logarithm; `accuracies` replace some networks'."""
    noise = noise_of(sign) if noise is None else noise
    small, large = INTERACTIONS[sign]
    networks = ACCURACIES[sign] | accuracies
    scores = {key: {} for key in networks}
    for row, (key, (first, last)) in enumerate(networks.items()):
        share = 0.0 if key == "linear" else small + (large - small) * (row - 1) / 9
        for n in epochs:
            mean = first + (last - first) * np.log(n / EPOCHS[0]) / np.log(EPOCHS[1] / EPOCHS[0])
            scores[key][str(n)] = {
                "rate": 0.016,
                "tried": {"0.008": mean - 0.01, "0.016": mean},
                "unseen": seeds(mean, f"{key} {n}", noise),
                "seen": seeds(1.3 * mean - 0.1, f"{key} {n} seen", noise),
                "interaction": seeds(
                    share * (n / EPOCHS[0]) ** 0.5, f"{key} {n} share", noise / 10 * (share > 0)
                ),
            }
    settings = asdict(budgets.FULL) | {
        "epochs": epochs,
        "seeds": tuple(range(SEEDS)),
        "networks": tuple(networks),
    }
    return {
        "settings": settings,
        "networks": {key: {"parameters": 27_156} for key in networks},
        "scores": scores,
    }


def only(result: dict, networks: tuple[str, ...]) -> dict:
    """A result without the other networks."""
    return {
        part: {key: of_all[key] for key in of_all if key in networks}
        if part in ("networks", "scores")
        else of_all
        for part, of_all in result.items()
    }


def of_ceilings(sign: int = 1, noise: float | None = None) -> dict:
    noise = noise_of(sign) if noise is None else noise
    letters = ACCURACIES[sign]["linear"][1] - {1: 0.005, 0: 0.0, -1: 0.1}[sign]
    pairs = letters + 0.06 * sign
    means = {"letters": letters, "pairs": pairs, "triples": pairs + 0.03, "bag": pairs + 0.05}
    models = {name: {"accuracy": seeds(mean, name, noise)} for name, mean in means.items()}
    values = {name: model["accuracy"]["values"] for name, model in models.items()}
    gains = {
        name: summary(np.subtract(values[name], values[before]), TEST_TO_TRAIN)
        for before, name in pairwise(models)
    }
    return {"settings": {"seeds": tuple(range(SEEDS))}, "models": models, "gains": gains}


def of_at_best(sign: int = 1, noise: float | None = None) -> dict:
    """Best of all: regularised, trained for longest; the LSTM with dropout."""
    noise, rows = noise_of(sign) if noise is None else noise, []
    means = dict(zip(product(("tanh", "lstm"), at_best.SIZES), TREATED[sign], strict=True))
    for (key, size), name, epochs in product(means, at_best.REGULARISERS, at_best.FULL.epochs):
        best = name == ("dropout" if key == "lstm" else "regularised")
        mean = means[key, size] - 0.02 * (not best) - 0.01 * (epochs != at_best.FULL.epochs[-1])
        rows.append(
            {
                "network": key,
                "size": size,
                "regularisers": name,
                "epochs": epochs,
                "parameters": 27_156 if size == "small" else 97_554,
                "rate": 0.016,
                "tried": {"0.016": mean},
                "unseen": seeds(mean, f"{key} {size} {name} {epochs}", noise),
                "seen": seeds(0.9),
            }
        )
    return {"settings": asdict(at_best.FULL), "rows": rows}


def of_original_recipe(sign: int = 1, noise: float | None = None) -> dict:
    """Every network is best at its middle rate and loses 2 points a step away."""
    noise, networks = noise_of(sign) if noise is None else noise, {}
    for key, sides in original_recipe.TRIED_RATES.items():
        networks[key] = {}
        for side, rates in zip(original_recipe.SIDES, sides, strict=True):
            best = rates[1]
            if key == "lstm":
                rates = sorted({*rates, networks["tanh"][side]["best"]})
            records = []
            for k, rate in enumerate(rates):
                mean = (
                    ACCURACIES[sign][key][0] - 0.1 - 0.02 * abs(np.log2(rate / best)) * (sign != 0)
                )
                if sign == 1 and key == "lstm" and rate == networks["tanh"][side]["best"]:
                    mean = ACCURACIES[1]["tanh"][0] - 0.08
                records.append(
                    {
                        "learning_rate": rate,
                        "accuracy": seeds(
                            mean + 0.02 * (side == "clipped"), f"{key} {side} {rate}", noise
                        ),
                        "choosing": mean,
                        "exploded": seeds(0.02 + 0.1 * k),
                        "norms": {"0.99": 8.0 + k},
                        "diverged": asdict(
                            wilson_interval(k if rate > best and side == "unclipped" else 0, SEEDS)
                        ),
                    }
                )
            networks[key][side] = {"best": best, "rates": records}
    return {"settings": asdict(original_recipe.FULL), "networks": networks}


def of_cue_task(
    sign: int = 1, lengths: tuple[int, ...] = (10, 20, 50, 100), biases: tuple = ()
) -> dict:
    """How many of TRIALS master it: with both, one, each forget bias; fewer when it is longer."""
    both, alone = BOTH_AND_ALONE[sign]
    tanh, orthogonal = {1: (0, TRIALS), 0: (3, 4), -1: (TRIALS, 0)}[sign]
    hits = {
        "tanh": tanh,
        "tanh_orthogonal": orthogonal,
        "carry": alone,
        "gate": alone,
        "carry_gate": both,
    }
    hits |= {
        f"lstm_bias_{bias}": successes
        for bias, successes in zip((0, 1, 3), biases or BIASES[sign], strict=True)
    }
    assert tuple(hits) == cue_task.FULL.networks

    def row(length: int, successes: int) -> dict:
        successes = min(TRIALS, successes + 4) if length == 10 else max(0, successes - length // 60)
        mastered = asdict(wilson_interval(successes, TRIALS))
        return {
            "length": length,
            "rate": 0.01,
            "mastered": mastered,
            "runs": [{"mastered_at": successes or None}],
        }

    networks = {
        key: {"lengths": [row(length, successes) for length in lengths]}
        for key, successes in hits.items()
    }
    settings = asdict(cue_task.FULL) | {"lengths": lengths, "parameters": cue_task.PARAMETERS}
    return {"settings": settings, "networks": networks}


def of_gradients(longest: int = 40) -> dict:
    """Each curve falls by a constant factor a letter: exp(slope), which is SLOPES's."""
    k, networks = np.arange(longest), {}
    for key in gradients.KEYS:
        networks[key] = {"rate": 0.016}
        for stage in gradients.STAGES:
            slope = SLOPES[stage][key]
            curve = {"k": k.tolist(), "mean": np.exp(slope * k).tolist(), "slope": seeds(slope)}
            curve |= {
                end: np.exp((slope + width) * k).tolist()
                for end, width in (("low", -0.03), ("high", 0.03))
            }
            theory = (
                {"mean_forget_gate": seeds(0.62)}
                if key == "lstm"
                else {"spectral_radius": seeds(0.9)}
            )
            if key == "linear":
                theory["state"] = {"k": curve["k"], "mean": curve["mean"]}
            networks[key][stage] = {"strings": {"state": curve, "loss": curve}, "theory": theory}
    settings = asdict(gradients.FULL) | {"seeds": tuple(range(SEEDS)), "string_length": longest}
    return {"settings": settings, "networks": networks}


SLOPES = {
    "initial": {"linear": -0.71, "tanh": -0.73, "tanh_orthogonal": -0.05, "lstm": -0.53},
    "quarter": {"linear": -0.20, "tanh": -0.40, "tanh_orthogonal": -0.15, "lstm": -0.10},
    "trained": {"linear": -0.15, "tanh": -0.25, "tanh_orthogonal": -0.20, "lstm": 0.05},
}


def of_letter_pairs(sign: int = 1, epochs: tuple[int, ...] = EPOCHS) -> dict:
    three = {"linear": 0.0, "tanh": 0.08, "lstm": 0.2}
    example = {
        "names": ["Kira", "Lira", "Kara", "Lara"],
        "answers": 4 * ["Japanese"],
        "language": "Japanese",
        "scores": {
            "linear": [1.0, 2.0, 3.0, 4.0],
            "tanh": [1.0, 2.0, 2.0, 4.0],
            "lstm": [-2.6, -0.7, 0.5, 8.5],
        },
        "interaction": {"linear": seeds(0), "tanh": seeds(1), "lstm": seeds(5)},
    }
    lengths = [
        {
            "label": label,
            "accuracy": {key: seeds(0.6 + gain, label + key, 0.01) for key, gain in three.items()},
        }
        for label in ("≤3", "4", "5", "≥6")
    ]
    pairs = [
        {
            "languages": ["Dutch", other],
            "confused": {key: seeds(30 - 50 * gain) for key, gain in three.items()},
        }
        for other in ("German", "a|b")
    ]
    slopes = {str(n): seeds(0.01 * sign, f"slope {n}", noise_of(sign)) for n in epochs}
    gains = {"by_length": lengths, "language_pairs": pairs}
    return {"epochs": max(epochs), "example": example, "gains": gains, "slopes": slopes}


def results(sign: int = 1, noise: float | None = None, **parts: dict) -> dict:
    """{experiment: its result} of a study at full depth; `parts` replace whole ones.

    Every claim of chapter 4 is supported (sign +1), inconclusive (0) or the opposite (-1). More
    `noise` makes intervals as wide as real ones, for looking at figures.
    """
    return {
        "ceilings": of_ceilings(sign, noise),
        "budgets": of_budgets(sign, noise=noise),
        "at_best": of_at_best(sign, noise),
        "original_recipe": of_original_recipe(sign, noise),
        "cue_task": of_cue_task(sign),
        "gradients": of_gradients(),
        "letter_pairs": of_letter_pairs(sign),
    } | parts


def results_of_this_run(sign: int = 1, depth: str = "default") -> dict:
    """What a run of a small depth has: one budget, few networks, nothing of `make study` alone."""
    own, cue = budgets.DEPTHS[depth], cue_task.DEPTHS[depth]
    return {
        "ceilings": of_ceilings(sign),
        "budgets": only(of_budgets(sign, own.epochs), own.networks),
        "cue_task": only(of_cue_task(sign, cue.lengths), cue.networks),
        "gradients": of_gradients(gradients.DEPTHS[depth].string_length),
        "letter_pairs": of_letter_pairs(sign, own.epochs),
    }


def run(original: float, mini_batch: float) -> dict:
    """What chapter 4 reads of a run of chapters 1 to 3."""
    accuracies = {"original": original, "mini_batch": mini_batch}
    metrics = {
        recipe: dict.fromkeys(("accuracy", "balanced_accuracy", "macro_f1"), share)
        for recipe, share in accuracies.items()
    }
    return {"metrics": metrics, "history": {recipe: {"seconds": 12.34} for recipe in accuracies}}


RUN_RESULTS = {"RNN": run(0.53, 0.60), "LSTM": run(0.71, 0.74), "MyLSTM": run(0.65, 0.72)}


def sweep(
    best: tuple[int, float] = (128, 0.01),
    seeds: int = 3,
    diverged: tuple = (),
    network: str = "RNN",
):
    """A table of one network around its choice; `best` leads by 5 points, others trail by 10."""
    size, rate = CHOSEN[network]
    cells = product((size // 2, size, 2 * size), (rate / 2, rate, 2 * rate))
    rows = [
        {
            "network": network,
            "recipe": "original",
            "hidden_size": cell[0],
            "learning_rate": cell[1],
            "seed": seed,
            "balanced_accuracy": np.nan
            if (*cell, seed) in diverged
            else (
                {(size, rate): 0.70, best: 0.75}.get(cell, 0.60)
                + 0.001 * seed * (1 + cell[0] / size)
            ),
            "status": "diverged" if (*cell, seed) in diverged else "ok",
            "valid_fraction": 0.2,
        }
        for cell in cells
        for seed in range(seeds)
    ]
    return pd.DataFrame(rows)
