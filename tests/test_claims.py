"""namelib.experiments.claims: turn the results round and the verdicts and sentences turn with them."""

import json

import numpy as np
import pytest

from namelib.experiments.claim_texts import CLAIMS
from namelib.experiments.claims import claims_table, decimals, jointly, signed, verdict
from namelib.experiments.ladder import rungs

BY_ID = {claim.id: claim for claim in CLAIMS}


def results(side: int) -> dict:
    """Results on which every claim is supported (1), left open (0) or turned round (-1)."""
    ladder, effects = [{"name": "linear_rnn", "difference": None}], {}
    for claim in CLAIMS:
        beyond = claim.sign * side
        if claim.rung:
            middle = 0.042 * beyond
            difference = {"mean": middle, "low": middle - 0.01, "high": middle + 0.01, "n": 5}
            ladder.append({"name": claim.rung, "difference": difference})
        else:
            width = claim.threshold or 1.0
            middle = claim.threshold + 2 * width * beyond
            unit = {"additive": "", "letter_pairs": "logit", "vanishing": "nat/letter"}.get(claim.id, "points")
            effects[claim.id] = {"mean": middle, "low": middle - width, "high": middle + width, "n": 9, "unit": unit}
    return {"ladder": ladder, "effects": effects}


def test_verdict_by_sign_threshold_and_interval():
    assert verdict({"low": 0.1, "high": 0.3}) == "supported"
    assert verdict({"low": -0.1, "high": 0.3}) == "not supported"
    assert verdict({"low": 0.0, "high": 0.3}) == "not supported"
    assert verdict({"low": -0.3, "high": -0.1}) == "opposite"
    assert verdict({"low": -0.3, "high": -0.1}, sign=-1) == "supported"
    assert verdict({"low": 0.1, "high": 0.3}, threshold=0.2) == "not supported"
    assert verdict({"low": 0.1, "high": 0.3}, threshold=0.4) == "opposite"
    assert verdict({"low": 1e-14, "high": 1e-14}, sign=-1, threshold=1e-5) == "supported"
    assert verdict({"low": float("nan"), "high": float("nan")}) == "not supported"


@pytest.mark.parametrize(("side", "expected"), [(1, "supported"), (0, "not supported"), (-1, "opposite")])
def test_every_claim_follows_the_results(side, expected):
    rows = json.loads(json.dumps(claims_table(results(side)), allow_nan=False))
    assert [row["id"] for row in rows] == list(BY_ID)
    assert {row["id"]: row["verdict"] for row in rows} == dict.fromkeys(BY_ID, expected)


def test_contrary_results_change_every_sentence():
    outcomes = [claims_table(results(side)) for side in (1, 0, -1)]
    for rows in zip(*outcomes, strict=True):
        for language in ("zh", "en"):
            for part in ("finding", "verdict_text", "measured"):
                assert len({row[part][language] for row in rows}) == 3, (rows[0]["id"], part)
            assert len({row["claim"][language] for row in rows}) == 1
            assert not any("{" in row["finding"][language] for row in rows)


def test_a_row_says_what_was_measured():
    rows = {row["id"]: row for row in claims_table(results(1))}
    assert rows["tanh"]["effect"] == {
        "mean": pytest.approx(4.2), "low": pytest.approx(3.2), "high": pytest.approx(5.2), "n": 5, "unit": "points",
    }  # fmt: skip
    assert rows["tanh"]["measured"] == {"zh": "+4.2 [+3.2, +5.2] 个百分点", "en": "+4.2 [+3.2, +5.2] points"}
    assert rows["tanh"]["finding"]["en"] == "A tanh on the recurrence raises accuracy by 4.2 points."
    assert rows["forget_gate"]["measured"]["en"] == "−4.2 [−5.2, −3.2] points"
    assert rows["forget_gate"]["finding"]["zh"] == "去掉遗忘门，准确率降低 4.2 个百分点。"
    rows = {row["id"]: row for row in claims_table(results(-1))}
    assert rows["forget_gate"]["finding"]["en"] == (
        "On the contrary, taking the forget gate away raises accuracy by 4.2 points."
    )


def test_doublings_are_shown_as_a_factor():
    found = results(1)
    longer = {"mean": 1.5, "low": 0.01, "high": 10.0, "n": 5, "unit": "doublings"}
    found["effects"] |= {"forget_bias": longer, "long_lag": {**longer, "mean": -1.0, "low": -2.0, "high": -0.01}}
    rows = {row["id"]: row for row in claims_table(found)}
    assert rows["forget_bias"]["measured"] == {"zh": "2.83 [1.01, 1024] 倍", "en": "2.83 [1.01, 1024] times"}
    assert "longer sequences, 2.83 times as long as those of" in rows["forget_bias"]["finding"]["en"]
    assert rows["long_lag"]["measured"]["en"] == "0.5 [0.25, 0.993] times"
    assert "是普通的 LSTM 的 2 倍" in rows["long_lag"]["finding"]["zh"]


