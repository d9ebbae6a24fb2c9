"""The effects that chapter 4's answer rests on: shares, and differences of shares, with intervals.

`results` is {experiment: result of its `run`}, either from this run or from a recorded study. An
effect whose experiment or networks are missing is left out.
"""

from collections.abc import Collection, Iterator
from itertools import product

import numpy as np

from notebooks.why_lstm.folds import TEST_TO_TRAIN
from notebooks.why_lstm.original_recipe import HALF_TO_TRAIN, at_best_rate
from notebooks.why_lstm.statistics import summary, wilson_interval

SMALL_BUDGET = 4  # epochs
CUE_LENGTH = 20  # of the cue task, likewise
LONG_CUE = 50  # the length at which a state has to be kept for long

Effects = dict[str, dict]  # name -> {"mean", "low", "high", "values" where it is a mean over seeds}
PAIRS = (  # differences at the small and at the large budget
    ("lstm", "tanh"),
    ("half", "tanh"),
    ("lstm", "half"),
    ("sum", "tanh"),
    ("gate", "half"),
    ("gate", "sum"),
    ("gate", "tanh"),
    ("multiplicative", "tanh"),
    ("double_gate", "tanh"),
    ("gate", "double_gate"),
    ("carry", "tanh"),
    ("carry_gate", "gate"),
    ("lstm", "carry_gate"),
    ("gru", "lstm"),
    ("tanh_orthogonal", "tanh"),
)
ORIGINAL_PAIRS = (
    ("lstm", "linear"),
    ("lstm", "tanh"),
    ("tanh", "linear"),
    ("half", "tanh"),
    ("gate", "half"),
    ("multiplicative", "tanh"),
    ("double_gate", "tanh"),
    ("carry_gate", "gate"),
    ("lstm", "carry_gate"),
)


def effects_of(results: dict) -> Effects:
    """Every effect that the answer mentions, as far as it was measured."""
    parts = {
        "ceilings": of_regressions,
        "budgets": of_budgets,
        "letter_pairs": of_lengths,
        "at_best": of_best_treatment,
        "original_recipe": of_original_recipe,
        "cue_task": of_cue_task,
    }
    measured = {}
    for name, part in parts.items():
        if name in results:
            measured |= part(results[name])
    seeds = [
        list(results[name]["settings"]["seeds"])
        for name in ("ceilings", "budgets")
        if name in results
    ]
    if "linear" in measured and len(seeds) == 2 and seeds[0] == seeds[1]:  # the same folds
        measured["linear_letters"] = difference(measured["linear"], measured["letters"])
    return measured


def difference(after: dict, before: dict, test_to_train: float = TEST_TO_TRAIN) -> dict:
    """The summary of `after` minus `before`, in pairs by seed; recorded if either of them is."""
    recorded = after.get("recorded", False) or before.get("recorded", False)
    change = summary(np.subtract(after["values"], before["values"]), test_to_train)
    return change | {"recorded": recorded, "test_to_train": test_to_train}


def of_regressions(ceilings: dict) -> Iterator[tuple[str, dict]]:
    """What single letters reach, and what adjacent pairs add."""
    yield "letters", ceilings["models"]["letters"]["accuracy"]
    yield "pairs", ceilings["gains"]["pairs"]


def small_budget(tried: Collection[int]) -> int:
    """SMALL_BUDGET if it was tried, otherwise the smallest, in epochs."""
    return SMALL_BUDGET if SMALL_BUDGET in tried else min(tried)


def budgets_of(budgets: dict) -> tuple[int, int]:
    """The small and the large budget, in epochs."""
    tried = list(map(int, budgets["scores"]["lstm"]))
    return small_budget(tried), max(tried)


def named_budgets(budgets: dict) -> dict[str, int]:
    """{"small": epochs, "large": epochs}, or only the small one where there is but one."""
    small, large = budgets_of(budgets)
    return {"small": small} | ({"large": large} if large != small else {})


def best_budget(scores: dict) -> str:
    """The budget at which a network is best on development names; untuned, the largest."""
    return max(
        scores, key=lambda epochs: (max(scores[epochs]["tried"].values(), default=0), int(epochs))
    )


def rates_tried(budgets: dict) -> list[float]:
    """The learning rates that were tried with any network at any budget, ascending."""
    cells = [cell for scores in budgets["scores"].values() for cell in scores.values()]
    return sorted({float(rate) for cell in cells for rate in cell["tried"]})


