"""Chapter 4's networks: one recurrence with switches from RNN to LSTM, and three controls."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from namelib.models import at_last_letter, one_hot
from namelib.spelling import ALPHABET

LEARNED = "learned"


@dataclass(frozen=True)
class Variant:
    """The switches of the recurrence in `Layer`. As they stand: the LSTM.

    A gate is LEARNED or a constant: 1.0 holds it open, 0.0 shut. The tanh RNN is the LSTM whose
    forget gate is shut, whose input and output gates are open and whose output tanh is off; the
    linear RNN lacks the candidate's tanh too. A `cell` other than "lstm" ignores the gates'
    switches.
    """

    cell: str = "lstm"  # a key of CELLS
    hidden_size: int = 128
    forget_gate: float | str = LEARNED
    input_gate: float | str = LEARNED
    # of the input gate: with 2.0 a learned gate starts at 1 and not at one half
    input_scale: float = 1.0
    output_gate: float | str = LEARNED
    candidate_tanh: bool = True
    output_tanh: bool = True
    reads_letter: bool = False  # read out [x_t, h_{t-1}] as the teacher's RNN does, and not h_t
    forget_bias: float = 0.0  # added to the forget gate's first bias
    orthogonal: bool = False  # the first recurrent matrix keeps the length of every state

    @property
    def blocks(self) -> str:
        """What is computed from x_t and h_{t-1}: the learned gates in CustomLSTM's order, g."""
        if self.cell != "lstm":
            return CELLS[self.cell].blocks
        gates = {"f": self.forget_gate, "i": self.input_gate, "o": self.output_gate}
        return "".join(name for name, gate in gates.items() if gate == LEARNED) + "g"

    def parameters(self, input_size: int, output_size: int) -> int:
        """How many numbers one network of this variant learns."""
        hidden, rows = self.hidden_size, len(self.blocks) * self.hidden_size
        layer = rows * (input_size + hidden + 1) + hidden * (self.cell == "multiplicative")
        return layer + output_size * (hidden + input_size * self.reads_letter + 1)

    def sized(self, parameters: int, input_size: int, output_size: int) -> "Variant":
        """The variant with the hidden size closest to the given parameter count."""
        sizes = (replace(self, hidden_size=hidden) for hidden in range(1, 1025))
        return min(
            sizes, key=lambda variant: abs(variant.parameters(input_size, output_size) - parameters)
        )


LSTM_SWITCHES = Variant()
TANH_SWITCHES = Variant(forget_gate=0.0, input_gate=1.0, output_gate=1.0, output_tanh=False)
# the teacher's RNN
LINEAR_SWITCHES = replace(TANH_SWITCHES, candidate_tanh=False, reads_letter=True)

VARIANTS = {
    "linear": LINEAR_SWITCHES,
    "tanh": TANH_SWITCHES,
    "tanh_orthogonal": replace(TANH_SWITCHES, orthogonal=True),
    # h_t = 1/2 tanh(...): as small as behind a gate, without one
    "half": replace(TANH_SWITCHES, input_gate=0.5),
    "sum": Variant(cell="sum"),  # as many blocks as with a gate, averaged and not multiplied
    "multiplicative": Variant(cell="multiplicative"),  # multiplies, without a gate
    # multiplies without damping
    "double_gate": replace(TANH_SWITCHES, input_gate=LEARNED, input_scale=2.0),
    "gate": replace(TANH_SWITCHES, input_gate=LEARNED),  # h_t = sigmoid(...) * tanh(...)
    # c_t = c_{t-1} + tanh(...), h_t = tanh(c_t)
    "carry": Variant(forget_gate=1.0, input_gate=1.0, output_gate=1.0),
    # c_t = c_{t-1} + sigmoid(...) * tanh(...)
    "carry_gate": Variant(forget_gate=1.0, output_gate=1.0),
    "lstm": LSTM_SWITCHES,
    "gru": Variant(cell="gru"),
    "lstm_bias_0": LSTM_SWITCHES,
    "lstm_bias_1": Variant(forget_bias=1.0),
    "lstm_bias_3": Variant(forget_bias=3.0),
}


def surname_network(
    key: str, languages: int, hidden_size: int = 128, large: bool = False
) -> Variant:
    """The network of that key in the size that it has on surnames.

    It has as many parameters as the teacher's RNN of the given hidden size, 27 thousand; a large
    one as many as one LSTM layer of that hidden size, 98 thousand.
    """
    matched = replace(LSTM_SWITCHES if large else LINEAR_SWITCHES, hidden_size=hidden_size)
    return VARIANTS[key].sized(
        matched.parameters(len(ALPHABET), languages), len(ALPHABET), languages
    )


