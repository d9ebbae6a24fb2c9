"""notebooks.why_lstm.stacked_training: networks trained at once learn what each would alone."""

import pytest
import torch
from torch.func import functional_call

from namelib import MiniBatch, MyLSTM, encode, split_names
from namelib.regularisers import NextLetter, recurrent_dropout
from notebooks.why_lstm.networks import LSTM_SWITCHES, Networks
from notebooks.why_lstm.stacked_training import (
    Regularisers,
    StackedNames,
    StackedNextLetter,
    accuracy,
    losses,
    predict_stacked,
    train,
    train_stepwise,
)

pytestmark = pytest.mark.usefixtures("one_thread")
LANGUAGES = 18


@pytest.fixture(scope="module")
def stacked(some):
    """[seen, unseen] of two splits."""
    return [
        StackedNames.of(names)
        for names in zip(*(split_names(some, seed=seed) for seed in (0, 1)), strict=True)
    ]


def make(seeds, parameters=900) -> Networks:
    return Networks(LSTM_SWITCHES.sized(parameters, 57, LANGUAGES), seeds, 57, LANGUAGES).double()


def only(k: int, batches: list) -> list:
    """The part of network k of each batch."""
    return [[part[k : k + 1] for part in batch] for batch in batches]


def test_stacked_names_keep_every_row(some, stacked):
    seen, _ = stacked
    for k, seed in enumerate((0, 1)):
        names = split_names(some, seed=seed)[0]
        letters, lengths = encode(names.names)
        assert seen.counts[k] == len(names)
        assert (seen.letters[k, : len(names), : letters.size(1)] == letters).all()
        assert (seen.lengths[k, : len(names)] == lengths).all()
        assert not seen.lengths[k, len(names) :].any()
        assert (seen.labels[k, : len(names)].numpy() == names.labels).all()


def test_an_epoch_reads_each_name_once_and_no_padding_row(some):
    seen = StackedNames.of([some, some[:100]])  # the other rows of the second are padding
    batches = list(seen.batches(16, epochs=1, seeds=(0, 1)))
    assert len(batches) == seen.steps(16, 1) == min(seen.counts) // 16
    for k in range(2):
        known = [
            (*row.tolist(), label)
            for row, label in zip(seen.letters[k], seen.labels[k].tolist(), strict=True)
        ]
        width, read = seen.letters.size(2), []
        for letters, lengths, labels in batches:
            assert letters.size(2) == lengths.max()
            assert lengths[k].min() > 0
            padded = torch.nn.functional.pad(letters, (0, width - letters.size(2)))
            read += [
                (*row.tolist(), label)
                for row, label in zip(padded[k], labels[k].tolist(), strict=True)
            ]
        assert len(read) == 16 * len(batches)
        assert all(read.count(row) <= known.count(row) for row in read)


def test_a_networks_batches_depend_on_its_own_seed(some):
    pair, swapped = (
        list(StackedNames.of([some, some]).batches(16, 1, seeds)) for seeds in ((3, 4), (4, 3))
    )
    for (letters, _, _), (other, _, _) in zip(pair, swapped, strict=True):
        assert (letters[0] == other[1]).all() and (letters[1] == other[0]).all()


def test_networks_trained_together_learn_what_each_learns_alone(stacked):
    """Each at its own rate.

    A gradient clipped across networks, or a rate mixed up, would differ.
    """
    batches, rates = list(stacked[0].batches(16, epochs=2, seeds=(5, 6))), (0.05, 0.02)
    together = make((5, 6))
    train(together, batches, len(batches), rates, max_norm=0.3)
    for k, seed in enumerate((5, 6)):
        alone = make((seed,))
        train(alone, only(k, batches), len(batches), rates[k], max_norm=0.3)
        for ours, theirs in zip(together.parameters(), alone.parameters(), strict=True):
            torch.testing.assert_close(ours[k], theirs[0], rtol=0, atol=1e-9)


def test_training_equals_pytorchs_optimiser_schedule_and_clipping(stacked):
    batches = only(0, list(stacked[0].batches(16, epochs=3, seeds=(5, 6))))
    ours, theirs = make((5,)), make((5,))
    train(ours, batches, len(batches), 0.03, max_norm=0.3)
    optimizer = torch.optim.AdamW(theirs.parameters(), 0.03, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.03, total_steps=len(batches))
    for letters, lengths, labels in batches:
        optimizer.zero_grad()
        torch.nn.functional.nll_loss(theirs(letters, lengths)[0], labels[0]).backward()
        torch.nn.utils.clip_grad_norm_(theirs.parameters(), 0.3)
        optimizer.step()
        schedule.step()
    for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(mine, other, rtol=0, atol=1e-9)


