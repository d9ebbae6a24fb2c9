"""The joint answer of the experiments: the claims, their verdicts, and the sentences that say them.

A claim whose effect was not measured is left out.
"""

from dataclasses import asdict, dataclass

from notebooks.display import Paragraph
from notebooks.why_lstm.effects import Effects, share_difference
from notebooks.why_lstm.folds import TEST_TO_TRAIN
from notebooks.why_lstm.statistics import mean_interval


@dataclass(frozen=True)
class Claim:
    """A statement about one effect: it is above zero or, with `within`, not farther from it."""

    name: str  # also the key of its sentences in text/claims.<language>.md
    effect: str  # a key of `effects`
    figure: str  # id of the evidence
    topic: str  # the paragraph of the conclusion, or the section, that has its sentence
    within: float = 0.0


CLAIMS = (
    Claim("linear_is_additive", "linear_letters", "fig-ceilings", "letters", within=0.02),
    Claim("pairs_beat_letters", "pairs", "fig-ceilings", "letters"),
    Claim("tanh_beats_linear", "tanh_linear", "fig-key", "budget"),
    Claim("lstm_leads_early", "lead_small", "fig-key", "budget"),
    Claim("lead_shrinks", "shrinkage", "fig-key", "budget"),
    Claim("lstm_leads_at_best_budgets", "lead_best", "fig-key", "budget"),
    Claim("damping_helps", "half_tanh_small", "fig-steps", "gate"),
    Claim("gate_multiplies", "gate_half_small", "fig-steps", "gate"),
    Claim("gate_multiplies_late", "gate_half_large", "fig-steps", "gate"),
    Claim("lstm_beats_half_late", "lstm_half_large", "fig-steps", "gate"),
    Claim("product_beats_sum", "gate_sum_small", "fig-steps", "gate_parts"),
    Claim("multiplying_helps_without_gate", "multiplicative_tanh_small", "fig-steps", "gate_parts"),
    Claim("damping_helps_a_product", "gate_double_gate_small", "fig-steps", "gate_parts"),
    Claim("lstm_combines_more", "interaction_small", "fig-steps", "interaction"),
    Claim("carry_helps_alone", "carry_tanh_small", "fig-steps", "gate_parts"),
    Claim("carry_helps_behind_gate", "carry_gate_gate_small", "fig-steps", "gate_parts"),
    Claim("rest_adds_nothing", "lstm_carry_gate_small", "fig-steps", "gate_parts", within=0.01),
    Claim("lstm_leads_at_best", "lead_treated", "tbl-at-best", "lasting"),
    Claim("lstm_uses_width_better", "width", "tbl-at-best", "width"),
    Claim("lstm_leads_original", "original_lstm_tanh", "fig-rates", "original"),
    Claim("lstm_leads_at_tanh_rate", "original_same_rate", "fig-rates", "original"),
    Claim("damping_helps_original", "original_half_tanh", "fig-rates", "original_parts"),
    Claim("gate_multiplies_original", "original_gate_half", "fig-rates", "original_parts"),
    Claim(
        "multiplying_helps_original", "original_multiplicative_tanh", "fig-rates", "original_parts"
    ),
    Claim("both_parts_remember_more", "cue_both", "fig-cue-task", "gradient"),
    Claim("orthogonal_start_remembers_more", "cue_orthogonal", "fig-cue-task", "gradient"),
    Claim("kept_state_beats_default_bias", "cue_kept", "fig-cue-task", "gradient"),
    Claim("lead_grows_with_length", "slope_small", "fig-lengths", "gradient"),
    Claim("orthogonal_start_helps", "tanh_orthogonal_tanh_small", "fig-steps", "gradient"),
)
CONCLUSION = {  # its paragraphs, and the claim that is a paragraph's headline
    "letters": "pairs_beat_letters",
    "budget": "lead_shrinks",
    "gate": "gate_multiplies",
    "lasting": "lstm_leads_at_best",
    "original": "lstm_leads_original",
    "gradient": "orthogonal_start_helps",
}


def verdict(effect: dict, within: float = 0.0) -> str:
    """`supported`, `opposite` or `inconclusive`, by the whole interval.

    That an effect is above zero: supported if its interval is, opposite if it is below. That an
    effect is within a distance of zero: supported if its interval is, opposite if it is outside on
    either side.
    """
    low, high = effect["low"], effect["high"]
    if within:
        inside, outside = -within < low and high < within, high < -within or low > within
    else:
        inside, outside = low > 0, high < 0
    return "supported" if inside else "opposite" if outside else "inconclusive"


