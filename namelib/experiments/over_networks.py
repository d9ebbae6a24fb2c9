"""The analyses of chapter 4 over several networks a kind: what holds for the kind, not for the one that was trained.

The other modules measure one network over many names. Here each is asked once a seed, of the ladder's linear RNN and of
its LSTM with as many parameters, and the interval is over seeds.
"""

from collections.abc import Sequence
from dataclasses import asdict, replace

import numpy as np
import torch

from namelib.data import Names
from namelib.evaluation import evaluate
from namelib.experiments.gains import longer
from namelib.experiments.gradient_flow import decay, log_sizes, long_strings
from namelib.experiments.intervals import mean_interval
from namelib.experiments.ladder import TEST_TO_TRAIN, folds
from namelib.experiments.letter_pairs import pair_effects
from namelib.experiments.reading import beginning_share, occlude
from namelib.experiments.variants import LINEAR_RNN, LSTM, Networks
from namelib.experiments.workers import run_jobs
from namelib.models import RNN, MyLSTM
from namelib.training import Progress

UNITS = {"vanishing": "nat/letter", "letter_pairs": "logit", "beginning": "points", "longer_names": "points"}


@torch.no_grad()
def alone(networks: Networks, k: int) -> RNN | MyLSTM:
    """Network k as the model of chapter 1 or 3 that it equals. Raises ValueError for any other variant."""
    v, sizes = networks.variant, (networks.input_size, networks.variant.hidden_size, networks.W.size(2))
    layer = networks.layers[0]
    if v == replace(LINEAR_RNN, name=v.name, hidden_size=v.hidden_size):
        model = RNN(*sizes)
        pairs = [(model.i2h.weight, torch.cat([layer.U, layer.V], dim=1)), (model.i2h.bias, layer.b)]
        pairs += [(model.i2o.weight, networks.W), (model.i2o.bias, networks.b)]
    elif v == replace(LSTM, name=v.name, hidden_size=v.hidden_size):
        model = MyLSTM(*sizes)
        pairs = [(model.lstm.U, layer.U), (model.lstm.V, layer.V), (model.lstm.b, layer.b)]
        pairs += [(model.linear.weight, networks.W), (model.linear.bias, networks.b)]
    else:
        raise ValueError(f"{v.name}: neither the teacher's RNN nor a plain LSTM of one layer")
    for theirs, ours in pairs:
        theirs.copy_(ours[k].T.reshape(theirs.shape))
    return model.eval()


def compare_kinds(
    data: Names,
    rnns: Networks,
    lstms: Networks,
    seeds: Sequence[int],
    length: int = 60,
    workers: int = 2,
    progress: Progress | None = None,
) -> dict[str, dict]:
    """What the LSTM has more than the RNN in each analysis, by claim: {"values" (one a seed), "mean", "low", ...}.

    Measured on the names that the ladder holds out for each seed, gradients over strings of `length` letters made of
    them. `letter_pairs` is the LSTM's alone, because the RNN's is 0. Intervals are those of the ladder.
    """
    unseen = [valid for _, valid in folds(data, seeds)]
    jobs = [(alone(rnns, k), alone(lstms, k), unseen[k], seed, length) for k, seed in enumerate(seeds)]
    names = [f"networks of seed {seed}" for seed in seeds]
    found = run_jobs(compare_two, jobs, len(jobs) * [1.0], names, workers, progress)
    return {
        claim: {"values": [one[claim] for one in found], "unit": unit}
        | asdict(mean_interval([one[claim] for one in found], test_to_train=TEST_TO_TRAIN))
        for claim, unit in UNITS.items()
    }


def compare_two(rnn: RNN, lstm: MyLSTM, unseen: Names, seed: int, length: int) -> dict[str, float]:
    """The difference of two networks in each analysis: the mean over names, a number a claim."""
    strings = long_strings(unseen.names, length, seed=seed)
    flows = log_sizes(lstm, strings, length)["cell"], log_sizes(rnn, strings, length)["hidden"]
    shares = [100 * beginning_share(occlude(network, unseen)) for network in (lstm, rnn)]
    right = [evaluate(network, unseen).predicted == unseen.labels for network in (lstm, rnn)]
    return {
        "vanishing": float(np.mean(decay(flows[0]) - decay(flows[1]))),
        "letter_pairs": pair_effects({"LSTM": lstm}, unseen.names, seed)["LSTM"]["interaction"]["mean"],
        "beginning": float(np.nanmean(shares[0] - shares[1])),
        "longer_names": longer(unseen, 100 * np.subtract(*right, dtype=float)),
    }
