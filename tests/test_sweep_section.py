"""namelib/experiments/sweep_section.py: what a report shows of a sweep, in both languages, and nothing without one."""

from types import SimpleNamespace

import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.patches import Rectangle
from test_found_best import sweep

from namelib import load_names
from namelib.experiments import sweep_section
from namelib.experiments.found_best import CHOSEN, TABLE, read_sweep, verdicts
from namelib.experiments.sweep_section import heat_maps, show_sweep
from namelib.runs import RECORDED


@pytest.fixture
def table() -> pd.DataFrame:
    def score(rate, size, seed):
        return None if (rate, size, seed) == (0.01, 64, 2) else 0.6 + 0.01 * seed + 5 * rate

    return pd.concat([sweep(score), sweep(score, rates=(0.2, 0.4), recipe="mini_batch")])


@pytest.mark.parametrize(("language", "diverged"), [("zh", "发散\n1/5"), ("en", "diverged\n1/5")])
def test_every_square_has_its_mean_and_interval(table, language, diverged):
    figure = heat_maps(table, language)
    original, mini_batch = figure.axes[:2]
    texts = {text.get_text() for text in original.texts}
    assert len(original.texts) == 6 and len(mini_batch.texts) == 4
    assert {"64.5\n±2.9", "67.0\n±2.9", diverged} <= texts  # t * s * sqrt(1/5 + 1/4): 2.776 * 1.58 * 0.671 = 2.9
    frames = [patch for patch in original.patches if isinstance(patch, Rectangle)]
    places = sorted((int(frame.get_x()), int(frame.get_y())) for frame in frames)
    assert places == [(1, 1), (2, 1)]  # 0.005 with 128 was chosen, 0.01 with 128 is the best that is whole
    plt.close(figure)


def test_a_report_shows_heading_figure_table_and_count(table, tmp_path, displayed):
    table.to_csv(tmp_path / TABLE, index=False)
    show_sweep(SimpleNamespace(fingerprint="abc"), tmp_path)
    shown = {
        language: [out for out in displayed.outputs if out.metadata["lang"] == language] for language in ("zh", "en")
    }
    for language, verdict, count in (
        ("zh", "**差 2.5 [+2.5, +2.5] 个百分点**", "0 个与最好的分不出高下，1 个更差"),
        ("en", "**worse by 2.5 [+2.5, +2.5] points**", "0 not told apart from the best, 1 worse."),
    ):
        texts = [out.data.get("text/markdown", "") for out in shown[language]]
        assert texts[0].startswith("## ")
        assert [out.metadata["id"] for out in shown[language] if "id" in out.metadata] == ["fig-sweep", "tbl-sweep"]
        assert sum(verdict in text for text in texts) == sum(count in text for text in texts) == 1
        assert any("1,000" in out.metadata.get("caption", "") for out in shown[language])


def test_a_network_of_one_size_says_that_only_its_rate_was_varied(tmp_path, displayed):
    both = [sweep(lambda *_: 0.6), sweep(lambda *_: 0.6, rates=(0.04, 0.08), sizes=(128,), network="LSTM")]
    pd.concat(both).to_csv(tmp_path / TABLE, index=False)
    show_sweep(SimpleNamespace(fingerprint="abc"), tmp_path)
    assert "Of the LSTM only the learning rate was varied." in all_text(displayed)
    assert "LSTM 只变了学习率。" in all_text(displayed)


def test_a_choice_that_diverged_is_counted(tmp_path, displayed):
    sweep(lambda rate, size, seed: None if (rate, seed) == (0.005, 1) else 0.6).to_csv(tmp_path / TABLE, index=False)
    show_sweep(SimpleNamespace(fingerprint="abc"), tmp_path)
    text = all_text(displayed)
    assert "**1 of 5 seeds diverged or failed**" in text and "1 not trained with every seed." in text
    assert "**5 个种子中有 1 个发散或失败**" in text and "1 个并非每个种子都训练成功。" in text


def test_without_one_of_their_own_these_names_have_the_recorded_one_or_none(table, tmp_path, displayed, monkeypatch):
    monkeypatch.setattr(sweep_section, "RECORDED", tmp_path / "recorded")
    own, recorded = tmp_path / "own", tmp_path / "recorded"
    for folder, data in ((own, "of others"), (recorded, "abc")):
        folder.mkdir()
        table.assign(data=data).to_csv(folder / TABLE, index=False)
    show_sweep(SimpleNamespace(fingerprint="abd"), own)
    assert displayed.outputs == []
    show_sweep(SimpleNamespace(fingerprint="abc"), own)
    assert "not this run" in all_text(displayed)
    table.to_csv(own / TABLE, index=False)
    show_sweep(SimpleNamespace(fingerprint="abc"), own)
    assert all_text(displayed).count("not this run") == 1 and all_text(displayed).count("# “Found best") == 2


def all_text(displayed) -> str:
    return "".join(out.data.get("text/markdown", "") for out in displayed.outputs)


def test_the_readme_says_what_the_recorded_sweep_says():
    text = (RECORDED.parent / "README.md").read_text("utf-8")
    found = verdicts(read_sweep(RECORDED, load_names().fingerprint))
    assert [one.network for one in found] == list(CHOSEN)
    for one in found:
        (size, rate), (best_size, best_rate) = one.chosen, one.best
        line = f"| {one.network} | {rate:g} with {size} | {best_rate:g} with {best_size} | {one.text('en')} |"
        assert line in text
