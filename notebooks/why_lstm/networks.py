"""One recurrence with switches: every network of chapter 4, from the teacher's RNN to the LSTM, is a setting of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from namelib.data import ALPHABET
from namelib.models import at_last_letter, one_hot

LEARNED = "learned"


@dataclass(frozen=True)
class Variant:
    """The switches of the recurrence in `Layer`. As they stand: the LSTM.

    A gate is LEARNED or a constant: 1.0 holds it open, 0.0 shut. The tanh RNN is the LSTM whose forget gate is shut,
    whose input and output gates are open and whose output tanh is off; the linear RNN lacks the candidate's tanh too.
    """

    hidden_size: int = 128
    layers: int = 1
    forget_gate: float | str = LEARNED
    input_gate: float | str = LEARNED
    output_gate: float | str = LEARNED
    candidate_tanh: bool = True
    output_tanh: bool = True
    reads_letter: bool = False  # read out [x_t, h_{t-1}] as the teacher's RNN does, and not h_t
    forget_bias: float = 0.0  # added to the forget gate's first bias

    @property
    def blocks(self) -> str:
        """What is computed from x_t and h_{t-1}, in the order of CustomLSTM: the learned gates of f, i, o, then g."""
        gates = {"f": self.forget_gate, "i": self.input_gate, "o": self.output_gate}
        return "".join(name for name, gate in gates.items() if gate == LEARNED) + "g"

    def parameters(self, input_size: int, output_size: int) -> int:
        """How many numbers one network of this variant learns."""
        hidden, rows = self.hidden_size, len(self.blocks) * self.hidden_size
        layers = rows * (input_size + hidden + 1) + (self.layers - 1) * rows * (2 * hidden + 1)
        return layers + output_size * (hidden + input_size * self.reads_letter + 1)

    def sized(self, parameters: int, input_size: int, output_size: int) -> "Variant":
        """The same variant with the hidden size that brings it nearest to so many parameters."""
        sizes = (replace(self, hidden_size=hidden) for hidden in range(1, 1025))
        return min(sizes, key=lambda variant: abs(variant.parameters(input_size, output_size) - parameters))


LSTM = Variant()
TANH = Variant(forget_gate=0.0, input_gate=1.0, output_gate=1.0, output_tanh=False)
LINEAR = replace(TANH, candidate_tanh=False, reads_letter=True)  # the teacher's RNN

NETWORKS = {
    "linear": LINEAR,
    "tanh": TANH,
    "carry": Variant(forget_gate=1.0, input_gate=1.0, output_gate=1.0),  # c_t = c_{t-1} + tanh(...), h_t = tanh(c_t)
    "gate": replace(TANH, input_gate=LEARNED),  # h_t = sigmoid(...) * tanh(...)
    "carry_gate": Variant(forget_gate=1.0, output_gate=1.0),  # c_t = c_{t-1} + sigmoid(...) * tanh(...)
    "lstm": LSTM,
    "lstm_no_forget": Variant(forget_gate=1.0),
    "lstm_no_input": Variant(input_gate=1.0),
    "lstm_no_output": Variant(output_gate=1.0),
    "lstm_regularised": LSTM,  # trained by the recipe of chapters 1 to 3
    "tanh_98k": TANH,
    "lstm_98k": LSTM,
    "lstm_two_layers": Variant(layers=2),  # as large as lstm_98k
    "lstm_bias_0": LSTM,
    "lstm_bias_1": Variant(forget_bias=1.0),
    "lstm_bias_3": Variant(forget_bias=3.0),
}
LARGE = ("tanh_98k", "lstm_98k", "lstm_two_layers")


def surname_network(key: str, languages: int, hidden_size: int = 128) -> Variant:
    """The network of that key in the size that it has on surnames.

    It has as many parameters as the teacher's RNN of the given hidden size, 27 thousand; a LARGE one as many as one
    LSTM layer of that hidden size, 98 thousand.
    """
    matched = replace(LSTM if key in LARGE else LINEAR, hidden_size=hidden_size)
    return NETWORKS[key].sized(matched.parameters(len(ALPHABET), languages), len(ALPHABET), languages)


class Layer(nn.Module):
    """One layer of the recurrence for several networks at once; every parameter has `networks` in front.

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

    def step(self, Ux: Tensor, state: tuple[Tensor, Tensor] | None) -> tuple[Tensor, Tensor]:
        """U x_t + b (networks, batch, blocks * hidden) and h_{t-1}, c_{t-1} (networks, batch, hidden) -> h_t, c_t.

        No state stands for zeros: a name's first letter.
        """
        v, (h, c) = self.variant, state or (None, None)
        added_up = Ux if h is None else torch.baddbmm(Ux, h, self.V)
        a = dict(zip(v.blocks, added_up.chunk(len(v.blocks), dim=2), strict=True))
        f = a["f"].sigmoid() if "f" in a else v.forget_gate
        i = a["i"].sigmoid() if "i" in a else v.input_gate
        g = a["g"].tanh() if v.candidate_tanh else a["g"]
        c = i * g if c is None else f * c + i * g  # (networks, batch, hidden)
        o = a["o"].sigmoid() if "o" in a else v.output_gate
        h = o * (c.tanh() if v.output_tanh else c)  # (networks, batch, hidden)
        return h, c

    def forward(self, Ux: Tensor) -> Tensor:
        """U x + b (networks, batch, time, blocks * hidden) -> h_0 = 0, ..., (networks, batch, time + 1, hidden)."""
        states, state = [Ux.new_zeros(*Ux.shape[:2], self.variant.hidden_size)], None  # (networks, batch, hidden)
        for Ux_t in Ux.unbind(2):
            state = self.step(Ux_t, state)
            states.append(state[0])
        return torch.stack(states, dim=2)


