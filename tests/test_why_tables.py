"""The tables of chapter 4 hold what was measured, their links lead to figures that are shown."""

import json
import re

import pytest
from why_cases import (
    RUN_RESULTS,
    of_at_best,
    of_budgets,
    of_letter_pairs,
    only,
    results,
    results_of_this_run,
)

from namelib.runs import NETWORKS
from notebooks import TEXT
from notebooks.language import LANGUAGES, speaking
from notebooks.why_lstm import answer
from notebooks.why_lstm import result_tables as tables
from notebooks.why_lstm.effects import effects_of


def shown() -> set[str]:
    """The ids of the figures that the notebooks show, as `Page` makes them."""
    ids = set()
    shared = set(re.findall(r"block (\w+)", (TEXT / "networks.en.md").read_text(encoding="utf-8")))
    for path in TEXT.parent.glob("*.ipynb"):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        blocks = re.findall(
            r'page\.show\(\s*"(\w+)"', "\n".join("".join(cell["source"]) for cell in cells)
        )
        (name,) = [
            network.name.lower() for network in NETWORKS.values() if network.notebook == path.stem
        ] or [""]
        ids |= {
            block.replace("_", "-") + f"-{name}" * bool(name and block in shared)
            for block in blocks
        }
    return ids


def claims_in(given: dict) -> dict[str, dict]:
    return answer.claims_of(effects_of(given))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_link_leads_to_a_figure_of_a_notebook(language):
    with speaking(language):
        made = [
            tables.claims(claims_in(results())),
            tables.assignment([network.name for network in NETWORKS.values()]),
        ]
    links = re.findall(r"\]\(#(.+?)\)", "".join(table.markdown() for table in made))
    assert len(links) == len(answer.CLAIMS) + 3 * len(NETWORKS)
    assert set(links) <= shown()
    prose = (TEXT / f"4_why_lstm.{language}.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\]\(#(fig-.+?)\)", prose)) <= shown()


def test_every_claim_has_its_words():
    assert tables.CLAIM_LABELS.keys() == {claim.name for claim in answer.CLAIMS}


def test_claims_have_their_effect_verdict_and_mark():
    rows = {row[0]: row[1:] for row in tables.claims(claims_in(results())).rows}
    assert rows["With more epochs, LSTM minus tanh RNN falls"] == [
        "+5.0 [+4.8,\xa0+5.2] **supported**\\*",
        "[Figure](#fig-key)",
    ]
    assert rows["Cue task: carry and input gate together beat either"] == [
        "+100.0 [+35.1,\xa0+100.0] **supported**",
        "[Figure](#fig-cue-task)",
    ]
    assert (
        rows["The LSTM gains more from its best small to its best large setting"][-1]
        == "[Table](#tbl-at-best)"
    )
    assert all("**opposite**" in row[1] for row in tables.claims(claims_in(results(-1))).rows)
    for row in tables.claims(claims_in(results(0))).rows:
        assert row[1].endswith("] inconclusive"), "neither bold nor marked"
    with speaking("zh"):
        assert all(row[1].endswith("] 未定") for row in tables.claims(claims_in(results(0))).rows)


def test_claims_stand_beside_those_of_the_second_data_set_and_of_this_run():
    table = tables.claims(
        claims_in(results()), claims_in(results(-1)), claims_in(results_of_this_run(0))
    )
    assert table.head == ["claim", "recorded study", "second data set", "this run", "evidence"]
    rows = {row[0]: row[1:4] for row in table.rows}
    here, there, own = rows["Early, damping helps the tanh RNN"]
    assert here.startswith("+2.1 ") and there.startswith("−2.0 ") and own.startswith("+0.0 ")
    assert rows["The LSTM gains more from its best small to its best large setting"][2] == "–", (
        "this run does not measure it"
    )
    without = tables.claims(claims_in(results()), None, claims_in(results_of_this_run()))
    assert without.head == ["claim", "recorded study", "this run", "evidence"]
    partly = tables.claims(claims_in(results()), claims_in({"budgets": results()["budgets"]}))
    assert [row[2] == "–" for row in partly.rows] == [
        name not in claims_in({"budgets": results()["budgets"]}) for name in claims_in(results())
    ]


