"""`python -m namelib predict`: the last trained run answers, or one line says why not."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner
from hypothesis import example, given, settings
from hypothesis import strategies as st

from namelib import LSTM, RNN, History, Original, Trained, evaluate, load_names, predict, save_run
from namelib.__main__ import main
from namelib.runs import load_results, save_results

# lone surrogates, too
any_name = st.text(st.characters(codec=None, exclude_characters="\0"), max_size=20)


@pytest.fixture(scope="module")
def runs(few, few_names, tmp_path_factory):
    """A folder with a run of an RNN and one of an LSTM, both untrained."""
    folder = tmp_path_factory.mktemp("runs")
    for name, network in ("1_rnn", RNN), ("2_lstm", LSTM):
        torch.manual_seed(0)
        model = network(hidden_size=5, output_size=4)
        history = History([1], [1.0], [1.0], [1.0], [1.0], [1.0], [1.0])
        trained = {"original": Trained(Original(0.1), history, evaluate(model, few[1]))}
        save_run(folder / name, model, trained, load_names(few_names), few[0], seed=0)
    return folder


@pytest.fixture(scope="module")
def ask(runs, few_names):
    def ask(*arguments, stdin=None, folder=runs, data=few_names):
        places = ["--runs", str(folder), "--data", str(data)]
        return CliRunner().invoke(main, ["predict", *places, *arguments], input=stdin)

    return ask


def expected(network, name, few, top=5):
    torch.manual_seed(0)
    return predict(network(hidden_size=5, output_size=4), [name], few[0].languages, top)[0]


def test_each_name_has_a_line_with_its_likeliest_languages_first(ask, few, runs):
    result = ask("Satoshi", "O'Brien", "Łukasz")
    lines = result.stdout.splitlines()
    notice = "guesses from spelling; not where a person comes from, and not to screen anybody by"
    said = f"the LSTM of {os.path.relpath(runs)}: {notice}\n"
    assert result.exit_code == 0 and result.stderr == said
    assert [line.split(": ")[0] for line in lines] == [
        "Satoshi",
        "O'Brien",
        "Łukasz (read as Lukasz)",
    ]
    assert lines[0] == "Satoshi: " + ", ".join(
        f"{place} {share:.1%}" for place, share in expected(LSTM, "Satoshi", few)
    )


def test_help_is_short_the_last_report_answers_and_at_least_one_language_is_asked_for(ask):
    assert "--top" in CliRunner().invoke(main, ["predict", "-h"]).stdout
    asked = CliRunner().invoke(main, ["predict", "Li"]).stderr  # there may be no report
    assert re.search("build(/2_lstm|: guesses)", asked)
    assert ask("--top", "0", "Li").exit_code == 2


def test_an_answer_waits_for_no_library_that_it_does_not_need(runs, few_names):
    """They would take as long again to load."""
    asked = ["predict", "--runs", str(runs), "--data", str(few_names), "Li"]
    code = f"""
import sys
from namelib.__main__ import main
try:
    main({asked})
finally:
    print(*sys.modules)"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.returncode == 0 and run.stdout.startswith("Li: ")
    assert not {"sklearn", "pandas", "scipy", "matplotlib"} & set(run.stdout.split())


@pytest.mark.parametrize(("network", "model"), [(LSTM, []), (RNN, ["--model", "rnn"])])
def test_json_is_one_object_a_line_by_the_model_that_was_asked_for(ask, few, network, model):
    result = ask("--json", "--top", "2", *model, "Łukasz", "Li")
    first, second = map(json.loads, result.stdout.splitlines())
    assert list(first) == ["name", "read", "lists", "languages"] and first["read"] == "Lukasz"
    assert (first["name"], second["name"]) == ("Łukasz", "Li")
    likeliest = [
        [place, pytest.approx(share, abs=1e-6)]
        for place, share in expected(network, "Łukasz", few, 2)
    ]
    assert first["languages"] == likeliest and "Łukasz" in result.stdout


