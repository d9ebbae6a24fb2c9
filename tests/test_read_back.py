"""Whatever has become of a file that a command wrote, it is named in one line or made again."""

import json
import logging
import shutil

import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tiny_notebooks import write_notebook
from why_cases import sweep

from namelib.runs import RECORDED, RunError, load_results, save_results, sealed
from notebooks.limits import ParameterError
from notebooks.why_lstm.study import load_study
from notebooks.why_lstm.sweep_table import COLUMNS, SWEEP_FILE, read_sweep, table_of, verdicts
from report.cache import is_current, read_record
from report.parameters import read_notebook, resolve

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
    max_leaves=5,
)
mutating = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])


def places(value, path=()):
    """The path to everything in a JSON value."""
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    yield path
    for key, entry in inner:
        yield from places(entry, (*path, key))


def with_entry(value, path, new):
    """The JSON value with another entry at the path, or without it, if that is `...`."""
    if not path:
        return None if new is ... else new
    (key, *rest), changed = path, value.copy()
    if rest or new is not ...:
        changed[key] = with_entry(value[key], rest, new)
    else:
        del changed[key]
    return changed


@st.composite
def damaged(draw, whole: bytes) -> bytes:
    """The file cut off, with other bytes in it, or with another value, or none, in its JSON."""
    how = draw(st.sampled_from(["cut", "bytes", "value", "value", "value"]))
    at = draw(st.integers(0, len(whole)))
    if how == "cut":
        return whole[:at]
    if how == "bytes":
        return whole[:at] + draw(st.binary(max_size=5)) + whole[at + draw(st.integers(0, 5)) :]
    stored = json.loads(whole)
    path = draw(st.sampled_from(list(places(stored))))
    return json.dumps(with_entry(stored, path, draw(VALUES | st.just(...)))).encode()


RECORD = {"made_from": "abc", "seconds": {"1_rnn": 1.5}, "files": {"a.txt": "0"}, "steps": [3]}
NOT_OBJECTS = [
    b"",
    b"null",
    b"[]",
    b"[" * 5000,
    b'{"sha256": 1}',
    b"\xff",
    json.dumps(RECORD).encode(),
]


@mutating
@given(data=damaged(sealed(RECORD)) | st.sampled_from(NOT_OBJECTS))
def test_a_record_is_what_was_written_or_none(tmp_path, data):
    """run.json, report.json, the cells of a sweep, and what `make lab` remembers."""
    path = tmp_path / "run.json"
    path.write_bytes(data)
    record = read_record(path)
    assert record in ({}, RECORD)
    assert not is_current(path, "abc"), "its a.txt is not there"


def test_a_record_that_is_a_folder_is_none(tmp_path):
    assert read_record(tmp_path) == {}


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    folder = tmp_path_factory.mktemp("results")
    save_results(folder, {"metrics": {"original": {"accuracy": 0.7}}, "seed": 3})
    return folder / "results.json", (folder / "results.json").read_bytes()


@mutating
@given(data=st.data())
def test_results_are_what_was_written_or_named(results, data):
    path, whole = results
    path.write_bytes(data.draw(damaged(whole) | st.sampled_from(NOT_OBJECTS)))
    try:
        assert load_results(path.parent)["metrics"] == {"original": {"accuracy": 0.7}}
    except RunError as error:
        assert str(error).startswith(f"{path}: damaged, or of another version") and "\n" not in str(
            error
        )


@pytest.fixture(scope="module")
def notebook(tmp_path_factory):
    folder = tmp_path_factory.mktemp("notebook")
    path = write_notebook(folder / "1_rnn.ipynb", "steps: int = 3", "print(1)", quick={"steps": 2})
    return path, path.read_bytes()


