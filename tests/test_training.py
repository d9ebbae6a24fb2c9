"""Both recipes train, measure what they say, and give the same digits for the same seed."""

import copy
import itertools
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from namelib import (
    LSTM,
    RNN,
    MiniBatch,
    MyLSTM,
    Names,
    Original,
    encode,
    evaluate,
    fit,
    split_names,
)
from namelib.models import at_last_letter, one_hot
from namelib.regularisers import NextLetter
from namelib.sampling import rows_by_language

SMALL = {"hidden_size": 16}
RECIPES = [Original(0.03, steps=400, measurements=4), MiniBatch(0.01, epochs=2)]


@pytest.mark.parametrize("recipe", [Original(0.1, steps=600), MiniBatch(0.02, epochs=15)], ids=str)
@pytest.mark.parametrize("network", [RNN, LSTM, MyLSTM])
def test_every_network_learns_to_tell_two_alphabets_apart(network, recipe):
    rng = np.random.default_rng(0)
    names = [
        "".join(rng.choice(list(half), size=rng.integers(2, 9)))
        for half in ("abcdefgh", "qrstuvwx") * 100
    ]
    train, valid = split_names(Names(names, np.arange(len(names)) % 2, ["Early", "Late"]))
    torch.manual_seed(0)
    model = network(hidden_size=16, output_size=2)
    history = fit(model, train, valid, recipe)
    assert history.valid_accuracy[-1] > 0.95
    assert history.valid_loss[-1] == pytest.approx(evaluate(model, valid).summary()["loss"])
    assert history.names_seen[-1] == (600 if isinstance(recipe, Original) else 15 * len(train))
    assert {len(values) for values in vars(history).values()} == {len(history.names_seen)}
    assert history.seconds > 0 and history.elapsed == sorted(history.elapsed)


def test_original_is_plain_sgd_on_one_name(split):
    """One step is the loss's gradient times the learning rate, on the name that was drawn."""
    torch.manual_seed(0)
    model = RNN(**SMALL)
    rng, rows = np.random.default_rng(5), rows_by_language(split[0])
    (language,) = rng.integers(len(rows), size=1)
    row = [rows[language][rng.integers(len(rows[language]))]]
    before = {name: value.clone() for name, value in model.state_dict().items()}
    loss = evaluate(model, split[0][row]).summary()["loss"]
    reference = RNN(**SMALL)
    reference.load_state_dict(before)
    history = fit(model, *split, Original(0.1, steps=1), seed=5)
    assert history.train_loss == [pytest.approx(loss, abs=1e-6)]
    optimizer = torch.optim.SGD(reference.parameters(), lr=0.1)
    log_p = reference(*encode([split[0].names[row[0]]]))
    torch.nn.functional.nll_loss(log_p, torch.from_numpy(split[0].labels[row])).backward()
    optimizer.step()
    torch.testing.assert_close(model.state_dict(), reference.state_dict())


def test_curves_are_means_over_the_names_read_since_the_last_measurement(split):
    """At a rate of nearly 0, so that the network stays as it is."""
    torch.manual_seed(0)
    (train, valid), model = split, MyLSTM(**SMALL).double()
    rng, rows = np.random.default_rng(5), rows_by_language(train)
    read = [
        rows[language][rng.integers(len(rows[language]))]
        for language in rng.integers(len(rows), size=250)
    ]
    for recipe, parts in (
        (Original(1e-9, steps=250), np.array_split(read, 3)),
        (MiniBatch(1e-9, epochs=2, balance=0.5), [range(len(train))] * 2),
    ):
        history = fit(model, train, valid, recipe, seed=5)
        assert history.names_seen == np.cumsum([len(part) for part in parts]).tolist()
        for names, shown in (
            ([train[part] for part in parts], (history.train_loss, history.train_accuracy)),
            (
                [valid] * len(parts),
                (history.valid_loss, history.valid_accuracy, history.valid_balanced_accuracy),
            ),
        ):
            measured = [list(evaluate(model, part).summary().values()) for part in names]
            for values, expected in zip(shown, np.transpose(measured), strict=False):
                assert values == pytest.approx(expected.tolist(), abs=1e-6)


