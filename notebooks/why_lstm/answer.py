"""The joint answer of the experiments: the effects, the claims on them, and their verdicts.

`results` is {experiment: result of its `run`}, either from this run or from a recorded study. An
effect whose experiment or networks are missing is left out, and so is every claim about it.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import chain

import numpy as np

from notebooks.display import Paragraph
from notebooks.why_lstm.folds import TEST_TO_TRAIN
from notebooks.why_lstm.original_recipe import HALF_TO_TRAIN, at_best
from notebooks.why_lstm.statistics import mean_interval, share_interval, summary

SMALL = 4  # epochs of the small budget if it was tried, otherwise the smallest
CUE_LENGTH = 20  # of the cue task, likewise

Effects = dict[str, dict]  # name -> {"mean", "low", "high", "values" where it is a mean over seeds}


@dataclass(frozen=True)
class Claim:
    """A statement about one effect: it is above zero or, with `within`, not farther from it."""

    name: str  # also the key of its sentences in text/claims.<language>.md
    effect: str  # a key of `effects`
    figure: str  # id of the evidence
    topic: str  # the paragraph of the conclusion that has its sentence
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
    Claim("multiplying_helps_without_gate", "multiplicative_tanh_small", "fig-interaction", "gate"),
    Claim("lstm_combines_more", "interaction_small", "fig-interaction", "gate"),
    Claim("carry_helps_alone", "carry_tanh_small", "fig-steps", "gate"),
    Claim("carry_helps_behind_gate", "carry_gate_gate_small", "fig-steps", "gate"),
    Claim("rest_adds_nothing", "lstm_carry_gate_small", "fig-steps", "gate", within=0.01),
    Claim("lstm_leads_at_best", "lead_treated", "tbl-at-best", "lasting"),
    Claim("lstm_uses_width_better", "width", "tbl-at-best", "lasting"),
    Claim("lstm_leads_original", "original_lstm_tanh", "fig-rates", "original"),
    Claim("lstm_leads_at_tanh_rate", "original_same_rate", "fig-rates", "original"),
    Claim("gate_multiplies_original", "original_gate_half", "fig-rates", "original"),
    Claim("memory_needs_both", "cue_both", "fig-cue-task", "gradient"),
    Claim("lead_grows_with_length", "slope_small", "fig-lengths", "gradient"),
    Claim("orthogonal_start_helps", "tanh_orthogonal_tanh_small", "fig-gradients", "gradient"),
)
TOPICS = {  # the paragraphs of the conclusion, and the claim that is a paragraph's headline
    "letters": "pairs_beat_letters",
    "budget": "lead_shrinks",
    "gate": "gate_multiplies",
    "lasting": "lstm_leads_at_best",
    "original": "lstm_leads_original",
    "gradient": "orthogonal_start_helps",
}
PAIRS = (  # differences at the small and at the large budget
    ("lstm", "tanh"),
    ("half", "tanh"),
    ("sum", "tanh"),
    ("gate", "half"),
    ("gate", "tanh"),
    ("multiplicative", "tanh"),
    ("double_gate", "tanh"),
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


def effects(results: dict) -> Effects:
    """Every effect that the answer mentions, if measured: shares and their differences."""
    parts = {
        "ceilings": of_regressions,
        "budgets": of_budgets,
        "letter_pairs": of_lengths,
        "at_best": of_best_treatment,
        "original_recipe": of_original_recipe,
        "cue_task": of_cue_task,
    }
    found = chain.from_iterable(
        part(results[name]) for name, part in parts.items() if name in results
    )
    measured = dict(found)
    seeds = [
        list(results[name]["settings"]["seeds"])
        for name in ("ceilings", "budgets")
        if name in results
    ]
    if len(seeds) == 2 and seeds[0] == seeds[1]:  # the same folds
        measured["linear_letters"] = difference(measured["linear"], measured["letters"])
    return measured


def difference(one: dict, other: dict, test_to_train: float = TEST_TO_TRAIN) -> dict:
    """The summary of one minus other, in pairs by seed."""
    return summary(np.subtract(one["values"], other["values"]), test_to_train)


def of_regressions(ceilings: dict) -> Iterator[tuple[str, dict]]:
    """What single letters reach, and what adjacent pairs add."""
    yield "letters", ceilings["models"]["letters"]["accuracy"]
    yield "pairs", ceilings["gains"]["pairs"]


def budgets_of(budgets: dict) -> tuple[int, int]:
    """The small and the large budget, in epochs."""
    tried = sorted(map(int, budgets["scores"]["lstm"]))
    return (SMALL if SMALL in tried else tried[0]), tried[-1]


def best_budget(scores: dict) -> str:
    """The budget at which a network is best on development names; untuned, the largest."""
    return max(
        scores, key=lambda epochs: (max(scores[epochs]["tried"].values(), default=0), int(epochs))
    )


def of_budgets(budgets: dict) -> Iterator[tuple[str, dict]]:
    """Differences between networks at a small, a large, and each network's best budget."""
    scores = budgets["scores"]
    sizes = dict(zip(("small", "large"), map(str, budgets_of(budgets)), strict=True))
    for (one, other), (size, epochs) in ((pair, item) for pair in PAIRS for item in sizes.items()):
        if one in scores and other in scores:
            name = "lead" if (one, other) == ("lstm", "tanh") else f"{one}_{other}"
            yield (
                f"{name}_{size}",
                difference(scores[one][epochs]["unseen"], scores[other][epochs]["unseen"]),
            )
    best = {key: scores[key][best_budget(scores[key])]["unseen"] for key in scores}
    yield "linear", best["linear"]
    yield "tanh_linear", difference(best["tanh"], best["linear"])
    small, large = ([scores[key][epochs] for key in ("lstm", "tanh")] for epochs in sizes.values())
    (lstm, tanh), (lstm_large, tanh_large) = small, large
    if lstm["interaction"]:
        yield "interaction_small", difference(lstm["interaction"], tanh["interaction"])
    if sizes["small"] != sizes["large"]:
        leads = [
            difference(one["unseen"], other["unseen"])
            for one, other in ((lstm, tanh), (lstm_large, tanh_large))
        ]
        yield "shrinkage", difference(*leads)
        yield "lead_best", difference(best["lstm"], best["tanh"])


