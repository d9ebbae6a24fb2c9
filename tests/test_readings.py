"""What the chapters say about results follows from the numbers, for two languages and many."""

import re

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from namelib import History, Names, Original, Trained
from namelib.evaluation import Metrics
from namelib.runs import NETWORKS
from notebooks import TEXT, readings
from notebooks.display import templates
from notebooks.language import LANGUAGES, speaking

PLACES = ["Czech", "Dutch", "Irish", "Polish"]


def names_of(counts: list[int], languages: list[str]) -> Names:
    labels = np.repeat(np.arange(len(counts)), counts)
    return Names([f"n{k}" for k in range(len(labels))], labels, languages)


def answered(matrix: list[list[int]], languages: list[str] = PLACES) -> Metrics:
    """Predictions with this confusion matrix."""
    matrix = np.array(matrix)
    languages = languages[: len(matrix)]
    predicted = [j for row in matrix for j, count in enumerate(row) for _ in range(count)]
    valid = names_of(matrix.sum(axis=1).tolist(), languages)
    return Metrics(valid, np.log(np.eye(len(languages))[predicted] * 0.9 + 0.01))


@pytest.mark.parametrize(
    ("matrix", "training", "block", "first", "lowest"),
    [
        ([[9, 0], [0, 4]], [5, 5], "nothing_confused", None, ("Czech", 1.0)),
        (
            [[9, 1], [0, 4]],
            [5, 5],
            "one_pair_confused",
            ("Czech", "Dutch", 0.1, 0.0),
            ("Czech", 0.9),
        ),
        (
            [[9, 1], [3, 1]],
            [5, 5],
            "one_pair_confused",
            ("Dutch", "Czech", 0.75, 0.1),
            ("Dutch", 0.25),
        ),
        (
            [[2, 2, 0], [1, 9, 0], [3, 0, 7]],
            [4, 9, 3],
            "confused_with_larger",
            ("Czech", "Dutch", 0.5, 0.1),
            ("Czech", 0.5),
        ),
        (
            [[2, 2, 0], [1, 9, 0], [3, 0, 7]],
            [4, 9, 30],
            "pairs_confused",
            ("Czech", "Dutch", 0.5, 0.1),
            ("Czech", 0.5),
        ),
        (
            [[1, 1, 0], [0, 3, 1], [0, 0, 0]],
            [1, 2, 3],
            "confused_with_larger",
            None,
            ("Czech", 0.5),
        ),
    ],
)
def test_a_confusion_matrix_is_read_as_it_is(matrix, training, block, first, lowest):
    metrics = answered(matrix)
    said, values = readings.confusion_matrix(metrics, names_of(training, metrics.data.languages))
    assert said == block and values["lowest"] == lowest
    if first:
        pair = values["first"]
        assert (pair.true, pair.predicted, pair.share, pair.reverse) == first


@given(
    matrix=st.integers(2, 4).flatmap(
        lambda n: st.lists(
            st.lists(st.integers(0, 9), min_size=n, max_size=n), min_size=n, max_size=n
        )
    )
)
def test_the_first_pair_has_the_largest_wrong_share_and_every_reading_has_its_sentence(matrix):
    assume(any(map(any, matrix)))
    metrics = answered(matrix)
    block, values = readings.confusion_matrix(
        metrics, names_of([1] * len(matrix), metrics.data.languages)
    )
    wrong = metrics.shares
    np.fill_diagonal(wrong, 0)
    assert wrong.max() == (values["first"].share if "first" in values else 0)
    assert values["lowest"][1] <= values["balanced_accuracy"] + 1e-9 <= values["highest"][1] + 2e-9
    assert values["lowest"][0] != values["highest"][0] or sum(map(any, matrix)) == 1
    for language in LANGUAGES:
        template = templates(TEXT).get_template(f"networks.{language}.md")
        with speaking(language):
            text = "".join(
                template.blocks[block](template.new_context({"network": NETWORKS["rnn"], **values}))
            )
        shares = {f"{100 * share:.1f}%" for share in (*wrong.flat, *metrics.shares.diagonal())}
        shares.add(f"{100 * values['balanced_accuracy']:.1f}%")
        assert set(re.findall(r"[\d.]+%", text)) <= shares


@pytest.mark.parametrize(
    ("original", "mini_batch", "block", "gain"),
    [
        ([[5, 5], [5, 5]], [[9, 1], [3, 7]], "mini_batch_ahead", 30),
        ([[9, 1], [3, 7]], [[5, 5], [5, 5]], "mini_batch_behind", 30),
        ([[9, 1], [3, 7]], [[7, 3], [1, 9]], "mini_batch_level", 0),
    ],
)
def test_recipes_are_compared_in_points_of_balanced_accuracy(original, mini_batch, block, gain):
    def run(matrix, seconds):
        history = History([1], [1.0], [0.5], [1.0], [0.5], [0.5], [seconds])
        return Trained(Original(0.1), history, answered(matrix))

    trained = {"original": run(original, 10.0), "mini_batch": run(mini_batch, 4.0)}
    said, values = readings.recipes(trained)
    assert (said, values) == (block, {"gain": pytest.approx(gain), "time": 0.4})


@pytest.mark.parametrize(
    ("rnn", "lstm", "block", "raised"),
    [
        ([[5, 5], [4, 6]], [[6, 4], [0, 10]], "all_recalls_raised", 2),
        ([[5, 5], [4, 6]], [[6, 4], [4, 6]], "no_recall_lowered", 1),
        ([[5, 5], [4, 6]], [[9, 1], [5, 5]], "some_recalls_raised", 1),
        ([[5, 5], [4, 6]], [[5, 5], [9, 1]], "no_recall_raised", 0),
        ([[9, 0], [0, 9]], [[9, 0], [0, 9]], "no_recall_raised", 0),
    ],
)
def test_repairs_are_those_of_the_recalls(rnn, lstm, block, raised):
    said, values = readings.repairs(answered(rnn), answered(lstm))
    assert (said, values["raised"]) == (block, raised)
    if raised:
        wrong = values["confusion"]
        assert (wrong["true"], wrong["before"], wrong["after"]) == ("Czech", 0.5, lstm[0][1] / 10)


def test_a_name_is_found_where_it_stands():
    train = Names(["Li", "Abe", "Li"], np.array([0, 1, 1]), ["Chinese", "Japanese"])
    valid = Names(["Ono"], np.array([1]), ["Chinese", "Japanese"])
    assert readings.where_listed("LI", train, valid) == ("training", ["Chinese", "Japanese"])
    assert readings.where_listed("Ōno", train, valid) == ("validation", ["Japanese"])
    assert readings.where_listed("Kim", train, valid) == ("in no list", [])