def of_budgets(budgets: dict) -> Iterator[tuple[str, dict]]:
    """Differences between networks at a small, a large, and each network's best budget."""
    scores = budgets["scores"]
    sizes = named_budgets(budgets)
    for (after, before), (size, epochs) in product(PAIRS, sizes.items()):
        if {after, before} <= scores.keys():
            name = "lead" if (after, before) == ("lstm", "tanh") else f"{after}_{before}"
            unseen = (scores[key][str(epochs)]["unseen"] for key in (after, before))
            yield f"{name}_{size}", difference(*unseen)
    lstm, tanh = (scores[key][str(sizes["small"])] for key in ("lstm", "tanh"))
    if lstm["interaction"]:
        yield "interaction_small", difference(lstm["interaction"], tanh["interaction"])
    if "large" in sizes:
        lstm_large, tanh_large = (scores[key][str(sizes["large"])] for key in ("lstm", "tanh"))
        lead = difference(lstm["unseen"], tanh["unseen"])
        late_lead = difference(lstm_large["unseen"], tanh_large["unseen"])
        yield "shrinkage", difference(lead, late_lead)
        budgets_at_best = {key: best_budget(scores[key]) for key in scores}
        best = {key: scores[key][epochs]["unseen"] for key, epochs in budgets_at_best.items()}
        yield "linear", best["linear"]
        yield "tanh_linear", difference(best["tanh"], best["linear"])
        yield "lead_best", difference(best["lstm"], best["tanh"]) | {"epochs": budgets_at_best}


def of_lengths(letter_pairs: dict) -> Iterator[tuple[str, dict]]:
    """How the LSTM's lead changes with each further letter of a name, at the small budget."""
    slopes = letter_pairs["slopes"]
    yield "slope_small", slopes[str(small_budget(list(map(int, slopes))))]


def best_row(rows: list[dict], network: str, size: str = "") -> dict:
    """The setting in which a network is best on the development names, of one size or of both."""
    own = [row for row in rows if row["network"] == network and size in ("", row["size"])]
    return max(own, key=lambda row: max(row["tried"].values()))


def of_best_treatment(at_best: dict) -> Iterator[tuple[str, dict]]:
    """The lead with each network in its best setting, and what each gains from width."""
    rows = at_best["rows"]
    lstm, tanh = (best_row(rows, key) for key in ("lstm", "tanh"))
    yield "treated_lstm", lstm["unseen"] | {"parameters": lstm["parameters"]}
    yield "treated_tanh", tanh["unseen"] | {"parameters": tanh["parameters"]}
    yield "lead_treated", difference(lstm["unseen"], tanh["unseen"])
    of_lstm, of_tanh = (
        difference(*(best_row(rows, key, size)["unseen"] for size in ("large", "small")))
        for key in ("lstm", "tanh")
    )
    yield "width_lstm", of_lstm
    yield "width_tanh", of_tanh
    yield "width", difference(of_lstm, of_tanh)


def of_original_recipe(original: dict) -> Iterator[tuple[str, dict]]:
    """Differences under the original recipe, each network at its best rate, clipped and not."""
    networks = original["networks"]
    for after, before in ORIGINAL_PAIRS:
        if {after, before} <= networks.keys():
            for suffix, side in (("", "unclipped"), ("_clipped", "clipped")):
                values = (at_best_rate(networks, key, side)["accuracy"] for key in (after, before))
                yield f"original_{after}_{before}{suffix}", difference(*values, HALF_TO_TRAIN)
    for key in networks:
        clipped, unclipped = (
            at_best_rate(networks, key, side)["accuracy"] for side in ("clipped", "unclipped")
        )
        yield f"clipping_{key}", difference(clipped, unclipped, HALF_TO_TRAIN)
    tanh = at_best_rate(networks, "tanh")
    for lstm in networks["lstm"]["unclipped"]["rates"]:
        if lstm["learning_rate"] == tanh["learning_rate"]:
            lead = difference(lstm["accuracy"], tanh["accuracy"], HALF_TO_TRAIN)
            yield "original_same_rate", lead


def cue_length(cue: dict) -> int:
    """The length for which the cue task is reported."""
    tried = cue["settings"]["lengths"]
    return CUE_LENGTH if CUE_LENGTH in tried else tried[0]


def of_cue_task(cue: dict) -> Iterator[tuple[str, dict]]:
    """The shares of trials that master the cue task, by network and length, and differences."""
    at = {
        (key, row["length"]): row["mastered"]
        for key, of_network in cue["networks"].items()
        for row in of_network["lengths"]
    }
    yield from ((f"cue_{key}_{length}", share) for (key, length), share in at.items())
    shares = {key: at[key, cue_length(cue)] for key in cue["networks"]}
    yield from ((f"cue_{key}", share) for key, share in shares.items())
    if {"carry", "gate", "carry_gate"} <= shares.keys():
        alone = max(("carry", "gate"), key=lambda key: shares[key]["mean"])
        yield "cue_both", share_difference(shares["carry_gate"], shares[alone])
    if "tanh_orthogonal" in shares:
        yield "cue_orthogonal", share_difference(shares["tanh_orthogonal"], shares["tanh"])
    if ("lstm_bias_0", LONG_CUE) in at:
        kept = at["carry_gate", LONG_CUE], at["lstm_bias_0", LONG_CUE]
        yield "cue_kept", share_difference(*kept)


def share_difference(after: dict, before: dict, claims: int = 1) -> dict:
    """The difference of two shares, as wide as the intervals of both allow; for so many `claims`.

    -> {"mean", "low", "high", "shares", "recorded"}.
    """
    first, second = (
        wilson_interval(round(share["mean"] * share["n"]), share["n"], claims)
        for share in (after, before)
    )
    return {
        "mean": first.mean - second.mean,
        "low": first.low - second.high,
        "high": first.high - second.low,
        "shares": (after, before),
        "recorded": after.get("recorded", False),
    }