def of_lengths(letter_pairs: dict) -> Iterator[tuple[str, dict]]:
    """How the LSTM's lead changes with each further letter of a name, at the small budget."""
    slopes = letter_pairs["slopes"]
    yield "slope_small", slopes.get(str(SMALL), slopes[min(slopes, key=int)])


def best_row(rows: list[dict], network: str, size: str = "") -> dict:
    """The setting in which a network is best on the development names, of one size or of both."""
    own = [row for row in rows if row["network"] == network and size in ("", row["size"])]
    return max(own, key=lambda row: max(row["tried"].values()))


def of_best_treatment(at_best: dict) -> Iterator[tuple[str, dict]]:
    """The lead with each network in its best setting, and what each gains from width."""
    rows = at_best["rows"]
    lstm, tanh = (best_row(rows, key)["unseen"] for key in ("lstm", "tanh"))
    yield "treated_lstm", lstm
    yield "treated_tanh", tanh
    yield "lead_treated", difference(lstm, tanh)
    widths = {
        key: difference(
            best_row(rows, key, "large")["unseen"], best_row(rows, key, "small")["unseen"]
        )
        for key in ("lstm", "tanh")
    }
    yield from ((f"width_{key}", width) for key, width in widths.items())
    yield "width", difference(widths["lstm"], widths["tanh"])


def of_original_recipe(original: dict) -> Iterator[tuple[str, dict]]:
    """Differences under the original recipe, each network at its best rate, clipped and not."""
    networks = original["networks"]
    for one, other in ORIGINAL_PAIRS:
        if one in networks and other in networks:
            for suffix, side in (("", "unclipped"), ("_clipped", "clipped")):
                values = (at_best(networks, key, side)["accuracy"] for key in (one, other))
                yield f"original_{one}_{other}{suffix}", difference(*values, HALF_TO_TRAIN)
    for key in networks:
        values = (at_best(networks, key, side)["accuracy"] for side in ("clipped", "unclipped"))
        yield f"clipping_{key}", difference(*values, HALF_TO_TRAIN)
    tanh = at_best(networks, "tanh")
    for one in networks["lstm"]["unclipped"]["rates"]:
        if one["learning_rate"] == tanh["learning_rate"]:
            yield "original_same_rate", difference(one["accuracy"], tanh["accuracy"], HALF_TO_TRAIN)


def cue_length(cue: dict) -> int:
    """The length for which the cue task is reported."""
    tried = cue["settings"]["lengths"]
    return CUE_LENGTH if CUE_LENGTH in tried else tried[0]


