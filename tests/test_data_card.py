"""The embedded lists are the ones of SHA256SUMS, and the data card counts what is in them."""

import hashlib
import re
from collections import Counter, defaultdict
from pathlib import Path

from namelib.data import EMBEDDED_NAMES, load_names
from namelib.spelling import spelling

DATA = Path(__file__).resolve().parents[1] / "data"


def test_embedded_lists_are_those_of_the_checksums():
    lines = (DATA / "SHA256SUMS").read_text().splitlines()
    expected = {file: digest for digest, file in map(str.split, lines)}
    found = {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in EMBEDDED_NAMES.iterdir()
    }
    assert len(found) == 18
    assert found == expected


def test_embedded_lists_need_no_change(capsys):
    data = load_names()
    assert data.notes == ()
    assert capsys.readouterr().out == ""
    raw = [line for file in EMBEDDED_NAMES.glob("*.txt") for line in file.read_text().splitlines()]
    assert sorted(data.names) == sorted(raw)


def test_data_card_counts_what_is_there():
    card = (DATA / "README.md").read_text(encoding="utf-8")
    data = load_names()
    languages_of = defaultdict(set)
    for name, label in zip(data.names, data.labels, strict=True):
        languages_of[spelling(name)].add(int(label))
    shared = {key: labels for key, labels in languages_of.items() if len(labels) > 1}
    rows = re.findall(r"^\| ([A-Z][a-z]+) \| ([\d,]+) \| ([\d,]+) \|", card, re.MULTILINE)
    said = {
        language: (int(count.replace(",", "")), int(common)) for language, count, common in rows
    }
    commons = Counter(label for labels in shared.values() for label in labels)
    assert said == {name: (data.counts[k], commons[k]) for k, name in enumerate(data.languages)}
    recall = (
        sum(max(1 / data.counts[label] for label in labels) for labels in languages_of.values())
        / 18
    )
    for fact in (
        f"{len(data):,} rows",
        f"{len(languages_of):,} different spellings",
        f"{len(shared)} spellings occur in two or more languages",
        f"{100 * len(languages_of) / len(data):.1f} % accuracy",
        f"{100 * recall:.1f} % balanced accuracy",
        data.fingerprint,
    ):
        assert fact in card
