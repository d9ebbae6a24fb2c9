"""Two regularisers against memorised surnames: recurrent dropout and an auxiliary task."""

import torch
from torch import Tensor, nn
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
                name = type(model).__name__
                raise ValueError(f"next_letter: {name} has no LSTM that predicts letters; use 0")
            guess = nn.Linear(model.linear.in_features, len(ALPHABET) + 1)
            self.guess = guess.to(model.linear.weight)

    def forward(self, letters: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """letters, lengths -> log-probabilities (batch, languages), loss per letter ()."""
        if not self.weight:
            log_p = self.model(letters, lengths)
            return log_p, log_p.new_zeros(())
        h = self.model.hidden_states(letters)  # (batch, time, hidden)
        ends = F.pad(letters, (0, 1)).scatter(1, lengths[:, None], len(ALPHABET))
        following = ends[:, 1:]  # the next letter or the end: (batch, time)
        place = torch.arange(letters.size(1), device=letters.device)  # (time,)
        of_a_name = place < lengths[:, None]  # not padding: (batch, time)
        loss = F.cross_entropy(self.guess(h[of_a_name]), following[of_a_name])
        log_p = self.model.softmax(self.model.linear(at_last_letter(h, lengths)))
        return log_p, self.weight * loss


def recurrent_dropout(tasks: NextLetter, share: float) -> dict[str, Tensor]:
    """The hidden-to-hidden weights by name, a random share dropped and the others scaled up.

    They are put in place by `torch.func.functional_call`; {} for a share of 0. Source: Wan et al.
    2013; Merity et al. 2018, section 2. Raises ValueError for a network without such weights.
    """
    if not share:
        return {}
    thinned = {}
    for name, weight in tasks.named_parameters():
        if name.endswith("lstm.V") or "lstm.weight_hh_l" in name:  # ours, and torch's
            # Equivalent to F.dropout, whose Bernoulli numbers take longer on a CPU.
            thinned[name] = weight * (torch.rand_like(weight) >= share) / (1 - share)
    if not thinned:
        raise ValueError(
            f"recurrent_dropout: {type(tasks.model).__name__} has no LSTM weights to drop; use 0"
        )
    return thinned
