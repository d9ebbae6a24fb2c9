"""benchmarks/recipe.py: the choices are measured in pairs on training names alone, and the page says what came out."""

import copy
from dataclasses import asdict

import numpy as np
import pytest
import torch
from click.testing import CliRunner

from benchmarks import recipe as recipes
from benchmarks.networks import names_to_learn
from benchmarks.record import load, save
from namelib import LSTM, History, MiniBatch, Names, encode, split_names
from namelib.data import spelling

SMALL = {"hidden_size": 8, "output_size": 18}


def row(accuracy: list[float], **changes) -> dict:
    said = asdict(recipes.recipe_of(recipes.CHOICES["chosen"])) | {"max_norm": "1.0"} | changes
    return {"recipe": said, "accuracy": accuracy, "balanced_accuracy": [0.5] * len(accuracy)}


def test_every_choice_is_measured_and_says_by_which_recipe(tmp_path, monkeypatch):
    monkeypatch.setattr(recipes.LSTM_2X128.__class__, "make", lambda *_: LSTM(**SMALL))
    answer = CliRunner().invoke(recipes.main, ["--quick", "--workers", "1", "--out", str(tmp_path / "recipe.json")])
    assert answer.exit_code == 0, answer.output
    rows = load(tmp_path / "recipe.json")
    assert list(rows) == list(recipes.CHOICES)
    for name, measured in rows.items():
        assert {len(measured[key]) for key in recipes.MEASURES} == {2}
        for key, value in recipes.CHOICES[name].changes.items():
            assert key == "epochs" or measured["recipe"][key] in (value, str(value))
    assert all(f"| {choice.says} |" in recipes.page(rows) for choice in recipes.CHOICES.values())


@pytest.mark.parametrize("seed", range(recipes.FOLDS))
def test_no_fold_has_a_name_that_the_notebooks_hold_out(monkeypatch, seed):
    seen = []

    def fit(model, train, unseen, *_):
        seen.extend([train, unseen])
        return History(elapsed=[1.0])

    monkeypatch.setattr(recipes, "fit", fit)
    recipes.train_on_fold(recipes.CHOICES["chosen"], MiniBatch(epochs=1), False, seed)
    held_out = {spelling(name) for name in names_to_learn(False)[1].names}
    train, unseen = ({spelling(name) for name in names.names} for names in seen)
    assert train and unseen and not held_out & (train | unseen) and not train & unseen


def test_the_page_tells_pairs_with_their_interval():
    rows = {
        "chosen": row([0.70, 0.72, 0.71]),
        "no_label_smoothing": row([0.69, 0.71, 0.70], label_smoothing=0.0),  # a point less on every fold
        "averaged": row([0.71, 0.71, 0.71]),
    }
    lines = {line.split(" | ")[0].strip("| "): line for line in recipes.page(rows).splitlines()}
    assert "**-1.0 (-1.0 to -1.0)**" in lines["no label smoothing"]
    assert "| +0.0 (-" in lines[recipes.CHOICES["averaged"].says] and "0.710 / 0.500" in lines["**the recipe**"]


def test_a_row_beside_another_recipe_is_refused():
    rows = {"chosen": row([0.7, 0.7]), "no_label_smoothing": row([0.6, 0.7], label_smoothing=0.0, epochs=3)}
    with pytest.raises(ValueError, match="--only no_label_smoothing"):
        recipes.page(rows)


def test_one_row_is_not_recorded_beside_another_recipe(tmp_path, monkeypatch):
    save(tmp_path / "recipe.json", {"chosen": row([0.7, 0.7], epochs=3)})
    monkeypatch.setattr(recipes, "measure", lambda *_: pytest.fail("it was measured"))
    monkeypatch.setattr(recipes, "RECORD", tmp_path / "recipe.json")
    answer = CliRunner().invoke(recipes.main, ["--only", "balance", "--record"])
    assert answer.exit_code == 2 and "leave out --only" in answer.output
    assert list(load(tmp_path / "recipe.json")) == ["chosen"]


def test_a_damaged_file_is_named_before_anything_is_measured(tmp_path, monkeypatch):
    monkeypatch.setattr(recipes, "measure", lambda *_: pytest.fail("measured"))
    damaged = tmp_path / "recipe.json"
    damaged.write_text("{", encoding="utf-8")
    answer = CliRunner().invoke(recipes.main, ["--out", str(damaged)])
    assert answer.exit_code == 2 and f"--out {damaged}: " in answer.output and damaged.read_text() == "{"


def test_the_committed_page_is_of_the_record_and_the_record_of_the_notebook():
    rows = load(recipes.RECORD)
    assert list(rows) == list(recipes.CHOICES)
    assert recipes.PAGE.read_text(encoding="utf-8") == recipes.page(rows)
    now = asdict(recipes.recipe_of(recipes.CHOICES["chosen"])) | {"max_norm": rows["chosen"]["recipe"]["max_norm"]}
    assert rows["chosen"]["recipe"] == now, "measure again: python -m benchmarks.recipe --record"


def test_the_last_epochs_are_averaged():
    train = split_names(names_to_learn(True)[0])[0]
    model = LSTM(**SMALL)
    other, ends = copy.deepcopy(model), []
    for _ in MiniBatch(epochs=4).run(other, train, np.random.default_rng(0)):
        ends.append(copy.deepcopy(other.linear.weight))
    list(recipes.LastEpochsAveraged(epochs=4).run(model, train, np.random.default_rng(0)))
    torch.testing.assert_close(model.linear.weight, sum(ends[1:]) / 3)


def test_letters_are_replaced_while_training_only():
    torch.manual_seed(0)
    model, letters = LSTM(**SMALL), encode(["abcdefghijklmnopqrstuvwxyz" * 8] * 8)
    plain = model(*letters)
    read = []
    recipes.letters_replaced(model)
    model.lstm.register_forward_pre_hook(lambda _, x: read.append(x[0].argmax(2).T))
    model(*letters)
    assert (read[0] != letters[0]).float().mean() == pytest.approx(0.05 * 25 / 26, abs=0.02)
    torch.testing.assert_close(model.eval()(*letters), plain)


def test_rare_languages_are_repeated_by_the_square_root():
    train = Names(["a"] * 90 + ["b"] * 10, np.repeat([0, 1], [90, 10]), ["Common", "Rare"])
    assert recipes.rare_languages_repeated(train).counts.tolist() == [90, 30]


@pytest.mark.parametrize(("name", "first", "last"), [("no_warm_up", 1.0, 0.0), ("constant_rate", 1.0, 1.0)])
def test_the_other_schedules_begin_at_the_peak(name, first, last):
    recipe = recipes.recipe_of(recipes.CHOICES[name])
    optimizer = torch.optim.AdamW([torch.zeros(1, requires_grad=True)], recipe.learning_rate)
    schedule, rates = recipe.schedule(optimizer, 10), []
    for _ in range(10):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    assert rates == sorted(rates, reverse=True) and rates[0] == pytest.approx(first * recipe.learning_rate)
    assert optimizer.param_groups[0]["lr"] == pytest.approx(last * recipe.learning_rate)
