"""namelib.experiments.letter_pairs: quadruples against brute force, interactions against planted ones."""

from itertools import combinations, permutations

import numpy as np
import pytest
import torch
from torch import nn

from namelib.data import ALPHABET, Names, normalise
from namelib.experiments.letter_pairs import (
    interactions,
    pair_effect,
    pair_effects,
    random_quadruples,
    real_quadruples,
    strongest_pair,
)
from namelib.models import LSTM, RNN

NAMES = ["Kira", "Lira", "Kara", "Lara", "Mira", "Mara", "Kiro", "Anna", "Li", "Lo", "Ki", "Ko", "Rossi", "Russo"]


class Planted(nn.Module):
    """Language 0 scores `pair` for Ki..., `first` for any K... and `second` for any ?i...; language 1 always 0.5."""

    def __init__(self, pair: float, first: float = 0.0, second: float = 0.0):
        super().__init__()
        self.pair, self.first, self.second = nn.Parameter(torch.tensor(pair)), first, second
        self.softmax = nn.LogSoftmax(dim=1)

    def forward(self, letters, lengths):
        is_k, is_i = letters[:, 0] == ALPHABET.index("K"), letters[:, 1] == ALPHABET.index("i")
        z = torch.zeros(len(letters), 3)
        z[:, 0] = self.pair * (is_k & is_i) + self.first * is_k + self.second * is_i
        z[:, 1] = 0.5
        return self.softmax(z)


def differ_in(one, other):
    return [k for k in range(len(one)) if one[k] != other[k]]


def test_real_quadruples_are_all_there_are():
    found = {frozenset(names) for names in real_quadruples(NAMES)}
    by_hand = set()
    for four in combinations(NAMES, 4):
        if len({len(name) for name in four}) == 1:
            for a, b, c, d in permutations(four):
                steps = [differ_in(a, b), differ_in(a, c), differ_in(b, d), differ_in(c, d)]
                one_place_each = all(len(step) == 1 for step in steps)
                if one_place_each and steps[0] == steps[3] != steps[1] == steps[2]:
                    by_hand.add(frozenset(four))
    assert found == by_hand
    assert frozenset(["Kira", "Lira", "Kara", "Lara"]) in found
    assert len(found) == len(real_quadruples(NAMES))


def test_random_quadruples_swap_in_letters_of_another_name():
    quadruples = random_quadruples(NAMES, seed=3)
    assert quadruples == random_quadruples(NAMES, seed=3) != random_quadruples(NAMES, seed=4)
    for name, first, second, both in quadruples:
        assert name in NAMES
        (p,), (q,) = differ_in(name, first), differ_in(name, second)
        assert p < q
        assert differ_in(name, both) == [p, q]
        assert any(len(o) == len(name) and (o[p], o[q]) == (both[p], both[q]) for o in NAMES)


def test_random_quadruples_are_names_of_one_length():
    """A space that comes to stand beside another would be dropped, and the letters behind it move."""
    names = ["De Wit", "Van Os", "O Dwyer", "Da Cruz", "Le Goff", "La Roe", "A Bc De", "Dew Its"]
    found = [name for seed in range(50) for four in random_quadruples(names, seed) for name in four]
    assert len(found) > 500 and all(normalise(name) == name for name in found)


def test_the_rnn_has_no_interaction_and_the_lstm_has():
    torch.manual_seed(0)
    quadruples = random_quadruples(NAMES)
    rnn, lstm = RNN(hidden_size=16, output_size=4), LSTM(hidden_size=16, output_size=4)
    assert np.abs(interactions(rnn, quadruples)[0]).max() < 1e-6
    assert np.abs(interactions(lstm, quadruples)[0]).max() > 1e-4


def test_interaction_of_a_planted_pair():
    effect = pair_effect(Planted(3.0), ["X", "Y", "Z"], ("Kira", "Lira", "Kara", "Lara"), "X", real=True)
    assert effect.answers == ["X", "Y", "Y", "Y"]
    assert effect.interaction == pytest.approx(3.0 * 2 / 3)  # a third of it is lost to centring
    np.testing.assert_allclose(effect.scores, [(2 * 3 - 0.5) / 3, -0.5 / 3, -0.5 / 3, -0.5 / 3], atol=1e-6)


def test_strongest_pair_is_found_among_names_the_network_gets_right():
    names = ["Kira", "Lira", "Kara", "Lara", "Kina", "Lina", "Kana", "Lana"]
    labels = np.array([0, 1, 1, 1, 1, 1, 1, 1])  # Kina is answered with 0, which is wrong
    best = strongest_pair(Planted(3.0), Names(names, labels, ["X", "Y", "Z"]))
    assert set(best.names) == {"Kira", "Lira", "Kara", "Lara"}
    assert (best.language, best.real) == ("X", True)
    assert abs(best.interaction) == pytest.approx(2.0)


def test_strongest_pair_without_real_quadruples():
    data = Names(["Kira", "Lamo", "Anna"], np.array([0, 1, 1]), ["X", "Y", "Z"])
    best = strongest_pair(Planted(3.0), data)
    assert not best.real
    with pytest.raises(ValueError, match="no two names"):
        strongest_pair(Planted(3.0), Names(["Kira", "Lo"], np.array([0, 1]), ["X", "Y", "Z"]))
    with pytest.raises(ValueError, match="no two names"):
        pair_effects({"RNN": Planted(3.0)}, ["Kira", "Lo"])


def test_share_of_the_interaction():
    models = {"sum": Planted(0.0, first=1.0, second=3.0), "both": Planted(2.0, first=1.0, second=3.0)}
    found = pair_effects(models, ["Kira", "Lara"] * 30)
    assert found["sum"]["share"]["mean"] == pytest.approx(0, abs=1e-9)
    assert found["sum"]["interaction"]["mean"] == pytest.approx(0, abs=1e-6)
    # Kira 6, Lira 3, Kara 1, Lara 0: main effects 4 and 8, interaction 2
    assert found["both"]["share"]["mean"] == pytest.approx(100 * 2**2 / (4**2 + 8**2 + 2**2))
    # 2 in language 0, less a third for centring: 4/3 there, 2/3 in the two others
    assert found["both"]["interaction"]["mean"] == pytest.approx((4 / 3 + 2 / 3 + 2 / 3) / 3)
    assert found["both"]["interaction"]["low"] == pytest.approx(found["both"]["interaction"]["high"])
