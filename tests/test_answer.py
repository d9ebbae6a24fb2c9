"""notebooks.why_lstm.answer: from results to effects and verdicts, on numbers known by hand."""

from copy import deepcopy

import numpy as np
import pytest
from why_cases import of_at_best, of_budgets, of_ceilings, of_cue_task, results, results_of_this_run

from notebooks.why_lstm import answer, effects
from notebooks.why_lstm.effects import effects_of
from notebooks.why_lstm.folds import TEST_TO_TRAIN
from notebooks.why_lstm.original_recipe import HALF_TO_TRAIN
from notebooks.why_lstm.statistics import mean_interval, summary, wilson_interval
from notebooks.why_lstm.study import as_recorded

EVERY = {claim.name for claim in answer.CLAIMS}


def verdicts(found: dict) -> dict[str, str]:
    return {name: row["verdict"] for name, row in answer.claims_of(effects_of(found)).items()}


def values(row: dict, which: str = "unseen") -> np.ndarray:
    return np.array(row[which]["values"])


def at_rate(records: list[dict], rate: float) -> np.ndarray:
    (found,) = (one for one in records if one["learning_rate"] == rate)
    return values(found, "accuracy")


def test_effects_recomputed_from_the_values_of_the_seeds():
    given = results(noise=0.01)
    scores, original = given["budgets"]["scores"], given["original_recipe"]["networks"]
    rows = {
        (row["network"], row["size"], row["regularisers"], row["epochs"]): row
        for row in given["at_best"]["rows"]
    }
    tanh, large_tanh = (rows["tanh", size, "regularised", 32] for size in ("small", "large"))
    lstm, large_lstm = (rows["lstm", size, "dropout", 32] for size in ("small", "large"))
    best_of_tanh = original["tanh"]["unclipped"]["best"]
    expected = {
        "lead_small": values(scores["lstm"]["4"]) - values(scores["tanh"]["4"]),
        "lead_large": values(scores["lstm"]["24"]) - values(scores["tanh"]["24"]),
        "half_tanh_small": values(scores["half"]["4"]) - values(scores["tanh"]["4"]),
        "gate_half_small": values(scores["gate"]["4"]) - values(scores["half"]["4"]),
        "gate_half_large": values(scores["gate"]["24"]) - values(scores["half"]["24"]),
        "lstm_half_large": values(scores["lstm"]["24"]) - values(scores["half"]["24"]),
        "multiplicative_tanh_small": values(scores["multiplicative"]["4"])
        - values(scores["tanh"]["4"]),
        "carry_gate_gate_small": values(scores["carry_gate"]["4"]) - values(scores["gate"]["4"]),
        "lstm_carry_gate_small": values(scores["lstm"]["4"]) - values(scores["carry_gate"]["4"]),
        "tanh_linear": values(scores["tanh"]["24"]) - values(scores["linear"]["24"]),
        "lead_best": values(scores["lstm"]["24"]) - values(scores["tanh"]["24"]),
        "interaction_small": values(scores["lstm"]["4"], "interaction")
        - values(scores["tanh"]["4"], "interaction"),
        "linear_letters": values(scores["linear"]["24"])
        - values(given["ceilings"]["models"]["letters"], "accuracy"),
        "slope_small": values(given["letter_pairs"]["slopes"], "4"),
        # whose small one is the better of the two
        "lead_treated": values(large_lstm) - values(tanh),
        "width": values(large_lstm) - values(lstm) - (values(large_tanh) - values(tanh)),
    }
    expected["shrinkage"] = expected["lead_small"] - expected["lead_large"]
    lstm_at = original["lstm"]["unclipped"]
    halves = {
        "original_same_rate": at_rate(lstm_at["rates"], best_of_tanh),
        "original_lstm_tanh": at_rate(lstm_at["rates"], lstm_at["best"]),
    }
    halves = {
        name: own - at_rate(original["tanh"]["unclipped"]["rates"], best_of_tanh)
        for name, own in halves.items()
    }
    found = effects_of(given)
    for ratio, part in ((TEST_TO_TRAIN, expected), (HALF_TO_TRAIN, halves)):
        for name, of_seeds in part.items():
            by_hand = summary(of_seeds, ratio)
            assert all(
                found[name][key] == pytest.approx(of_key) for key, of_key in by_hand.items()
            ), name