def test_every_network_stands_at_every_budget_that_it_was_trained_at():
    budgets = only(of_budgets(epochs=(1, 4)), ("linear", "half", "lstm"))
    del budgets["scores"]["lstm"]["1"]
    table = tables.variants(budgets)
    assert table.head == ["network", "parameters", "1 epoch", "4 epochs"]
    assert table.rows == [
        ["linear RNN", "27,156", "58.5% (0.016)", "59.2% (0.016)"],
        ["½ instead of an input gate", "27,156", "62.5% (0.016)", "65.8% (0.016)"],
        ["LSTM", "27,156", "–", "70.2% (0.016)"],
    ]


def test_the_best_setting_of_each_network_is_bold():
    table = tables.at_best(of_at_best())
    assert table.head == ["parameters, about", "regularisers", "epochs", "tanh RNN", "LSTM"]
    assert table.rows[0][:3] == ["27,000", "none", "16"] and len(table.rows) == 12
    bold = {
        (k, name): row
        for row in table.rows
        for k, name in ((3, "tanh"), (4, "lstm"))
        if row[k][:2] == "**"
    }
    assert {(name, *row[:3]) for (_, name), row in bold.items()} == {
        ("tanh", "27,000", "without dropout", "32"),
        ("lstm", "98,000", "with dropout", "32"),
    }
    assert bold[4, "lstm"][4] == "**75.1% [75.0%,\xa075.2%] (0.016)**"


def test_the_way_to_the_lstm_has_a_gain_a_step_and_says_where_it_was_measured():
    rows = tables.way_to_lstm(answer.way_to_lstm(RUN_RESULTS, of_at_best())).rows
    assert rows[:3] == [
        ["RNN of chapter 1, original recipe", "53.0%", "–", "this run"],
        ["mini-batch recipe", "60.0%", "+7.0", "this run"],
        ["tanh in the recurrence", "67.3%", "+7.3", "recorded study"],
    ]
    assert rows[-1] == [
        "LSTM of chapter 2: a second layer, more parameters",
        "74.0%",
        "−0.1",
        "this run",
    ]
    assert len(tables.way_to_lstm(answer.way_to_lstm(RUN_RESULTS, None)).rows) == 3


def test_networks_baselines_and_bound_share_a_table():
    baseline = dict.fromkeys(("accuracy", "balanced_accuracy", "macro_f1"), 0.76)
    bound = {"accuracy": 0.95, "balanced_accuracy": 0.97, "shared": 3}
    parameters = {"RNN": 31292, "LSTM": 95634, "MyLSTM": 10000}
    in_lists = {"RNN": 0.81, "LSTM": 0.82, "MyLSTM": 0.83}
    rows = tables.three_networks(RUN_RESULTS, parameters, in_lists, baseline, bound).rows
    assert rows[0][2:] == ["31,292", "12.3", "53.0%", "53.0%", "53.0%", "–"]
    assert [row[-1] for row in rows[1:6:2]] == ["81.0%", "82.0%", "83.0%"], "of mini-batches"
    assert [row[4:] for row in rows[-2:]] == [
        ["76.0%", "76.0%", "76.0%", "–"],
        ["95.0%", "97.0%", "–", "–"],
    ]


def test_pairs_of_languages_come_with_the_gain_of_the_lstm():
    pairs = of_letter_pairs()["gains"]["language_pairs"]
    rows = tables.language_pairs(5 * pairs).rows
    assert len(rows) == 8
    assert rows[0] == ["Dutch / German", "30.0", "26.0", "20.0", "−10.0 [−10.0,\xa0−10.0]"]
    assert rows[1][0] == r"Dutch / a\|b"
    with speaking("zh"):
        assert tables.language_pairs(pairs).rows[0][0] == "荷兰语 / 德语"
