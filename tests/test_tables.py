"""The shared tables hold what was measured, in both languages, and the sentence below says what came out."""

import numpy as np
import pytest

from namelib import History, Names, tables
from namelib.evaluation import Metrics

LANGUAGES = ["Japanese", "Korean", "a|b $c$"]  # the last one from a folder of one's own


def answers(labels, predicted) -> Metrics:
    log_probabilities = np.log(np.full((len(labels), 3), 0.1))
    log_probabilities[np.arange(len(labels)), predicted] = np.log(0.8)
    return Metrics(Names([f"n|{k}" for k in range(len(labels))], np.array(labels), LANGUAGES), log_probabilities)


def history(seconds: float, names: int = 1000) -> History:
    return History([names], [1.0], [1.0], [0.5], [0.5], [seconds])


def cells(output) -> list[list[str]]:
    """The rows below the head, cell by cell, as Markdown."""
    rows = output.data["text/markdown"].replace(r"\|", "¦").splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def shown(displayed) -> dict:
    """The tables by language; all of one id, captioned."""
    found = {output.metadata["lang"]: output for output in displayed.outputs if "id" in output.metadata}
    assert set(found) == {"zh", "en"} and len({output.metadata["id"] for output in found.values()}) == 1
    assert found["zh"].metadata["caption"] != found["en"].metadata["caption"]
    return found


RIGHT, HALF = answers([0, 1], [0, 1]), answers([0, 1], [0, 0])


def test_recipes_stand_side_by_side_with_the_time_that_was_told(displayed):
    histories = {"original": history(12.34), "mini_batch": history(3, 4000)}
    tables.recipes("RNN", histories, {"original": HALF, "mini_batch": RIGHT}, {"original": 0.005, "mini_batch": 0.01})
    found = shown(displayed)
    for language in found:
        rows = cells(found[language])
        assert rows[0][1:] == ["0.005", "1,000", "12.3", "0.500", "0.500", "0.333"]
        assert rows[1][1:] == ["0.01", "4,000", "3.0", "1.000", "1.000", "1.000"]
        assert rows[2][1:4] == ["0.005", "100,000", "145"]
    assert cells(found["zh"])[1][0] == "小批量配方" and cells(found["en"])[1][0] == "mini-batch recipe"


def test_a_network_whose_time_was_not_told_has_no_such_row(displayed):
    tables.recipes("MyLSTM", {"original": history(1)}, {"original": RIGHT}, {"original": 0.035})
    assert len(cells(shown(displayed)["en"])) == 1


def test_confused_pairs_come_most_frequent_first_with_their_share_and_names(displayed):
    metrics = answers(labels=[0, 0, 0, 0, 0, 1, 2, 2], predicted=[1, 1, 1, 1, 0, 2, 2, 0])
    tables.confused_pairs("RNN", metrics)
    found = shown(displayed)
    rows = cells(found["en"])
    assert rows[0] == ["Japanese", "Korean", "4", "80.0%", "n¦0, n¦1, n¦2"]
    assert rows[1:] == [
        ["Korean", r"a¦b \$c\$", "1", "100.0%", "n¦5"],
        [r"a¦b \$c\$", "Japanese", "1", "50.0%", "n¦7"],
    ]
    assert cells(found["zh"])[0][:2] == ["日语", "韩语"]


def test_sample_names_are_names_of_their_language_and_stay_with_the_seed(displayed, few):
    train = few[0]
    for seed in (0, 0, 1):
        tables.sample_names(train, "tbl-sample", each=3, seed=seed)
    english = [cells(out) for out in displayed.outputs if "id" in out.metadata and out.metadata["lang"] == "en"]
    assert english[0] == english[1] != english[2]
    for label, (language, count, drawn) in enumerate(english[0]):
        names = {train.names[row] for row in np.flatnonzero(train.labels == label)}
        drawn = drawn.split(", ")
        assert language == train.languages[label] and int(count) == train.counts[label]
        assert len(set(drawn)) == 3 and set(drawn) <= names


@pytest.mark.parametrize(
    ("metrics", "seconds", "said"),
    [
        ((HALF, RIGHT), (10, 5), ["50.0 points more", "in 1/2.0 of the original's time", "高 50.0", "1/2.0"]),
        ((RIGHT, HALF), (10, 40), ["50.0 points less", "4.0 times the original's time", "低 50.0", "4.0 倍"]),
    ],
)
def test_the_sentence_follows_what_came_out(displayed, metrics, seconds, said):
    recipes = ("original", "mini_batch")
    histories = dict(zip(recipes, map(history, seconds), strict=True))
    tables.discuss_recipes("LSTM", histories, dict(zip(recipes, metrics, strict=True)))
    zh, en = (output.data["text/markdown"] for output in displayed.outputs)
    assert said[0] in en and said[1] in en and said[2] in zh and said[3] in zh
    assert "10.00 ms" in en and "1000 s for 100,000 steps" in en and "214 s" in en and "214 秒" in zh
