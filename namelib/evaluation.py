"""How well a network performs on unseen surnames, and what it predicts for single names."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn

from namelib.data import SHOWN_SYMBOLS, Names, encode
from namelib.spelling import normalise, refusal

if TYPE_CHECKING:
    import pandas as pd

BATCH = 512  # names per batch in evaluation


@dataclass(frozen=True)
class Metrics:
    """A network's predictions for `data`, and the metrics computed from them.

    scikit-learn and pandas are imported where they are used: `predict` answers a second earlier.
    """

    data: Names
    log_probabilities: np.ndarray  # (names, languages)

    @property
    def predicted(self) -> np.ndarray:
        """The most likely language of each name, (names,) int64."""
        return self.log_probabilities.argmax(axis=1)

    @property
    def shares(self) -> np.ndarray:
        """The confusion matrix, (true language, predicted language), as shares of the true ones.

        A language without surnames has zeros.
        """
        from sklearn.metrics import confusion_matrix

        every = range(len(self.data.languages))
        return confusion_matrix(self.data.labels, self.predicted, labels=every, normalize="true")

    def table(self) -> "pd.DataFrame":
        """One row per name: name, true, predicted, probability."""
        import pandas as pd

        languages = np.array(self.data.languages)
        probability = np.exp(self.log_probabilities.max(axis=1))
        columns = {
            "name": self.data.names,
            "true": languages[self.data.labels],
            "predicted": languages[self.predicted],
        }
        return pd.DataFrame(columns | {"probability": probability})

    def summary(self) -> dict[str, float]:
        """loss, accuracy, balanced_accuracy and macro_f1.

        The loss is the mean negative log-likelihood in nats, the balanced accuracy the mean recall.

        The last two are taken over the languages that occur in `data`.
        """
        from sklearn.metrics import accuracy_score, f1_score, recall_score

        labels, predicted = self.data.labels, self.predicted
        average = {"labels": np.unique(labels), "average": "macro", "zero_division": 0}
        return {
            "loss": float(-self.log_probabilities[np.arange(len(labels)), labels].mean()),
            "accuracy": float(accuracy_score(labels, predicted)),
            "balanced_accuracy": float(recall_score(labels, predicted, **average)),
            "macro_f1": float(f1_score(labels, predicted, **average)),
        }


@torch.no_grad()
def read_names(model: nn.Module, names: Sequence[str]) -> np.ndarray:
    """The network's log-probabilities for each name, (names, languages); computed in batches."""
    training, device = model.training, next(model.parameters()).device
    model.eval()
    letters, lengths = encode(names)
    order = torch.argsort(lengths, stable=True)
    answers = []
    for batch in order.split(BATCH):
        width = max([1, *lengths[batch].tolist()])
        answer = model(letters[batch, :width].to(device), lengths[batch].to(device)).cpu()
        # numpy has no bfloat16
        answers.append(answer.to(torch.promote_types(answer.dtype, torch.float32)))
    model.train(training)
    return torch.cat(answers)[torch.argsort(order)].numpy()  # in the order of `names`


def check_outputs(model: nn.Module, languages: Sequence[str]) -> None:
    """Raise ValueError unless the network has one output per language, and log-probabilities."""
    outputs = read_names(model, ["A"])[0]
    if len(outputs) != len(languages):
        raise ValueError(
            f"{type(model).__name__}: {len(outputs)} outputs for {len(languages)} languages"
        )
    total = np.exp(outputs).sum()
    if np.isfinite(outputs.max()) and not abs(total - 1) < 0.05:  # a diverged network gives NaN
        problem = f"exp of its outputs sums to {total:.3g}, not to 1"
        way_out = "end its forward with .log_softmax(dim=1)"
        raise ValueError(f"{type(model).__name__}: {problem}; {way_out}")


def evaluate(model: nn.Module, data: Names) -> Metrics:
    """Evaluate the network on every name of `data`. Raises ValueError as `check_outputs`."""
    check_outputs(model, data.languages)
    return Metrics(data, read_names(model, data.names))


def predict(
    model: nn.Module, names: Sequence[str], languages: Sequence[str], top: int = 5
) -> list[list[tuple[str, float]]]:
    """The `top` most likely languages of each name, or of one, with probabilities, best first.

    Names are normalised.

    Raises ValueError for a name that cannot be read, and as `evaluate`.
    """
    check_outputs(model, languages)
    names = [names] if isinstance(names, str) else list(names)
    for name in names:
        if problem := refusal(name):
            raise ValueError(f"{name[:SHOWN_SYMBOLS]!r}: {problem}")
    probabilities = np.exp(read_names(model, list(map(normalise, names))))
    return [
        [(languages[k], float(row[k])) for k in np.argsort(-row, kind="stable")[:top]]
        for row in probabilities
    ]
