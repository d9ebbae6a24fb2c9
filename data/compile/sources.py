"""Where names come from: packages, pinned in requirements.txt, and the lists in data/hand."""

import csv
import importlib
import importlib.util
import json
import sqlite3
from collections import Counter, defaultdict
from importlib.metadata import distributions
from pathlib import Path

HERE = Path(__file__).resolve().parent
HAND = HERE.parent / "hand"
REQUIREMENTS = HERE / "requirements.txt"


def missing_packages(requirements: Path = REQUIREMENTS) -> list[str]:
    """The lines of requirements.txt, such as "faker==40.54.0", that are not installed exactly."""
    found = {f"{one.name}=={one.version}".lower().replace("_", "-") for one in distributions()}
    return [line for line in requirements.read_text("utf-8").split() if line not in found]


def package_folder(name: str) -> Path:
    """Where a package is installed; not imported, as one of them would start an engine."""
    return Path(importlib.util.find_spec(name).submodule_search_locations[0])


def faker(locale: str, attribute: str = "last_names") -> list[str]:
    """One list of Faker's person provider, e.g. `faker("el_GR", "last_names_male")`."""
    return list(
        getattr(importlib.import_module(f"faker.providers.person.{locale}").Provider, attribute)
    )


def mimesis(locale: str, gender: str | None = None) -> list[str]:
    """The surnames of a locale of mimesis, of the gender asked for where it matters."""
    person = package_folder("mimesis") / "datasets" / locale / "person.json"
    surnames = json.loads(person.read_text(encoding="utf-8"))["surnames"]
    return surnames[gender] if gender else surnames


def hand(language: str) -> list[str]:
    """A list written for this project, one name a line."""
    return (HAND / f"{language}.txt").read_text(encoding="utf-8").split()


def korean_spellings() -> list[str]:
    """The Latin spellings in use for each Korean surname, from the hand table."""
    lines = (HAND / "Korean.tsv").read_text(encoding="utf-8").splitlines()
    return [spelling for line in lines for spelling in line.split("\t")[1].split()]


def japanese_readings() -> list[str]:
    """Romaji as it is typed ("satou") of the surnames of japanese_personal_name_dataset."""
    table = package_folder("japanese_personal_name_dataset") / "dataset" / "last_name_org.csv"
    with table.open(encoding="utf-8", newline="") as file:
        return [romaji for _kanji, _people, _kana, romaji in csv.reader(file)]


def chinese_variants(*systems: str) -> list[str]:
    """The spellings that name_variants tags with one of the systems, e.g. "cantonese"."""
    from name_variants.chinese_surnames import CHINESE_SURNAME_VARIANTS

    spellings = []
    for entry in CHINESE_SURNAME_VARIANTS.values():
        tags = entry.get("dialects", {})
        spellings += [form for form in entry["forms"] if tags.get(form) in systems]
    return spellings


def arabic_spellings(countries: list[str]) -> dict[str, Counter]:
    """Arabic surname -> how often each Latin spelling is used, from Wikidata's rows (CC0)."""
    database = sqlite3.connect(
        package_folder("arabic_name_romanizer") / "resources" / "names.sqlite3"
    )
    places = ", ".join("?" * len(countries))
    query = f"""
        SELECT arabic_key, latin, sum(count) FROM units
        WHERE source = 'wikidata' AND role = 'surname' AND country IN ({places})
        GROUP BY arabic_key, latin ORDER BY arabic_key, latin
    """
    uses: dict[str, Counter] = defaultdict(Counter)
    for surname, latin, count in database.execute(query, countries):
        uses[surname][latin.strip()] += count
    database.close()
    return uses