def claims_of(effects: Effects) -> dict[str, dict]:
    """The claims that were measured, but for those on which all seeds agree to the last digit.

    These are too few surnames for an interval.

    -> {claim's name: {"effect", "verdict", "figure", "topic", "within", "stands"}}. `stands`: the
    verdict is the same with intervals that hold jointly for all claims.
    """
    rows = {}
    for claim in CLAIMS:
        effect = effects.get(claim.effect)
        if effect and effect["low"] < effect["high"]:
            decided = verdict(effect, claim.within)
            jointly = verdict(joint_interval(effect), claim.within)
            rows[claim.name] = {
                "effect": effect,
                "verdict": decided,
                "figure": claim.figure,
                "topic": claim.topic,
                "within": claim.within,
                "stands": decided != "inconclusive" and decided == jointly,
            }
    return rows


def joint_interval(effect: dict) -> dict:
    """The effect's interval at a level at which those of all claims hold together (Bonferroni)."""
    if "shares" in effect:
        return share_difference(*effect["shares"], claims=len(CLAIMS))
    ratio = effect.get("test_to_train", TEST_TO_TRAIN)
    return asdict(mean_interval(effect["values"], ratio, len(CLAIMS)))


WAY = (  # the recorded steps: network, size, regularisers
    ("tanh", "small", "none"),
    ("lstm", "small", "none"),
    ("lstm", "large", "none"),
    ("lstm", "large", "dropout"),
)


def way_to_lstm(runs: dict[str, dict], at_best: dict | None) -> list[dict]:
    """From chapter 1's RNN to chapter 2's LSTM, [{"step", "accuracy", "recorded"}], a change a row.

    The ends are of this run, what lies between of the recorded experiment `at_best`, at its
    smallest number of epochs.
    """
    here = [
        ("rnn_original", "RNN", "original"),
        ("rnn", "RNN", "mini_batch"),
        ("lstm", "LSTM", "mini_batch"),
    ]
    rows = [
        {"step": step, "accuracy": runs[name]["metrics"][recipe]["accuracy"], "recorded": False}
        for step, name, recipe in here
    ]
    if at_best:
        epochs = min(row["epochs"] for row in at_best["rows"])
        measured = {
            (row["network"], row["size"], row["regularisers"]): row["unseen"]["mean"]
            for row in at_best["rows"]
            if row["epochs"] == epochs
        }
        rows[2:2] = [
            {"step": "_".join(key), "accuracy": measured[key], "recorded": True} for key in WAY
        ]
    return rows


SPOKEN = (
    "pairs_beat_letters",
    "damping_helps",
    "gate_multiplies",
    "lstm_beats_half_late",
    "lstm_leads_at_best",
    "orthogonal_start_helps",
)


def spoken(claims: dict[str, dict]) -> list[Paragraph]:
    """The answer as somebody would say it: one sentence a claim, chosen by its verdict."""
    chosen = {f"spoken_{name}": claims[name] for name in SPOKEN if name in claims}
    return [Paragraph("", sentences(chosen), [])]


def evidence(claims: dict[str, dict], topic: str) -> list[Paragraph]:
    """What a section's claims say of its experiment."""
    own = of_topic(claims, topic)
    return [Paragraph("", sentences(own), [])] if own else []


def conclusion(claims: dict[str, dict]) -> list[Paragraph]:
    """A paragraph a topic. A headline asserts something only where its claim is supported."""
    texts = []
    for topic, stated in CONCLUSION.items():
        if own := of_topic(claims, topic):
            asserted = claims.get(stated, {"verdict": ""})["verdict"] == "supported"
            headline = f"{topic}_{'headline' if asserted else 'neutral'}"
            figures = list(dict.fromkeys(row["figure"] for row in own.values()))
            texts.append(Paragraph(headline, sentences(own), figures))
    return texts


def of_topic(claims: dict[str, dict], topic: str) -> dict[str, dict]:
    return {name: row for name, row in claims.items() if row["topic"] == topic}


def sentences(claims: dict[str, dict]) -> list[tuple[str, dict]]:
    """Each claim's block, chosen by its verdict, and the effect that it states."""
    return [(f"{name}_{row['verdict']}", row["effect"]) for name, row in claims.items()]


def differing(claims: dict[str, dict], others: dict[str, dict]) -> list[str]:
    """The names of the claims that both have and whose verdicts differ."""
    return [
        name
        for name in claims
        if name in others and claims[name]["verdict"] != others[name]["verdict"]
    ]
