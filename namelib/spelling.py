"""How a name is read: in the 57 symbols, in the casing of the lists, or not at all."""

import re
import string
import unicodedata
from functools import lru_cache

from anyascii import anyascii

from namelib.scripts import indian, korean, put_together

ALPHABET = string.ascii_letters + " .,;'"  # the 57 symbols of the course
SYMBOLS = frozenset(ALPHABET)
SIGNS = str.maketrans({"-": " ", "`": "'"})
SILENT = "ьЬъЪ"  # Cyrillic signs that romanised surnames leave out
LONGEST_NAME = 100  # symbols of a name
# The scripts of the fonts of figures and PDFs.
DRAWN = {"LATIN", "FULLWIDTH", "GREEK", "CYRILLIC", "CJK", "HIRAGANA", "KATAKANA"}
HANGUL = re.compile("[가-힣]+")
GAPS = re.compile(r"[\s\u2010-\u2015-]+")
# at a name's ends, but for the Dutch 't and 's
STRAY = re.compile(r"^([ .,;]|'(?!\w \w))+|[ .,;']+$")
INITIAL = re.compile(r"(^|\.)(mc(?=..)|.')?(.)")  # of McDonald, O'Brien, Smith, J.R.


@lru_cache(100_000)
def fold(name: str) -> str:
    """The name in the 57 symbols: no accents, other scripts transliterated, hyphens as spaces."""
    if SYMBOLS.issuperset(name):  # nearly every name, and every one that was folded before
        return " ".join(name.split())
    composed = unicodedata.normalize("NFC", name)
    spelled = HANGUL.sub(lambda word: korean().get(word[0], word[0]), composed)
    read = (
        " " if symbol.isspace() else symbol
        for symbol in spelled
        if not (symbol in SILENT or is_ideograph(symbol))
    )
    kept = (
        symbol for symbol in read if unicodedata.category(symbol)[0] in "LMPZ" or symbol in "´`"
    )
    sounds = indian()
    signs = anyascii(put_together("".join(sounds.get(symbol, symbol) for symbol in kept)))
    return " ".join(
        "".join(symbol for symbol in signs.translate(SIGNS) if symbol in ALPHABET).split()
    )


def normalise(name: str) -> str:
    """The name as the lists would have it: folded, no stray marks; SMITH and smith become Smith.

    Of Smith, John the surname is taken. A network knows `a` and `A` as two symbols that have
    nothing in common.
    """
    folded = ""
    # its case is seen before it is folded: ЩЕРБАКОВ becomes ShchERBAKOV
    for raw in GAPS.split(name):
        bare = raw.replace("ß", "")
        folded += " " + (fold(raw).lower() if bare in (bare.upper(), bare.lower()) else fold(raw))
    words = STRAY.sub("", surname(" ".join(folded.split()))).split()
    return " ".join(
        capitalised(word) if word.isupper() or word.islower() else word for word in words
    )


def capitalised(word: str) -> str:
    """The word with capitals where the lists have them: McDonald, O'Brien."""
    return INITIAL.sub(
        lambda match: match[1] + (match[2] or "").capitalize() + match[3].upper(), word.lower()
    )


def surname(name: str) -> str:
    """What stands before the comma of `Smith, John`; without one comma, the whole name."""
    parts = [part for part in name.split(",") if any(map(str.isalpha, part))]
    return parts[0] if len(parts) == 2 else name


def is_ideograph(symbol: str) -> bool:
    """Whether the symbol is a Chinese character, whose reading depends on the language."""
    return unicodedata.name(symbol, "").startswith("CJK")


def refusal(name: str) -> str:
    """Why a name cannot be read, or ""."""
    if len(name) > LONGEST_NAME:
        return f"longer than {LONGEST_NAME} symbols"
    if any(map(is_ideograph, name)):
        return (
            "ideographs do not show how they are pronounced;"
            " write the name in Latin letters, such as Li"
        )
    known = any(map(str.isalpha, fold(name)))
    return "" if known else "no letter to read; write the name in an alphabet, such as Li"


def printable(text: object) -> str:
    """The text with control characters spelled out, so that no name can command a terminal."""
    return "".join(symbol if symbol.isprintable() else repr(symbol)[1:-1] for symbol in str(text))


def drawable(text: str) -> str:
    """The text as figures can have it: in Latin letters where their fonts lack its script."""
    composed = unicodedata.normalize("NFC", text)
    letters = filter(str.isalpha, composed)
    scripts = {unicodedata.name(letter, "").partition(" ")[0] for letter in letters}
    return composed if scripts <= DRAWN else normalise(composed) or composed


def readable(name: str) -> bool:
    """Whether the networks can read the name."""
    return not refusal(name)


@lru_cache(100_000)
def spelling(name: str) -> str:
    """The key by which a split treats two names as the same: the normalised name in lower case."""
    return normalise(name).lower()
