"""README.md's scripts run as they stand, one after the other."""

import re

import torch
from matplotlib import pyplot as plt

from namelib import LSTM
from namelib.runs import ROOT


def test_the_scripts_train_save_load_and_show(few_names, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my_surnames").symlink_to(few_names)
    scripts = re.findall(
        r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL
    )
    assert len(scripts) == 2
    names = {}
    for script in scripts:
        exec(script, names)  # README's own code
    assert type(names["lstm"]) is LSTM and names["lstm"].linear.out_features == 4
    assert names["gru"].__class__.__name__ == "GRU" and names["results"]["model"]["class"] == "GRU"
    printed = capsys.readouterr().out
    assert "| GRU |" in re.sub(" +", " ", printed) and "| LSTM |" in re.sub(" +", " ", printed)
    assert (tmp_path / "confusions.png").stat().st_size > 10_000
    assert torch.isfinite(next(names["gru"].parameters())).all()
    plt.close("all")
