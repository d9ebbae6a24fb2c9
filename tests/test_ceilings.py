"""notebooks.why_lstm.ceilings: what each model sees, and the ceiling of adding up letters."""

import json

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from namelib.data import Names, load_names
from notebooks.why_lstm import ceilings
from notebooks.why_lstm.ceilings import Depth, fit_and_score, groups_by_place, run
from notebooks.why_lstm.folds import TEST_TO_TRAIN, folds
from notebooks.why_lstm.statistics import summary


def test_groups_carry_their_place_from_the_end():
    assert groups_by_place("abc", 1) == ["a@2", "b@1", "c@0"]
    assert groups_by_place("abc", 2) == ["a@2", "b@1", "c@0", "ab@1", "bc@0"]
    assert groups_by_place("abc", 3)[-1] == "abc@0"
    assert groups_by_place("ab", 2, anywhere=True) == ["a@1", "b@0", "ab@0", "a", "b", "ab"]


def names_of(spellings: list[str], labels: list[int]) -> Names:
    return Names(spellings, np.array(labels), ["one", "other"])


def test_a_language_that_is_a_pair_of_letters_is_beyond_adding_and_within_reach_of_pairs():
    """Exclusive or: "ab", "ba" are one language, "aa", "bb" the other; no letter says which."""
    exclusive_or = names_of(["ab", "ba", "aa", "bb"] * 50, [0, 0, 1, 1] * 50)
    assert fit_and_score(exclusive_or, exclusive_or, 1, False)["accuracy"] <= 0.5
    assert fit_and_score(exclusive_or, exclusive_or, 2, False)["accuracy"] == 1
    last_letter = names_of(["ab", "bb", "aa", "ba"] * 50, [0, 0, 1, 1] * 50)
    assert fit_and_score(last_letter, last_letter, 1, False)["accuracy"] == 1


def test_only_a_bag_finds_a_group_in_a_place_where_it_never_stood():
    train, unseen = names_of(["xyzz", "yxzz"] * 50, [0, 1] * 50), names_of(["zzxy", "zzyx"], [0, 1])
    assert fit_and_score(train, unseen, 2, True)["accuracy"] == 1
    assert fit_and_score(train, unseen, 2, False)["accuracy"] == 0.5


@pytest.fixture(scope="module")
def result(few_names):
    return run(load_names(few_names), Depth((0, 1)), workers=1)


def test_the_result_is_measured_on_the_studys_folds(result, few_names):
    json.dumps(result, allow_nan=False)
    for k, (train, unseen) in enumerate(folds(load_names(few_names), (0, 1))):
        alone = fit_and_score(train, unseen, *ceilings.MODELS["pairs"])
        assert result["models"]["pairs"]["accuracy"]["values"][k] == pytest.approx(
            alone["accuracy"]
        )


def test_gains_are_those_over_the_model_before(result):
    models = result["models"]
    assert list(result["gains"]) == ["pairs", "triples", "bag"]
    gain = np.subtract(
        models["triples"]["accuracy"]["values"], models["pairs"]["accuracy"]["values"]
    )
    assert result["gains"]["triples"]["mean"] == pytest.approx(gain.mean())


def test_intervals_are_as_wide_as_splits_of_the_same_surnames_make_them(result):
    accuracies = [model["accuracy"] for model in result["models"].values()]
    for interval in [*accuracies, *result["gains"].values()]:
        assert interval == summary(interval["values"], TEST_TO_TRAIN)
    assert result["settings"]["C"] == ceilings.C


def test_the_penalty_is_the_one_that_is_told(monkeypatch):
    last_letter, given = names_of(["ab", "aa"] * 20, [0, 1] * 20), {}

    def regression(**settings):
        given.update(settings)
        return LogisticRegression(**settings)

    monkeypatch.setattr(ceilings, "LogisticRegression", regression)
    fit_and_score(last_letter, last_letter, 1, False, tolerance=0.25)
    assert (given["C"], given["tol"]) == (ceilings.C, 0.25)