def test_seconds_are_those_of_training_and_a_loss_that_is_infinite_is_told(
    split, clock, monkeypatch
):
    class Slow:
        learning_rate = 0.1

        def __init__(self, *losses):
            self.losses = losses

        def run(self, *_):
            for names_seen, loss in enumerate(self.losses, start=1):
                clock.takes(2)()
                yield names_seen, loss, 0.5

    model = RNN(**SMALL)
    monkeypatch.setattr("namelib.training.evaluate", clock.takes(100, evaluate(model, split[1])))
    history = fit(model, *split, Slow(1.0, 1.0))
    assert history.elapsed == [2, 4] and history.seconds == 4
    with pytest.raises(
        FloatingPointError, match=r"loss is inf after 2 surnames: learning_rate=0\.1"
    ):
        fit(model, *split, Slow(1.0, np.inf))


@pytest.mark.parametrize("next_letter", [0.0, 0.7])
def test_mini_batch_is_adamw_on_smoothed_targets_and_next_letters(split, next_letter):
    """AdamW's steps, clipped, on 0.8 of the true loss, 0.2 of all languages', and letters' loss."""
    torch.manual_seed(0)
    model, train = MyLSTM(**SMALL).double(), split[0][range(0, len(split[0]), 50)]
    reference = copy.deepcopy(model)
    settings = {"epochs": 3, "batch_size": len(train), "next_letter": next_letter}
    recipe = MiniBatch(0.1, weight_decay=0.3, max_norm=0.05, label_smoothing=0.2, **settings)
    history = fit(model, train, split[1], recipe, seed=5)
    torch.manual_seed(5)
    both = NextLetter(reference)
    optimizer = torch.optim.AdamW(both.parameters(), weight_decay=0.3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps=3)
    train_loss = []
    for _ in range(3):
        log_p, guessing = both(*encode(train.names))
        true = log_p[torch.arange(len(train)), torch.from_numpy(train.labels)]
        optimizer.zero_grad()
        (-0.8 * true.mean() - 0.2 * log_p.mean() + next_letter * guessing).backward()
        torch.nn.utils.clip_grad_norm_(both.parameters(), 0.05)
        optimizer.step()
        schedule.step()
        train_loss.append(-true.mean().item())
    # the targets are single precision, and AdamW divides by what may be tiny
    torch.testing.assert_close(model.state_dict(), reference.state_dict(), rtol=0, atol=1e-5)
    assert history.train_loss == pytest.approx(train_loss, abs=1e-6), (
        "as valid_loss: nothing smoothed"
    )


@pytest.mark.parametrize(
    ("recipe", "names", "values", "wanted"),
    [
        (Original, ["learning_rate"], (0, -1, float("nan")), "above 0"),
        (Original, ["steps", "measurements"], (0, -1, float("nan")), "1 or more"),
        (MiniBatch, ["learning_rate", "max_norm"], (0, -1, float("nan")), "above 0"),
        (MiniBatch, ["epochs", "batch_size"], (0, -1, float("nan")), "1 or more"),
        (
            MiniBatch,
            ["recurrent_dropout", "label_smoothing"],
            (1.0, -0.1),
            "a share, from 0 to below 1",
        ),
        (MiniBatch, ["next_letter", "weight_decay", "balance"], (-1,), "0 or more"),
    ],
)
def test_what_cannot_be_is_told_by_name(recipe, names, values, wanted):
    for name, value in itertools.product(names, values):
        with pytest.raises(ValueError, match=f"{name}={value}: {wanted}"):
            recipe(**{"learning_rate": 0.1, name: value})


@pytest.mark.parametrize(("balance", "expected"), [(0.0, 0.9), (1.0, 0.5)])
def test_balance_takes_out_how_many_names_each_language_has(balance, expected):
    """Names that say nothing: the answer is each language's share, or with balance=1 equal."""
    rng = np.random.default_rng(0)
    names = ["".join(rng.choice(list("abcdefgh"), size=3)) for _ in range(1000)]
    train = Names(names, (np.arange(1000) % 10 == 0).astype(int), ["Common", "Rare"])
    torch.manual_seed(0)
    model = RNN(hidden_size=2, output_size=2)
    fit(model, train, train, MiniBatch(0.01, epochs=5, label_smoothing=0.0, balance=balance))
    assert np.exp(evaluate(model, train).log_probabilities)[:, 0].mean() == pytest.approx(
        expected, abs=0.05
    )


