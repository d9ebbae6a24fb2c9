"""The three networks: the teacher's RNN, an LSTM built with `torch.nn.LSTM`, a hand-written LSTM.

All three map a batch of surnames, `letters` (batch, time) padded with 0 and `lengths` (batch,), to
log-probabilities (batch, output_size). Padding after a surname's last letter never affects the
output.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

GATE_NAMES = ("forget_gate", "input_gate", "output_gate", "candidate", "cell_state", "hidden_state")


def one_hot(letters: Tensor, size: int, dtype: torch.dtype) -> Tensor:
    """Each letter as a vector with a single 1: (batch, time) -> (batch, time, size)."""
    return F.embedding(letters, torch.eye(size, dtype=dtype, device=letters.device))


def at_last_letter(outputs: Tensor | list[Tensor], lengths: Tensor) -> Tensor:
    """The output at each surname's last letter, (batch, hidden); zeros where length is 0.

    `outputs` is (batch, time, hidden), or a list of (batch, hidden), one for each letter.
    """
    if isinstance(outputs, Tensor):
        outputs = outputs.unbind(dim=1)
    if (lengths == len(outputs)).all():  # nothing is padded, as for one surname
        return outputs[-1]
    after = torch.stack([torch.zeros_like(outputs[0]), *outputs])  # (time + 1, batch, hidden)
    return after[lengths, torch.arange(len(lengths), device=lengths.device)]  # (batch, hidden)


class RNN(nn.Module):
    """The teacher's network, unchanged: without an activation function its recurrence is linear.

    For the letter x_t and the hidden state h_{t-1}:
        h_t = i2h([x_t, h_{t-1}])                     log p_t = log softmax(i2o([x_t, h_{t-1}]))
    The output is log p at the last letter.
    Source: original report, section 3.1; the PyTorch char-RNN tutorial.
    """

    def __init__(self, input_size: int = 57, hidden_size: int = 128, output_size: int = 18):
        super().__init__()
        self.input_size, self.hidden_size, self.output_size = input_size, hidden_size, output_size
        self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
        self.i2o = nn.Linear(input_size + hidden_size, output_size)
        self.softmax = nn.LogSoftmax(dim=1)

    def forward(self, letters: Tensor, lengths: Tensor) -> Tensor:
        x = one_hot(letters, self.input_size, self.i2h.weight.dtype)  # (batch, time, input)
        h = x.new_zeros(len(x), self.hidden_size)  # h_0: (batch, hidden)
        inputs = []
        for x_t in x.unbind(dim=1):  # (batch, input)
            inputs.append(torch.cat([x_t, h], dim=1))  # [x_t, h_{t-1}]: (batch, input + hidden)
            h = self.i2h(inputs[-1])  # h_t: (batch, hidden)
        last = at_last_letter(inputs, lengths)  # [x_T, h_{T-1}]: (batch, input + hidden)
        return self.softmax(self.i2o(last))  # log p_T: (batch, output)


class LSTM(nn.Module):
    """Two stacked LSTM layers from PyTorch and a linear read-out of the last hidden state.

    Source: original report, section 3.2; Hochreiter & Schmidhuber 1997, Gers et al. 2000.
    """

    def __init__(
        self,
        input_size: int = 57,
        hidden_size: int = 128,
        output_size: int = 18,
        num_layers: int = 2,
    ):
        super().__init__()
        self.input_size, self.hidden_size, self.output_size = input_size, hidden_size, output_size
        self.num_layers = num_layers
        self.lstm = nn.LSTM(input_size, hidden_size, num_layers=num_layers)
        self.linear = nn.Linear(hidden_size, output_size)
        self.softmax = nn.LogSoftmax(dim=1)

    def forward(self, letters: Tensor, lengths: Tensor) -> Tensor:
        h = at_last_letter(self.hidden_states(letters), lengths)  # (batch, hidden)
        return self.softmax(self.linear(h))  # (batch, output)

    def hidden_states(self, letters: Tensor) -> Tensor:
        """The upper layer's states h_1 ... h_T: (batch, time) -> (batch, time, hidden)."""
        x = one_hot(letters.T, self.input_size, self.linear.weight.dtype)  # (time, batch, input)
        outputs, _ = self.lstm(x)  # (time, batch, hidden)
        return outputs.transpose(0, 1)  # (batch, time, hidden)


