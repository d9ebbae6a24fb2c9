"""The tables of chapter 4 hold what was measured, and their links lead to figures that the notebooks show."""

import json
import re

import pytest
from why_cases import OPPOSITE, RUN_RESULTS, SUPPORTED, of_budgets, of_letter_pairs, results

from namelib.language import LANGUAGES, speaking
from namelib.runs import NETWORKS
from notebooks import TEXT
from notebooks.why_lstm import answer
from notebooks.why_lstm import result_tables as tables


def shown() -> set[str]:
    """The ids of the figures that the notebooks show, as `Page` makes them."""
    found, shared = set(), set(re.findall(r"block (\w+)", (TEXT / "networks.en.md").read_text(encoding="utf-8")))
    for path in TEXT.parent.glob("*.ipynb"):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        blocks = re.findall(r'page\.show\(\s*"(\w+)"', "\n".join("".join(cell["source"]) for cell in cells))
        (name,) = [one.name.lower() for one in NETWORKS.values() if one.notebook == path.stem] or [""]
        found |= {block.replace("_", "-") + f"-{name}" * bool(name and block in shared) for block in blocks}
    return found


def claims(found: dict):
    return tables.claims(answer.judged(answer.effects(found)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_link_leads_to_a_figure_of_a_notebook(language):
    with speaking(language):
        made = [claims(results()), tables.assignment([network.name for network in NETWORKS.values()])]
    links = re.findall(r"\]\(#(.+?)\)", "".join(table.markdown() for table in made))
    assert len(links) == len(answer.CLAIMS) + 3 * len(NETWORKS)
    assert set(links) <= shown()
    prose = (TEXT / f"4_why_lstm.{language}.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\]\(#(fig-.+?)\)", prose)) <= shown()


def test_claims_have_their_effect_verdict_and_dagger():
    rows = claims(results()).rows
    assert [row[2] for row in rows] == len(answer.CLAIMS) * ["**supported** †"]
    assert rows[1][:2] == ["At the large budget, tanh beats the linear recurrence", "+10.0\xa0[+10.0,\xa0+10.0]"]
    assert rows[-1][1].startswith("+91.7\xa0[")
    assert {row[2] for row in claims(results(OPPOSITE)).rows} == {"**opposite** †"}
    assert {row[2] for row in claims(results(noise=0.1)).rows} == {"**cannot tell**"}
    with speaking("zh"):
        assert claims(results(noise=0.1)).rows[0][2] == "**证据不足**"


def test_every_network_stands_at_every_budget_that_it_was_trained_at():
    budgets = of_budgets(SUPPORTED | {"lstm_98k": (0.72,)}, (1, 16))
    table = tables.variants(budgets)
    assert table.head == ["network", "parameters", "1 epoch", "16 epochs"]
    assert table.rows[0] == ["linear RNN", "27,156", "58.0% (0.016)", "60.0% (0.016)"]
    assert table.rows[-1] == ["LSTM, 98 k parameters", "97,554", "72.0% (0.016)", "–"]
    assert len(tables.variants(results()["budgets"]).rows) == 13


def test_networks_baselines_and_bound_share_a_table():
    baseline = dict.fromkeys(("accuracy", "balanced_accuracy", "macro_f1"), 0.76)
    bound = {"accuracy": 0.95, "balanced_accuracy": 0.97, "shared": 3}
    parameters = {"RNN": 31292, "LSTM": 95634, "MyLSTM": 10000}
    rows = tables.three_networks(RUN_RESULTS, parameters, baseline, bound).rows
    assert rows[0] == ["RNN", "original recipe (batch-1 SGD)", "31,292", "12.3", "53.0%", "53.0%", "53.0%"]
    assert rows[-2:] == [
        ["character n-grams, logistic regression", "–", "–", "–", "76.0%", "76.0%", "76.0%"],
        ["upper bound (shared spellings)", "–", "–", "–", "95.0%", "97.0%", "–"],
    ]


def test_pairs_of_languages_come_with_the_gain_of_the_lstm():
    pairs = of_letter_pairs()["gains"]["language_pairs"]
    rows = tables.language_pairs(5 * pairs).rows
    assert len(rows) == 8
    assert rows[0] == ["Dutch / German", "30.0", "26.0", "20.0", "−10.0\xa0[−10.0,\xa0−10.0]"]
    assert rows[1][0] == r"Dutch / a\|b"
    with speaking("zh"):
        assert tables.language_pairs(pairs).rows[0][0] == "荷兰语 / 德语"