class Layer(nn.Module):
    """One layer of the recurrence for several networks; parameters have `networks` in front.

    f_t = sigmoid(U_f x_t + V_f h_{t-1} + b_f)      forget gate, or a constant
    i_t = sigmoid(U_i x_t + V_i h_{t-1} + b_i)      input gate, or a constant
    o_t = sigmoid(U_o x_t + V_o h_{t-1} + b_o)      output gate, or a constant
    g_t = tanh   (U_g x_t + V_g h_{t-1} + b_g)      candidate; tanh can be off
    c_t = f_t * c_{t-1} + i_t * g_t                 cell state
    h_t = o_t * tanh(c_t)                           hidden state; tanh can be off
    """

    def __init__(self, variant: Variant, input_size: int, generators: Sequence[torch.Generator]):
        super().__init__()
        self.variant, hidden = variant, variant.hidden_size
        rows, fan_in = len(variant.blocks) * hidden, input_size + hidden
        self.U = uniform(generators, fan_in, input_size, rows)  # (networks, input, blocks * hidden)
        self.V = uniform(generators, fan_in, hidden, rows)  # (networks, hidden, blocks * hidden)
        self.b = uniform(generators, fan_in, 1, rows)  # (networks, 1, blocks * hidden)
        if variant.forget_bias:
            self.b.data[..., :hidden] += variant.forget_bias
        if variant.orthogonal:
            for V, generator in zip(self.V.data, generators, strict=True):
                nn.init.orthogonal_(V, generator=generator)

    def step(
        self, Ux: Tensor, state: tuple[Tensor, Tensor] | None, V: Tensor
    ) -> tuple[Tensor, Tensor]:
        """U x_t + b (networks, batch, blocks * hidden), h_{t-1}, c_{t-1} -> h_t, c_t.

        States are (networks, batch, hidden).

        No state stands for zeros: a name's first letter. `V` is the recurrent matrix, or what
        dropout left of it.
        """
        v, (h, c) = self.variant, state or (None, None)
        added_up = Ux if h is None else torch.baddbmm(Ux, h, V)
        a = dict(zip(v.blocks, added_up.chunk(len(v.blocks), dim=2), strict=True))
        f = a["f"].sigmoid() if "f" in a else v.forget_gate
        i = v.input_scale * (a["i"].sigmoid() if "i" in a else v.input_gate)
        g = a["g"].tanh() if v.candidate_tanh else a["g"]
        c = i * g if c is None else f * c + i * g  # (networks, batch, hidden)
        o = a["o"].sigmoid() if "o" in a else v.output_gate
        h = o * (c.tanh() if v.output_tanh else c)  # (networks, batch, hidden)
        return h, c

    def forward(self, Ux: Tensor, V: Tensor) -> Tensor:
        """U x + b (networks, batch, time, blocks * hidden) -> (networks, batch, time + 1, hidden).

        From h_0 = 0 to h_T.
        """
        # (networks, batch, hidden)
        states, state = [Ux.new_zeros(*Ux.shape[:2], self.variant.hidden_size)], None
        for Ux_t in Ux.unbind(2):
            state = self.step(Ux_t, state, V)
            states.append(state[0])
        return torch.stack(states, dim=2)


class SumLayer(Layer):
    """h_t = (tanh(U_p x_t + V_p h_{t-1} + b_p) + tanh(U_q x_t + V_q h_{t-1} + b_q)) / 2.

    Two branches, no product.
    """

    blocks = "pq"

    def step(
        self, Ux: Tensor, state: tuple[Tensor, Tensor] | None, V: Tensor
    ) -> tuple[Tensor, Tensor]:
        a = Ux if state is None else torch.baddbmm(Ux, state[0], V)
        p, q = a.tanh().chunk(2, dim=2)
        h = (p + q) / 2  # (networks, batch, hidden)
        return h, h


class MultiplicativeLayer(Layer):
    """h_t = tanh(a x' * V h_{t-1} + x' + V h_{t-1}) with x' = U x_t + b.

    A number a for each unit, 1 at first.

    Multiplies what it reads by what it remembers, without a gate. Source: Wu et al. 2016, On
    multiplicative integration with recurrent neural networks, equation 4.
    """

    blocks = "g"

    def __init__(self, variant: Variant, input_size: int, generators: Sequence[torch.Generator]):
        super().__init__(variant, input_size, generators)
        self.alpha = nn.Parameter(torch.ones(len(generators), 1, variant.hidden_size))

    def step(
        self, Ux: Tensor, state: tuple[Tensor, Tensor] | None, V: Tensor
    ) -> tuple[Tensor, Tensor]:
        if state is None:
            h = Ux.tanh()
        else:
            Vh = torch.bmm(state[0], V)  # (networks, batch, hidden)
            h = (self.alpha * Ux * Vh + Ux + Vh).tanh()  # (networks, batch, hidden)
        return h, h