def test_json_has_every_name_in_order_and_says_which_cannot_be_read(ask):
    result = ask("--json", "Li", "李", "Smith, John", "-", "Kim")
    lines = list(map(json.loads, result.stdout.splitlines()))
    assert [line["name"] for line in lines] == ["Li", "李", "Smith, John", "-", "Kim"]
    assert ["error" in line for line in lines] == [False, True, False, True, False]
    assert "such as Li" in lines[1]["error"] and lines[2]["read"] == "Smith"
    assert result.exit_code == 1 and "(read as Smith)" in ask("Smith, John").stdout


def test_names_come_from_standard_input_too(ask):
    typed = ask("--json", "Li", "O'Brien")
    for piped in ("Li\nO'Brien\n", "\ufeffLi\r\n\r\n# Irish\n  O'Brien  "):
        assert ask("--json", stdin=piped).stdout == typed.stdout
    assert ask(stdin="").stdout == ""


@pytest.mark.parametrize(
    ("stdin", "problem"),
    [
        ("name,language\nKim,Korean\n", ": a table; give one name per line, and one file per"),
        ("id\tSurname\n1\tKim\n", ": a table; give one name per line, and one file per language"),
        ("Li\nK\0im\n", ", line 2: a NUL, as in no text; save it in UTF-8"),
    ],
)
def test_what_is_no_list_on_standard_input_is_refused(ask, stdin, problem):
    result = ask(stdin=stdin)
    assert result.exit_code == 1 and result.stdout == ""
    assert result.stderr.startswith(f"Error: standard input{problem}")


def test_a_name_in_the_lists_is_said_to_be_and_other_lists_are_told_from_those_of_the_run(
    ask, few_names
):
    listed = {
        file.stem: file.read_text().split("\n")[0] for file in sorted(few_names.glob("*.txt"))
    }
    language, name = next(iter(listed.items()))
    assert ask(name.upper()).stdout.rstrip().endswith(f"; in the lists of {language}")
    assert json.loads(ask("--json", name).stdout)["lists"] == [language]
    assert (
        json.loads(ask("--json", "Xqzw").stdout)["lists"] == []
        and "lists" not in ask("Xqzw").output
    )
    other = ask("--json", name, data="")
    assert json.loads(other.stdout)["lists"] is None and "trained on other lists" in other.stderr


def test_a_name_in_two_lists_is_in_both_and_what_loading_them_says_is_no_answer(
    ask, runs, few_names, tmp_path
):
    folder, lists = tmp_path / "runs", tmp_path / "names"
    shutil.copytree(runs, folder)
    shutil.copytree(few_names, lists)
    for language in ("Italian", "Polish"):
        with (lists / f"{language}.txt").open("a", encoding="utf-8") as file:
            file.write("Lee\n李\n")
    results = load_results(folder / "2_lstm")
    results["data"]["fingerprint"] = load_names(lists).fingerprint
    save_results(folder / "2_lstm", results)
    result = ask("Lee", folder=folder, data=lists)
    assert result.stdout.count("\n") == 1 and "李" in result.stderr
    assert result.stdout.endswith("; in the lists of Italian, Polish\n")


def test_a_run_that_cannot_answer_is_named_in_one_line(ask, runs, tmp_path):
    shutil.copytree(runs, tmp_path / "runs")
    weights = tmp_path / "runs" / "2_lstm" / "weights.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100] + b"\xff" * 100)
    for model, folder, problem in (
        ("custom_lstm", runs, "3_custom_lstm/results.json: no finished run; `make report` makes"),
        ("custom_lstm", tmp_path, "3_custom_lstm/results.json: no finished run; `make report`"),
        ("lstm", "x" * 5000, f"Error: {'x' * 100}: File name too long\n"),
        ("lstm", tmp_path / "runs", f"{weights}: missing, damaged or of another run; delete "),
    ):
        result = ask("--model", model, "Kim", folder=folder)
        assert result.exit_code == 1 and result.stdout == ""
        assert problem in result.stderr and result.stderr.count("\n") == 1


