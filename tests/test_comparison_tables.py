"""namelib.experiments.comparison_tables and tables: what they show is what was measured, in both languages."""

import numpy as np
import pytest
from test_claims import results

from namelib.experiments import comparison_tables, tables
from namelib.experiments.claims import claims_table

INTERVAL = {"mean": 0.7, "low": 0.68, "high": 0.72}


def table(displayed, name: str, language: str) -> list[list[str]]:
    """The cells of the table, row by row, without the head."""
    (shown,) = [
        output
        for output in displayed.outputs
        if output.metadata.get("id") == name and output.metadata["lang"] == language
    ]
    return [line.strip("| ").split(" | ") for line in shown.data["text/markdown"].splitlines()[2:]]


def rung(name: str, compared_to: str | None, mean: float = 0.0, half: float = 0.0) -> dict:
    difference = compared_to and {"mean": mean, "low": mean - half, "high": mean + half}
    return {"name": name, "compared_to": compared_to, "difference": difference, "parameters": 27_156, "seconds": 4.4,
            "learning_rate": 0.016, "accuracy": INTERVAL, "balanced_accuracy": INTERVAL}  # fmt: skip


def test_a_rung_says_what_it_bought_by_its_interval(displayed):
    rungs = [rung("linear_rnn", None), rung("tanh_rnn", "linear_rnn", 0.02, 0.01)]
    rungs += [rung("lstm", "tanh_rnn", -0.02, 0.01), rung("lstm_large", "lstm", 0.02, 0.03)]
    comparison_tables.ladder(rungs)
    rows = table(displayed, "tbl-ladder", "en")
    assert rows[0] == ["linear RNN", "27,156", "0.016", "4", "70.0 ± 2.0", "70.0 ± 2.0", "–", "the start"]
    assert [row[-2:] for row in rows[1:]] == [
        ["+2.0 [+1.0, +3.0]", "2.0 points more than linear RNN"],
        ["−2.0 [−3.0, −1.0]", "2.0 points less than linear RNN + tanh"],
        ["+2.0 [−1.0, +5.0]", "not told apart from LSTM"],
    ]
    assert table(displayed, "tbl-ladder", "zh")[3][-1] == "与“LSTM”分不出高下"


def test_shares_make_the_whole_gap(displayed):
    path = [rung("tanh_rnn", "linear_rnn", 0.02), rung("lstm_old_rate", "tanh_rnn", 0.07)]
    path += [rung("lstm", "lstm_old_rate", 0.02), rung("lstm_large", "lstm", -0.01)]
    other = {"mean": 9.7, "low": 7.5, "high": 11.9}
    comparison_tables.shares_of_the_gap(path, other, other, "LSTM")
    rows = table(displayed, "tbl-shares", "en")
    assert [row[2] for row in rows[:5]] == ["20 %", "70 %", "20 %", "−10 %", "100 %"]
    assert rows[2][0] == "LSTM, rate as before → LSTM"
    assert rows[4][1] == "+10.0"
    assert [row[1:] for row in rows[5:]] == 2 * [["+9.7 [+7.5, +11.9]", "–"]]


def test_long_lag_counts_seeds_and_tells_the_trace_in_percent(displayed):
    found = {
        "learning_rate": 0.03, "mastered": [20, 0, 100], "middle": [0.5, 0.95, 0.9], "longer": [1.0, 1.0, 0.89],
        "trace": {"untrained": [np.log(0.5)] * 2 + [-9], "trained": [0.0, np.log(1.1), 50.0]},
    }  # fmt: skip
    settings = {"middle": 50, "budgets": [100, 400], "lengths": [5, 50, 200], "mastered_from": 0.9}
    comparison_tables.long_lag({"linear_rnn": found}, settings)
    assert table(displayed, "tbl-long-lag", "en") == [
        ["linear RNN", "0.03", "20, 0, 100", "2/3", "2/3", "−50 %", "+10 %"]
    ]


@pytest.mark.parametrize(("side", "word"), [(1, "**supported** †"), (0, "**not supported**"), (-1, "**opposite** †")])
def test_claims_have_a_dagger_where_they_hold_jointly(displayed, side, word):
    rows = claims_table(results(side))
    for row in rows:
        row["joint"] = side != 0
    tables.claims(rows)
    shown = table(displayed, "tbl-claims", "en")
    assert len(shown) == len(rows)
    assert all(cells[3] == word for cells in shown)
    assert shown[0][4] == "[Figure](#fig-ladder)"
