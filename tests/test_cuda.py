"""On a GPU the networks are the same ones and learn the same; skipped where there is none."""

import copy

import pytest
import torch
from papermill import execute_notebook
from torch import nn

from namelib import (
    LSTM,
    RNN,
    CustomLSTM,
    MiniBatch,
    MyLSTM,
    Original,
    encode,
    evaluate,
    fit,
    load_names,
    split_names,
)
from namelib.runs import BUILD, NETWORKS, load_run

pytestmark = pytest.mark.skipif(
    not torch.cuda.is_available(), reason="no CUDA device on this machine"
)
MODELS = [RNN, LSTM, MyLSTM]


@pytest.mark.parametrize("network", MODELS)
def test_answers_are_those_of_the_cpu(network):
    model = network().double()
    letters, lengths = encode(["Satoshi", "O'Brien", "Li", "A", "Wolfeschlegelsteinhausen"])
    expected = model(letters, lengths)
    torch.testing.assert_close(
        model.cuda()(letters.cuda(), lengths.cuda()).cpu(), expected, rtol=0, atol=1e-12
    )


def test_custom_lstm_equals_torch():
    theirs = nn.LSTM(57, 32, batch_first=True, device="cuda", dtype=torch.float64)
    ours = CustomLSTM.from_torch(theirs)
    x = torch.randn(5, 12, 57, device="cuda", dtype=torch.float64)  # (batch, time, input)
    pairs = []
    for layer in (theirs, ours):
        read = x.clone().requires_grad_()
        outputs, state = layer(read)
        outputs.square().sum().backward()
        pairs.append((outputs, state[0].squeeze(0), state[1].squeeze(0), read.grad))
    torch.testing.assert_close(*pairs, rtol=0, atol=1e-12)


PLAIN = [
    (network, recipe)
    for network in MODELS
    for recipe in (Original(0.03, steps=400), MiniBatch(0.01, epochs=2))
]
TWO_TASKS = [(network, MiniBatch(0.01, epochs=2, next_letter=0.5)) for network in (LSTM, MyLSTM)]


@pytest.mark.parametrize(("network", "recipe"), PLAIN + TWO_TASKS)
def test_training_learns_what_it_learns_on_the_cpu(split, network, recipe):
    histories = []
    for device in ("cpu", "cuda"):
        torch.manual_seed(0)
        model = network(hidden_size=16).double()
        histories.append(fit(model, *split, recipe, device=device))
        assert {parameter.device.type for parameter in model.parameters()} == {device}
    for name in ("train_loss", "valid_loss", "valid_accuracy"):
        assert getattr(histories[1], name) == pytest.approx(
            getattr(histories[0], name), abs=1e-6
        ), name


@pytest.mark.parametrize("network", [LSTM, MyLSTM])
def test_weights_that_are_left_out_do_not_learn(split, network):
    """Which ones are left out cannot be compared: each device draws random numbers of its own."""
    model = network(hidden_size=16)
    before = copy.deepcopy(model.state_dict())
    fit(
        model,
        *split,
        MiniBatch(0.01, epochs=1, weight_decay=0.0, recurrent_dropout=1 - 1e-9),
        device="cuda",
    )
    stayed = {
        name for name, weights in model.cpu().state_dict().items() if weights.equal(before[name])
    }
    assert stayed == (
        {"lstm.V"} if isinstance(model, MyLSTM) else {"lstm.weight_hh_l0", "lstm.weight_hh_l1"}
    )


@pytest.mark.parametrize("name", [network.notebook for network in NETWORKS.values()])
def test_a_notebook_trains_on_it_and_its_run_is_read_on_the_cpu(name, tmp_path):
    small = {
        "steps": 200,
        "epochs": 2,
        "hidden_size": 8,
        "device": "cuda",
        "out_dir": str(tmp_path),
    }
    execute_notebook(
        BUILD.parent / "notebooks" / f"{name}.ipynb",
        tmp_path / "out.ipynb",
        small,
        progress_bar=False,
    )
    model, results = load_run(tmp_path)
    _, valid = split_names(load_names(), results["valid_fraction"], results["seed"])
    assert evaluate(model, valid).summary()["loss"] == pytest.approx(
        results["metrics"]["mini_batch"]["loss"], abs=1e-3
    )
