"""data/compile: cleaning and romanising on known cases; the rebuild where packages allow."""

import importlib.metadata
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

COMPILE = Path(__file__).resolve().parents[1] / "data" / "compile"
# a program, not a package: its modules import each other by their bare names
sys.path.insert(0, str(COMPILE))

import arabic  # noqa: E402
import cleaning  # noqa: E402
import romanise  # noqa: E402
import sources  # noqa: E402


@pytest.fixture
def program():
    """data/compile/__main__.py as a module."""
    spec = importlib.util.spec_from_file_location("rebuild", COMPILE / "__main__.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_rebuilding_is_byte_identical(tmp_path):
    missing = sources.missing_packages()
    if missing:
        pytest.skip(
            f"the rebuild needs {', '.join(missing)}: pip "
            f"install --no-deps -r data/compile/requirements.txt"
        )
    done = subprocess.run(
        [sys.executable, COMPILE, tmp_path], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    committed = {file.name: file.read_bytes() for file in (COMPILE.parent / "names").iterdir()}
    assert len(committed) == 18
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == committed


def test_a_list_that_differs_is_named(program, monkeypatch):
    lines = program.SHA256SUMS.read_text().splitlines()
    checksums = {file: digest for digest, file in map(str.split, lines)}
    monkeypatch.setattr(program, "missing_packages", list)
    monkeypatch.setattr(program, "build", lambda folder: checksums)
    assert program.main(["out"]) == 0
    monkeypatch.setattr(program, "build", lambda folder: checksums | {"Czech.txt": "0" * 64})
    assert program.main(["out"]) == f"not as in {program.SHA256SUMS}: Czech.txt"
    monkeypatch.setattr(program, "build", lambda folder: {})
    assert program.main(["out"]).count(".txt") == 18


def test_missing_packages_are_named_with_their_version(program, tmp_path, monkeypatch):
    installed = importlib.metadata.version("pytest")
    pins = tmp_path / "requirements.txt"
    pins.write_text(f"pytest=={installed}\nno-such-package==1.0\n")
    assert sources.missing_packages(pins) == ["no-such-package==1.0"]
    pins.write_text("pytest==0.1\n")
    assert sources.missing_packages(pins) == ["pytest==0.1"]
    monkeypatch.setattr(program, "missing_packages", lambda: ["pytest==0.1"])
    assert program.main([str(tmp_path)]).startswith(
        "not installed: pytest==0.1; run: pip install --no-deps -r "
    )


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("ŁUKASZEWICZ", "Lukaszewicz"),
        ("van der berg", "Van Der Berg"),
        ("o’hara", "O'Hara"),
        ("mcneil", "McNeil"),
        ("saint-jean", "Saint Jean"),
        ("x", None),
        ("'s Gravensande", None),
        ("Krk", None),
        ("Van Den Nieuwenhuijsen", None),
        ("", None),
    ],
)
def test_clean(raw, expected):
    assert cleaning.clean(raw) == expected


def test_a_name_in_another_spelling_is_known():
    assert cleaning.merge([["O'Hara", "Le Roux"], ["Ohara", "LeRoux", "?", "Roux"]]) == [
        "O'Hara",
        "Le Roux",
        "Roux",
    ]
    assert cleaning.without(["Le Roux", "Müller", "Blanc", "?"], ["leroux"], ["MULLER", "?"]) == [
        "Blanc",
        "?",
    ]


def test_merge_fills_up_by_lot_and_not_by_alphabet():
    tier = [f"B{letter}a" for letter in "abcdefghijklmnopqrstuvwxyz"]
    chosen = cleaning.merge([["Zo", "Yo"], tier], 5)
    assert chosen[:2] == ["Zo", "Yo"]
    assert len(chosen) == 5
    assert chosen == cleaning.merge([["Zo", "Yo"], tier[::-1]], 5)
    assert chosen[2:] != tier[:3]


@pytest.mark.parametrize(
    ("romanised", "written", "latin"),
    [
        (romanise.russian, "Грозный", "grozny"),
        (romanise.russian, "Воробьёв", "vorobyov"),
        (romanise.russian, "Ильин", "ilyin"),
        (romanise.greek, "Ευσταθίου", "efstathiou"),
        (romanise.greek, "Μπακογιάννης", "bakogiannis"),
        (romanise.greek, "Αγγελόπουλος", "angelopoulos"),
        (romanise.greek, "Καραϊσκάκης", "karaiskakis"),
        (romanise.hepburn, "ookawa", "okawa"),
        (romanise.hepburn, "oouchi", "ouchi"),
        (romanise.hepburn, "chuujou", "chujo"),
    ],
)
def test_names_in_another_script(romanised, written, latin):
    assert romanised(written) == latin


@pytest.mark.parametrize(
    ("written", "latin"), [("欧阳", "ouyang"), ("单", "shan"), ("曾", "zeng"), ("李", "li")]
)
def test_pinyin(written, latin):
    pytest.importorskip(
        "pypinyin", reason="pypinyin is not installed: it reads all but a few characters"
    )
    assert romanise.pinyin(written) == latin


@pytest.mark.parametrize(
    ("surname", "latin", "expected"),
    [
        ("الخطيب", "Al-Khatib", "Khatib"),
        ("بن علي", "Ben Ali", "Benali"),
        ("مبارك", "M'barek", "Mbarek"),
        ("حداد", "Haddad Junior", None),
    ],
)
def test_arabic_surname_in_one_word(surname, latin, expected):
    assert arabic.one_word(surname, latin) == expected


def test_arabic_surnames_take_the_commonest_spelling(monkeypatch):
    uses = {
        "حداد": {"Haddad": 7, "Hadad": 2},
        "خوري": {"Khoury": 3, "Khouri": 3, "Khuri": 9},
        "نادر": {"Nader": 1, "Nadir": 1},  # each used by one person only
        "ال سعود": {"Al Saud": 90},  # a dynasty
    }
    monkeypatch.setattr(arabic, "arabic_spellings", lambda countries: uses)
    assert arabic.arabic_surnames() == ["Khuri", "Haddad"]
