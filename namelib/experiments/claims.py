"""The claims of chapter 4, judged by what was measured: verdicts and sentences follow the numbers."""

from collections.abc import Sequence

from namelib.experiments.claim_texts import CLAIMS, Claim

LANGUAGES = ("zh", "en")
VERDICTS = {
    "supported": {"zh": "支持", "en": "supported"},
    "not supported": {"zh": "不支持", "en": "not supported"},
    "opposite": {"zh": "相反", "en": "opposite"},
}
UNITS = {
    "points": {"zh": " 个百分点", "en": " points"},
    "nat/letter": {"zh": " nat/字母", "en": " nat a letter"},
    "symbols": {"zh": " 个符号", "en": " symbols"},
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


def claims_table(results: dict, claims: Sequence[Claim] = CLAIMS) -> list[dict]:
    """One row a claim, ready for a table and for JSON.

    `results["ladder"]`: rungs, each with `name` and `difference` (to the rung it is compared to; fractions).
    `results["effects"]`: one effect a claim id. A difference or effect is {"mean", "low", "high", "n", "unit"}; units
    are those of UNITS.
    A row: `id`, `figure`, `effect` (the numbers, in points where they were fractions), `verdict`, and as {"zh", "en"}
    `claim`, `experiment`, `measured` (the effect as text), `verdict_text`, `finding` (a sentence).
    Raises ValueError for a claim whose measurement the results lack.
    """
    return [_row(claim, _effect(claim, results)) for claim in claims]


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


def _row(claim: Claim, effect: dict) -> dict:
    found = verdict(effect, claim.sign, claim.threshold)
    measured, finding = {}, {}
    for language in LANGUAGES:
        unit = UNITS[effect["unit"]][language]
        mean, low, high = (_signed(effect[key]) for key in ("mean", "low", "high"))
        interval = f" [{low}, {high}]" if low != high else ""
        measured[language] = f"{mean}{interval}{unit}"
        finding[language] = claim.findings[found][language].format(
            mean=f"{mean}{unit}", size=f"{_signed(abs(effect['mean'])).lstrip('+')}{unit}"
        )
    return {
        "id": claim.id, "figure": claim.figure, "effect": effect, "verdict": found, "verdict_text": VERDICTS[found],
        "claim": claim.claim, "experiment": claim.experiment, "measured": measured, "finding": finding,
    }  # fmt: skip


def _signed(value: float) -> str:
    """+4.9, +0.13, −3.2×10⁻¹⁴: one decimal, or two digits where that would say too little; a proper minus."""
    size = abs(value)
    if size >= 1 or size == 0:
        return f"{value:+.1f}".replace("-", "−")
    if size >= 0.01:
        return f"{value:+.2f}".replace("-", "−")
    mantissa, exponent = f"{value:+.1e}".split("e")
    return f"{mantissa.replace('-', '−')}×10{str(int(exponent)).translate(SUPERSCRIPTS)}"
