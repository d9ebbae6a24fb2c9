"""notebooks/finished_runs.py: whose runs chapter 4 reads, and on which split."""

import pytest

from namelib import split_names
from namelib.runs import RunError
from notebooks.finished_runs import find_runs, split_of_runs


def test_runs_by_hand_are_used_beside_those_of_the_report(tmp_path, capsys):
    build = tmp_path / "build"
    for place in ("by_hand/1_rnn", "1_rnn", "2_lstm"):
        (build / place).mkdir(parents=True)
        (build / place / "results.json").touch()
    (build / "by_hand" / "2_lstm").mkdir()  # not finished
    with pytest.raises(RunError, match=r"no finished run of 3_custom_lstm \(MyLSTM\)"):
        find_runs(build=build)
    assert capsys.readouterr().out.split() == [
        "RNN:",
        "build/by_hand/1_rnn",
        "LSTM:",
        "build/2_lstm",
    ]
    (build / "3_custom_lstm").mkdir()
    (build / "3_custom_lstm" / "results.json").touch()
    assert find_runs(build=build)["MyLSTM"] == build / "3_custom_lstm"
    capsys.readouterr()
    assert find_runs(build)["RNN"] == build / "1_rnn"
    assert capsys.readouterr().out == ""


OTHERS = {"data": {"fingerprint": "of others"}}


@pytest.mark.parametrize("differs", [{"seed": 6}, {"valid_fraction": 0.2}, OTHERS])
def test_runs_are_compared_on_the_split_that_all_saw(few, differs):
    data, _ = few
    run = {"data": {"fingerprint": data.fingerprint}, "valid_fraction": 0.3, "seed": 5}
    seen = split_of_runs(data, {"RNN": run, "LSTM": run})
    assert [part.names for part in seen] == [part.names for part in split_names(data, 0.3, 5)]
    for other in (run, run | OTHERS):
        with pytest.raises(RunError, match="other surnames or other splits"):
            split_of_runs(data, {"RNN": other, "LSTM": other, "MyLSTM": other | differs})