class Networks(nn.Module):
    """Networks of one variant, trained in one computation.

    letters (networks, batch, time) padded, lengths (networks, batch) -> log-probabilities (networks, batch, output).
    A network's first weights depend on its own seed only.
    """

    def __init__(self, variant: Variant, seeds: Sequence[int], input_size: int = 57, output_size: int = 18):
        super().__init__()
        self.variant, self.input_size = variant, input_size
        generators = [torch.Generator().manual_seed(seed) for seed in seeds]
        sizes = [input_size] + (variant.layers - 1) * [variant.hidden_size]
        self.layers = nn.ModuleList(Layer(variant, size, generators) for size in sizes)
        read = variant.hidden_size + input_size * variant.reads_letter
        self.W = uniform(generators, read, read, output_size)  # (networks, read, output); [x_t, h_{t-1}] or h_t is read
        self.b = uniform(generators, read, 1, output_size)  # (networks, 1, output)

    def forward(self, letters: Tensor, lengths: Tensor) -> Tensor:
        return self.answer(self.states(letters), letters, lengths)

    def states(self, letters: Tensor) -> Tensor:
        """The top layer's h_0 ... h_time, (networks, batch, time + 1, hidden); h_0 is zero."""
        first, *others = self.layers
        states = first(self.letter_inputs(letters))
        for layer in others:
            below = states[:, :, 1:]  # (networks, batch, time, hidden)
            states = layer(torch.baddbmm(layer.b, below.flatten(1, 2), layer.U).unflatten(1, below.shape[1:3]))
        return states

    def letter_inputs(self, letters: Tensor) -> Tensor:
        """U x + b of the first layer for each letter, (networks, batch, time, blocks * hidden); U x is a row of U."""
        first = self.layers[0]
        row = letters + self.input_size * torch.arange(len(letters)).view(-1, 1, 1)  # (networks, batch, time)
        return F.embedding(row, first.U.flatten(0, 1)) + first.b.unsqueeze(1)

    def answer(self, states: Tensor, letters: Tensor, lengths: Tensor) -> Tensor:
        """The log-probabilities after the last letter, from the top layer's states."""
        return torch.baddbmm(self.b, self.read(states, letters, lengths), self.W).log_softmax(dim=2)

    def read(self, states: Tensor, letters: Tensor, lengths: Tensor) -> Tensor:
        """What the read-out sees at each name's last letter: h_t, or x_t beside h_{t-1}. (networks, batch, read)"""
        shape, lengths = lengths.shape, lengths.flatten()
        if not self.variant.reads_letter:
            return at_last_letter(states[:, :, 1:].flatten(0, 1), lengths).unflatten(0, shape)
        x = at_last_letter(one_hot(letters.flatten(0, 1), self.input_size, states.dtype), lengths)
        h = at_last_letter(states[:, :, :-1].flatten(0, 1), lengths)
        return torch.cat([x, h], dim=1).unflatten(0, shape)


def uniform(generators: Sequence[torch.Generator], fan_in: int, *shape: int) -> nn.Parameter:
    """A parameter (networks, *shape), drawn as `nn.Linear` does: between -1 and 1 over the root of the inputs."""
    draws = [2 * torch.rand(shape, generator=generator) - 1 for generator in generators]
    return nn.Parameter(torch.stack(draws) * fan_in**-0.5)