class CustomLSTM(nn.Module):
    """One LSTM layer written from its equations (original report, section 3.3); gates f, i, o, g.

        f_t = sigmoid(U_f x_t + V_f h_{t-1} + b_f)    forget gate
        i_t = sigmoid(U_i x_t + V_i h_{t-1} + b_i)    input gate
        o_t = sigmoid(U_o x_t + V_o h_{t-1} + b_o)    output gate
        g_t = tanh   (U_g x_t + V_g h_{t-1} + b_g)    candidate
        c_t = f_t * c_{t-1} + i_t * g_t               cell state
        h_t = o_t * tanh(c_t)                         hidden state

    `U`, `V` and `b` stack the four gates, so that a step needs a single matrix product.
    """

    def __init__(self, input_size: int, hidden_size: int):
        super().__init__()
        self.input_size, self.hidden_size = input_size, hidden_size
        self.U = nn.Parameter(torch.empty(4 * hidden_size, input_size))
        self.V = nn.Parameter(torch.empty(4 * hidden_size, hidden_size))
        self.b = nn.Parameter(torch.empty(4 * hidden_size))
        bound = hidden_size**-0.5  # as torch.nn.LSTM does
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -bound, bound)

    @classmethod
    def from_torch(cls, lstm: nn.LSTM) -> "CustomLSTM":
        """A copy of a one-layer, one-way `nn.LSTM`, whose gates are in the order i, f, g, o."""
        if lstm.num_layers != 1 or lstm.bidirectional or lstm.proj_size:
            raise ValueError(
                f"from_torch takes one layer, one direction and no projection, not {lstm}"
            )
        i, f, g, o = torch.arange(4 * lstm.hidden_size).chunk(4)
        f_i_o_g = torch.cat([f, i, o, g])  # its rows in our order
        layer = cls(lstm.input_size, lstm.hidden_size).to(lstm.weight_ih_l0)
        bias = lstm.bias_ih_l0 + lstm.bias_hh_l0 if lstm.bias else torch.zeros_like(layer.b)
        with torch.no_grad():
            layer.U.copy_(lstm.weight_ih_l0[f_i_o_g])
            layer.V.copy_(lstm.weight_hh_l0[f_i_o_g])
            layer.b.copy_(bias[f_i_o_g])
        return layer

    def step(self, Ux: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, ...]:
        """U x_t + b (batch, 4 hidden), h_{t-1}, c_{t-1} (batch, hidden) -> f, i, o, g, c, h."""
        sums = torch.addmm(Ux, h, self.V.T)  # U x_t + V h_{t-1} + b: (batch, 4 hidden)
        f, i, o, g = sums.chunk(4, dim=1)  # each (batch, hidden), as all that follow
        f = f.sigmoid()
        i = i.sigmoid()
        o = o.sigmoid()
        g = g.tanh()
        c = f * c + i * g
        h = o * c.tanh()
        return f, i, o, g, c, h

    def forward(
        self, x: Tensor, state: tuple[Tensor, Tensor] | None = None
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """x (batch, time, input), optional (h, c) -> outputs (batch, time, hidden), last (h, c)."""
        h_0 = x.new_zeros(len(x), self.hidden_size)  # (batch, hidden)
        h, c = state or (h_0, h_0)
        Ux = F.linear(x, self.U, self.b)  # U x + b of all letters: (batch, time, 4 hidden)
        outputs = []
        for Ux_t in Ux.unbind(dim=1):  # (batch, 4 hidden)
            *_, c, h = self.step(Ux_t, h, c)
            outputs.append(h)
        return torch.stack(outputs, dim=1), (h, c)  # (batch, time, hidden)

    def extra_repr(self) -> str:
        return f"{self.input_size}, {self.hidden_size}"


class MyLSTM(nn.Module):
    """A CustomLSTM and a linear read-out of the last hidden state.

    Source: original report, section 3.3.
    """

    def __init__(self, input_size: int = 57, hidden_size: int = 32, output_size: int = 18):
        super().__init__()
        self.input_size, self.hidden_size, self.output_size = input_size, hidden_size, output_size
        self.lstm = CustomLSTM(input_size, hidden_size)
        self.linear = nn.Linear(hidden_size, output_size)
        self.softmax = nn.LogSoftmax(dim=1)

    def forward(self, letters: Tensor, lengths: Tensor) -> Tensor:
        h = at_last_letter(self.hidden_states(letters), lengths)  # (batch, hidden)
        return self.softmax(self.linear(h))  # (batch, output)

    def hidden_states(self, letters: Tensor) -> Tensor:
        """The hidden states h_1 ... h_T: (batch, time) -> (batch, time, hidden)."""
        x = one_hot(letters, self.input_size, self.lstm.U.dtype)  # (batch, time, input)
        outputs, _ = self.lstm(x)  # (batch, time, hidden)
        return outputs

    @torch.no_grad()
    def gates(self, letters: Tensor) -> dict[str, Tensor]:
        """The gates and states at every letter: (batch, time) -> {name: (batch, time, hidden)}."""
        x = one_hot(letters, self.input_size, self.lstm.U.dtype)  # (batch, time, input)
        Ux = F.linear(x, self.lstm.U, self.lstm.b)  # (batch, time, 4 hidden)
        h = c = Ux.new_zeros(len(Ux), self.hidden_size)  # (batch, hidden)
        steps = []
        for Ux_t in Ux.unbind(dim=1):  # (batch, 4 hidden)
            steps.append(self.lstm.step(Ux_t, h, c))
            *_, c, h = steps[-1]
        values = [torch.stack(values, dim=1) for values in zip(*steps, strict=True)]
        return dict(zip(GATE_NAMES, values, strict=True))  # each (batch, time, hidden)
