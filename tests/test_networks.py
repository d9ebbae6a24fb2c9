"""notebooks.why_lstm.networks: the settings of the switches that have a name elsewhere equal what has that name."""

from dataclasses import replace

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from namelib import RNN, MyLSTM
from namelib.models import at_last_letter, one_hot
from notebooks.why_lstm.networks import LARGE, LINEAR, LSTM, NETWORKS, TANH, Networks, Variant, surname_network

pytestmark = pytest.mark.usefixtures("one_thread")

SEEDS, HIDDEN, INPUT, OUTPUT = (3, 4, 5), 9, 11, 5
SWITCHED = [
    LSTM, TANH, LINEAR, replace(LSTM, layers=3), replace(LSTM, forget_gate=1.0),
    replace(LSTM, input_gate=1.0), replace(LSTM, output_gate=1.0), replace(LSTM, output_tanh=False),
]  # fmt: skip


def make(variant: Variant, seeds=SEEDS, hidden_size=HIDDEN) -> Networks:
    return Networks(replace(variant, hidden_size=hidden_size), seeds, INPUT, OUTPUT).double()


def batch(seeds=3, size=7, time=6) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    letters = torch.randint(INPUT, (seeds, size, time), generator=generator)
    lengths = torch.randint(1, time + 1, (seeds, size), generator=generator)
    return letters, lengths, torch.randn(seeds, size, OUTPUT, generator=generator, dtype=torch.float64)


def assert_equal(networks: Networks, k: int, reference: nn.Module, pairs: list[tuple]) -> None:
    """Network k answers as the reference, and so do its gradients; `pairs` holds (ours (seeds, ...), theirs)."""
    letters, lengths, weights = batch()
    ours = networks(letters, lengths)
    theirs = reference(letters[k], lengths[k])
    torch.testing.assert_close(ours[k], theirs, rtol=0, atol=1e-12)
    (ours * weights).sum().backward()
    (theirs * weights[k]).sum().backward()
    for mine, other in pairs:
        torch.testing.assert_close(mine.grad[k], other(lambda p: p.grad), rtol=0, atol=1e-12)


def fill(pairs: list[tuple], k: int) -> None:
    """Give the reference the parameters of network k; each of `theirs` is a view of one of its parameters."""
    with torch.no_grad():
        for ours, theirs in pairs:
            theirs(lambda p: p).copy_(ours[k])


