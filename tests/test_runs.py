"""A run folder is whole or says that it is not; its network, one's own too, answers as it did."""

import csv
import json
import platform
import re
from dataclasses import asdict, replace

import numpy as np
import pytest
import torch
from matplotlib import pyplot as plt
from torch import nn

from namelib import (
    LSTM,
    RNN,
    History,
    MiniBatch,
    MyLSTM,
    Original,
    Trained,
    evaluate,
    fit,
    load_names,
    predict,
)
from namelib.models import at_last_letter, one_hot
from namelib.runs import (
    RunError,
    load_results,
    load_run,
    save_results,
    save_run,
)
from notebooks import figures, tables

HISTORY = History([10], [1.5], [0.5], [1.6], [0.4], [0.3], [2.0])


class GRU(nn.Module):
    """A network of one's own, from letters and lengths to log-probabilities, as ours."""

    def __init__(self, hidden_size: int, output_size: int):
        super().__init__()
        self.hidden_size, self.output_size = hidden_size, output_size
        self.gru = nn.GRU(57, hidden_size, batch_first=True)
        self.linear = nn.Linear(hidden_size, output_size)

    def forward(self, letters, lengths):
        h, _ = self.gru(one_hot(letters, 57, self.linear.weight.dtype))  # (batch, time, hidden)
        return self.linear(at_last_letter(h, lengths)).log_softmax(dim=1)  # (batch, output)


@pytest.fixture
def save(few, tmp_path):
    """Saves an untrained network in tmp_path/run; returns folder, network and metrics."""

    def save(network=MyLSTM, hidden_size=6, **facts):
        torch.manual_seed(hidden_size)
        model = network(hidden_size=hidden_size, output_size=4)
        metrics = evaluate(model, few[1])
        trained = {"original": Trained(Original(0.1), HISTORY, metrics)}
        save_run(tmp_path / "run", model, trained, few[0], few[0], seed=3, **facts)
        return tmp_path / "run", model, metrics

    return save


@pytest.mark.parametrize("network", [RNN, LSTM, MyLSTM])
def test_a_loaded_network_gives_the_same_digits(save, network):
    folder, model, _ = save(network)
    loaded, results = load_run(folder)
    assert not loaded.training, "dropout of one's own would change the answers"
    assert type(loaded) is network and str(loaded) == results["model"]["structure"] == str(model)
    names = ["Satoshi", "O'Brien", "Li"]
    assert predict(loaded, names, list("abcd")) == predict(model, names, list("abcd"))


def test_a_network_of_ones_own_is_trained_shown_saved_and_loaded(few, tmp_path):
    train, valid = few
    model, recipe = GRU(hidden_size=8, output_size=4), MiniBatch(0.02, epochs=2)
    own = Trained(recipe, fit(model, train, valid, recipe), evaluate(model, valid))
    save_run(str(tmp_path / "mine"), model, {"mine": own}, train, train, seed=0)
    loaded, results = load_run(tmp_path / "mine", GRU)
    assert evaluate(loaded, valid).summary() == own.metrics.summary() == results["metrics"]["mine"]
    assert (
        results["recipes"]["mine"]["learning_rate"] == 0.02
        and results["history"]["mine"]["seconds"] > 0
    )
    table = tables.recipes({"mine": own})
    assert [row[0] for row in table.rows] == ["mine"]
    assert figures.curves({"mine": own.history})[0].axes[0].get_title() == "mine"
    plt.close("all")


def test_the_class_of_a_network_of_ones_own_is_asked_for(save):
    folder, *_ = save(GRU)
    for wrong in (None, RNN):
        with pytest.raises(
            RunError, match=r"run: the run of a GRU; give its class, load_run\(folder, GRU\)$"
        ):
            load_run(folder, wrong)


def test_a_network_that_could_not_be_built_again_is_refused_before_anything_is_written(
    save, tmp_path
):
    class Forgetful(GRU):
        def __init__(self, hidden_size, output_size, dropout=0.5):
            super().__init__(hidden_size, output_size)

    with pytest.raises(
        ValueError, match=r"^Forgetful could not be rebuilt; keep its arguments as self\.dropout$"
    ):
        save(Forgetful)
    assert not (tmp_path / "run").exists()