def test_no_name_commands_the_terminal(ask):
    result = ask("\x1b]0;taken\x07Kim", "\x1b[2J", "x" * 5000, "李\x1b[31m")
    assert result.exit_code == 1 and "\x1b" not in result.output and "\x07" not in result.output
    lines = ask("Sm\x9b31mith\u202e李", "Sm\x9b31mith", "--json").stdout.splitlines()
    assert json.loads(lines[1])["name"] == "Sm\x9b31mith"
    assert len(lines) == 2 and all(map(str.isprintable, lines))
    assert (
        "longer than 100 symbols" in result.stderr
        and max(map(len, result.stderr.splitlines())) < 200
    )


def test_a_name_without_a_known_letter_is_reported_and_the_others_answered(ask):
    result = ask("李", "Li", "", "-", ";.", "Kim")
    assert result.exit_code == 1
    assert [line.split(":")[0] for line in result.stdout.splitlines()] == ["Li", "Kim"]
    assert [line.split(":")[0] for line in result.stderr.splitlines()[1:]] == [
        "'李'",
        "''",
        "'-'",
        "';.'",
    ]


@pytest.mark.parametrize("closed", [False, True])
def test_without_names_at_a_terminal_or_without_any_input_it_asks_for_them(closed):
    _master, terminal = os.openpty()
    asked = subprocess.run(
        [sys.executable, "-m", "namelib", "predict"],
        stdin=terminal,
        capture_output=True,
        text=True,
        timeout=60,
        preexec_fn=(lambda: os.close(0)) if closed else None,
    )
    assert asked.returncode == 2 and "give names, or send them on standard" in asked.stderr
    assert "Usage: python -m namelib predict " in asked.stderr and asked.stdout == ""


@pytest.mark.parametrize(
    ("output", "why"), [("/dev/full", "No space left on device"), (None, "Broken pipe")]
)
def test_output_that_cannot_be_written_is_one_clear_line(runs, output, why):
    if output is None:
        read, output = os.pipe()
        os.close(read)
    elif not Path(output).exists():
        pytest.skip("no /dev/full here")
    run = [sys.executable, "-m", "namelib", "predict", "--runs", str(runs), "Li"]
    with Path(output).open("w") if isinstance(output, str) else os.fdopen(output, "w") as stdout:
        result = subprocess.run(run, stdout=stdout, stderr=subprocess.PIPE, text=True)
    assert result.returncode == 1
    assert result.stderr.splitlines()[1:] == [f"Error: standard output cannot be written: {why}"]


def test_input_that_is_not_utf8_is_one_clear_line(runs):
    run = [sys.executable, "-m", "namelib", "predict", "--runs", str(runs)]
    utf8_mode = {**os.environ, "PYTHONUTF8": "1"}  # in it Python would smuggle the bytes through
    result = subprocess.run(
        run, input="Li\nMüller\n".encode("latin-1"), capture_output=True, env=utf8_mode
    )
    assert result.returncode == 1 and result.stdout == b""
    assert result.stderr == b"Error: standard input, line 2: not UTF-8; save it in UTF-8\n"


@settings(max_examples=60)
@given(names=st.lists(any_name, min_size=1, max_size=4), as_json=st.booleans())
@example(["\udce9"], False)
@example(["Li\udce9"], True)
def test_any_text_is_answered_or_reported(ask, names, as_json):
    result = ask(*["--json"] * as_json, "--", *names)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    if as_json:
        answered = [json.loads(line) for line in result.stdout.split("\n") if line]
        assert len(answered) == len(names)
        answers = [answer["languages"] for answer in answered if "error" not in answer]
        assert all(
            sum(share for _, share in languages) == pytest.approx(1, abs=1e-4)
            for languages in answers
        )
        assert len(answers) + len(result.stderr.splitlines()) > len(names)
        assert result.exit_code == (len(answers) < len(names))