class Reference(nn.Module):
    """nn.LSTM or nn.RNN with a read-out at the last letter, carrying the parameters of network k."""

    def __init__(self, kind: type[nn.Module], networks: Networks, k: int, order: list[int]):
        super().__init__()
        layers = len(networks.layers)
        self.inner = kind(INPUT, HIDDEN, layers, batch_first=True).double()
        self.linear = nn.Linear(HIDDEN, OUTPUT).double()
        self.rows = torch.arange(len(order) * HIDDEN).view(-1, HIDDEN)[order].flatten()  # their rows, in our order
        with torch.no_grad():
            for n, layer in enumerate(networks.layers):
                for name, ours in (("weight_ih", layer.U), ("weight_hh", layer.V), ("bias_ih", layer.b)):
                    self[name, n][self.rows] = ours[k].T.squeeze(1)
                self["bias_hh", n].zero_()
            self.linear.weight.copy_(networks.W[k].T)
            self.linear.bias.copy_(networks.b[k, 0])

    def __getitem__(self, key: tuple[str, int]) -> nn.Parameter:
        return getattr(self.inner, f"{key[0]}_l{key[1]}")

    def forward(self, letters: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        outputs, _ = self.inner(one_hot(letters, INPUT, torch.float64))
        return self.linear(at_last_letter(outputs, lengths)).log_softmax(dim=1)

    def pairs(self, networks: Networks) -> list[tuple]:
        pairs = [(networks.W, lambda of: of(self.linear.weight).T), (networks.b, lambda of: of(self.linear.bias)[None])]
        for n, layer in enumerate(networks.layers):
            pairs.append((layer.U, lambda of, n=n: of(self["weight_ih", n])[self.rows].T))
            pairs.append((layer.V, lambda of, n=n: of(self["weight_hh", n])[self.rows].T))
            pairs.append((layer.b, lambda of, n=n: of(self["bias_ih", n])[self.rows][None]))
        return pairs


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("variant, kind, order", [(LSTM, nn.LSTM, [1, 0, 3, 2]), (TANH, nn.RNN, [0])])
def test_equals_pytorch(variant, kind, order, layers):
    networks = make(replace(variant, layers=layers))
    for k in range(len(SEEDS)):
        networks.zero_grad()
        reference = Reference(kind, networks, k, order)
        assert_equal(networks, k, reference, reference.pairs(networks))


def test_linear_rnn_equals_the_teachers():
    networks, k = make(LINEAR), 1
    rnn = RNN(INPUT, HIDDEN, OUTPUT).double()
    (layer,) = networks.layers
    pairs = [
        (layer.U, lambda of: of(rnn.i2h.weight)[:, :INPUT].T), (layer.V, lambda of: of(rnn.i2h.weight)[:, INPUT:].T),
        (layer.b, lambda of: of(rnn.i2h.bias)[None]),
        (networks.W, lambda of: of(rnn.i2o.weight).T), (networks.b, lambda of: of(rnn.i2o.bias)[None]),
    ]  # fmt: skip
    fill(pairs, k)
    assert_equal(networks, k, rnn, pairs)


def test_lstm_equals_the_cell_written_by_hand():
    networks, k = make(LSTM), 2
    lstm = MyLSTM(INPUT, HIDDEN, OUTPUT).double()
    (layer,) = networks.layers
    pairs = [
        (layer.U, lambda of: of(lstm.lstm.U).T), (layer.V, lambda of: of(lstm.lstm.V).T),
        (layer.b, lambda of: of(lstm.lstm.b)[None]),
        (networks.W, lambda of: of(lstm.linear.weight).T), (networks.b, lambda of: of(lstm.linear.bias)[None]),
    ]  # fmt: skip
    fill(pairs, k)
    assert_equal(networks, k, lstm, pairs)


@pytest.mark.parametrize(
    "change, by_hand",
    [
        ({"forget_gate": 1.0}, lambda f, i, o, g, c: (c + i * g, o)),
        ({"forget_gate": 0.0}, lambda f, i, o, g, c: (i * g, o)),
        ({"input_gate": 1.0}, lambda f, i, o, g, c: (f * c + g, o)),
        ({"output_gate": 1.0}, lambda f, i, o, g, c: (f * c + i * g, 1)),
    ],
)
def test_a_gate_held_open_or_shut(change, by_hand):
    """Two letters by hand: whatever is not learned takes its constant, and the learned rest keeps its order."""
    networks = make(replace(LSTM, **change))
    (layer,), (letters, _, _) = networks.layers, batch(time=2)
    Ux = torch.einsum("sbti,sih->sbth", F.one_hot(letters, INPUT).double(), layer.U) + layer.b.unsqueeze(1)
    h = c = Ux.new_zeros(*letters.shape[:2], HIDDEN)
    for t in range(2):
        a = dict.fromkeys("fio", Ux.new_zeros(1)) | dict(
            zip(networks.variant.blocks, (Ux[:, :, t] + h @ layer.V).chunk(3, dim=2), strict=True)
        )
        c, o = by_hand(a["f"].sigmoid(), a["i"].sigmoid(), a["o"].sigmoid(), a["g"].tanh(), c)
        h = o * c.tanh()
    torch.testing.assert_close(layer(Ux)[:, :, -1], h, rtol=0, atol=1e-12)


def test_carry_and_gate_by_hand():
    """The two by two, two letters by hand: h and c of each network as its line in NETWORKS says."""
    rules = {
        "tanh": lambda i, g, c: (g.tanh(), None),
        "carry": lambda i, g, c: ((c + g.tanh()).tanh(), c + g.tanh()),
        "gate": lambda i, g, c: (i.sigmoid() * g.tanh(), None),
        "carry_gate": lambda i, g, c: ((c + i.sigmoid() * g.tanh()).tanh(), c + i.sigmoid() * g.tanh()),
    }
    for key, rule in rules.items():
        networks = make(NETWORKS[key])
        (layer,), (letters, _, _) = networks.layers, batch(time=2)
        Ux, h = networks.letter_inputs(letters), torch.zeros(*letters.shape[:2], HIDDEN, dtype=torch.float64)
        c = h
        for t in range(2):
            *i, g = (Ux[:, :, t] + h @ layer.V).split(HIDDEN, dim=2)
            h, c = rule(*(i or [None]), g, c)
        torch.testing.assert_close(networks.states(letters)[:, :, -1], h, rtol=0, atol=1e-12)


@pytest.mark.parametrize("key", NETWORKS)
def test_networks_on_surnames_are_as_large_as_those_they_are_compared_with(key):
    parameters = surname_network(key, 18).parameters(57, 18)
    linear = sum(parameter.numel() for parameter in RNN(57, 128, 18).parameters())
    assert parameters == pytest.approx(98_000 if key in LARGE else linear, rel=0.015)


def test_output_tanh_off():
    networks = make(replace(LSTM, output_tanh=False))
    (layer,) = networks.layers
    Ux = torch.randn(len(SEEDS), 2, 4 * HIDDEN, dtype=torch.float64)
    h, c = layer.step(Ux, None)
    torch.testing.assert_close(h, Ux.chunk(4, dim=2)[2].sigmoid() * c)


@pytest.mark.parametrize("variant", SWITCHED)
def test_gradients_against_finite_differences(variant):
    networks, (letters, lengths, _) = make(variant, seeds=(1,), hidden_size=2), batch(seeds=1, size=2, time=3)
    parameters = dict(networks.named_parameters())

    def loss(*values):
        return torch.func.functional_call(networks, dict(zip(parameters, values, strict=True)), (letters, lengths))

    assert torch.autograd.gradcheck(loss, tuple(parameters.values()))


@pytest.mark.parametrize("variant", SWITCHED)
def test_padding_never_changes_an_answer(variant):
    networks, (letters, lengths, _) = make(variant), batch()
    answers = networks(letters, lengths)
    beyond = torch.arange(letters.size(2)) >= lengths.unsqueeze(2)
    torch.testing.assert_close(networks(letters.masked_fill(beyond, 3), lengths), answers, rtol=0, atol=0)
    torch.testing.assert_close(networks(F.pad(letters, (0, 4)), lengths), answers, rtol=0, atol=0)


@pytest.mark.parametrize("variant", SWITCHED)
def test_a_network_depends_on_its_own_seed_only(variant):
    alone, together = make(variant, seeds=(4,)), make(variant)
    letters, lengths, _ = batch()
    torch.testing.assert_close(alone(letters[1:2], lengths[1:2])[0], together(letters, lengths)[1], rtol=0, atol=1e-12)
    answers = together(letters[:1].expand(3, -1, -1), lengths[:1].expand(3, -1))
    assert (answers[0] - answers[1]).abs().max() > 1e-3


@pytest.mark.parametrize("variant", SWITCHED)
def test_parameters_are_counted(variant):
    variant = replace(variant, hidden_size=HIDDEN)
    counted = sum(parameter[0].numel() for parameter in Networks(variant, (0, 1), INPUT, OUTPUT).parameters())
    assert variant.parameters(INPUT, OUTPUT) == counted


def test_sized_is_the_nearest():
    variant = LSTM.sized(27_000, 57, 18)
    gap = abs(variant.parameters(57, 18) - 27_000)
    assert gap < 0.02 * 27_000
    for neighbour in (variant.hidden_size - 1, variant.hidden_size + 1):
        assert gap <= abs(replace(variant, hidden_size=neighbour).parameters(57, 18) - 27_000)


def test_forget_bias_is_added_to_the_forget_gate_alone():
    plain, biased = make(LSTM).layers[0].b, make(replace(LSTM, forget_bias=1.0)).layers[0].b
    difference = (biased - plain).detach()
    torch.testing.assert_close(difference[..., :HIDDEN], torch.ones_like(difference[..., :HIDDEN]))
    assert not difference[..., HIDDEN:].any()


def test_weights_start_as_in_nn_linear():
    layer = Networks(replace(LINEAR, hidden_size=128), (0,)).layers[0]
    for parameter in layer.parameters():
        assert 0.95 * 185**-0.5 < parameter.abs().max() <= 185**-0.5
        assert abs(parameter.mean()) < 0.1 * 185**-0.5