def test_half_a_balance_takes_out_half_of_what_the_counts_say_from_targets_too():
    """90 names, 10 and none."""
    train = Names(["x"] * 100, np.repeat([0, 1], [90, 10]), ["Common", "Rare", "Without names"])
    recipe = MiniBatch(0.1, balance=0.5, label_smoothing=0.2)
    prior, targets = recipe.prior_and_targets(train)
    assert prior[:2].tolist() == pytest.approx(np.log([0.9, 0.1]) / 2)
    expected = torch.tensor([[0.95, 0.05, 0], [0.15, 0.85, 0], [0.15, 0.05, 0.8]])
    torch.testing.assert_close(targets.float(), expected, rtol=0, atol=1e-4)
    assert not replace(recipe, balance=0.0).prior_and_targets(train)[0].any()


def test_first_weights_are_those_of_the_model_and_torchs_threads_stay_when_the_rate_is_too_high_too(
    split,
):
    """Two networks of the same first weights end alike, whatever torch drew in between."""
    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    first = MyLSTM(**SMALL)
    second = copy.deepcopy(first)
    for model in (first, second):
        torch.rand(3)
        fit(model, *split, RECIPES[1])
    torch.testing.assert_close(first.state_dict(), second.state_dict(), rtol=0, atol=0)
    assert torch.get_num_threads() == 2
    with pytest.raises(FloatingPointError, match=r"learning_rate=1000000\.0 is too high"):
        fit(RNN(**SMALL), *split, Original(1e6, steps=200))
    assert torch.get_num_threads() == 2
    torch.set_num_threads(threads)


def test_a_network_for_another_number_of_languages_is_refused_before_it_trains(split):
    model = LSTM(hidden_size=4, output_size=3)
    before = copy.deepcopy(model.state_dict())
    with pytest.raises(ValueError, match=r"^LSTM: 3 outputs for 18 languages$"):
        fit(model, *split, RECIPES[0])
    torch.testing.assert_close(model.state_dict(), before, rtol=0, atol=0)


@pytest.mark.parametrize("network", [RNN, LSTM, MyLSTM])
def test_a_surname_of_one_letter_trains_too(network):
    data = Names(["A", "B", "Abe", "Ono"], np.array([0, 1, 0, 1]), ["One", "Two"])
    for recipe in (Original(0.1, steps=20), MiniBatch(0.01, epochs=1, batch_size=1)):
        assert np.isfinite(
            fit(network(hidden_size=4, output_size=2), data, data, recipe).train_loss
        ).all()


@pytest.mark.parametrize("device", ["gpu", "cuda:99"])
def test_a_device_that_is_not_there_is_named_before_any_training(split, device):
    with pytest.raises(ValueError, match=rf"^device='{device}': .*; device='cpu' always works$"):
        fit(RNN(**SMALL), *split, RECIPES[0], device=device)


class Own(nn.Module):
    """A GRU as a student writes one."""

    def __init__(self, logits: bool = False):
        super().__init__()
        self.logits = logits
        self.gru = nn.GRU(57, 8, batch_first=True)
        self.norm = nn.BatchNorm1d(8)
        self.linear = nn.Linear(8, 4)

    def forward(self, letters, lengths):
        h, _ = self.gru(one_hot(letters, 57, self.linear.weight.dtype))
        scores = self.linear(self.norm(at_last_letter(h, lengths)))
        return scores if self.logits else scores.log_softmax(dim=1)


def test_ones_own_network_is_checked_and_trains_frozen_normalised_and_in_another_type(few):
    train, valid = few[0][:65], few[1]
    recipe = MiniBatch(0.01, epochs=1)
    with pytest.raises(
        ValueError, match=r"Own: exp of its outputs sums to .*; end its forward with \.log_softmax"
    ):
        fit(Own(logits=True), train, valid, recipe)
    for dtype in (torch.float64, torch.bfloat16):
        model = Own().to(dtype)
        model.gru.requires_grad_(False)
        before = model.gru.weight_hh_l0.clone()
        # 65: a batch of one would be left
        assert np.isfinite(fit(model, train, valid, recipe).valid_loss).all()
        seen = model.norm.num_batches_tracked.item()
        fit(model.eval(), train, valid, replace(recipe, batch_size=8))
        assert model.norm.num_batches_tracked > seen, "it trains as in training"
        assert (model.gru.weight_hh_l0 == before).all()
    with pytest.raises(ValueError, match="Own: nothing to train"):
        fit(Own().requires_grad_(False), train, valid, Original(0.01, steps=1))
    for one_at_a_time in (Original(0.01, steps=1), replace(recipe, batch_size=1)):
        with pytest.raises(ValueError, match=r"Own: BatchNorm cannot .*; use MiniBatch"):
            fit(Own(), train, valid, one_at_a_time)
