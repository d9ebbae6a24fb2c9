"""The teacher's RNN is linear: its logits are exactly a sum of one term per letter."""

import torch
from torch import Tensor

from namelib.data import encode
from namelib.models import RNN


@torch.no_grad()
def letter_terms(model: RNN, name: str) -> tuple[Tensor, Tensor]:
    """What each letter of a surname adds to each language's logit, and the constant of the biases.

    Unrolling the recurrence removes the hidden states. With i2h = [W_x, W_h], b and
    i2o = [V_x, V_h], c, the logits
    after the letters x_1 ... x_T are
        V_x x_T + sum over k = 1 ... T-1 of V_h W_h^(k-1) W_x x_(T-k)      one term per letter
        + c + sum over k = 1 ... T-1 of V_h W_h^(k-1) b                    a constant, by length
    -> terms (letters, languages) and constant (languages,), in float64; the logits are
    constant + terms.sum(dim=0).
    """
    hidden_size = model.i2h.out_features
    sizes = (model.i2h.in_features - hidden_size, hidden_size)
    W_x, W_h = model.i2h.weight.double().split(sizes, dim=1)  # (hidden, input), (hidden, hidden)
    # (languages, input), (languages, hidden)
    V_x, V_h = model.i2o.weight.double().split(sizes, dim=1)
    b, constant = model.i2h.bias.double(), model.i2o.bias.double()
    letters, _ = encode([name])
    *before, last = letters[0]
    terms, reach = [V_x[:, last]], V_h  # reach: V_h W_h^(k-1), (languages, hidden)
    for letter in reversed(before):
        terms.append(reach @ W_x[:, letter])  # (languages,)
        constant = constant + reach @ b
        reach = reach @ W_h
    return torch.stack(terms[::-1]), constant