def mastered(cue: dict, key: str, length: int) -> dict:
    """The share of a network's trials that master the cue task, with its interval."""
    return next(row for row in cue["networks"][key]["lengths"] if row["length"] == length)[
        "mastered"
    ]


def of_cue_task(cue: dict) -> Iterator[tuple[str, dict]]:
    """The share of trials that master the cue task, and the lead of both parts over one."""
    shares = {key: mastered(cue, key, cue_length(cue)) for key in cue["networks"]}
    yield from ((f"cue_{key}", share) for key, share in shares.items())
    if {"carry", "gate", "carry_gate"} <= shares.keys():
        alone = max(("carry", "gate"), key=lambda key: shares[key]["mean"])
        wide = share_difference(shares["carry_gate"], shares[alone], len(CLAIMS))
        yield "cue_both", share_difference(shares["carry_gate"], shares[alone]) | {"wide": wide}


def share_difference(one: dict, other: dict, claims: int = 1) -> dict:
    """The difference of two shares, {"mean", "low", "high"}: as wide as their intervals allow."""
    first, second = (
        share_interval(round(share["mean"] * share["n"]), share["n"], claims)
        for share in (one, other)
    )
    return {
        "mean": first.mean - second.mean,
        "low": first.low - second.high,
        "high": first.high - second.low,
    }


def verdict(effect: dict, within: float = 0.0) -> str:
    """`supported`, `opposite` or `inconclusive`, by the whole interval.

    That an effect is above zero: supported if its interval is, opposite if it is below. That an
    effect is within a distance of zero: supported if its interval is, opposite if it is outside on
    either side. An interval without width tells nothing: all seeds agree to the last digit only
    where there are very few surnames.
    """
    low, high = effect["low"], effect["high"]
    if low == high:
        return "inconclusive"
    if within:
        inside, outside = -within < low and high < within, high < -within or low > within
    else:
        inside, outside = low > 0, high < 0
    return "supported" if inside else "opposite" if outside else "inconclusive"


def judged(found: Effects) -> dict[str, dict]:
    """{claim: {"effect", "verdict", "figure", "topic", "within", "stands"}} of what was measured.

    `stands`: the verdict is the same with Bonferroni-corrected intervals, which hold jointly for
    all claims.
    """
    rows = {}
    for claim in CLAIMS:
        if claim.effect in found:
            effect = found[claim.effect]
            wide = effect.get("wide") or asdict(
                mean_interval(effect["values"], TEST_TO_TRAIN, len(CLAIMS))
            )
            decided = verdict(effect, claim.within)
            rows[claim.name] = {
                "effect": effect,
                "verdict": decided,
                "figure": claim.figure,
                "topic": claim.topic,
                "within": claim.within,
                "stands": decided != "inconclusive" and decided == verdict(wide, claim.within),
            }
    return rows


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
    "gate_multiplies",
    "lead_shrinks",
    "lstm_leads_at_best",
)


def spoken(claims: dict[str, dict]) -> list[Paragraph]:
    """The answer as somebody would say it: one sentence a claim, chosen by its verdict."""
    sentences = [
        (f"spoken_{name}_{claims[name]['verdict']}", claims[name]["effect"])
        for name in SPOKEN
        if name in claims
    ]
    return [Paragraph("", sentences, [])]


def paragraphs(claims: dict[str, dict], *topics: str) -> list[Paragraph]:
    """The claims' sentences, a paragraph a topic, each chosen by its verdict; all topics or some.

    A headline asserts something only where its claim is supported.
    """
    found = []
    for topic in topics or TOPICS:
        own = {name: row for name, row in claims.items() if row["topic"] == topic}
        if own:
            asserted = claims.get(TOPICS[topic], {"verdict": ""})["verdict"] == "supported"
            sentences = [(f"{name}_{row['verdict']}", row["effect"]) for name, row in own.items()]
            figures = list(dict.fromkeys(row["figure"] for row in own.values()))
            found.append(
                Paragraph(f"{topic}_{'headline' if asserted else 'neutral'}", sentences, figures)
            )
    return found


def differing(claims: dict[str, dict], others: dict[str, dict]) -> list[str]:
    """The names of the claims that both have and whose verdicts differ."""
    return [
        name
        for name in claims
        if name in others and claims[name]["verdict"] != others[name]["verdict"]
    ]
