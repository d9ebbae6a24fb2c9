"""From a raw surname to one in the course's letters, and from several lists to one without doubles.

namelib.data folds accents too, but keeps what it can of any name that a user types. Here a name
that needs guessing is refused, and the rebuild must not need PyTorch.
"""

import hashlib
import re
import string
import unicodedata
from collections.abc import Iterable, Sequence

MOST_NAMES = 1500  # of one language, so that no language has more than about 8 % of the rows
LETTERS_AND_JOINTS = set(string.ascii_letters + " '")

# Letters that Unicode does not decompose into a base letter and an accent; apostrophes and hyphens.
UNDECOMPOSED = str.maketrans({"ł": "l", "Ł": "L", "ß": "ss", "ı": "i", "’": "'", "-": " "})


def fold(name: str) -> str:
    """The name without accents, hyphens as spaces; other symbols are kept."""
    decomposed = unicodedata.normalize("NFD", name.translate(UNDECOMPOSED))
    letters = "".join(symbol for symbol in decomposed if unicodedata.category(symbol) != "Mn")
    return " ".join(letters.split())


def set_case(name: str) -> str:
    """The same capitals in every language, to give nothing away: Every Word, O'Hara, McNeil."""
    words = []
    for word in name.split():
        word = word.lower().capitalize()
        word = re.sub("^([A-Z]'|Mc)([a-z])", lambda match: match[1] + match[2].upper(), word)
        words.append(word)
    return " ".join(words)


def clean(raw: str) -> str | None:
    """The surname in ASCII letters, spaces and apostrophes; None where it cannot be one."""
    name = set_case(re.sub(" *' *", "'", fold(raw)))
    if not 2 <= len(name) <= 20:
        return None
    if not set(name) <= LETTERS_AND_JOINTS:
        return None  # brackets, digits, dots, letters of another script
    if not name[0].isalpha():
        return None  # "'s Gravensande": a shortened particle, written in too many ways
    if not re.search("[aeiouy]", name.lower()) and name != "Ng":
        return None  # an abbreviation
    return name


def same_name(name: str) -> str:
    """What two spellings of one surname share: "Mc Neil" and "McNeil", "O'Hara" and "Ohara"."""
    return re.sub("[ ']", "", name.lower())


def without(names: Iterable[str], *others: Iterable[str]) -> list[str]:
    """The names that stand in none of the other lists."""
    cleaned = (clean(name) for other in others for name in other)
    refused = {same_name(name) for name in cleaned if name}
    return [name for name in names if same_name(clean(name) or "") not in refused]


def merge(tiers: Sequence[Iterable[str]], most: int = MOST_NAMES) -> list[str]:
    """At most so many cleaned names, each once; an earlier tier goes before a later one.

    From the tier that overflows, the names with the smallest SHA-256 are taken: as good as drawn by
    lot, and the same on every machine.
    """
    seen: set[str] = set()
    chosen: list[str] = []
    for tier in tiers:
        fresh = []
        for name in map(clean, tier):
            if name and same_name(name) not in seen:
                seen.add(same_name(name))
                fresh.append(name)
        room = most - len(chosen)
        if len(fresh) > room:
            fresh = sorted(fresh, key=lambda name: hashlib.sha256(name.encode()).digest())[:room]
        chosen += fresh
    return chosen
