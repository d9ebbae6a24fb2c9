"""namelib.experiments.stacked_training: several networks trained at once learn what each would learn alone."""

import pytest
import torch

from namelib import encode, load_names, split_names
from namelib.experiments.stacked_training import StackedNames, clip, predict, train
from namelib.experiments.variants import LSTM, Networks

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def data(few_names):
    return load_names(few_names)


def test_stacked_names_keep_every_row(data, stacked):
    seen, _ = stacked
    for s, seed in enumerate((0, 1)):
        names = split_names(data, seed=seed)[0]
        letters, lengths = encode(names.names)
        assert seen.counts[s] == len(names)
        assert (seen.letters[s, : len(names), : letters.size(1)] == letters).all()
        assert (seen.lengths[s, : len(names)] == lengths).all()
        assert not seen.lengths[s, len(names) :].any()
        assert (seen.labels[s, : len(names)].numpy() == names.labels).all()


def test_an_epoch_reads_each_name_once_and_no_padding_row(data):
    seen = StackedNames.of([data, data[:50]])  # 70 rows of the second are padding
    batches = list(seen.batches(16, epochs=1, seed=0))
    assert len(batches) == seen.steps(16, 1) == min(seen.counts) // 16
    for s in range(2):
        known = {(*row.tolist(), label) for row, label in zip(seen.letters[s], seen.labels[s].tolist(), strict=True)}
        width, read = seen.letters.size(2), []
        for letters, lengths, labels in batches:
            assert letters.size(2) == lengths.max()
            assert lengths.min() > 0
            padded = torch.nn.functional.pad(letters, (0, width - letters.size(2)))
            read += [(*row.tolist(), label) for row, label in zip(padded[s], labels[s].tolist(), strict=True)]
        assert len(set(read)) == len(read) == 16 * len(batches)
        assert set(read) <= known
    assert len({tuple(lengths[0].tolist()) for _, lengths, _ in batches}) > 1


def test_networks_trained_together_learn_what_each_learns_alone(stacked):
    """The same batches, both networks stacked or one by one: a gradient clipped across networks would differ."""
    seen, _ = stacked
    variant = LSTM.sized(900, 57, 4)
    batches = list(seen.batches(16, epochs=2, seed=0))
    together = Networks(variant, (5, 6), 57, 4).double()
    train(together, batches, len(batches), 0.05, max_norm=0.3)
    for s, seed in enumerate((5, 6)):
        alone = Networks(variant, (seed,), 57, 4).double()
        train(alone, [[part[s : s + 1] for part in batch] for batch in batches], len(batches), 0.05, max_norm=0.3)
        for ours, theirs in zip(together.parameters(), alone.parameters(), strict=True):
            torch.testing.assert_close(ours[s], theirs[0], rtol=0, atol=1e-9)


def test_clip_shortens_each_network_as_pytorch_does():
    networks = Networks(LSTM.sized(500, 57, 4), (0, 1, 2), 57, 4)
    for k, parameter in enumerate(networks.parameters()):
        parameter.grad = torch.randn(parameter.shape, generator=torch.Generator().manual_seed(k))
        parameter.grad[1] *= 1e-4  # short already: stays as it is
    expected = [parameter.grad.clone() for parameter in networks.parameters()]
    networks.b.grad[2] = torch.inf  # exploded
    first = [torch.nn.Parameter(torch.empty_like(gradient[0])) for gradient in expected]
    for parameter, gradient in zip(first, expected, strict=True):
        parameter.grad = gradient[0].clone()
    torch.nn.utils.clip_grad_norm_(first, 1.0)
    clip(networks, 1.0)
    for parameter, one, before in zip(networks.parameters(), first, expected, strict=True):
        torch.testing.assert_close(parameter.grad[0], one.grad)
        torch.testing.assert_close(parameter.grad[1], before[1], rtol=0, atol=0)
        assert not parameter.grad[2].any()


def test_predict_answers_every_name_in_order(stacked):
    _, unseen = stacked
    networks = Networks(LSTM.sized(500, 57, 4), (0, 1), 57, 4)
    answers = predict(networks, unseen, batch_size=7)
    whole = networks(unseen.letters, unseen.lengths).argmax(dim=2)
    assert [len(row) for row in answers] == unseen.counts
    for row, expected in zip(answers, whole, strict=True):
        assert (row == expected[: len(row)]).all()