def test_each_at_its_best_is_chosen_by_development_names_and_not_by_the_result():
    scores = {
        "1": {"tried": {"0.1": 0.70, "0.2": 0.60}, "unseen": 0.9},
        "4": {"tried": {"0.1": 0.65, "0.2": 0.75}, "unseen": 0.1},
        "8": {"tried": {"0.1": 0.74}, "unseen": 0.8},
    }
    assert effects.best_budget(scores) == "4"
    assert effects.best_budget({epochs: {"tried": {}} for epochs in ("4", "16", "8")}) == "16", (
        "where none was tuned"
    )
    rows = deepcopy(of_at_best()["rows"])
    worst = min(
        (row for row in rows if row["network"] == "tanh"), key=lambda row: row["unseen"]["mean"]
    )
    worst["tried"] = {"0.016": 0.99}
    assert effects.best_row(rows, "tanh") == worst
    assert effects.best_row(rows, "tanh", "large" if worst["size"] == "small" else "small") != worst


@pytest.mark.parametrize(
    ("sign", "expected"), [(1, "supported"), (0, "inconclusive"), (-1, "opposite")]
)
def test_each_claim_gets_the_verdict_of_its_numbers(sign, expected):
    found = verdicts(results(sign))
    assert set(found) == EVERY
    assert set(found.values()) == {expected}


@pytest.mark.parametrize(
    ("low", "high", "above_zero", "close"),
    [
        (0.001, 0.019, "supported", "supported"),
        (-0.019, -0.001, "opposite", "supported"),
        (-0.01, 0.019, "inconclusive", "supported"),
        (0.021, 0.03, "supported", "opposite"),
        (-0.03, -0.021, "opposite", "opposite"),
        (0.01, 0.03, "supported", "inconclusive"),
        (-0.03, -0.01, "opposite", "inconclusive"),
        (-0.03, 0.03, "inconclusive", "inconclusive"),
        (0.0, 0.01, "inconclusive", "supported"),
        (0.02, 0.03, "supported", "inconclusive"),
    ],
)
def test_a_verdict_is_that_of_the_whole_interval_on_both_sides(low, high, above_zero, close):
    assert answer.verdict({"low": low, "high": high}) == above_zero
    assert answer.verdict({"low": low, "high": high}, within=0.02) == close


def test_a_network_that_is_changed_turns_the_verdicts_on_it_alone():
    before, after = verdicts(results()), verdicts(results(budgets=of_budgets(half=(0.70, 0.75))))
    assert {name for name in before if before[name] != after[name]} == {
        "gate_multiplies",
        "gate_multiplies_late",
        "lstm_beats_half_late",
    }
    assert after["gate_multiplies"] == after["lstm_beats_half_late"] == "opposite"


@pytest.mark.parametrize(
    ("missing", "claims"),
    [
        ("ceilings", {"linear_is_additive", "pairs_beat_letters"}),
        ("at_best", {"lstm_leads_at_best", "lstm_uses_width_better"}),
        (
            "original_recipe",
            {
                "lstm_leads_original",
                "lstm_leads_at_tanh_rate",
                "gate_multiplies_original",
                "damping_helps_original",
                "multiplying_helps_original",
            },
        ),
        (
            "cue_task",
            {
                "both_parts_remember_more",
                "orthogonal_start_remembers_more",
                "kept_state_beats_default_bias",
            },
        ),
        ("letter_pairs", {"lead_grows_with_length"}),
        ("gradients", set()),
    ],
)
def test_an_experiment_that_is_missing_leaves_its_claims_out(missing, claims):
    found = results()
    del found[missing]
    assert EVERY - set(verdicts(found)) == claims


def test_a_run_of_few_networks_at_one_budget_says_less_and_does_not_fail():
    found = effects_of(results_of_this_run())
    assert not {"shrinkage", "lead_best", "tanh_orthogonal_tanh_small", "sum_tanh_small"} & set(
        found
    )
    assert {"lead_small", "gate_half_small", "multiplicative_tanh_small", "cue_both"} <= set(found)


