"""Arabic surnames: for each, the Latin spelling that people use most."""

import re
from collections import Counter

from cleaning import clean, fold
from sources import arabic_spellings

# Where Arabic is the first language of most.
COUNTRIES = [
    "AE",
    "BH",
    "DZ",
    "EG",
    "IQ",
    "JO",
    "KW",
    "LB",
    "LY",
    "MA",
    "OM",
    "PS",
    "QA",
    "SA",
    "SD",
    "SY",
    "TN",
    "YE",
]
LATIN_ARTICLE = re.compile("^[aeu](l|sh|dh|[sdrtnz])[- ]", re.IGNORECASE)
ARABIC_ARTICLE = "ال"
DYNASTY = "ال "  # "Al Saud": the house of Saud, with no article in front
COMPOUND = ("عبد", "ابو", "بن ")  # Abd, Abu, Bin: one name with the word that follows


def arabic_surnames() -> list[str]:
    """One spelling a surname, the commonest surname first; none that only one person uses."""
    ranked = []
    for surname, spellings in arabic_spellings(COUNTRIES).items():
        if surname.startswith(DYNASTY):
            continue
        uses = Counter()
        for latin, count in spellings.items():
            name = one_word(surname, latin)
            if name:
                uses[name] += count
        if uses:
            name, count = min(uses.items(), key=lambda item: (-item[1], item[0]))
            if count >= 2:
                ranked.append((uses.total(), name))
    ranked.sort(key=lambda item: (-item[0], item[1]))
    return [name for _, name in ranked]


def one_word(surname: str, latin: str) -> str | None:
    """The Latin spelling in one word, without the article, which would give the language away.

    None where it has more words than the Arabic surname can explain.
    """
    if surname.startswith(ARABIC_ARTICLE):
        latin = LATIN_ARTICLE.sub("", latin)
    name = fold(latin)
    if surname.startswith(COMPOUND):
        name = name.replace(" ", "")
    if " " in name:
        return None
    return clean(name.replace("'", ""))
