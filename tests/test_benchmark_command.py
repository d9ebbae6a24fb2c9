"""The benchmarks' command: every row runs at tiny sizes; table, pages and report say what is in the JSON."""

import json
import math
import re

import pytest
from benchmark_setting import row
from click.testing import CliRunner

import benchmarks.__main__ as command
from benchmarks import (
    load_and_read,
    record,
    two_million_names,
    words,
)
from benchmarks.measuring import Goal, Line
from benchmarks.networks import NETWORKS
from benchmarks.section import show_speed
from benchmarks.table import BEGIN, END, headline, markdown
from namelib import MiniBatch

pytestmark = pytest.mark.usefixtures("one_thread")

NAMES_IN_BOTH_LANGUAGES = {
    "CustomLSTM", "LSTM", "MyLSTM", "Python", "RNN", "mm", "nn", "oneDNN", "predict", "torch", "x",
    "GB", "k", "M", "n", "balance",
}  # fmt: skip


def test_the_table_says_what_is_in_the_json():
    samples = {"ours": [0.0041, 0.0042, 0.0043], "nn.LSTM": [0.0021]}
    line = Line("(64, 8, 128)", "ms", samples, "ours/peer", Goal("ratio", at_most=1.25, aim=1.0)).record()
    text = markdown({"layer": row([line])}, "en")
    assert "0.0042 ms (0.0041–0.0043) | nn.LSTM 0.0021 ms | 2 (1.95–2.05) times its time | ≤ 1.25, aim 1 | no |" in text
    assert "the numbers say nothing" in text and "nothing" not in markdown({"layer": row([line], quick=False)}, "en")
    assert "用时是其 2 (1.95–2.05) 倍 | ≤ 1.25，争取 1 | 否 |" in markdown({"layer": row([line])}, "zh")


def test_the_pages_quote_the_committed_record():
    rows = record.load(record.RECORD)
    assert not any(measured["quick"] for measured in rows.values())
    assert rows.keys() == command.MEASURES.keys()
    for page, quoted in command.PAGES.items():
        text = page.read_text(encoding="utf-8")
        assert command.put_between_marks(text, quoted(rows)) == text, "python -m benchmarks --record"
    with pytest.raises(ValueError, match="marks"):
        command.put_between_marks(f"{BEGIN} and no end", "")
    assert command.put_between_marks(f"a {BEGIN} b {END} c", "new") == f"a {BEGIN}\n\nnew\n\n{END} c"


def test_a_report_quotes_the_record(tmp_path, displayed):
    show_speed(tmp_path / "none.json")
    assert displayed.outputs == []
    show_speed()
    rows = record.load(record.RECORD)
    tables = {out.metadata["lang"]: out for out in displayed.outputs if out.metadata.get("id") == "tbl-speed"}
    for language, table in tables.items():
        head, body = headline(rows, language)
        assert len(body) > 9 and len(head) == len(body[0]) == 4
        assert all(f"| {' | '.join(line)} |" in table.data["text/markdown"] for line in body)
        assert rows["step"]["date"] in table.metadata["caption"]
    assert tables.keys() == {"zh", "en"}


def test_a_report_explains_the_rows_that_a_record_has(tmp_path, displayed):
    rows = record.load(record.RECORD)
    record.save(tmp_path / "scale.json", {"scale": rows["scale"]})
    show_speed(tmp_path / "scale.json")
    assert displayed.outputs == []
    record.save(tmp_path / "layer.json", {"layer": rows["layer"], "scale": rows["scale"] | {"date": "another day"}})
    show_speed(tmp_path / "layer.json")
    text = "".join(out.data.get("text/markdown", "") + out.metadata.get("caption", "") for out in displayed.outputs)
    assert "Here “a layer” is CustomLSTM" in text and "a step" not in text.lower() and "another day" not in text


def test_every_row_runs(tmp_path, few_names, monkeypatch):
    """The command at tiny sizes: JSON whole, figures drawn, all words in Chinese; a later row joins the others."""
    in_own_process = two_million_names.load_and_read
    seen = []

    def load(folder, epochs=0):
        seen.append(in_own_process(folder, epochs) if not seen else load_and_read.main(str(folder), epochs))
        return seen[-1]

    monkeypatch.setattr(two_million_names, "load_and_read", load)
    monkeypatch.setattr(command, "LANGUAGES", ("zh",))
    out = tmp_path / "out"
    options = ["--quick", "--repeats", "2", "--tutorial", str(few_names), "--out", str(out)]
    done = CliRunner().invoke(command.main, options, catch_exceptions=False)
    assert done.exit_code == 0 and "the numbers say nothing" in done.output
    rows = json.loads((out / "results.json").read_text())
    assert list(rows) == list(command.MEASURES) == list(words.ROWS)
    assert 0.1 < seen[0]["peak"] < 1.5 and seen[0]["names"] == 200
    for name, measured in rows.items():
        assert measured["quick"] and measured["lines"] and measured["limits"] and words.ROWS[name][1] in done.output
        assert (out / f"{name}.zh.svg").is_file()
        for line in measured["lines"]:
            values = [value for samples in line["samples"].values() for value in samples]
            assert values and all(math.isfinite(value) for value in values)
    zh = re.sub("`[^`]*`", "", markdown(rows, "zh"))
    left = set(re.findall("[A-Za-z]+", re.sub(r"^\*.*\*$", "", zh, flags=re.M))) - NAMES_IN_BOTH_LANGUAGES
    assert not left, "words without their Chinese"
    again = CliRunner().invoke(command.main, [*options, "--only", "layer"], catch_exceptions=False)
    later = json.loads((out / "results.json").read_text())
    assert again.exit_code == 0 and later.keys() == rows.keys()
    assert {name for name in rows if later[name] != rows[name]} == {"layer"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--quick", "--record"], "--record keeps a real run"),
        (["--record"], "row accuracy needs --tutorial DIR"),
        (["--tutorial", "nowhere"], "nowhere: no such folder"),
        (["--tutorial", "empty"], "at least two <Language>.txt files"),
        (["--tutorial", "tutorial"], "tutorial: no such folder"),
        (["--out", "damaged"], "--out damaged"),
        (["--out", "file"], "'file' is a file"),
        (["--only", "speed"], "'step'"),
        (["--repeats", "1"], "--repeats"),
    ],
)
def test_a_wrong_option_is_told_before_anything_is_measured(options, said, tmp_path, monkeypatch):
    monkeypatch.setattr(command, "run", lambda *_: pytest.fail("it was measured"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / "results.json").write_text("{")
    (tmp_path / "file").touch()
    done = CliRunner().invoke(command.main, options)
    assert done.exit_code == 2 and said in done.output


def test_networks_train_as_their_notebooks_do():
    rnn = NETWORKS[0]
    said = rnn.parameters
    recipe = rnn.mini_batch(epochs=3)
    assert isinstance(recipe, MiniBatch) and recipe.epochs == 3 and recipe.batch_size == said["batch_size"]
    assert recipe.learning_rate == said["mini_batch_learning_rate"] != said["learning_rate"]
    assert rnn.original(7).learning_rate == said["learning_rate"] and rnn.original(7).steps == 7