@pytest.mark.parametrize("seeds", [(0, 1), (5, 6, 7, 8, 9)])
def test_accuracies_on_other_folds_are_not_subtracted(seeds):
    other = of_ceilings()
    other["settings"]["seeds"] = seeds
    other["models"]["letters"]["accuracy"] = summary(np.linspace(0.59, 0.61, len(seeds)))
    found = effects_of(results(ceilings=other))
    assert found["letters"]["n"] == len(seeds) and "linear_letters" not in found


def test_a_verdict_stands_where_the_wider_interval_gives_it_too():
    near, far = (
        summary([mean + off for off in (-0.02, -0.01, 0, 0.01, 0.02)], 1 / 3)
        for mean in (0.04, 0.12)
    )
    unsure = summary([-0.05, 0.0, 0.05], 1 / 3)
    equal = summary([-0.002, 0.001, 0.0, 0.001, -0.001], 1 / 3)
    found = {"gate_half_small": near, "half_tanh_small": far, "carry_tanh_small": unsure}
    rows = answer.claims_of(found | {"linear_letters": equal})
    assert {name: (row["verdict"], row["stands"]) for name, row in rows.items()} == {
        "gate_multiplies": ("supported", False),
        "damping_helps": ("supported", True),
        "carry_helps_alone": ("inconclusive", False),
        "linear_is_additive": ("supported", True),  # near zero, jointly, too
    }
    assert rows["linear_is_additive"]["within"] == 0.02 and rows["damping_helps"]["within"] == 0


def test_nothing_is_claimed_of_seeds_that_agree_to_the_last_digit():
    """Their interval has no width, and would be wrong both as a verdict and as open."""
    for agreed in (0.0, 0.03):
        assert not answer.claims_of({"gate_half_small": summary(3 * [agreed], 1 / 3)})


def test_a_difference_of_shares_is_as_wide_as_both_intervals_together():
    cue = of_cue_task()
    given = effects_of({"cue_task": cue})
    both, alone, found = (given[name] for name in ("cue_carry_gate_20", "cue_carry_20", "cue_both"))
    assert found["mean"] == both["mean"] - alone["mean"]
    assert (found["low"], found["high"]) == (
        both["low"] - alone["high"],
        both["high"] - alone["low"],
    )
    wide = [wilson_interval(round(8 * one["mean"]), 8, len(answer.CLAIMS)) for one in (both, alone)]
    assert answer.joint_interval(found)["low"] == wide[0].low - wide[1].high < found["low"]


def test_intervals_of_half_the_unseen_names_are_wider_jointly_too():
    given = results(noise=0.01)
    found = effects_of(given)["original_lstm_tanh"]
    by_hand = mean_interval(found["values"], HALF_TO_TRAIN, len(answer.CLAIMS))
    assert answer.joint_interval(found)["low"] == by_hand.low


def test_what_follows_from_recorded_values_is_marked_as_recorded():
    assert not any(effect.get("recorded") for effect in effects_of(results()).values())
    marked = effects_of(as_recorded(results()))
    assert all(effect["recorded"] for effect in marked.values())
    mixed = effects_of(results() | {"cue_task": as_recorded(of_cue_task())})
    assert {name for name in mixed if mixed[name].get("recorded")} == {
        name for name in mixed if name.startswith("cue_")
    }


@pytest.mark.parametrize(
    ("epochs", "small", "large"),
    [((1, 4, 16), 4, 16), ((2, 8), 2, 8), ((1,), 1, 1), ((4,), 4, 4), ((8, 16), 8, 16)],
)
def test_the_small_budget_is_four_epochs_or_the_least(epochs, small, large):
    assert effects.budgets_of(of_budgets(epochs=epochs)) == (small, large)
    slopes = {str(n): {"mean": n / 100} for n in epochs}
    assert effects_of({"letter_pairs": {"slopes": slopes}})["slope_small"]["mean"] == small / 100


def test_the_cue_task_is_told_at_twenty_or_the_least_length():
    assert effects.cue_length(of_cue_task()) == 20
    assert effects.cue_length(of_cue_task(lengths=(10, 50))) == 10


def test_claims_that_come_out_otherwise_on_other_data_are_named():
    here, there = (
        {"a": {"verdict": "supported"}, "b": {"verdict": verdict}}
        for verdict in ("supported", "opposite")
    )
    assert answer.differing(here, there) == ["b"] and answer.differing(here, here | {"c": {}}) == []
    assert answer.differing({}, there) == []
