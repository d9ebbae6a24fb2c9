"""The joint answer of the experiments: the effects that it is based on, the claims, and their verdicts.

`results` is {experiment: result of its `run`}, either from this run or from the recorded study.
"""

from dataclasses import asdict, dataclass

from notebooks.why_lstm.folds import TEST_TO_TRAIN
from notebooks.why_lstm.statistics import mean_interval, share_interval

SMALL = 4  # epochs of the small budget if it was tried, otherwise the smallest
CUE_LENGTH = 20  # of the cue task, likewise
WITHIN = 2.0  # percentage points within which two networks count as close


@dataclass(frozen=True)
class Claim:
    """A statement about one effect: that it lies above or below `limit`."""

    name: str  # also the key of its sentence
    effect: str  # a key of `effects`
    figure: str  # id of the evidence
    above: bool = True
    limit: float = 0.0


CLAIMS = (
    Claim("pairs_beat_letters", "pairs", "fig-ceilings"),
    Claim("tanh_beats_linear", "tanh_linear_large", "fig-key"),
    Claim("tanh_comes_close", "lstm_tanh_large", "fig-key", above=False, limit=WITHIN / 100),
    Claim("gate_is_faster", "gate_tanh_small", "fig-carry-and-gate"),
    Claim("carry_alone_helps", "carry_tanh_small", "fig-carry-and-gate"),
    Claim("carry_behind_gate", "carry_gate_gate_small", "fig-carry-and-gate"),
    Claim("lstm_beats_original", "original_lstm_linear", "fig-rates"),
    Claim("memory_needs_both", "cue_both", "fig-cue-task"),
)


def budgets_of(budgets: dict) -> tuple[int, int]:
    """The small and the large budget, in epochs, at which all networks of the two-by-two experiment were trained."""
    tried = sorted(int(epochs) for epochs in budgets["scores"]["carry_gate"])
    return (SMALL if SMALL in tried else tried[0]), tried[-1]


def cue_length(cue: dict) -> int:
    """The length for which the cue task is reported."""
    tried = cue["settings"]["lengths"]
    return CUE_LENGTH if CUE_LENGTH in tried else tried[0]


def effects(results: dict) -> dict[str, dict]:
    """Every effect that the answer mentions: {"mean", "low", "high", ...}, shares and differences of shares."""
    names = "budgets", "ceilings", "original_recipe", "cue_task"
    budgets, ceilings, original, cue = (results[name] for name in names)
    sizes = dict(zip(("small", "large"), budgets_of(budgets), strict=True))
    linear = max(budgets["scores"]["linear"].values(), key=lambda one: one["unseen"]["mean"])["unseen"]
    found = {
        "letters": ceilings["models"]["letters"]["accuracy"],
        "pairs": ceilings["gains"]["pairs"],
        "linear": linear,
    }
    for one in budgets["differences"]:
        pair = f"{one['network']}_{one['other']}"
        found |= {f"{pair}_{size}": one["accuracy"] for size in sizes if one["epochs"] == sizes[size]}
        if one["network"] in ("lstm_98k", "lstm_two_layers"):  # at their own largest budget
            found[pair] = one["accuracy"]
    for one in original["differences"]:
        if not one["clipped"]:
            found[f"original_{one['network']}_{one['other']}"] = one["accuracy"]
    shares = {key: mastered(cue, key, cue_length(cue)) for key in cue["networks"]}
    found |= {f"cue_{key}": share for key, share in shares.items()}
    alone = max(("carry", "gate"), key=lambda key: shares[key]["mean"])
    wide = share_difference(shares["carry_gate"], shares[alone], len(CLAIMS))
    found["cue_both"] = share_difference(shares["carry_gate"], shares[alone]) | {"wide": wide}
    return found


def share_difference(one: dict, other: dict, claims: int = 1) -> dict:
    """The difference of two shares, {"mean", "low", "high"}: the widest interval that their two intervals allow."""
    first, second = (share_interval(round(share["mean"] * share["n"]), share["n"], claims) for share in (one, other))
    return {"mean": first.mean - second.mean, "low": first.low - second.high, "high": first.high - second.low}


def mastered(cue: dict, key: str, length: int) -> dict:
    """The share of a network's runs that master the cue task at this length, with its interval."""
    return next(row for row in cue["networks"][key]["lengths"] if row["length"] == length)["mastered"]


def verdict(effect: dict, above: bool = True, limit: float = 0.0) -> str:
    """`supported` or `opposite` if the whole interval lies on one side of the limit, otherwise `cannot_tell`.

    An interval without width tells nothing: all seeds agree to the last digit only where there are very few surnames.
    """
    if effect["low"] == effect["high"]:
        return "cannot_tell"
    if effect["low"] > limit:
        return "supported" if above else "opposite"
    if effect["high"] < limit:
        return "opposite" if above else "supported"
    return "cannot_tell"


def judged(found: dict[str, dict]) -> dict[str, dict]:
    """{claim's name: {"effect", "verdict", "figure", "stands"}}.

    `stands`: the verdict is the same with Bonferroni-corrected intervals, which hold jointly for all claims.
    """
    rows = {}
    for claim in CLAIMS:
        effect = found[claim.effect]
        wide = effect.get("wide") or asdict(mean_interval(effect["values"], TEST_TO_TRAIN, len(CLAIMS)))
        decided = verdict(effect, claim.above, claim.limit)
        rows[claim.name] = {
            "effect": effect,
            "verdict": decided,
            "figure": claim.figure,
            "stands": decided != "cannot_tell" and decided == verdict(wide, claim.above, claim.limit),
        }
    return rows


def agreement(own: dict, recorded: dict) -> list[bool]:
    """For each network and budget that both measured on surnames: whether the two accuracy intervals overlap."""
    measured = recorded["budgets"]["scores"] if "budgets" in recorded else {}
    pairs = [
        (one["unseen"], measured[key][epochs]["unseen"])
        for key, budgets in own["budgets"]["scores"].items()
        for epochs, one in budgets.items()
        if epochs in measured.get(key, {})
    ]
    return [mine["low"] <= theirs["high"] and theirs["low"] <= mine["high"] for mine, theirs in pairs]