class GRULayer(Layer):
    """The gated recurrent unit, with one bias a block. Source: Cho et al. 2014, equations 5 to 8.

    r_t = sigmoid(U_r x_t + V_r h_{t-1} + b_r)      reset gate
    z_t = sigmoid(U_z x_t + V_z h_{t-1} + b_z)      update gate
    n_t = tanh(U_n x_t + b_n + r_t * V_n h_{t-1})   candidate
    h_t = (1 - z_t) * n_t + z_t * h_{t-1}
    """

    blocks = "rzn"

    def step(
        self, Ux: Tensor, state: tuple[Tensor, Tensor] | None, V: Tensor
    ) -> tuple[Tensor, Tensor]:
        x_r, x_z, x_n = Ux.chunk(3, dim=2)
        if state is None:
            h = (1 - x_z.sigmoid()) * x_n.tanh()
        else:
            V_r, V_z, V_n = torch.bmm(state[0], V).chunk(3, dim=2)
            z = (x_z + V_z).sigmoid()
            n = (x_n + (x_r + V_r).sigmoid() * V_n).tanh()
            h = (1 - z) * n + z * state[0]  # (networks, batch, hidden)
        return h, h


CELLS = {"lstm": Layer, "sum": SumLayer, "multiplicative": MultiplicativeLayer, "gru": GRULayer}


class Networks(nn.Module):
    """Networks of one variant, trained in one computation.

    letters (networks, batch, time) padded, lengths (networks, batch) -> log-probabilities
    (networks, batch, output). A network's first weights depend on its own seed only.
    """

    def __init__(
        self, variant: Variant, seeds: Sequence[int], input_size: int = 57, output_size: int = 18
    ):
        super().__init__()
        self.variant, self.input_size = variant, input_size
        generators = [torch.Generator().manual_seed(seed) for seed in seeds]
        self.layer = CELLS[variant.cell](variant, input_size, generators)
        read = variant.hidden_size + input_size * variant.reads_letter
        # (networks, read, output); [x_t, h_{t-1}] or h_t is read
        self.W = uniform(generators, read, read, output_size)
        self.b = uniform(generators, read, 1, output_size)  # (networks, 1, output)

    def forward(self, letters: Tensor, lengths: Tensor) -> Tensor:
        return self.answer(self.states(letters), letters, lengths)

    def states(self, letters: Tensor, V: Tensor | None = None) -> Tensor:
        """h_0 ... h_time, (networks, batch, time + 1, hidden); h_0 is zero.

        `V` replaces the recurrent matrix.
        """
        return self.layer(self.letter_inputs(letters), self.layer.V if V is None else V)

    def letter_inputs(self, letters: Tensor) -> Tensor:
        """U x + b for each letter, (networks, batch, time, blocks * hidden); U x is a row of U."""
        # (networks, batch, time)
        row = letters + self.input_size * torch.arange(len(letters)).view(-1, 1, 1)
        return F.embedding(row, self.layer.U.flatten(0, 1)) + self.layer.b.unsqueeze(1)

    def answer(self, states: Tensor, letters: Tensor, lengths: Tensor) -> Tensor:
        """The log-probabilities after the last letter, from the states."""
        return torch.baddbmm(self.b, self.read(states, letters, lengths), self.W).log_softmax(dim=2)

    def read(self, states: Tensor, letters: Tensor, lengths: Tensor) -> Tensor:
        """What the read-out sees at each name's last letter: h_t, or x_t beside h_{t-1}.

        (networks, batch, read)
        """
        shape, lengths = lengths.shape, lengths.flatten()
        if not self.variant.reads_letter:
            return at_last_letter(states[:, :, 1:].flatten(0, 1), lengths).unflatten(0, shape)
        x = at_last_letter(one_hot(letters.flatten(0, 1), self.input_size, states.dtype), lengths)
        h = at_last_letter(states[:, :, :-1].flatten(0, 1), lengths)
        return torch.cat([x, h], dim=1).unflatten(0, shape)


def uniform(generators: Sequence[torch.Generator], fan_in: int, *shape: int) -> nn.Parameter:
    """A parameter (networks, *shape), drawn as `nn.Linear` does: within 1 / sqrt(inputs) of 0."""
    draws = [2 * torch.rand(shape, generator=generator) - 1 for generator in generators]
    return nn.Parameter(torch.stack(draws) * fan_in**-0.5)
