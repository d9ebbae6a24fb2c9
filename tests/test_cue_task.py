"""notebooks.why_lstm.cue_task: what is drawn, who masters it, that other trials chose the rates."""

import pytest
import torch

from notebooks.why_lstm import cue_task
from notebooks.why_lstm.cue_task import (
    CLASSES,
    CUE_WITHIN,
    MARKER,
    Depth,
    draw_sequences,
    fastest_rate,
    recorded_cue_rate,
    run,
    train_until_mastered,
)
from notebooks.why_lstm.stacked_training import AdamW
from notebooks.why_lstm.study import seconds_in

pytestmark = pytest.mark.usefixtures("one_thread")


def generators(*seeds: int) -> list[torch.Generator]:
    return [torch.Generator().manual_seed(seed) for seed in seeds]


def test_the_class_is_the_symbol_behind_the_only_marker():
    letters, lengths, labels = draw_sequences(30, 4000, generators(0, 1))
    assert letters.shape == (2, 4000, 30)
    assert (lengths == 30).all()
    marker = (letters == MARKER).int()
    assert (marker.sum(dim=2) == 1).all()
    place = marker.argmax(dim=2)  # (2, 4000)
    assert set(place.unique().tolist()) == set(range(CUE_WITHIN - 1))
    assert (letters.gather(2, place.unsqueeze(2) + 1).squeeze(2) == labels).all()
    assert not (letters[0] == letters[1]).all()


def test_no_other_place_says_more_of_the_class_than_its_chance_to_stand_behind_the_marker():
    """What an adding network can use: a bit is like the class by chance, or as the cue (1 in 9)."""
    letters, _, labels = draw_sequences(15, 100_000, generators(0))
    for place in range(15):
        bits = letters[0, :, place] < CLASSES
        agree = (letters[0, bits, place] == labels[0, bits]).float().mean().item()
        may_be_cue = 1 <= place < CUE_WITHIN
        # among the bits there
        cue_share = (1 / 9) / (8 / 9 if place < CUE_WITHIN - 1 else 1) if may_be_cue else 0
        assert agree == pytest.approx(0.5 + cue_share / 2, abs=0.01)


def test_a_carry_behind_a_gate_masters_what_a_linear_network_cannot():
    rates, seeds = (0.03,), (0, 1)
    both = train_until_mastered("carry_gate", 12, rates, seeds, 400)
    # and it stopped there
    assert all(trial["mastered_at"] <= both["batches"] < 400 for trial in both["runs"])
    linear = train_until_mastered("linear", 12, rates, seeds, 200)
    assert [trial["mastered_at"] for trial in linear["runs"]] == [None, None]
    assert linear["batches"] == 200


def test_each_run_masters_it_by_its_own_accuracy_and_steps_by_a_clipped_gradient(monkeypatch):
    norms = []

    class Watched(AdamW):
        def step(self):
            of_each = [one.grad.flatten(1).norm(dim=1) for one in self.parameters]
            norms.append(torch.stack(of_each).norm(dim=0))
            super().step()

    monkeypatch.setattr(cue_task, "AdamW", Watched)
    fast, still, wild = train_until_mastered("carry_gate", 10, (0.03, 1e-6, 3), (0,), 250)["runs"]
    assert fast["mastered_at"] and fast["accuracy"] > 0.9
    for one in (still, wild):
        assert one["mastered_at"] is None and one["accuracy"] < 0.7
    assert torch.stack(norms).max() == pytest.approx(1, abs=1e-4)


def test_the_rate_is_chosen_on_other_seeds_than_the_trials(monkeypatch):
    """In the choosing runs 0.2 is faster, in the trials 0.1 would be: the trials are at 0.2."""
    depth = Depth((10, 20), (0, 1, 2, 3), 50, ("tanh", "gate"), (0.1, 0.2), (100, 101))
    asked = []

    def trained(network, length, learning_rates, seeds, batches):
        asked.append((network, length, tuple(learning_rates), tuple(seeds)))
        choosing = seeds == depth.tuning_seeds
        needed = {0.1: 30 if choosing else 5, 0.2: 10 if choosing else 40}
        runs = [
            {
                "learning_rate": rate,
                "seed": seed,
                "mastered_at": needed[rate] if seed != 3 else None,
                "accuracy": 0.9,
            }
            for rate in learning_rates
            for seed in seeds
        ]
        return {"runs": runs, "batches": batches, "seconds": 10 if choosing else 1}

    monkeypatch.setattr(cue_task, "train_until_mastered", trained)
    result = run(None, depth, workers=1)
    assert seconds_in(result) == 4 * 10 + 4, "of tuning, too"
    places = [(network, length) for network in depth.networks for length in depth.lengths]
    assert sorted(asked) == sorted(
        [(*place, (0.1, 0.2), (100, 101)) for place in places]
        + [(*place, (0.2,), (0, 1, 2, 3)) for place in places]
    )
    for network, length in places:
        row = next(row for row in result["networks"][network]["lengths"] if row["length"] == length)
        assert row["rate"] == 0.2
        assert (row["mastered"]["mean"], row["mastered"]["n"]) == (0.75, 4), "a trial is a seed"


def test_a_run_that_never_masters_it_makes_its_rate_a_slow_one():
    runs = [(0.1, 10), (0.1, None), (0.2, 60), (0.2, 70)]
    assert (
        fastest_rate([{"learning_rate": rate, "mastered_at": at} for rate, at in runs], 100) == 0.2
    )


def test_a_run_takes_the_recorded_rates():
    recorded = {
        "networks": {
            "gate": {"lengths": [{"length": 10, "rate": 0.5}, {"length": 20, "rate": 0.25}]}
        }
    }
    assert [recorded_cue_rate(recorded, "gate", length) for length in (10, 20)] == [0.5, 0.25]
    usual = cue_task.USUAL_RATE
    assert (
        recorded_cue_rate(recorded, "gate", 15) == recorded_cue_rate(recorded, "tanh", 10) == usual
    )
    assert recorded_cue_rate(None, "gate", 10) == usual
