"""notebooks.why_lstm.gradients: sizes as by finite differences, curves and gates as by hand."""

import numpy as np
import pytest
import torch
from torch import Tensor

from namelib.data import Names
from namelib.spelling import ALPHABET
from notebooks.why_lstm.folds import TEST_TO_TRAIN
from notebooks.why_lstm.gradients import (
    KEYS,
    STAGES,
    Depth,
    curve,
    left_after,
    log_sizes,
    mean_forget_gate,
    run,
    stacked_batch,
)
from notebooks.why_lstm.networks import VARIANTS, Networks
from notebooks.why_lstm.statistics import mean_interval

pytestmark = pytest.mark.usefixtures("one_thread")

LANGUAGES = ["Czech", "Dutch", "Greek"]
SPLITS = [
    Names(["Novak", "Smit"], np.array([0, 1]), LANGUAGES),
    Names(["Dvorakova", "Pappas"], np.array([0, 2]), LANGUAGES),
]
STRINGS = Names(["novak", "pappa", "smith"], np.array([0, 2, 1]), LANGUAGES)


def networks(key: str) -> Networks:
    """Untrained networks with larger weights, in float64."""
    stacked = Networks(
        VARIANTS[key].sized(600, len(ALPHABET), 3), (0, 1), len(ALPHABET), 3
    ).double()
    with torch.no_grad():
        for parameter in stacked.parameters():
            parameter *= 2
    return stacked


@torch.no_grad()
def nudged(stacked: Networks, letters: Tensor, place: int, nudge: Tensor) -> list[Tensor]:
    """The states c_1 ... c_T, `nudge` added to the one at `place`."""
    layer, state, states = stacked.layer, None, []
    for t, Ux_t in enumerate(stacked.letter_inputs(letters).unbind(2)):
        h, c = state = layer.step(Ux_t, state, layer.V)
        if t == place:
            of_c = torch.tanh if layer.variant.output_tanh else lambda c: c
            state = (h / of_c(c) * of_c(c + nudge), c + nudge)  # the output gate stays as it is
        states.append(state[1])
    return states


@pytest.mark.parametrize("key", ["linear", "tanh", "lstm"])
@pytest.mark.parametrize("k", [0, 1, 3])
def test_sizes_are_those_of_finite_differences(key, k):
    stacked = networks(key)
    letters, *_ = stacked_batch(2 * [SPLITS[1][:1]])  # the name of nine letters
    sizes = np.exp(log_sizes(stacked, letters))
    stacked.requires_grad_(False)
    last, small = letters.size(2) - 1 - (key == "linear"), 1e-6
    columns = []
    for unit in range(stacked.variant.hidden_size):
        nudge = torch.zeros(stacked.variant.hidden_size, dtype=torch.float64)
        nudge[unit] = small
        after, before = (
            nudged(stacked, letters, last - k, sign * nudge)[last][:, 0] for sign in (1, -1)
        )
        columns.append((after - before) / (2 * small))  # (networks, hidden)
    jacobian = torch.stack(columns, dim=2)
    size = jacobian.flatten(1).norm(dim=1) / stacked.variant.hidden_size**0.5
    np.testing.assert_allclose(sizes[:, 0, k], size, rtol=1e-6)


def test_the_linear_networks_sizes_are_those_of_its_matrix_powers_whatever_the_name():
    stacked = networks("linear")
    letters, *_ = stacked_batch(2 * [STRINGS])
    sizes = np.exp(log_sizes(stacked, letters))
    for k in range(4):
        power = torch.linalg.matrix_power(stacked.layer.V, k).flatten(1).norm(dim=1).detach()
        expected = power / stacked.variant.hidden_size**0.5  # (networks,)
        np.testing.assert_allclose(sizes[:, 0, k], expected, rtol=1e-9)


def test_a_curve_of_sizes_known_by_hand():
    fading, rising = np.array([0.0, -1, -2, -3]), np.array([0.0, 0.5, 1, 1.5])
    drawn = curve(np.stack([np.stack([fading, rising])] * 2))  # (networks, strings, k)
    assert drawn["k"] == [0, 1, 2, 3]
    assert drawn["mean"] == pytest.approx(np.exp([0, -0.25, -0.5, -0.75]))
    apart = curve(np.stack([[fading], [rising]]))
    expected = [mean_interval(values, TEST_TO_TRAIN) for values in zip(fading, rising, strict=True)]
    assert apart["high"] == pytest.approx([np.exp(interval.high) for interval in expected])


def test_the_mean_forget_gate_is_that_of_its_bias():
    letters, lengths, _ = stacked_batch(SPLITS)
    stacked = networks("lstm")
    hidden = stacked.variant.hidden_size
    stacked.layer.V.data[:] = stacked.layer.U.data[:] = 0
    stacked.layer.b.data[..., :hidden] = 1.5  # of the forget gate
    gate = mean_forget_gate(stacked, letters, lengths)
    assert gate["mean"] == pytest.approx(1 / (1 + np.exp(-1.5)))


def test_what_is_left_some_letters_back_is_read_off_the_curve_there():
    curve = {"k": [0, 1, 2, 3], "mean": [1.0, 0.8, 0.5, 0.1]}
    networks = {key: {"trained": {"strings": {"state": curve}}} for key in ("tanh", "lstm")}
    half, whole = ({"mean": size, "recorded": False} for size in (0.5, 1.0))
    assert left_after(networks, "trained", 2) == {"tanh": half, "lstm": half}
    assert left_after(networks, "trained", 0) == {"tanh": whole, "lstm": whole}


def test_a_run_follows_each_network_through_training_at_its_recorded_rate(some):
    scores = {
        key: {"1": {"rate": rate}} for key, rate in zip(KEYS, (0.01, 0.02, 0.03, 0.04), strict=True)
    }
    result = run(
        some, Depth((0, 1), 1, 5, 2, 6, hidden_size=8), workers=1, recorded={"scores": scores}
    )["networks"]
    assert {key: record["rate"] for key, record in result.items()} == {
        key: of["1"]["rate"] for key, of in scores.items()
    }
    for key, stages in result.items():
        curves = [stages[stage]["strings"]["state"] for stage in STAGES]
        assert all(
            record["k"] == list(range(6 - (key == "linear")))
            and record["mean"][0] == pytest.approx(1)
            for record in curves
        )
        assert len({record["mean"][3] for record in curves}) == 3, (
            "before, within and after training"
        )
    assert {key for key, stages in result.items() if "theory" in stages["trained"]} == {"lstm"}
