"""The tables hold what was measured, in the language that is spoken."""

import numpy as np
from IPython.core.formatters import DisplayFormatter

from namelib import History, Names, Original, Trained
from namelib.evaluation import Metrics
from notebooks import tables
from notebooks.language import speaking
from notebooks.number_formats import (
    ahead,
    behind,
    count,
    epochs,
    plain,
    share_interval,
    share_points,
    signed,
    upper_end,
)
from notebooks.tables import Table

LANGUAGES = ["Japanese", "Korean", "a|b $c$"]  # the last one from a folder of one's own


def answers(labels, predicted) -> Metrics:
    log_probabilities = np.log(np.full((len(labels), 3), 0.1))
    log_probabilities[np.arange(len(labels)), predicted] = np.log(0.8)
    return Metrics(
        Names([f"n|{k}" for k in range(len(labels))], np.array(labels), LANGUAGES),
        log_probabilities,
    )


def trained(rate: float, seconds: float, metrics: Metrics, names: int = 1000) -> Trained:
    return Trained(
        Original(rate), History([500, names], *[[1.0, 0.5]] * 5, [1.0, seconds]), metrics
    )


RIGHT, MOST = answers([0, 1], [0, 1]), answers([0, 0, 0, 1], [0, 0, 1, 1])


def test_recipes_stand_side_by_side():
    both = {"original": trained(0.005, 12.34, MOST), "mini_batch": trained(0.01, 3, RIGHT, 4000)}
    with speaking("zh"):
        chinese = tables.recipes(both)
    english = tables.recipes(both)
    for table in (english, chinese):
        assert [row[1:] for row in table.rows] == [
            ["0.005", "1,000", "12.3", "75.0%", "83.3%", "73.3%"],
            ["0.01", "4,000", "3.0", "100.0%", "100.0%", "100.0%"],
        ]
    assert english.head[1:4] == ["learning rate", "surnames seen", "seconds"]
    assert english.head[4:] == ["accuracy", "balanced accuracy", "macro F1"]
    assert (english.rows[1][0], chinese.rows[1][0]) == ("mini-batch recipe", "小批量方案")


def test_samples_are_five_training_surnames_of_each_language():
    train = answers(labels=[0] * 7 + [2] * 2, predicted=[0] * 9).data
    table, other = (tables.samples(train, np.random.default_rng(seed)) for seed in (0, 1))
    assert table.head == ["language", "examples"] and table.rows != other.rows
    rows = table.rows
    assert [row[0] for row in rows] == ["Japanese", "Korean", r"a\|b \$c\$"]
    japanese, korean, third = ([name for name in row[1].split(", ") if name] for row in rows)
    assert len(set(japanese)) == 5 and set(japanese) <= {rf"n\|{k}" for k in range(7)}
    assert korean == [] and set(third) == {r"n\|7", r"n\|8"}
    with speaking("zh"):
        assert tables.samples(train, np.random.default_rng(0)).rows[0][0] == "日语"


def test_columns_of_numbers_stand_to_the_right_and_each_is_as_wide_as_its_text():
    rows = [["Li", "a − b", "12.5%", "−3"], ["1a", "c-d", "–", "±0.2"], ["", "e1", "<1", "+7"]]
    table = Table(["name", "what", "share", "n"], rows)
    shown, _metadata = DisplayFormatter().format(table)
    assert shown["text/markdown"].splitlines()[1] == "| ---- | ----- | -----: | ----: |"
    short = Table(["n"], [["7"]])
    assert short.markdown().splitlines()[1] == "| ---: |"


def test_a_share_never_leaves_0_and_1_and_what_rounds_to_zero_has_no_minus():
    assert share_interval({"mean": 0.8, "low": -0.3, "high": 1.3}) == "80.0% [0.0%,\xa0100.0%]"
    assert (signed(-0.04), plain(-0.3), count(31292)) == ("+0.0", "−0.3", "31,292")
    assert (share_points(0.049), upper_end({"high": 0.057})) == ("+4.9", "5.7")


def test_a_lead_and_a_lag_have_no_sign_and_their_lower_end_first():
    assert ahead({"mean": 0.071, "low": 0.059, "high": 0.083}) == "7.1 [5.9,\xa08.3]"
    assert behind({"mean": -0.05, "low": -0.07, "high": -0.03}) == "5.0 [3.0,\xa07.0]"
    assert ahead({"mean": 0.02, "low": -0.01, "high": 0.05}, 0) == "2 [−1,\xa05]"


def test_epochs_are_counted_in_the_language_of_the_page():
    assert (epochs(1), epochs(4)) == ("1 epoch", "4 epochs")
    with speaking("zh"):
        assert epochs(4) == "4 轮"
