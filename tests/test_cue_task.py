"""notebooks.why_lstm.cue_task: what the generator draws, the optimiser, and what a run says of who masters the task."""

import pytest
import torch

from notebooks.why_lstm.cue_task import CLASSES, CUE_WITHIN, MARKER, draw, train_until_mastered

pytestmark = pytest.mark.usefixtures("one_thread")


def generators(*seeds: int) -> list[torch.Generator]:
    return [torch.Generator().manual_seed(seed) for seed in seeds]


def test_the_class_is_the_symbol_behind_the_only_marker():
    letters, lengths, labels = draw(30, 4000, generators(0, 1))
    assert letters.shape == (2, 4000, 30)
    assert (lengths == 30).all()
    marker = (letters == MARKER).int()
    assert (marker.sum(dim=2) == 1).all()
    place = marker.argmax(dim=2)  # (2, 4000)
    assert set(place.unique().tolist()) == set(range(CUE_WITHIN - 1))
    assert (letters.gather(2, place.unsqueeze(2) + 1).squeeze(2) == labels).all()
    assert not (letters[0] == letters[1]).all()
    with pytest.raises(ValueError, match="length=9"):
        draw(9, 5, generators(0))


def test_no_other_place_says_more_of_the_class_than_its_chance_to_stand_behind_the_marker():
    """What an adding network can use: a bit agrees with the class by chance, or because it is the cue (1 in 9)."""
    letters, _, labels = draw(15, 100_000, generators(0))
    for place in range(15):
        bits = letters[0, :, place] < CLASSES
        agree = (letters[0, bits, place] == labels[0, bits]).float().mean().item()
        may_be_cue = 1 <= place < CUE_WITHIN
        cue_share = (1 / 9) / (8 / 9 if place < CUE_WITHIN - 1 else 1) if may_be_cue else 0  # among the bits there
        assert agree == pytest.approx(0.5 + cue_share / 2, abs=0.01)


def test_a_carry_behind_a_gate_masters_what_a_linear_network_cannot():
    rates, seeds = (0.03,), (0, 1)
    both = train_until_mastered("carry_gate", 12, rates, seeds, 400)
    assert all(one["mastered_at"] <= both["batches"] < 400 for one in both["runs"])  # and it stopped there
    linear = train_until_mastered("linear", 12, rates, seeds, 200)
    assert [one["mastered_at"] for one in linear["runs"]] == [None, None]
    assert linear["batches"] == 200
