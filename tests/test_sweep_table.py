"""notebooks.why_lstm.sweep_table: a table with a known best cell."""

import pandas as pd
import pytest
from why_cases import sweep

from namelib.runs import RunError
from notebooks.language import speaking
from notebooks.why_lstm import sweep_table
from notebooks.why_lstm.statistics import mean_interval
from notebooks.why_lstm.sweep_table import COLUMNS, read_sweep, table_of, verdicts

CHOICE = (128, 0.005)  # of the RNN


def only(table: pd.DataFrame) -> sweep_table.Verdict:
    (result,) = verdicts(table)
    return result


@pytest.mark.parametrize(
    ("table", "verdict", "best", "at_edge"),
    [
        (sweep(best=CHOICE), "best", CHOICE, False),
        (sweep(best=(256, 0.005)), "worse", (256, 0.005), True),
        (sweep(best=(256, 0.005), seeds=1), "not compared", None, False),
        (sweep(best=(256, 0.005), diverged=[(256, 0.005, 1)]), "best", CHOICE, False),
        (sweep(diverged=[(*CHOICE, 0), (*CHOICE, 2)]), "incomplete", (128, 0.01), True),
        (sweep(diverged=[(*CHOICE, seed) for seed in range(3)]), "incomplete", (128, 0.01), True),
        (sweep().query("hidden_size != 128"), "not compared", None, False),
        (
            sweep(best=CHOICE).query("hidden_size == 128 and learning_rate == 0.005"),
            "not compared",
            None,
            False,
        ),
    ],
)
def test_the_verdict_on_the_original_choice(table, verdict, best, at_edge):
    result = only(table)
    assert (result.verdict, result.best, result.at_edge) == (verdict, best, at_edge)


def test_a_seed_is_judged_by_the_cell_that_is_best_on_the_others():
    """The seeds that a cell is chosen for do not see the one value that makes it the best."""
    table = sweep(best=CHOICE)
    lucky = (table["hidden_size"] == 64) & (table["learning_rate"] == 0.005) & (table["seed"] == 2)
    table.loc[lucky, "balanced_accuracy"] = 1.3
    result = only(table)
    assert result.best == (64, 0.005) and result.verdict == "not told apart"
    # seed 2 is compared with the best on 0 and 1: the choice
    differences = [0.60 - 0.75, 0.60 - 0.75, 0]
    assert result.difference.mean == pytest.approx(sum(differences) / 3, abs=0.002)


def test_intervals_are_as_wide_as_splits_of_the_same_surnames_make_them():
    table, best = sweep(best=(256, 0.005)), (256, 0.005)
    of_cell = table.set_index(["hidden_size", "learning_rate"])["balanced_accuracy"].sort_index()
    share = table["valid_fraction"].iloc[0]
    ratio, result = share / (1 - share), only(table)
    assert result.best_value == mean_interval(of_cell[best], ratio)
    assert result.value == mean_interval(of_cell[CHOICE], ratio)
    differences = of_cell[best].to_numpy() - of_cell[CHOICE].to_numpy()
    assert result.difference == mean_interval(differences, ratio)
    reach = 100 * (result.value.high - result.value.mean)
    assert table_of([result]).rows[0][2] == f"{100 * result.value.mean:.1f}% ± {reach:.1f}"


def test_another_recipe_is_no_candidate_and_two_cells_and_two_seeds_are_enough():
    table, other = sweep(best=CHOICE), sweep(best=(256, 0.005)).assign(recipe="mini_batch")
    assert only(pd.concat([table, other])) == only(table)
    two = sweep(best=(256, 0.005), seeds=2).query("hidden_size != 64 and learning_rate == 0.005")
    assert (only(two).best, only(two).at_edge) == ((256, 0.005), True)


def test_rows_and_words():
    lost = sweep(diverged=[(128, 0.08, 0)], network="LSTM")
    table = pd.concat([sweep(best=(256, 0.005)), lost])
    rows = table_of(verdicts(table)).rows
    assert rows[0][:2] == ["RNN", "0.005, 128 units"] and rows[0][3] == "0.005, 256 units"
    assert rows[0][5].startswith("**worse by +5.") and rows[0][2].startswith("70.2% ± ")
    assert rows[1][0] == "LSTM" and rows[1][5] == "**1 of 3 seeds diverged or failed**"
    with speaking("zh"):
        assert table_of(verdicts(lost)).rows[0][5] == "**3 个种子中有 1 个发散或失败**"


def test_the_own_sweep_comes_before_the_recorded_one_if_it_is_of_these_surnames(tmp_path):
    places = tmp_path / "runs", tmp_path / "recorded"
    for folder, network in (("recorded", "RNN"), ("runs/sweeps", "LSTM")):
        (tmp_path / folder).mkdir(parents=True)
        made = sweep(network=network).reindex(columns=list(COLUMNS)).assign(data=f"of {network}")
        made.to_csv(tmp_path / folder / "sweep.csv", index=False)
    runs, recorded = places
    assert sweep_table.find_sweep(runs, "of LSTM", recorded)[1] is True
    table, is_own = sweep_table.find_sweep(runs, "of RNN", recorded)
    assert not is_own and set(table["network"]) == {"RNN"}
    assert sweep_table.find_sweep(runs, "others", recorded)[0] is None
    assert read_sweep(tmp_path, "of RNN") is None
    (tmp_path / "sweep.csv").write_text("a,b\n1,2\n")
    with pytest.raises(RunError, match="not the table of a sweep"):
        read_sweep(tmp_path, "of RNN")
