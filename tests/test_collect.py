"""report/collect.py: a teacher's folder of reports becomes one table that Excel opens right."""

import csv
import io
import json

import pytest
from click.testing import CliRunner

from namelib.runs import sealed
from report import collect
from report.cache import write_report
from report.parameters import find_notebooks

PAGE = {"report.html": b"page", "report.zh.pdf": b"print"}


def facts(author, **more):
    """What a report's record says, with the default parameters."""
    parameters = {book.name: dict(book.defaults) for book in find_notebooks(collect.NOTEBOOKS)}
    told = {"author": author, "student_id": "20230007", "class": "计科 2301", "teacher": "李老师"}
    told |= {"date": "2026-05-04", "data": {"zh": "内置姓氏表", "en": "embedded"}}
    told |= {"fingerprint": "ab12", "parameters": parameters, "versions": {"torch": "2.13.0"}}
    accuracies = {"1_rnn": {"original": {"accuracy": 0.5, "balanced_accuracy": 0.4}}}
    return told | {"accuracies": accuracies} | more


@pytest.fixture
def table(tmp_path):
    """The command on a folder: {file: row}, and what it said on standard error."""

    def table():
        result = CliRunner().invoke(collect.main, [str(tmp_path)])
        assert result.exit_code == 0, result.output
        data = (tmp_path / "reports.csv").read_bytes()
        assert data.startswith(b"\xef\xbb\xbf")  # by which Excel knows UTF-8
        rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
        return {row["文件 File"]: row for row in rows}, result.stderr.splitlines()

    return table


def hand_in(folder, record):
    folder.mkdir(parents=True)
    write_report(folder, PAGE, record)
    return folder


def test_a_good_an_altered_and_foreign_reports(tmp_path, table):
    record = facts("张三")
    record["parameters"]["1_rnn"] |= {"steps": 7, "own": "x"}
    good = hand_in(tmp_path / "张三", record)
    (good / "report.zh.pdf").unlink()  # the page alone was handed in
    altered = hand_in(tmp_path / "b" / "build", facts("Li Si"))
    (altered / "report.html").write_text("page, with 99 %")
    edited = hand_in(tmp_path / "c", facts("Wang Wu")) / "report.json"
    edited.write_text(edited.read_text(encoding="utf-8").replace("0.5", "0.9"), encoding="utf-8")
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "report.html").write_text("page")
    (tmp_path / "essay.docx").write_bytes(b"PK")
    rows, said = table()
    assert list(rows) == ["b/build", "c", "张三", "d", "essay.docx"]
    one = rows["张三"]
    assert (one["姓名 Name"], one["学号 Student ID"], one["数据 Data"]) == (
        "张三",
        "20230007",
        "内置姓氏表",
    )
    assert one["RNN, original recipe (batch-1 SGD)"] == "0.5000"
    assert one["改动的参数 Parameters changed"] == "1_rnn.steps = 7; 1_rnn.own = x"
    assert (one["校验 Checksums"], one["备注 Remark"]) == ("hold", "")
    assert rows["b/build"]["校验 Checksums"] == "do not hold"
    assert rows["b/build"]["改动的参数 Parameters changed"] == ""
    assert said == [
        "b/build: altered: report.html",
        "c: report.json: damaged, altered, or of another version of the lab",
        "d: no report.json beside it",
        "essay.docx: no report.json beside it",
    ]
    assert table()[0] == rows  # the table itself is no report


def test_a_whole_build_is_checked_run_by_run(tmp_path, table):
    build = hand_in(tmp_path / "build", facts("A"))
    (build / "1_rnn").mkdir()
    (build / "1_rnn" / "results.json").write_text("{}")
    (build / "1_rnn" / "run.json").write_bytes(sealed({"files": {"results.json": "0" * 64}}))
    rows, _ = table()
    assert rows["build"]["备注 Remark"] == "altered: 1_rnn/results.json" and len(rows) == 1


@pytest.mark.parametrize("change", [{"files": []}, {"parameters": {"1_rnn": 3}}, {"versions": 1}])
def test_a_record_of_an_odd_shape_is_a_row_that_says_so(tmp_path, table, change):
    (tmp_path / "report.json").write_bytes(sealed(facts("A") | {"files": {}} | change))
    rows, said = table()
    assert len(rows) == len(said) == 1 and "another version of the lab" in said[0]


def test_a_name_is_no_formula_and_files_may_carry_a_students_name(tmp_path, table):
    hand_in(tmp_path / "all", facts("=HYPERLINK(1)"))
    for path in list((tmp_path / "all").iterdir()):
        path.rename(path.with_name(f"7_{path.name}"))
    rows, said = table()
    assert list(rows) == ["all/7_report.json"] and not said
    assert rows["all/7_report.json"]["姓名 Name"] == "'=HYPERLINK(1)"
    assert json.loads((tmp_path / "all" / "7_report.json").read_text())["author"][0] == "="
