"""The claims of chapter 4, judged by what was measured: verdicts and sentences follow the numbers."""

import math
from collections.abc import Sequence
from functools import partial

from scipy import stats

from namelib.experiments.claim_texts import CLAIMS, Claim
from namelib.experiments.intervals import CONFIDENCE
from namelib.experiments.tables import minus

VERDICTS = {
    "supported": {"zh": "支持", "en": "supported"},
    "not supported": {"zh": "不支持", "en": "not supported"},
    "opposite": {"zh": "相反", "en": "opposite"},
}
UNITS = {
    "points": {"zh": " 个百分点", "en": " points"},
    "nat/letter": {"zh": " nat/字母", "en": " nat a letter"},
    "doublings": {"zh": " 倍", "en": " times"},  # shown as a factor
    "logit": {"zh": " logit", "en": " logits"},
    "": {"zh": "", "en": ""},
}
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def verdict(effect: dict, sign: int = 1, threshold: float = 0.0) -> str:
    """`supported` or `opposite` when the whole interval lies on that side of the threshold, else `not supported`.

    `effect` has `low` and `high`; the claim is that it lies above the threshold for sign 1, below it for sign -1.
    """
    beyond = [sign * (effect[bound] - threshold) for bound in ("low", "high")]
    if min(beyond) > 0:
        return "supported"
    return "opposite" if max(beyond) < 0 else "not supported"


def jointly(effect: dict, claims: int) -> dict:
    """The effect with the interval widened so that those of so many claims hold all at once: Bonferroni's correction.

    By the ratio of Student's quantiles for the `n` values of the effect; of many names that is the normal's.
    """
    wide, alone = (stats.t.ppf(1 - (1 - CONFIDENCE) / (2 * m), effect["n"] - 1) for m in (claims, 1))
    mean = effect["mean"]
    return effect | {bound: mean + (effect[bound] - mean) * float(wide / alone) for bound in ("low", "high")}


def claims_table(results: dict, claims: Sequence[Claim] = CLAIMS) -> list[dict]:
    """One row a claim, ready for a table and for JSON.

    `results["ladder"]`: rungs, each with `name` and `difference` (to the rung it is compared to; fractions).
    `results["effects"]`: one effect a claim id. A difference or effect is {"mean", "low", "high", "n", "unit"}; units
    are those of UNITS.
    A row: `id`, `figure`, `effect` (the numbers, in points where they were fractions), `verdict`, `joint` (whether the
    verdict stands with the interval of `jointly`, too), and as {"zh", "en"} `claim`, `experiment`, `measured` (the
    effect as text), `verdict_text`, `finding` (a sentence).
    Raises ValueError for a claim whose measurement the results lack.
    """
    return [_row(claim, _effect(claim, results), len(claims)) for claim in claims]


def _effect(claim: Claim, results: dict) -> dict:
    if claim.rung is None:
        if claim.id not in results["effects"]:
            raise ValueError(f"results['effects']: no {claim.id!r}; put the effect that this claim rests on there")
        effect = results["effects"][claim.id]
        if effect["unit"] not in UNITS:
            raise ValueError(f"results['effects'][{claim.id!r}]: unit {effect['unit']!r} is none of {list(UNITS)}")
        return effect
    rungs = {rung["name"]: rung["difference"] for rung in results["ladder"]}
    if not rungs.get(claim.rung):
        raise ValueError(
            f"results['ladder']: no rung {claim.rung!r} with a difference, which claim {claim.id!r} rests on"
        )
    difference = rungs[claim.rung]
    return {**difference, **{key: 100 * difference[key] for key in ("mean", "low", "high")}, "unit": "points"}


def _row(claim: Claim, effect: dict, claims: int) -> dict:
    found = verdict(effect, claim.sign, claim.threshold)
    joint = found != "not supported" and found == verdict(jointly(effect, claims), claim.sign, claim.threshold)
    shown = times if effect["unit"] == "doublings" else partial(signed, places=decimals(effect))
    mean, low, high = (shown(effect[key]) for key in ("mean", "low", "high"))
    size = shown(abs(effect["mean"])).lstrip("+")
    interval = f" [{low}, {high}]" if effect["low"] != effect["high"] else ""
    units = UNITS[effect["unit"]]
    return {
        "id": claim.id, "figure": claim.figure, "effect": effect, "verdict": found, "joint": joint,
        "verdict_text": VERDICTS[found], "claim": claim.claim, "experiment": claim.experiment,
        "measured": {language: f"{mean}{interval}{unit}" for language, unit in units.items()},
        "finding": {
            language: claim.findings[found][language].format(mean=f"{mean}{unit}", size=f"{size}{unit}")
            for language, unit in units.items()
        },
    }  # fmt: skip


def decimals(effect: dict) -> int:
    """As many as show half the interval's width to one digit, to two where it begins with 1, 2 or 3; one at least."""
    half = abs(effect["high"] - effect["low"]) / 2 or abs(effect["mean"])
    return max(1, -math.floor(math.log10(half / 3.5))) if half else 1


def times(doublings: float) -> str:
    """How many times as much so many doublings come to, to three digits: 1.5 is 2.83, −1 is 0.5."""
    return f"{2**doublings:.3g}" if doublings < 9.9 else f"{2**doublings:.0f}"


def signed(value: float, places: int) -> str:
    """+4.9, −0.053, −3.2×10⁻¹⁴: a proper minus, and a power of ten where more than five zeros would come first.

    What rounds to zero keeps its sign, −0.0: an interval shows on which side of zero it ends.
    """
    if places <= 5 or abs(value) >= 1e-5:
        return minus(f"{value:+.{places}f}")
    mantissa, exponent = f"{value:+.1e}".split("e")
    return f"{minus(mantissa)}×10{str(int(exponent)).translate(SUPERSCRIPTS)}"
