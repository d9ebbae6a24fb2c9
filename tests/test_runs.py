"""A run folder is whole or says that it is not, and its network answers as it did."""

import csv
import json

import numpy as np
import pytest
import torch

from namelib import LSTM, RNN, MyLSTM, evaluate, predict, runs, split_names
from namelib.runs import RunError, data_record, load_run, run_folder, same_data, save_results, save_run

NETWORKS = [RNN, LSTM, MyLSTM]


@pytest.fixture
def save(few, tmp_path):
    """Saves an untrained network of the given class and size into tmp_path/run; gives folder, network and metrics."""

    def save(network=MyLSTM, hidden_size=6, **results):
        arguments = {"hidden_size": hidden_size, "output_size": 4}
        torch.manual_seed(hidden_size)
        model = network(**arguments)
        metrics = evaluate(model, few[1])
        results = {"data": {"languages": list("abcd")}} | results
        save_run(run_folder("1_rnn", tmp_path / "run"), model, arguments, metrics, results)
        return tmp_path / "run", model, metrics

    return save


@pytest.mark.parametrize("network", NETWORKS)
def test_a_loaded_network_gives_the_same_digits(save, network):
    folder, model, _ = save(network)
    loaded, results = load_run(folder)
    assert type(loaded) is network and str(loaded) == results["model"]["structure"] == str(model)
    names = ["Satoshi", "O'Brien", "Li", ""]
    assert predict(loaded, names, list("abcd")) == predict(model, names, list("abcd"))


def test_predictions_hold_every_validation_name_in_order(save, few):
    folder, _, metrics = save()
    valid, best = few[1], np.exp(metrics.log_probabilities).max(axis=1)
    with (folder / "predictions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["name"] for row in rows] == valid.names
    assert [row["true"] for row in rows] == [valid.languages[k] for k in valid.labels]
    assert [row["predicted"] for row in rows] == [valid.languages[k] for k in metrics.predicted]
    assert [float(row["probability"]) for row in rows] == pytest.approx(best, abs=1e-6)


@pytest.mark.parametrize("step", ["safetensors.torch.save_file", "csv.writer", "json.dumps", "pathlib.Path.replace"])
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


@pytest.mark.parametrize("file", ["results.json", "weights.safetensors"])
def test_a_damaged_run_is_told_by_its_file(save, file):
    folder, *_ = save()
    whole = (folder / file).read_bytes()
    (folder / file).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(RunError, match=rf"{file}: .*damaged .*make the run again$"):
        load_run(folder)


@pytest.mark.parametrize("other", ["{}", "[]", '{"model": {"class": "Nothing", "arguments": {}}}'])
def test_results_of_something_else_are_told(save, other):
    folder, *_ = save()
    (folder / "results.json").write_text(other)
    with pytest.raises(RunError, match=r"results\.json: not the run of a network .*make the run again$"):
        load_run(folder)


def test_a_run_of_fewer_languages_than_its_network_is_told(save):
    folder, *_ = save(data={"languages": ["a", "b"]})
    with pytest.raises(RunError, match=r"results\.json: not the run of a network \(.*languages.*make the run again$"):
        load_run(folder)


def test_weights_that_are_gone_or_of_another_network_are_told(save):
    folder, *_ = save(hidden_size=7)
    other = (folder / "weights.safetensors").read_bytes()
    save()
    (folder / "weights.safetensors").write_bytes(other)
    with pytest.raises(RunError, match=r"weights.safetensors: .*damaged"):
        load_run(folder)
    (folder / "weights.safetensors").unlink()
    with pytest.raises(RunError, match=r"weights.safetensors: missing"):
        load_run(folder)


def test_results_are_strict_json_with_the_versions(save):
    folder, *_ = save(loss=np.float32(0.5), counts=np.array([1, 2]), name="中文")
    text = (folder / "results.json").read_text(encoding="utf-8")
    results = json.loads(text, parse_constant=lambda constant: pytest.fail(f"{constant} is not JSON"))
    assert (results["loss"], results["counts"], results["name"]) == (0.5, [1, 2], "中文")
    assert results["versions"]["torch"].startswith(torch.__version__.split("+")[0]) and "中文" in text


@pytest.mark.parametrize(
    ("value", "error"), [(float("nan"), ValueError), (np.array([np.inf]), ValueError), ({1}, TypeError)]
)
def test_what_is_not_json_is_refused_and_leaves_no_results(tmp_path, value, error):
    with pytest.raises(error):
        save_results(tmp_path, {"loss": value})
    assert not list(tmp_path.iterdir())


def test_a_missing_run_says_how_to_make_one(tmp_path):
    with pytest.raises(RunError, match=r"2_lstm.*`make report` makes one, or run notebooks/2_lstm\.ipynb$"):
        load_run(tmp_path / "2_lstm")


def test_runs_go_to_build_in_the_checkout_unless_told_otherwise(tmp_path, monkeypatch):
    assert runs.BUILD.parent / "namelib" / "runs.py" == runs.Path(runs.__file__).resolve()
    assert runs.BUILD.name == "build"
    monkeypatch.setattr(runs, "BUILD", tmp_path / "build")
    assert run_folder("1_rnn") == tmp_path / "build" / "1_rnn"
    assert run_folder("1_rnn", tmp_path / "else" / "where") == tmp_path / "else" / "where"
    assert (tmp_path / "build" / "1_rnn").is_dir() and (tmp_path / "else" / "where").is_dir()


def test_the_data_of_a_run_can_be_recognised(few):
    train, valid = few
    record = data_record("", train, train, valid)
    assert record["name"] == "embedded" and data_record("some/where/", train, train, valid)["name"] == "where"
    assert (record["rows"], sum(record["counts"]), record["train"], record["valid"]) == (
        len(train), len(train), len(train), len(valid)
    )  # fmt: skip
    assert record["fingerprint"] == train.fingerprint != data_record("", valid, train, valid)["fingerprint"]


def results_of(data, **parameters) -> dict:
    return {"data": data_record("", data, data, data), "parameters": {"valid_fraction": 0.3, "seed": 5, **parameters}}


def test_runs_of_the_same_data_are_compared_on_the_split_they_saw(few):
    data = few[0]
    again = same_data(data, {"RNN": results_of(data), "LSTM": results_of(data)})
    assert [part.names for part in again] == [part.names for part in split_names(data, 0.3, 5)]


def test_runs_that_cannot_be_compared_are_named(few):
    data, other = few
    with pytest.raises(RunError, match=r"the run of LSTM .*embedded"):
        same_data(data, {"RNN": results_of(data), "LSTM": results_of(other)})
    for differs in ({"seed": 6}, {"valid_fraction": 0.2}):
        with pytest.raises(RunError, match=r"split differently.*RNN.*LSTM"):
            same_data(data, {"RNN": results_of(data), "LSTM": results_of(data, **differs)})
