"""notebooks.why_lstm.interactions and letter_pairs: an interaction is what adding cannot do."""

import numpy as np
import pytest
import torch

from namelib.data import Names
from namelib.spelling import ALPHABET, fold
from notebooks.why_lstm import letter_pairs
from notebooks.why_lstm.gains import by_length, lead_by_length, separated_pairs
from notebooks.why_lstm.interactions import (
    centred_logits,
    contrasts,
    interaction_share,
    replaced_letters,
    share,
)
from notebooks.why_lstm.letter_pairs import real_quadruples
from notebooks.why_lstm.networks import VARIANTS, Networks
from notebooks.why_lstm.stacked_training import StackedNames, predict_stacked

pytestmark = pytest.mark.usefixtures("one_thread")

SEEDS = (0, 1)
FOUR = ("Kira", "Lira", "Kara", "Lara")


def networks(key: str, languages: int = 4, grown: float = 3.0) -> Networks:
    """Untrained networks with larger weights, so that a tanh bends."""
    stacked = Networks(
        VARIANTS[key].sized(2000, len(ALPHABET), languages), SEEDS, len(ALPHABET), languages
    )
    with torch.no_grad():
        for parameter in stacked.parameters():
            parameter *= grown
    return stacked


def test_a_network_that_adds_up_letters_has_no_interaction_and_others_have_one():
    result = {
        key: share(centred_logits(networks(key), [FOUR, FOUR]))
        for key in ("linear", "tanh", "lstm")
    }
    assert max(result["linear"]) < 1e-15
    assert min(result["tanh"]) > 1e-4
    assert min(result["lstm"]) > 1e-4


def test_interaction_and_share_of_scores_known_by_hand():
    """Scores a + b + 6 [a and b together] on one language, a = 1, b = 2 for first letters."""
    logits = np.array([9.0, 2.0, 1.0, 0.0])  # (a, b), (a', b), (a, b'), (a', b')
    z = np.stack([logits, -logits], axis=1)[None]  # (1, 4, 2)
    first, second, together = contrasts(z)
    assert (first[0, 0, 0], second[0, 0, 0], together[0, 0, 0]) == (8, 10, 6)
    assert share(np.concatenate([z, z])) == pytest.approx(2 * [36 / (64 + 100 + 36)])


def test_replaced_letters_change_two_places_and_leave_every_other_letter_where_it_was():
    names = ["Kira", "Boss", "Lund", "de la Cruz", "van Dyck Y"]
    result = replaced_letters(3 * names, 0)
    assert result
    for name, swapped_first, swapped_second, both in result:
        differ = [k for k in range(len(name)) if name[k] != both[k]]
        assert len(differ) == 2 and len(both) == len(name)
        p, q = differ
        assert swapped_first == name[:p] + both[p] + name[p + 1 :]
        assert swapped_second == name[:q] + both[q] + name[q + 1 :]
        assert all(fold(word) == word for word in (swapped_first, swapped_second, both))


def test_real_quadruples_are_found_once_and_only_whole():
    assert real_quadruples(["Lara", "Kira", "Kara", "Lira", "Bert"]) == [
        ("Kara", "Lara", "Kira", "Lira")
    ]
    assert real_quadruples(["Lara", "Kira", "Kara", "Lora"]) == []


def test_the_example_is_four_surnames_that_the_lstms_get_right():
    trained = {key: networks(key) for key in ("linear", "tanh", "lstm")}
    answers = centred_logits(trained["lstm"], 2 * [FOUR]).mean(axis=0).argmax(axis=1)
    languages = ["Czech", "Dutch", "Greek", "Irish"]
    result = letter_pairs.strongest_example(Names(list(FOUR), answers, languages), trained)
    assert set(result["names"]) == set(FOUR)
    assert result["answers"] == [languages[answers[FOUR.index(name)]] for name in result["names"]]
    assert result["language"] in result["answers"]
    k = languages.index(result["language"])
    z = centred_logits(trained["lstm"], 2 * [result["names"]])
    assert result["scores"]["lstm"] == pytest.approx(z[:, :, k].mean(axis=0))
    assert result["interaction"]["lstm"]["values"] == pytest.approx(contrasts(z)[2][:, 0, k])
    one_wrong = (answers + np.array([0, 0, 0, 1])) % 4
    assert letter_pairs.strongest_example(Names(list(FOUR), one_wrong, languages), trained) is None


def test_interactions_are_counted_on_each_networks_own_quadruples():
    stacked, others = networks("tanh"), ("Boss", "Bess", "Bosk", "Besk")
    result = interaction_share(stacked, [[FOUR, others], [others, FOUR, FOUR]], most=1)
    expected = share(centred_logits(stacked, [FOUR, others]))
    assert result["values"] == pytest.approx(expected) and result["n"] == 2
    assert max(interaction_share(networks("linear"), [[FOUR], [others]], 5)["values"]) < 1e-15
    assert interaction_share(stacked, [[FOUR], []], 5) is None


def test_gains_are_of_the_small_budget_and_slopes_of_each(some):
    small, large = (
        {key: networks(key, len(some.languages), grown) for key in ("linear", "tanh", "lstm")}
        for grown in (1, 3)
    )
    unseen = [names for _, names in letter_pairs.folds(some, SEEDS)]
    result = letter_pairs.run(some, {4: small, 8: large}, SEEDS)
    assert result["epochs"] == 8
    names = StackedNames.of(unseen)
    early, late = (
        {key: [answer.numpy() for answer in predict_stacked(own, names)] for key, own in of.items()}
        for of in (small, large)
    )
    assert result["gains"]["by_length"] == by_length(early, unseen) != by_length(late, unseen)
    assert result["gains"]["language_pairs"] == separated_pairs(early, unseen)
    slopes = {"4": lead_by_length(early, unseen), "8": lead_by_length(late, unseen)}
    assert result["slopes"] == slopes and slopes["4"] != slopes["8"]
