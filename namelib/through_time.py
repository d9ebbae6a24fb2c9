"""Backpropagation through time, written out: the two recurrences and the derivatives that autograd would take.

Autograd records every operation of every letter and walks them all back. Written out, what the letters have in common
is computed for all of them at once, and a weight's gradient is one product at the end instead of a sum of small ones.
Everything is time first, as in `nn.LSTM`. Source: Werbos 1990, Backpropagation through time: what it does and how.
"""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable
from torch.nn import functional as F


class LinearThroughTime(Function):
    """h_t = W_x x_t + W_h h_{t-1} + b from h_0 = 0, where W = [W_x, W_h].

    x (time, batch, input), W (hidden, input + hidden), b (hidden,) -> h_0 ... h_time (time + 1, batch, hidden).
    Gives gradients of W and b; x, the letters, has none.
    """

    @staticmethod
    def forward(ctx, x: Tensor, W: Tensor, b: Tensor) -> Tensor:
        W_x, W_h = W.split((x.size(2), len(b)), dim=1)  # (hidden, input), (hidden, hidden)
        h = torch.cat([x.new_zeros(1, x.size(1), len(b)), F.linear(x, W_x, b)])  # (time + 1, batch, hidden)
        h_t = h.unbind()
        for t in range(2, len(h)):  # h_1 has nothing before it
            h_t[t].addmm_(h_t[t - 1], W_h.T)
        ctx.save_for_backward(x, h, W_h)
        return h

    @staticmethod
    @once_differentiable
    def backward(ctx, dh: Tensor) -> tuple[None, Tensor, Tensor]:
        x, h, W_h = ctx.saved_tensors
        dh = dh.clone()  # from here on also what reaches h_t through the later ones
        dh_t = dh.unbind()
        for t in range(len(x), 1, -1):
            dh_t[t - 1].addmm_(dh_t[t], W_h)
        dh = dh[1:].flatten(0, 1)  # (time * batch, hidden)
        return None, dh.T @ torch.cat([x, h[:-1]], dim=2).flatten(0, 1), dh.sum(dim=0)


class LSTMThroughTime(Function):
    """f, i, o, g, c, h at every letter by `step(Ux, h, c)`, which is CustomLSTM's without peepholes.

    Ux (time, batch, 4 hidden), V (4 hidden, hidden), h_0 and c_0 (batch, hidden) -> h_1 ... h_time (time, batch,
    hidden), h_time, c_time. Gives gradients of all but `step`.
    """

    @staticmethod
    def forward(ctx, step: Callable, Ux: Tensor, V: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        states, gates = [(h, c)], []
        for Ux_t in Ux.unbind():
            *f_i_o_g, c, h = step(Ux_t, h, c)
            states.append((h, c))
            gates.append(f_i_o_g)
        hs, cs = map(torch.stack, zip(*states, strict=True))  # each (time + 1, batch, hidden)
        ctx.save_for_backward(V, hs, cs, *map(torch.stack, zip(*gates, strict=True)))
        return hs[1:], h, c

    @staticmethod
    @once_differentiable
    def backward(ctx, dhs: Tensor, dh: Tensor, dc: Tensor) -> tuple[None, Tensor, Tensor, Tensor, Tensor]:
        V, h, c, f, i, o, g = ctx.saved_tensors
        before, tanh_c = c[:-1], c[1:].tanh()  # c_{t-1}, tanh(c_t): (time, batch, hidden)
        h_by_c = o * (1 - tanh_c**2)
        # What a gate adds up, U x_t + V h_{t-1} + b, acts on c_t or h_t through the slope of its sigmoid or tanh.
        c_by_f, c_by_i, c_by_g = before * f * (1 - f), g * i * (1 - i), i * (1 - g**2)
        h_by_o = tanh_c * o * (1 - o)
        da = f.new_empty(*f.shape[:2], 4, f.size(2))  # by what the gates add up: (time, batch, 4, hidden)
        for t in reversed(range(len(f))):
            dh = dh + dhs[t]  # (batch, hidden)
            dc = dc + dh * h_by_c[t]
            torch.stack([dc * c_by_f[t], dc * c_by_i[t], dh * h_by_o[t], dc * c_by_g[t]], dim=1, out=da[t])
            dh = da[t].flatten(1) @ V
            dc = dc * f[t]
        da = da.flatten(2)  # (time, batch, 4 hidden)
        return None, da, da.flatten(0, 1).T @ h[:-1].flatten(0, 1), dh, dc
