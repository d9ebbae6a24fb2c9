"""The peers: what people write when they follow the tutorials and the original report.

One name at a time, one one-hot tensor a letter, autograd, and for batch 1 the update by hand. Every
network has `read(line)`, which takes a line (time, 1, 57) and gives log-probabilities (1,
languages).
"""

import random

import torch
from torch import Tensor, nn

from namelib import ALPHABET, Names


def name_to_line(name: str) -> Tensor:
    """One one-hot row a letter, (time, 1, 57)."""
    line = torch.zeros(len(name), 1, len(ALPHABET))
    for k, letter in enumerate(name):
        line[k][0][ALPHABET.find(letter)] = 1
    return line


class TutorialRNN(nn.Module):
    """The teacher's network, a letter at a time; it answers after each, the last one counts."""

    def __init__(self, input_size: int = 57, hidden_size: int = 128, output_size: int = 18):
        super().__init__()
        self.hidden_size = hidden_size
        self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
        self.i2o = nn.Linear(input_size + hidden_size, output_size)
        self.softmax = nn.LogSoftmax(dim=1)

    def forward(self, letter: Tensor, hidden: Tensor) -> tuple[Tensor, Tensor]:
        combined = torch.cat((letter, hidden), 1)
        return self.softmax(self.i2o(combined)), self.i2h(combined)

    def read(self, line: Tensor) -> Tensor:
        hidden = torch.zeros(1, self.hidden_size)
        for letter in line:
            output, hidden = self(letter, hidden)
        return output


class TutorialLSTM(nn.Module):
    """The original report's second network: nn.LSTM, and a read-out of the last output."""

    def __init__(
        self,
        input_size: int = 57,
        hidden_size: int = 128,
        output_size: int = 18,
        num_layers: int = 2,
    ):
        super().__init__()
        self.lstm = nn.LSTM(input_size, hidden_size, num_layers=num_layers)
        self.linear = nn.Linear(hidden_size, output_size)
        self.softmax = nn.LogSoftmax(dim=1)

    def read(self, line: Tensor) -> Tensor:
        outputs, _ = self.lstm(line)
        return self.softmax(self.linear(outputs[-1]))


class ListingCell(nn.Module):
    """The original report's layer, (batch, time, input) -> (batch, time, hidden): eleven Linears.

    Its faults are mended: one name for each sigmoid, every letter's state kept, tanh(c) taken once.
    """

    def __init__(self, input_size: int, hidden_size: int):
        super().__init__()
        self.hidden_size = hidden_size
        for gate in "ifo":
            setattr(self, f"linear_{gate}_x", nn.Linear(input_size, hidden_size))
            setattr(self, f"linear_{gate}_h", nn.Linear(hidden_size, hidden_size))
            setattr(self, f"linear_{gate}_c", nn.Linear(hidden_size, hidden_size))
        self.linear_c_x = nn.Linear(input_size, hidden_size)
        self.linear_c_h = nn.Linear(hidden_size, hidden_size)
        self.i_sigmoid, self.f_sigmoid, self.o_sigmoid = nn.Sigmoid(), nn.Sigmoid(), nn.Sigmoid()
        self.c_tanh, self.h_tanh = nn.Tanh(), nn.Tanh()

    def forward(self, x: Tensor) -> Tensor:
        h = torch.zeros(x.size(0), self.hidden_size)
        c = torch.zeros(x.size(0), self.hidden_size)
        hidden_seq = []
        for t in range(x.size(1)):
            x_t = x[:, t, :]
            i = self.i_sigmoid(self.linear_i_x(x_t) + self.linear_i_h(h) + self.linear_i_c(c))
            f = self.f_sigmoid(self.linear_f_x(x_t) + self.linear_f_h(h) + self.linear_f_c(c))
            c = f * c + i * self.c_tanh(self.linear_c_x(x_t) + self.linear_c_h(h))
            o = self.o_sigmoid(self.linear_o_x(x_t) + self.linear_o_h(h) + self.linear_o_c(c))
            h = o * self.h_tanh(c)
            hidden_seq.append(h.unsqueeze(1))
        return torch.cat(hidden_seq, dim=1)


class ListingLSTM(nn.Module):
    """The original report's third network, on the mended layer, fed batch first."""

    def __init__(self, input_size: int = 57, hidden_size: int = 32, output_size: int = 18):
        super().__init__()
        self.lstm = ListingCell(input_size, hidden_size)
        self.linear = nn.Linear(hidden_size, output_size)
        self.softmax = nn.LogSoftmax(dim=1)

    def read(self, line: Tensor) -> Tensor:
        outputs = self.lstm(line.transpose(0, 1))
        return self.softmax(self.linear(outputs[:, -1]))


def by_language(train: Names) -> list[list[str]]:
    """The names of each language that has any, as the tutorial keeps them."""
    lines: list[list[str]] = [[] for _ in train.languages]
    for name, label in zip(train.names, train.labels, strict=True):
        lines[label].append(name)
    return lines


def train_batch_one(
    model: nn.Module, lines: list[list[str]], learning_rate: float, steps: int, rng: random.Random
):
    """The tutorial's loop: draw a language, draw a name, one step of plain SGD by hand.

    Returns the mean loss.
    """
    criterion = nn.NLLLoss()
    present = [label for label, names in enumerate(lines) if names]
    total = 0.0
    for _ in range(steps):
        label = rng.choice(present)
        line = name_to_line(rng.choice(lines[label]))
        category = torch.tensor([label])
        model.zero_grad()
        loss = criterion(model.read(line), category)
        loss.backward()
        for parameter in model.parameters():
            parameter.data.add_(parameter.grad.data, alpha=-learning_rate)
        total += loss.item()
    return total / steps
