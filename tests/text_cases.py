"""Values for the blocks of notebooks/text, so that test_text.py renders every branch: {template: {block: [values]}}.

A block that needs no values may be left out where it has no branch. Together the values of a block must send each of
its `{% if %}` and each of its inline conditions both ways.
"""

import numpy as np

from namelib import LSTM, RNN, History, MyLSTM, Names, Original, Trained
from namelib.evaluation import Metrics
from namelib.runs import NETWORKS

DATA = Names(["Ito", "Ono", "Kim", "Lee"], np.array([0, 0, 1, 1]), ["Japanese", "Korean"])


def trained(right: int, seconds: float) -> Trained:
    """A training after which so many of the four surnames are answered right."""
    predicted = np.where(np.arange(4) < right, DATA.labels, 1 - DATA.labels)
    history = History([400], [1.0], [0.5], [1.1], [right / 4], [right / 4], [seconds])
    return Trained(Original(0.1), history, Metrics(DATA, np.log(np.eye(2)[predicted] * 0.8 + 0.1)))


BETTER = {"original": trained(2, 10.0), "mini_batch": trained(4, 2.0)}
WORSE = {"original": trained(4, 10.0), "mini_batch": trained(2, 2.0)}
TOLD, NOT_TOLD = NETWORKS["rnn"], NETWORKS["custom_lstm"]
METRICS = BETTER["original"].metrics
ANSWERS = {"Ito": [("Japanese", 0.9), ("Korean", 0.1)], "Kim": [("Korean", 0.8), ("Japanese", 0.2)]}

CASES: dict[str, dict[str, list[dict]]] = {
    "1_rnn": {
        "data": [{"data": DATA, "train": DATA, "valid": DATA[:1]}],
        "fig_surnames_alt": [{"valid_fraction": 0.2}],
        "structure": [{"rnn": RNN()}],
    },
    "2_lstm": {"structure": [{"lstm": LSTM(), "teacher": RNN()}]},
    "3_custom_lstm": {
        "structure": [{"mylstm": MyLSTM()}],
        "fig_gates": [{"name": "Ito", "hidden_size": 32}],
        "fig_gates_alt": [{"name": "Ito"}],
        "gates": [{"name": "Ito", "kept": np.array([0.2, 0.9]), "opened": np.array([0.3, 0.5, 0.1])}],
        "last_letter": [{"last_letter": {"accuracy": 0.3}, "metrics": {"accuracy": 0.7}}],
    },
    "networks": {
        "recipes": [{"network": TOLD, "trained": BETTER}, {"network": NOT_TOLD, "trained": WORSE}],
        "tbl_recipes": [{"network": TOLD}],
        "fig_curves": [{"network": TOLD}],
        "fig_curves_alt": [{"network": TOLD, "trained": BETTER}],
        "fig_confusion_original": [{"network": TOLD}],
        "fig_confusion_original_alt": [{"network": TOLD, "metrics": METRICS}],
        "fig_confusion": [{"network": TOLD}],
        "fig_confusion_alt": [{"network": TOLD, "metrics": METRICS}],
        "tbl_confused": [{"network": TOLD}],
        "fig_names": [{"network": TOLD}],
        "fig_names_alt": [{"predictions": ANSWERS}],
    },
    "4_why_lstm": {},  # without any case the branches of a template are not looked at yet
}
