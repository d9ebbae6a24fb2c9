"""The one map of networks and notebooks. A shim until namelib.runs has it."""

from dataclasses import dataclass

from torch import nn

from namelib import LSTM, RNN, MyLSTM


@dataclass(frozen=True)
class Network:
    """A network: what it is called, its class and its notebook."""

    name: str
    model: type[nn.Module]
    notebook: str


NETWORKS = {
    "rnn": Network("RNN", RNN, "1_rnn"),
    "lstm": Network("LSTM", LSTM, "2_lstm"),
    "custom_lstm": Network("MyLSTM", MyLSTM, "3_custom_lstm"),
}