@mutating
@given(data=st.data())
def test_a_notebook_is_read_or_named(notebook, caplog, data):
    path, whole = notebook
    path.write_bytes(data.draw(damaged(whole) | st.sampled_from(NOT_OBJECTS)))
    try:
        resolve([read_notebook(path)], [], quick=True)
    except ParameterError as error:
        assert str(error).startswith((f"{path}: ", path.name)) and str(error).isprintable()
        assert len(str(error)) < 300 + len(str(path))
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


STUDY = {"data": {"name": "x", "fingerprint": "abc"}, "results": {"budgets": {}}, "made": {}}


@mutating
@given(data=damaged(json.dumps(STUDY).encode()) | st.sampled_from(NOT_OBJECTS))
@example(b'{"data": {"name": "x", "fingerprint": "abc"}}')
@example(b'{"data": {"name": "x", "fingerprint": "abc"}, "results": [], "made": {}}')
def test_a_study_has_its_parts_or_is_named(tmp_path, data):
    (tmp_path / "study.json").write_bytes(data)
    try:
        study = load_study("abc", tmp_path, tmp_path)
    except RunError as error:
        assert str(error).startswith(f"{tmp_path / 'study.json'}: damaged (")
        return
    assert study is None or {type(study[part]) for part in STUDY} == {dict}


CELLS = st.sampled_from(
    ["", "x", "nan", "inf", "-1", "0", "0.5", "70", "1e400", "ok", "failed", "RNN"]
)


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sweep")
    rows = sweep(diverged=[(128, 0.005, 1)]).reindex(columns=list(COLUMNS)).assign(data="abc")
    rows.to_csv(folder / SWEEP_FILE, index=False)
    return folder, (folder / SWEEP_FILE).read_text().splitlines()


@mutating
@given(row=st.integers(0, 26), column=st.integers(0, len(COLUMNS) - 1), value=CELLS | st.text())
@example(row=0, column=COLUMNS.index("balanced_accuracy"), value="70")
@example(row=0, column=COLUMNS.index("balanced_accuracy"), value="x")
@example(row=0, column=COLUMNS.index("status"), value="failed")
@example(row=0, column=COLUMNS.index("seed"), value="1")  # its cell is there twice
@example(row=0, column=COLUMNS.index("valid_fraction"), value="0.5")
def test_a_table_has_verdicts_or_is_named(table, row, column, value):
    folder, lines = table
    rows = [line.split(",") for line in lines]
    rows[row + 1][column] = value
    pd.DataFrame(rows[1:], columns=rows[0]).to_csv(folder / SWEEP_FILE, index=False)
    try:
        rows_read = read_sweep(folder, "abc")
    except RunError as error:
        assert str(error).startswith(
            f"{folder / SWEEP_FILE}: not the table of a sweep ("
        ) and "\n" not in str(error)
        return
    if rows_read is not None:
        assert rows_read["balanced_accuracy"].dropna().between(0, 1).all()
        table_of(verdicts(rows_read))


@pytest.mark.parametrize(
    ("column", "value", "problem"),
    [
        ("balanced_accuracy", "70", "line 2: an accuracy that is not between 0 and 1"),
        ("status", "failed", "line 2: an accuracy where training failed"),
        ("seed", "1", "line 3: the same cell twice"),
        ("hidden_size", "many", "line 2: no finite number"),
    ],
)
def test_what_a_sweep_could_not_have_written_is_said(table, column, value, problem):
    folder, lines = table
    rows = [line.split(",") for line in lines]
    rows[1][COLUMNS.index(column)] = value
    (folder / SWEEP_FILE).write_text("\n".join(map(",".join, rows)))
    with pytest.raises(
        RunError, match=f"{SWEEP_FILE}: not the table of a sweep .{problem}.; delete it"
    ):
        read_sweep(folder, "abc")


def test_the_recorded_sweep_is_a_table(tmp_path):
    shutil.copy(RECORDED / SWEEP_FILE, tmp_path)
    assert verdicts(read_sweep(tmp_path, pd.read_csv(RECORDED / SWEEP_FILE)["data"][0]))