def test_an_error_without_an_interval_is_one_number():
    found = results(1)
    found["effects"]["additive"] = {"mean": 5e-14, "low": 5e-14, "high": 5e-14, "n": 100, "unit": ""}
    row = next(row for row in claims_table(found) if row["id"] == "additive")
    assert row["verdict"] == "supported"
    assert row["measured"]["en"] == "+5.0×10⁻¹⁴"
    assert "相差 5.0×10⁻¹⁴，" in row["finding"]["zh"]


def test_an_interval_always_shows_two_different_ends():
    """With as many digits as its width asks for, the mean and the size in the sentence alike."""
    found = results(-1)
    found["effects"]["vanishing"] = {"mean": -0.0503, "low": -0.0541, "high": -0.0466, "n": 5, "unit": "nat/letter"}
    found["effects"]["letter_pairs"] = {"mean": 1.104, "low": 1.064, "high": 1.144, "n": 5, "unit": "logit"}
    rows = {row["id"]: row for row in claims_table(found)}
    assert rows["vanishing"]["measured"]["en"] == "−0.050 [−0.054, −0.047] nat a letter"
    assert "by 0.050 nat a letter" in rows["vanishing"]["finding"]["en"]
    assert rows["letter_pairs"]["measured"]["zh"] == "+1.10 [+1.06, +1.14] logit"
    found["effects"]["recipe"] = {"mean": 1.26, "low": 0.03, "high": 2.49, "n": 5, "unit": "points"}
    row = next(row for row in claims_table(found) if row["id"] == "recipe")
    assert (row["verdict"], row["measured"]["en"]) == ("supported", "+1.3 [+0.0, +2.5] points")
    assert [signed(-0.02, places) for places in (1, 2, 3)] == ["−0.0", "−0.02", "−0.020"]
    rng = np.random.default_rng(0)
    for scale in 10.0 ** rng.uniform(-20, 3, 300):
        mean, half = 3 * scale * rng.normal(), scale
        places = decimals({"mean": mean, "low": mean - half, "high": mean + half})
        assert signed(mean - half, places) != signed(mean + half, places)


def test_joint_intervals_are_bonferronis():
    # five seeds: t(0.975, 4) = 2.77645, t(1 - 0.025 / 10, 4) = 5.59757; very many names: 1.95996 and 2.80703
    few = jointly({"mean": 1.0, "low": 0.0, "high": 3.0, "n": 5, "unit": ""}, claims=10)
    assert few["low"] == pytest.approx(1 - 5.59757 / 2.77645, rel=1e-4)
    assert few["high"] == pytest.approx(1 + 2 * 5.59757 / 2.77645, rel=1e-4)
    many = jointly({"mean": 0.0, "low": -1.0, "high": 1.0, "n": 10**6, "unit": ""}, claims=10)
    assert many["high"] == pytest.approx(2.80703 / 1.95996, rel=1e-4)
    same = {"mean": 1.0, "low": 0.5, "high": 1.5, "n": 5, "unit": ""}
    assert jointly(same, claims=1) == pytest.approx(same)


def test_a_verdict_may_hold_alone_and_not_jointly():
    found = results(1)
    found["effects"]["recipe"] = {"mean": 1.0, "low": 0.1, "high": 1.9, "n": 5, "unit": "points"}
    found["effects"]["ngrams"] = {"mean": 1.0, "low": 0.9, "high": 1.1, "n": 5, "unit": "points"}
    found["effects"]["beginning"] = {"mean": 0.1, "low": -0.9, "high": 1.1, "n": 5, "unit": "points"}
    rows = {row["id"]: (row["verdict"], row["joint"]) for row in claims_table(found)}
    assert rows["recipe"] == ("supported", False)
    assert rows["ngrams"] == ("supported", True)
    assert rows["beginning"] == ("not supported", False)
    assert rows["additive"][1]


def test_claims_name_the_rungs_that_the_ladder_has():
    compared = {rung.variant.name: rung.compared_to for rung in rungs(18)}
    assert {claim.id: (claim.rung, compared[claim.rung]) for claim in CLAIMS if claim.rung} == {
        "tanh": ("tanh_rnn", "linear_rnn"),
        "gates": ("lstm", "tanh_rnn_state"),
        "forget_gate": ("lstm_no_forget_gate", "lstm"),
        "input_gate": ("lstm_no_input_gate", "lstm"),
        "output_gate": ("lstm_no_output_gate", "lstm"),
        "peepholes": ("lstm_peephole", "lstm"),
        "size": ("lstm_large", "lstm"),
        "depth": ("lstm_two_layers", "lstm_large"),
    }


def test_what_is_missing_is_named():
    found = results(1)
    del found["effects"]["beginning"]
    with pytest.raises(ValueError, match="no 'beginning'"):
        claims_table(found)
    found = results(1)
    found["ladder"] = found["ladder"][:1]
    with pytest.raises(ValueError, match="no rung 'tanh_rnn'"):
        claims_table(found)
    found = results(1)
    found["effects"]["recipe"]["unit"] = "miles"
    with pytest.raises(ValueError, match="unit 'miles'"):
        claims_table(found)
