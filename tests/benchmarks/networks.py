"""The three networks, each with its peer and with the recipes that its notebook uses."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

import numpy as np
import torch
from torch import nn

from benchmarks import peers
from namelib import LSTM, RNN, MiniBatch, MyLSTM, Names, Original, load_names, split_names
from report.parameters import read_notebook

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"


@dataclass(frozen=True)
class Network:
    """One of ours, the peer that it stands beside, and the notebook whose parameters train it."""

    case: str
    ours: Callable[..., nn.Module]
    peer: Callable[..., nn.Module]
    peer_name: str
    notebook: str
    hidden_size: int

    @property
    def parameters(self) -> dict[str, object]:
        """What the notebook's `parameters` cell says."""
        return _parameters(self.notebook)

    def make(self, languages: int = 18, seed: int = 0, hidden_size: int = 0) -> nn.Module:
        torch.manual_seed(seed)
        return self.ours(hidden_size=hidden_size or self.hidden_size, output_size=languages)

    def make_peer(self, languages: int = 18, seed: int = 0) -> nn.Module:
        torch.manual_seed(seed)
        return self.peer(hidden_size=self.hidden_size, output_size=languages)

    def original(self, steps: int, measurements: int = 1) -> Original:
        return Original(self.parameters["learning_rate"], steps, measurements)

    def mini_batch(self, **changes: object) -> MiniBatch:
        """The notebook's mini-batch recipe, with some of its fields changed."""
        given = self.parameters
        names = {field.name: (f"mini_batch_{field.name}", field.name) for field in fields(MiniBatch)}
        names["learning_rate"] = ("mini_batch_learning_rate",)  # `learning_rate` is the original recipe's
        said = {name: given[key] for name, keys in names.items() for key in keys[::-1] if key in given}
        return MiniBatch(**(said | changes))


@cache
def _parameters(notebook: str) -> dict[str, object]:
    return read_notebook(NOTEBOOKS / f"{notebook}.ipynb").defaults


NETWORKS = (
    Network("RNN", RNN, peers.TutorialRNN, "tutorial's loop", "1_rnn", 128),
    Network("LSTM 2x128", LSTM, peers.TutorialLSTM, "tutorial's loop", "2_lstm", 128),
    Network("MyLSTM 32", MyLSTM, peers.ListingLSTM, "tutorial's loop · listing's cell", "3_custom_lstm", 32),
)
_, LSTM_2X128, MYLSTM_32 = NETWORKS


def names_to_learn(quick: bool, seed: int = 0, data_dir: str = "") -> tuple[Names, Names]:
    """(training, validation) names: all of them, or for a quick run so few that an epoch takes no time."""
    train, valid = split_names(load_names(data_dir or None), seed=seed)
    return (some(train, 150), some(valid, 60)) if quick else (train, valid)


def some(names: Names, count: int) -> Names:
    """About that many of the names, evenly from all of them."""
    return names[np.linspace(0, len(names) - 1, count).astype(int)]
