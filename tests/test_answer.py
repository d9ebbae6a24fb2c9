"""notebooks.why_lstm.answer: from results to effects, verdicts and agreement, on numbers that are known."""

import pytest
from why_cases import OPPOSITE, SUPPORTED, of_budgets, of_ceilings, of_cue_task, results, seeds

from notebooks.why_lstm import answer
from notebooks.why_lstm.statistics import summary


def verdicts(found: dict) -> dict[str, str]:
    return {name: row["verdict"] for name, row in answer.judged(answer.effects(found)).items()}


def test_effects_are_the_differences_that_were_put_in():
    found = answer.effects(results())
    known = {
        "letters": 0.60, "pairs": 0.06, "linear": 0.60, "tanh_linear_large": 0.10,
        "lstm_tanh_large": 0.01, "lstm_tanh_small": 0.09, "gate_tanh_small": 0.05, "carry_tanh_small": 0.02,
        "carry_gate_gate_small": 0.03, "lstm_carry_gate_small": 0.01, "original_lstm_linear": 0.11,
        "lstm_98k_lstm": 0.01, "lstm_two_layers_lstm_98k": 0.0, "cue_carry_gate": 1.0, "cue_carry": 1 / 12,
        "cue_both": 11 / 12,
    }  # fmt: skip
    assert {name: found[name]["mean"] for name in known} == pytest.approx(known)
    assert found["cue_both"]["low"] == pytest.approx(found["cue_carry_gate"]["low"] - found["cue_carry"]["high"])


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (results(), "supported"),
        (results(OPPOSITE), "opposite"),
        (results(noise=0.1), "cannot_tell"),
    ],
)
def test_each_claim_gets_the_verdict_of_its_numbers(found, expected):
    assert set(verdicts(found).values()) == {expected}
    assert set(verdicts(found)) == {claim.name for claim in answer.CLAIMS}


def test_two_networks_that_change_places_turn_the_verdicts_on_them_alone():
    swapped = SUPPORTED | {"tanh": SUPPORTED["gate"], "gate": SUPPORTED["tanh"]}
    before, after = verdicts(results()), verdicts(results(swapped))
    assert {name for name in before if before[name] != after[name]} == {"gate_is_faster", "carry_alone_helps"}
    assert after["gate_is_faster"] == after["carry_alone_helps"] == "opposite"
    assert verdicts(results(ceilings=of_ceilings(0.66, 0.60)))["pairs_beat_letters"] == "opposite"


@pytest.mark.parametrize(
    ("low", "high", "above", "below"),
    [
        (0.021, 0.03, "supported", "opposite"),
        (0.0, 0.019, "opposite", "supported"),
        (0.01, 0.03, "cannot_tell", "cannot_tell"),
        (0.02, 0.03, "cannot_tell", "cannot_tell"),
        (0.01, 0.02, "cannot_tell", "cannot_tell"),
    ],
)
def test_an_interval_that_contains_the_limit_decides_nothing(low, high, above, below):
    effect = {"low": low, "high": high}
    assert answer.verdict(effect, above=True, limit=0.02) == above
    assert answer.verdict(effect, above=False, limit=0.02) == below


def test_an_interval_without_width_decides_nothing():
    assert answer.verdict({"low": 0.0, "high": 0.0}, above=False, limit=0.02) == "cannot_tell"


def test_experiments_may_have_different_numbers_of_seeds():
    fewer = of_ceilings(0.60, 0.66)
    fewer["models"]["letters"]["accuracy"] = summary([0.59, 0.61])
    assert answer.effects(results(ceilings=fewer))["letters"]["n"] == 2


def test_a_verdict_stands_where_the_wider_interval_gives_it_too():
    found = answer.effects(results())
    near, far = ([mean + offset for offset in (-0.02, -0.01, 0, 0.01, 0.02)] for mean in (0.04, 0.12))
    found |= {"gate_tanh_small": summary(near, 1 / 3), "carry_tanh_small": summary(far, 1 / 3)}
    judged = answer.judged(found)
    assert judged["gate_is_faster"]["verdict"] == judged["carry_alone_helps"]["verdict"] == "supported"
    assert not judged["gate_is_faster"]["stands"] and judged["carry_alone_helps"]["stands"]
    wide = answer.judged(found | {"carry_tanh_small": seeds(0.0, noise=0.1)})["carry_alone_helps"]
    assert (wide["verdict"], wide["stands"]) == ("cannot_tell", False)


@pytest.mark.parametrize(
    ("epochs", "small", "large"), [((1, 4, 16), 4, 16), ((2, 8), 2, 8), ((1,), 1, 1), ((4,), 4, 4), ((8, 16), 8, 16)]
)
def test_the_small_budget_is_four_epochs_or_the_least_and_one_budget_is_both(epochs, small, large):
    budgets = of_budgets({key: (0.5, 0.6, 0.7)[: len(epochs)] for key in SUPPORTED}, epochs)
    assert answer.budgets_of(budgets) == (small, large)
    found = answer.effects(results(budgets=budgets))
    assert found["gate_tanh_small"]["mean"] == found["gate_tanh_large"]["mean"] == pytest.approx(0, abs=1e-9)
    assert "lstm_98k_lstm" not in found


def test_the_cue_task_is_told_at_twenty_or_the_least_length():
    assert answer.cue_length(of_cue_task(9, 0)) == 20
    assert answer.cue_length(of_cue_task(9, 0, lengths=(10, 50))) == 10


def test_runs_agree_where_their_intervals_overlap():
    recorded = {"budgets": of_budgets(SUPPORTED)}
    own = {"budgets": of_budgets({"linear": (0.58,), "lstm": (0.30,), "lstm_98k": (0.5,)}, (4,))}
    assert answer.agreement(own, recorded) == [True, False], "lstm_98k was not trained for four epochs there"
    assert answer.agreement({"budgets": of_budgets(SUPPORTED, (1, 2))}, recorded) == []
    for part in ({}, {"cue_task": of_cue_task(9, 0)}):  # a study that has no budgets yet
        assert answer.agreement(own, part) == []
