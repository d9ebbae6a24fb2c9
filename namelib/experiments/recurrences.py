"""The trained networks as recurrences s_t = step(x_t, s_{t-1}), with the Jacobian of a step, all in float64.

Of a network with several layers this is the top layer, the one that is read out. No lower layer depends on it, so the
derivative of its last state by its earlier ones is exactly that of a single layer that reads the outputs below.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from namelib.models import LSTM, RNN, CustomLSTM, MyLSTM, one_hot


class LinearRecurrence:
    """The teacher's RNN: h_t = W_x x_t + W_h h_{t-1} + b. Its state is h."""

    def __init__(self, model: RNN):
        self.hidden_size = self.state_size = model.i2h.out_features
        weight, self.b = model.i2h.weight.detach().double(), model.i2h.bias.detach().double()
        self.W_x, self.W_h = weight.split((model.i2h.in_features - self.hidden_size, self.hidden_size), dim=1)

    def inputs(self, letters: Tensor) -> Tensor:
        """letters (batch, time) -> W_x x + b (batch, time, hidden)."""
        return F.embedding(letters, self.W_x.T) + self.b

    def step(self, x: Tensor, h: Tensor) -> Tensor:
        """x and h_{t-1} (batch, hidden) -> h_t (batch, hidden)."""
        return x + h @ self.W_h.T

    def jacobian(self, x: Tensor, h: Tensor) -> Tensor:
        """d h_t / d h_{t-1}, (batch, hidden, hidden): W_h, whatever the letter and the state."""
        return self.W_h.expand(len(h), -1, -1)


class GatedRecurrence:
    """The top layer of an LSTM or MyLSTM. Its state is (h, c), one after the other."""

    def __init__(self, model: LSTM | MyLSTM):
        split = isinstance(model, LSTM)
        layers = [CustomLSTM.from_torch(layer) for layer in _split(model.lstm)] if split else [model.lstm]
        *self.below, self.layer = (_double(layer) for layer in layers)
        self.input_size = model.lstm.input_size
        self.hidden_size, self.state_size = self.layer.hidden_size, 2 * self.layer.hidden_size

    def inputs(self, letters: Tensor) -> Tensor:
        """letters (batch, time) -> U x + b (batch, time, 4 hidden); x: the letters, or what the layer below gave."""
        x = one_hot(letters, self.input_size, torch.float64)
        for layer in self.below:
            x, _ = layer(x)
        return F.linear(x, self.layer.U, self.layer.b)

    def step(self, Ux: Tensor, state: Tensor) -> Tensor:
        """U x + b (batch, 4 hidden) and the state (batch, 2 hidden) -> the next state."""
        *_, c, h = self.layer.step(Ux, *state.chunk(2, dim=1))
        return torch.cat([h, c], dim=1)

    def forget_gate(self, Ux: Tensor, state: Tensor) -> Tensor:
        """f_t, (batch, hidden)."""
        return self.layer.step(Ux, *state.chunk(2, dim=1))[0]

    def jacobian(self, Ux: Tensor, state: Tensor) -> Tensor:
        """d (h_t, c_t) / d (h_{t-1}, c_{t-1}), (batch, 2 hidden, 2 hidden): the chain rule on its equations."""
        h, c_before = state.chunk(2, dim=1)
        f, i, o, g, c, _ = self.layer.step(Ux, h, c_before)
        by_f, by_i, by_g = c_before * f * (1 - f), g * i * (1 - i), i * (1 - g**2)  # d c_t / d what the gate adds up
        by_o, by_c = c.tanh() * o * (1 - o), o * (1 - c.tanh() ** 2)  # d h_t / d what o_t adds up, and d h_t / d c_t

        V_f, V_i, V_o, V_g = self.layer.V.chunk(4)  # each (hidden, hidden)
        c_by_h = _rows(by_f, V_f) + _rows(by_i, V_i) + _rows(by_g, V_g)  # (batch, hidden, hidden)
        c_by_c = torch.diag_embed(f)
        h_by_h, h_by_c = _rows(by_o, V_o), torch.zeros_like(c_by_c)
        if self.layer.P is not None:
            P_f, P_i, P_o = self.layer.P.chunk(3)
            c_by_c = c_by_c + _rows(by_f, P_f) + _rows(by_i, P_i)
            h_by_h, h_by_c = h_by_h + _rows(by_o, P_o @ c_by_h), _rows(by_o, P_o @ c_by_c)
        h_by_h, h_by_c = h_by_h + _rows(by_c, c_by_h), h_by_c + _rows(by_c, c_by_c)
        return torch.cat([torch.cat([h_by_h, h_by_c], dim=2), torch.cat([c_by_h, c_by_c], dim=2)], dim=1)


def recurrence(model: nn.Module) -> LinearRecurrence | GatedRecurrence:
    """The recurrence that the network reads its answer from. Raises TypeError for another network."""
    if isinstance(model, RNN):
        return LinearRecurrence(model)
    if isinstance(model, LSTM | MyLSTM):
        return GatedRecurrence(model)
    raise TypeError(f"recurrence takes an RNN, LSTM or MyLSTM, not {type(model).__name__}")


def _rows(scale: Tensor, matrix: Tensor) -> Tensor:
    """diag(scale) @ matrix: (batch, hidden) and ([batch,] hidden, hidden) -> (batch, hidden, hidden)."""
    return scale.unsqueeze(2) * matrix


def _double(layer: CustomLSTM) -> CustomLSTM:
    copy = CustomLSTM(layer.input_size, layer.hidden_size, layer.P is not None).double()
    copy.load_state_dict(layer.state_dict())
    return copy.requires_grad_(False)


def _split(lstm: nn.LSTM) -> list[nn.LSTM]:
    """The layers of a stacked nn.LSTM, one by one."""
    layers = []
    for k in range(lstm.num_layers):
        layer = nn.LSTM(lstm.input_size if k == 0 else lstm.hidden_size, lstm.hidden_size, bias=lstm.bias)
        layer.to(lstm.weight_ih_l0)
        layer.load_state_dict({name: getattr(lstm, name[:-1] + str(k)) for name in layer.state_dict()})
        layers.append(layer)
    return layers