def test_predictions_hold_every_validation_name_in_order(save, few):
    folder, _, metrics = save()
    valid, best = few[1], np.exp(metrics.log_probabilities).max(axis=1)
    assert (folder / "predictions.csv").read_bytes().startswith(b"\xef\xbb\xbfname,")  # for Excel
    with (folder / "predictions.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["name"] for row in rows] == valid.names
    assert [row["true"] for row in rows] == [valid.languages[k] for k in valid.labels]
    assert [row["predicted"] for row in rows] == [valid.languages[k] for k in metrics.predicted]
    assert [float(row["probability"]) for row in rows] == pytest.approx(best, abs=1e-6)


@pytest.mark.parametrize(
    "step", ["safetensors.torch.save", "csv.writer", "json.dumps", "pathlib.Path.replace"]
)
def test_an_interrupted_save_never_looks_whole(save, monkeypatch, step):
    """Not even where a whole run lay before."""

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    folder, *_ = save()
    monkeypatch.setattr(step, interrupted)
    with pytest.raises(KeyboardInterrupt):
        save(hidden_size=7)
    with pytest.raises(RunError, match="no finished run"):
        load_run(folder)
    monkeypatch.undo()
    save(hidden_size=7)
    assert load_run(folder)[1]["model"]["arguments"]["hidden_size"] == 7


def damage(file):
    whole = bytearray(file.read_bytes())
    whole[-100:] = bytes(100)
    file.write_bytes(whole)


def edit(file, old, new):
    assert old in file.read_text("utf-8")
    file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")


BROKEN = {
    "the end of the weights": ("weights.safetensors", damage),
    "more weights than recorded": (
        "weights.safetensors",
        lambda file: file.write_bytes(file.read_bytes() + b"0"),
    ),
    "no weights": ("weights.safetensors", lambda file: file.unlink()),
    "a pickle for weights": ("weights.safetensors", lambda file: torch.save({}, file)),
    "one prediction": ("predictions.csv", lambda file: edit(file, "Italian", "Polish")),
    "the end of the results": ("results.json", damage),
    "a size of the network": (
        "results.json",
        lambda file: edit(file, '"hidden_size": 6', '"hidden_size": 1000000000'),
    ),
    "a number of the results": ("results.json", lambda file: edit(file, '"seed": 3', '"seed": 4')),
    "results of nothing": ("results.json", lambda file: file.write_text("{}")),
    "a number for results": ("results.json", lambda file: file.write_text("7")),
    "a list for results": ("results.json", lambda file: file.write_text("[]")),
    "results of another kind": ("results.json", lambda file: file.write_text("[" * 5000)),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_run_that_is_not_whole_is_told_by_its_file_and_the_way_out(save, what):
    folder, *_ = save()
    file, do = BROKEN[what]
    do(folder / file)
    with pytest.raises(RunError) as error:
        load_run(folder)
    assert str(error.value).startswith(str(folder / file)) and "\n" not in str(error.value)
    assert re.search(r"; delete .+ and repeat the run$", str(error.value))


def test_a_run_of_other_languages_or_weights_than_its_network_is_told(save):
    folder, *_ = save(hidden_size=7)
    other = (folder / "weights.safetensors").read_bytes()
    save()
    (folder / "weights.safetensors").write_bytes(other)
    with pytest.raises(
        RunError, match=r"weights\.safetensors: missing, damaged or of another run; delete "
    ):
        load_run(folder)
    save()
    results = load_results(folder)
    results["data"]["languages"].pop()
    save_results(folder, results)
    with pytest.raises(RunError, match="4 outputs for 3 languages"):
        load_run(folder)


def test_a_class_that_was_changed_since_and_a_folder_of_no_network_are_told_in_one_line(save):
    class Wider(GRU):
        def __init__(self, hidden_size, output_size):
            super().__init__(hidden_size + 1, output_size)

    class Renamed(GRU):
        def __init__(self, units, output_size):
            super().__init__(units, output_size)

    folder, *_ = save(GRU)
    for changed in (Wider, Renamed, None):
        if changed:
            changed.__name__ = "GRU"
        else:
            save_results(folder, {"answer": 4})
        with pytest.raises(
            RunError, match=r"not a complete run of a network .*; delete it"
        ) as error:
            load_run(folder, changed)
        assert "\n" not in str(error.value)


def test_results_are_strict_json_with_the_versions(save):
    folder, *_ = save(valid_fraction=0.5, name="中文")
    text = (folder / "results.json").read_text(encoding="utf-8")
    results = json.loads(
        text, parse_constant=lambda constant: pytest.fail(f"{constant} is not JSON")
    )
    assert (results["valid_fraction"], results["seed"], results["name"]) == (0.5, 3, "中文")
    assert (
        results["versions"]["torch"].startswith(torch.__version__.split("+")[0]) and "中文" in text
    )
    assert results["versions"]["python"] == platform.python_version()
    save_results(folder / "a new" / "folder", {"answer": 4})
    assert load_results(folder / "a new" / "folder")["answer"] == 4
    with pytest.raises(ValueError, match="not JSON compliant"):
        save_results(folder, {"loss": np.nan})
    assert load_results(folder) == {
        key: value for key, value in results.items() if key != "sha256"
    }, "the former ones stay"


def test_results_hold_each_training_and_the_sizes_of_the_data(few, few_names, tmp_path):
    (train, valid), data = few, replace(load_names(few_names), languages=list("dabc"))
    trained = {}
    for seconds, recipe in ((1.0, Original(0.1)), (2.0, MiniBatch(0.2))):
        model = RNN(hidden_size=6, output_size=4)
        history = replace(HISTORY, elapsed=[seconds])
        trained[type(recipe).__name__] = Trained(recipe, history, evaluate(model, valid))
    save_run(tmp_path, model, trained, data, train, seed=0)
    results = load_run(tmp_path)[1]
    assert results["data"] == {
        "fingerprint": data.fingerprint,
        "languages": list("dabc"),
        "rows": 120,
        "counts": [30] * 4,
        "train": len(train),
        "valid": len(valid),
    }
    for name, training in trained.items():
        assert results["recipes"][name] == asdict(training.recipe)
        assert results["history"][name].items() >= asdict(training.history).items()
        assert results["history"][name]["seconds"] == training.history.seconds
        assert results["metrics"][name] == training.metrics.summary()


def test_a_network_is_saved_with_its_own_metrics_only(save, few, tmp_path):
    _, _, metrics = save()
    trained = {"original": Trained(Original(0.1), HISTORY, metrics)}
    another = MyLSTM(hidden_size=6, output_size=4)
    with pytest.raises(ValueError, match="MyLSTM: the metrics are of another network"):
        save_run(tmp_path / "run", another, trained, few[0], few[0])
    assert load_run(tmp_path / "run")[1]["metrics"]["original"] == metrics.summary()
