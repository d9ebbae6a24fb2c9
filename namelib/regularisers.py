"""Two regularisers against memorised surnames: recurrent dropout and an auxiliary task."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn import functional as F

from namelib.models import at_last_letter
from namelib.spelling import ALPHABET


class NextLetter(nn.Module):
    """A network that also predicts, after each letter of a name, the next letter or the name's end.

    What the hidden state learns about spelling from this auxiliary task should help the main task;
    for training only. `weight` scales its loss; with 0 the network does its main task alone.
    Source: Rei 2017, Semi-supervised multitask learning for sequence labeling; Radford et al. 2018,
    equation 5. Raises ValueError for a weight above 0 and a network without `hidden_states`.
    """

    def __init__(self, model: nn.Module, weight: float = 1.0):
        super().__init__()
        self.model, self.weight = model, weight
        if weight:
            if not hasattr(model, "hidden_states"):
                raise ValueError(
                    f"next_letter: {type(model).__name__} has "
                    f"no LSTM that could predict letters; use 0"
                )
            guess = nn.Linear(model.linear.in_features, len(ALPHABET) + 1)
            self.guess = guess.to(model.linear.weight)

    def forward(self, letters: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """letters, lengths -> log-probabilities (batch, languages), loss per letter ()."""
        if not self.weight:
            log_p = self.model(letters, lengths)
            return log_p, log_p.new_zeros(())
        h = self.model.hidden_states(letters)  # (batch, time, hidden)
        # (batch, time)
        following = F.pad(letters, (0, 1)).scatter(1, lengths[:, None], len(ALPHABET))[:, 1:]
        # (batch, time)
        of_a_name = torch.arange(letters.size(1), device=letters.device) < lengths[:, None]
        loss = F.cross_entropy(self.guess(h[of_a_name]), following[of_a_name])
        log_p = self.model.softmax(self.model.linear(at_last_letter(h, lengths)))
        return log_p, self.weight * loss


def with_recurrent_dropout(
    tasks: NextLetter, share: float
) -> Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]:
    """`tasks` with a random share of hidden-to-hidden weights dropped, and the others scaled up.

    Source: Wan et al. 2013; Merity et al. 2018, section 2. Raises ValueError for a network without
    such weights.
    """
    if not share:
        return tasks
    named = tasks.named_parameters()  # torch's `weight_hh_l*`, our `V`
    weights = {
        name: p for name, p in named if name.endswith("lstm.V") or "lstm.weight_hh_l" in name
    }
    if not weights:
        raise ValueError(
            f"recurrent_dropout: {type(tasks.model).__name__} has no LSTM weights to drop; use 0"
        )
    # Equivalent to F.dropout, whose Bernoulli numbers take longer on a CPU.
    thinned = {
        name: weight * (torch.rand_like(weight) >= share) / (1 - share)
        for name, weight in weights.items()
    }
    return lambda letters, lengths: functional_call(tasks, thinned, (letters, lengths))
