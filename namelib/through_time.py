"""Backpropagation through time, written out: the two recurrences and the derivatives that autograd would take.

Autograd records every operation of every letter and walks them all back. Written out, what the letters have in common
is computed for all of them at once, and a weight's gradient is one product at the end instead of a sum of small ones.
Everything is time first, as in `nn.LSTM`. Source: Werbos 1990, Backpropagation through time: what it does and how.
"""

import torch
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable
from torch.nn import functional as F

# (d, y) -> d y (1 - y) and d (1 - y^2), in one operation.
sigmoid_backward, tanh_backward = torch.ops.aten.sigmoid_backward, torch.ops.aten.tanh_backward


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
    """`CustomLSTM` without peepholes, its gates in the order f, i, o, g.

    x (time, batch, input), U (4 hidden, input), V (4 hidden, hidden), b (4 hidden,), h_0 and c_0 (batch, hidden)
    -> h_1 ... h_time (time, batch, hidden), h_time, c_time. Gives gradients of all six.
    """

    @staticmethod
    def forward(ctx, x: Tensor, U: Tensor, V: Tensor, b: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        x, V_T = x.contiguous(), V.T
        gates = F.linear(x, U, b)  # what each adds up, and in the loop the gate itself: (time, batch, 4 hidden)
        f_i_o, g = gates.split((3 * V.size(1), V.size(1)), dim=2)
        hs, cs = (state.new_empty(len(x) + 1, *state.shape) for state in (h, c))  # h_0 ... h_time, c_0 ... c_time
        hs[0], cs[0] = h, c
        rows = zip(gates, f_i_o, *f_i_o.chunk(3, dim=2), g, hs[1:], cs[1:], strict=True)
        for gates_t, f_i_o_t, f_t, i_t, o_t, g_t, h_t, c_t in rows:
            gates_t.addmm_(h, V_T)  # U x_t + b + V h_{t-1}: (batch, 4 hidden)
            f_i_o_t.sigmoid_()  # (batch, 3 hidden)
            g_t.tanh_()  # (batch, hidden)
            c = torch.mul(f_t, c, out=c_t).addcmul_(i_t, g_t)  # f_t c_{t-1} + i_t g_t: (batch, hidden)
            h = torch.mul(o_t, c.tanh(), out=h_t)  # o_t tanh(c_t): (batch, hidden)
        ctx.save_for_backward(x, U, V, gates, hs, cs)
        return hs[1:], h.clone(), c.clone()  # not views, so that changing a state leaves the outputs alone

    @staticmethod
    @once_differentiable
    def backward(ctx, dhs: Tensor, dh: Tensor, dc: Tensor) -> tuple[Tensor | None, ...]:
        x, U, V, gates, h, c = ctx.saved_tensors
        f, i, o, g = gates.chunk(4, dim=2)  # each (time, batch, hidden)
        tanh_c = c[1:].tanh()
        h_by_c = tanh_backward.default(o, tanh_c)  # o (1 - tanh(c_t)^2)
        # How c_t, or for the output gate h_t, answers to what a gate adds up; in the loop, how the loss answers to it.
        da = torch.empty_like(gates)  # (time, batch, 4 hidden)
        a_f, a_i, a_o, a_g = da.chunk(4, dim=2)
        sigmoid_backward.grad_input(c[:-1], f, grad_input=a_f)  # c_{t-1} f (1 - f)
        sigmoid_backward.grad_input(g, i, grad_input=a_i)  # g i (1 - i)
        sigmoid_backward.grad_input(tanh_c, o, grad_input=a_o)  # tanh(c_t) o (1 - o)
        tanh_backward.grad_input(i, g, grad_input=a_g)  # i (1 - g^2)
        rows = zip(dhs, h_by_c, f, a_f, a_i, a_o, a_g, da, strict=True)
        for dh_t, h_by_c_t, f_t, a_f_t, a_i_t, a_o_t, a_g_t, da_t in reversed(list(rows)):
            dh = dh + dh_t  # (batch, hidden)
            dc = torch.addcmul(dc, dh, h_by_c_t)  # (batch, hidden)
            a_f_t.mul_(dc)
            a_i_t.mul_(dc)
            a_o_t.mul_(dh)
            a_g_t.mul_(dc)
            dh = da_t @ V  # by h_{t-1}: (batch, hidden)
            dc = dc * f_t  # by c_{t-1}: (batch, hidden)
        dx = da @ U if ctx.needs_input_grad[0] else None
        da = da.flatten(0, 1)  # (time * batch, 4 hidden)
        return dx, da.T @ x.flatten(0, 1), da.T @ h[:-1].flatten(0, 1), da.sum(dim=0), dh, dc