REGULARISED = Regularisers(
    weight_decay=0.1, label_smoothing=0.2, next_letter=0.7, recurrent_dropout=0.4
)


def test_regularised_losses_are_those_of_the_chapters_recipe(some, stacked, monkeypatch):
    """Label smoothing, next letter, recurrent dropout as in `MiniBatch`, network by network."""
    networks, (batch, *_) = make((5, 6)), list(stacked[0].batches(16, epochs=1, seeds=(5, 6)))
    networks.guess = StackedNextLetter(
        networks, [torch.Generator().manual_seed(seed) for seed in (7, 8)]
    ).double()
    stacked_losses = losses(networks, batch, REGULARISED, torch.Generator().manual_seed(3))
    dropped = torch.rand(networks.layer.V.shape, generator=torch.Generator().manual_seed(3))
    prior, targets = MiniBatch(0.1, label_smoothing=0.2).prior_and_targets(some)
    for k, (letters, lengths, labels) in enumerate(zip(*batch, strict=True)):
        tasks = NextLetter(MyLSTM(57, networks.variant.hidden_size, LANGUAGES).double(), 0.7)
        own = {
            "lstm.U": networks.layer.U,
            "lstm.V": networks.layer.V,
            "lstm.b": networks.layer.b[:, 0],
        }
        own |= {"linear.weight": networks.W, "linear.bias": networks.b[:, 0]}
        weights = {
            f"model.{name}": of_all[k].mT if of_all.dim() > 2 else of_all[k]
            for name, of_all in own.items()
        }
        weights |= {"guess.weight": networks.guess.W[k].mT, "guess.bias": networks.guess.b[k, 0]}
        tasks.load_state_dict(weights)
        monkeypatch.setattr(torch, "rand_like", lambda _, k=k: dropped[k].mT)
        weights = recurrent_dropout(tasks, 0.4)
        log_p, auxiliary = functional_call(tasks, weights, (letters, lengths))
        expected = (
            torch.nn.functional.cross_entropy(log_p + prior, targets.double()[labels]) + auxiliary
        )
        torch.testing.assert_close(stacked_losses[k], expected, rtol=0, atol=1e-7)


def test_regularisers_act_in_training_and_leave_a_plain_network(stacked):
    batches = list(stacked[0].batches(16, epochs=1, seeds=(5, 6)))

    def trained(**regularisers: float) -> Networks:
        networks = make((5, 6))
        train(networks, batches, len(batches), 0.03, regularisers=Regularisers(**regularisers))
        return networks

    plain = trained()
    for name, value in {
        "weight_decay": 0.5,
        "label_smoothing": 0.2,
        "next_letter": 0.7,
        "recurrent_dropout": 0.4,
    }.items():
        networks = trained(**{name: value})
        assert networks.state_dict().keys() == plain.state_dict().keys()
        assert not torch.allclose(networks.layer.V, plain.layer.V, atol=1e-4), name


def test_after_each_step_one_can_look_at_the_networks(stacked):
    batches, networks, seen = list(stacked[0].batches(16, epochs=1, seeds=(5, 6))), make((5, 6)), {}
    for done in train_stepwise(networks, batches, len(batches), 0.03):
        seen[done] = networks.W.sum().item()
    assert list(seen) == list(range(1, len(batches) + 1))
    assert len(set(seen.values())) == len(seen)


def test_predict_answers_every_name_in_order(stacked):
    _, unseen = stacked
    networks = make((0, 1))
    answers = predict_stacked(networks, unseen, batch_size=7)
    whole = networks(unseen.letters, unseen.lengths).argmax(dim=2)
    assert [len(row) for row in answers] == unseen.counts
    for k, (row, expected) in enumerate(zip(answers, whole, strict=True)):
        assert (row == expected[: len(row)]).all()
        right = (row == unseen.labels[k, : len(row)]).double().mean()
        assert accuracy(networks, unseen)[k] == pytest.approx(float(right))
