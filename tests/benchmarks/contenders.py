"""The three networks as their notebooks train them, each with the peer beside it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import nn

from benchmarks import peers
from namelib import Names, Original, load_names, split_names
from namelib.runs import NETWORKS, ROOT, Network
from report.parameters import read_notebook


@dataclass(frozen=True)
class Contender:
    """One of ours, and its peer."""

    label: str
    network: Network
    peer: type[nn.Module]
    peer_label: str

    @cached_property
    def parameters(self) -> dict[str, object]:
        """What the notebook's parameters cell says."""
        return read_notebook(ROOT / "notebooks" / f"{self.network.notebook}.ipynb").defaults

    def make(self, languages: int) -> nn.Module:
        torch.manual_seed(0)
        return self.network.model(hidden_size=self.parameters["hidden_size"], output_size=languages)

    def make_peer(self, languages: int) -> nn.Module:
        torch.manual_seed(0)
        return self.peer(hidden_size=self.parameters["hidden_size"], output_size=languages)

    def original(self, steps: int, measurements: int = 1) -> Original:
        """The notebook's original recipe, for so many steps."""
        return Original(
            learning_rate=self.parameters["learning_rate"], steps=steps, measurements=measurements
        )


RNN = Contender("RNN", NETWORKS["rnn"], peers.TutorialRNN, "tutorial's loop")
LSTM = Contender("LSTM 2x128", NETWORKS["lstm"], peers.TutorialLSTM, "tutorial's loop")
MYLSTM = Contender(
    "MyLSTM 32", NETWORKS["custom_lstm"], peers.ListingLSTM, "tutorial's loop · listing's cell"
)
CONTENDERS = (RNN, LSTM, MYLSTM)


def surnames(quick: bool) -> tuple[Names, Names]:
    """(training, validation) surnames: all, or for a quick run so few that an epoch is short."""
    train, valid = split_names(load_names())
    return (some(train, 150), some(valid, 60)) if quick else (train, valid)


def some(names: Names, count: int) -> Names:
    """About that many of the surnames, evenly from all of them."""
    return names[np.linspace(0, len(names) - 1, count).astype(int)]
