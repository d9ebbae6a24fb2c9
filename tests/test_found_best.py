"""namelib/experiments/found_best.py: the verdict follows the numbers, and luck with the seeds is no evidence."""

import numpy as np
import pandas as pd
import pytest

from namelib.experiments.found_best import CHOSEN, COLUMNS, TABLE, read_sweep, verdicts
from namelib.runs import RunError

RATES, SIZES, SEEDS = (0.0025, 0.005, 0.01), (64, 128), (0, 1, 2, 3, 4)


def sweep(score, rates=RATES, sizes=SIZES, seeds=SEEDS, network="RNN", recipe="original") -> pd.DataFrame:
    """A table with `score(rate, size, seed)` as balanced accuracy; None is a cell that diverged."""
    rows = []
    for rate in rates:
        for size in sizes:
            for seed in seeds:
                value = score(rate, size, seed)
                rows.append(
                    {"network": network, "recipe": recipe, "learning_rate": rate, "hidden_size": size, "seed": seed,
                     "balanced_accuracy": value, "status": "diverged" if value is None else "ok", "steps": 1000,
                     "valid_fraction": 0.2, "data": "abc"}
                )  # fmt: skip
    table = pd.DataFrame(rows, columns=COLUMNS)
    return table.astype({"balanced_accuracy": float})


def one(*score, **grid):
    (found,) = verdicts(sweep(*score, **grid))
    return found


def test_the_best_is_called_best():
    found = one(lambda rate, size, seed: 0.6 + 0.01 * seed + 0.05 * ((rate, size) == (0.005, 128)))
    assert (found.verdict, found.best, found.text("en")) == ("best", (128, 0.005), "highest mean")
    assert found.value.mean == pytest.approx(0.67) and found.difference.mean == 0


def test_the_worse_is_told_with_the_paired_difference():
    noise = {0: 0.001, 1: -0.002, 2: 0.003, 3: 0.0, 4: -0.001}
    found = one(
        lambda rate, size, seed: 0.6 + 0.1 * seed + (rate == 0.01) * (0.03 + noise[seed])
    )  # seeds differ widely
    assert (found.verdict, found.best[1]) == ("worse", 0.01)
    mean, spread = 0.0302, np.std(list(noise.values()), ddof=1)
    reach = 2.776 * spread * (1 / 5 + 1 / 4) ** 0.5  # t of four degrees; a quarter: held-out over training names
    assert (found.difference.mean, found.difference.high) == pytest.approx((mean, mean + reach), rel=1e-3)
    assert found.text("en") == "worse by 3.0 [+2.7, +3.4] points"
    assert found.text("zh") == "差 3.0 [+2.7, +3.4] 个百分点"


def test_luck_with_the_seeds_makes_nothing_worse():
    """Fifteen squares of pure noise: the best mean looks better by much, and yet the choice is rarely called worse."""
    rng, rates = np.random.default_rng(0), (0.00125, 0.0025, 0.005, 0.01, 0.02)
    found = [one(lambda *_: 0.6 + rng.normal(0, 0.01), rates=rates, sizes=(64, 128, 256)) for _ in range(40)]
    ahead = [verdict.best_value.mean - verdict.value.mean for verdict in found]
    assert np.mean(ahead) > 0.006 and abs(np.mean([verdict.difference.mean for verdict in found])) < 0.003
    assert sum(verdict.verdict == "worse" for verdict in found) <= 2
    assert sum(verdict.verdict == "not told apart" for verdict in found) > 30


def test_squares_that_diverged_are_no_candidates_and_a_choice_that_did_has_no_rank():
    found = one(lambda rate, size, seed: (0.9 if seed else None) if rate == 0.01 else 0.6 + rate)
    assert found.best[1] == 0.005
    found = one(lambda rate, size, seed: None if (rate, size, seed) == (0.005, 128, 3) else 0.6)
    assert (found.verdict, found.text("en")) == ("incomplete", "1 of 5 seeds diverged or failed")
    assert found.best != (128, 0.005) and found.best_value.mean == pytest.approx(0.6)


@pytest.mark.parametrize(
    ("grid", "verdict"),
    [
        ({"rates": (0.01,)}, "not tried"),
        ({"sizes": (64,)}, "not tried"),
        ({"seeds": (0,)}, "too few seeds"),
        ({"rates": (0.005,), "sizes": (128,)}, "alone"),
    ],
)
def test_without_evidence_there_is_no_verdict(grid, verdict):
    assert one(lambda rate, size, seed: 0.6 + rate, **grid).verdict == verdict


def test_a_best_at_the_edge_of_the_grid_is_marked():
    for best, at_edge in (0.0025, True), (0.005, False):
        found = one(
            lambda rate, size, seed, best=best: 0.6 + 0.1 * (rate == best) + 0.1 * (size == 128), sizes=(64, 128, 256)
        )
        assert found.at_edge == at_edge


def test_only_the_original_recipe_is_judged_network_by_network():
    tables = [sweep(lambda *_: 0.5, network=network, recipe="mini_batch") for network in CHOSEN]
    tables.append(sweep(lambda rate, *_: 0.5 + rate, rates=(0.04, 0.08), network="LSTM"))
    assert [found.network for found in verdicts(pd.concat(tables))] == ["LSTM"]


def test_a_sweep_of_other_names_is_not_read(tmp_path):
    assert read_sweep(tmp_path, "abc") is None
    sweep(lambda *_: 0.5).to_csv(tmp_path / TABLE, index=False)
    assert len(read_sweep(tmp_path, "abc")) == 30
    assert read_sweep(tmp_path, "abd") is None


def test_a_file_that_is_no_sweep_is_named(tmp_path):
    (tmp_path / TABLE).write_text("network;recipe;learning_rate\nRNN;original;0,005\n", encoding="utf-8")
    with pytest.raises(RunError, match=rf"{TABLE}: not the table of a sweep .*run make sweep again"):
        read_sweep(tmp_path, "abc")
