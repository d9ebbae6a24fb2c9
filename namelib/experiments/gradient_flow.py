"""Gradient flow: how much the last state still depends on the state k letters earlier, measured and by theory.

The Jacobian d s_T / d s_{T-k} is the product of the k step Jacobians in between. Its size here is the root mean square
of its singular values, Frobenius norm / sqrt(hidden_size): 1 at k = 0, and 1 for any rotation.
Sources: Bengio et al. 1994; Pascanu et al. 2013; Gers et al. 2000 (the forget gate on the cell's own path).
"""

from collections.abc import Sequence
from dataclasses import asdict

import numpy as np
import torch
from torch import Tensor, nn

from namelib.data import encode
from namelib.experiments.intervals import bootstrap
from namelib.experiments.recurrences import LinearRecurrence, recurrence

CHUNK = 32  # names at once: their Jacobians, (256, 256) each for 128 hidden units, stay within some 100 MB


def long_strings(names: Sequence[str], length: int = 60, count: int = 16, seed: int = 0) -> list[str]:
    """Strings of `length` letters, each made of names drawn at random, joined and in lower case."""
    rng = np.random.default_rng(seed)
    drawn = rng.integers(len(names), size=(count, length))  # a name has a letter at least
    return ["".join(names[row].lower() for row in rows)[:length] for rows in drawn]


@torch.no_grad()
def log_sizes(model: nn.Module, names: Sequence[str], longest: int = 60) -> dict[str, np.ndarray]:
    """The natural logarithm of the sizes, each (names, longest + 1): column k reaches k letters back, nan if too short.

    `hidden`: d h_T / d h_{T-k}, through both h and c where there is a c. Of an LSTM also `cell`: d c_T / d c_{T-k},
    likewise through everything, and `forget_gates`: what theory says of the cell's own path, the product of the gates.
    """
    if len(names) > CHUNK:
        parts = [log_sizes(model, names[first : first + CHUNK], longest) for first in range(0, len(names), CHUNK)]
        return {path: np.concatenate([part[path] for part in parts]) for path in parts[0]}
    cell = recurrence(model)
    letters, lengths = encode(names)
    x = cell.inputs(letters)  # (batch, time, inputs)
    states = [x.new_zeros(len(x), cell.state_size)]
    for t in range(letters.size(1)):
        states.append(cell.step(x[:, t], states[-1]))
    states = torch.stack(states, dim=1)  # (batch, time + 1, state); states[:, t] is what letter t finds

    H, gated = cell.hidden_size, not isinstance(cell, LinearRecurrence)
    paths = ("hidden", "cell", "forget_gates") if gated else ("hidden",)
    logs = {path: np.full((len(names), longest + 1), np.nan) for path in paths}
    rows = torch.arange(len(names))
    product = torch.eye(cell.state_size, dtype=x.dtype).expand(len(names), -1, -1)
    gates = x.new_ones(len(names), H)
    for k in range(min(longest, letters.size(1) - 1) + 1):
        if k > 0:
            reach = lengths[rows] > k
            rows, product, gates = rows[reach], product[reach], gates[reach]
            here = x[rows, lengths[rows] - k], states[rows, lengths[rows] - k]
            product = product @ cell.jacobian(*here)
            gates = gates * cell.forget_gate(*here) if gated else gates
        logs["hidden"][rows.numpy(), k] = _log_size(product[:, :H, :H])
        if gated:
            logs["cell"][rows.numpy(), k] = _log_size(product[:, H:, H:])
            logs["forget_gates"][rows.numpy(), k] = _log_size(torch.diag_embed(gates))
    return logs


def _log_size(jacobians: Tensor) -> np.ndarray:
    """(rows, hidden, hidden) -> (rows,); of zero the smallest number's logarithm, -708."""
    sizes = jacobians.flatten(1).norm(dim=1) / jacobians.size(1) ** 0.5
    return sizes.clamp(min=torch.finfo(sizes.dtype).tiny).log().numpy()


def linear_theory(model: nn.Module, longest: int = 60) -> dict:
    """For the linear RNN: log size of W_h^k by matrix powers, k = 0 ... longest, and the spectral radius of W_h.

    Far back the size changes by the factor `spectral_radius` a letter (Gelfand's formula).
    """
    W_h = recurrence(model).W_h
    powers = torch.stack([torch.linalg.matrix_power(W_h, k) for k in range(longest + 1)])
    return {"log_size": _log_size(powers).tolist(), "spectral_radius": float(torch.linalg.eigvals(W_h).abs().max())}


def decay(log_size: np.ndarray) -> np.ndarray:
    """The slope of each name's log size over k, least squares, in nat a letter: (names, k) -> (names,).

    nan for names of fewer than three points.
    -0.1 means that every letter in between takes away a tenth of the gradient.
    """
    there = ~np.isnan(log_size)
    k = np.where(there, np.arange(log_size.shape[1]), 0)
    count = there.sum(axis=1, keepdims=True)
    centred = np.where(there, k - k.sum(axis=1, keepdims=True) / count, 0)  # k less its mean over the name
    slopes = (centred * np.nan_to_num(log_size)).sum(axis=1) / np.maximum((centred**2).sum(axis=1), 1)
    return np.where(count[:, 0] >= 3, slopes, np.nan)


def gradient_flow(
    models: dict[str, nn.Module], names: Sequence[str], longest: int = 60, count: int = 200, seed: int = 0
) -> dict:
    """Curves and decay of every network and path over the same names, for JSON.

    `models` has an "RNN" and any number of LSTMs; of more than `count` names so many are drawn at random.

    `curves[network][path]`: k, and the geometric mean over names with its interval (`mean`, `low`, `high`), as sizes.
    `decay[network][path]`: the effect in nat a letter. `theory`: see `linear_theory`.
    """
    if len(names) > count:
        names = [names[row] for row in np.random.default_rng(seed).choice(len(names), count, replace=False)]
    sizes = {network: log_sizes(model, names, longest) for network, model in models.items()}
    slopes = {network: {path: decay(logs) for path, logs in paths.items()} for network, paths in sizes.items()}
    enough = ~np.isnan(slopes["RNN"]["hidden"])
    return {
        "curves": {network: {path: _curve(logs) for path, logs in paths.items()} for network, paths in sizes.items()},
        "decay": {
            network: {path: {**asdict(bootstrap(found[enough])), "unit": "nat/letter"} for path, found in paths.items()}
            for network, paths in slopes.items()
        },
        "theory": linear_theory(models["RNN"], longest),
    }


def _curve(logs: np.ndarray) -> dict[str, list]:
    """Geometric means over the names that reach so far back, as long as there are 5 of them."""
    curve = {"k": [], "mean": [], "low": [], "high": [], "n": []}
    for k, column in enumerate(logs.T):
        column = column[~np.isnan(column)]
        if len(column) < 5:
            break
        interval = bootstrap(column, resamples=500)
        curve["k"].append(k)
        curve["n"].append(interval.n)
        for bound in ("mean", "low", "high"):
            curve[bound].append(float(np.exp(getattr(interval, bound))))
    return curve
