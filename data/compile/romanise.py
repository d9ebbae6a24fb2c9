"""Surnames of other scripts in Latin letters, the way passports and newspapers write them.

All answers are in small letters: capitals are set by cleaning.set_case, the same way for every
language.
"""

import re
import unicodedata

RUSSIAN_LETTERS = str.maketrans(
    {
        "а": "a",
        "б": "b",
        "в": "v",
        "г": "g",
        "д": "d",
        "е": "e",
        "ё": "e",
        "ж": "zh",
        "з": "z",
        "и": "i",
        "й": "i",
        "к": "k",
        "л": "l",
        "м": "m",
        "н": "n",
        "о": "o",
        "п": "p",
        "р": "r",
        "с": "s",
        "т": "t",
        "у": "u",
        "ф": "f",
        "х": "kh",
        "ц": "ts",
        "ч": "ch",
        "ш": "sh",
        "щ": "shch",
        "ъ": "",
        "ы": "y",
        "ь": "",
        "э": "e",
        "ю": "yu",
        "я": "ya",
    }
)


def russian(surname: str) -> str:
    """The form of passports and newspapers: Толстой tolstoy, Воробьёв vorobyov."""
    text = surname.lower()
    text = re.sub("(ий|ый|й)$", "y", text)
    text = re.sub("[ьъ]ё", "yo", text)
    text = text.replace("ье", "ie").replace("ьи", "yi")
    text = re.sub("^е", "ye", text)
    return text.translate(RUSSIAN_LETTERS)


ACCENT, DIAERESIS = "\u0301", "\u0308"
GREEK_LETTERS = str.maketrans(
    {
        "α": "a",
        "β": "v",
        "γ": "g",
        "δ": "d",
        "ε": "e",
        "ζ": "z",
        "η": "i",
        "θ": "th",
        "ι": "i",
        "κ": "k",
        "λ": "l",
        "μ": "m",
        "ν": "n",
        "ξ": "x",
        "ο": "o",
        "π": "p",
        "ρ": "r",
        "σ": "s",
        "ς": "s",
        "τ": "t",
        "υ": "y",
        "φ": "f",
        "χ": "ch",
        "ψ": "ps",
        "ω": "o",
        DIAERESIS: "",
        "|": "",
    }
)


def greek(surname: str) -> str:
    """ELOT 743 transcription (ISO 843, type 2): Παπαδόπουλος papadopoulos, Ευσταθίου efstathiou."""
    text = unicodedata.normalize("NFD", surname.lower())
    # A diaeresis, or an accent on the vowel before, says that υ is a sound of its own.
    text = re.sub(f"υ(?={DIAERESIS})|(?<={ACCENT})υ", "|υ", text)
    text = text.replace(ACCENT, "")
    text = text.replace("ου", "ou")
    text = re.sub("([αεη])υ(?=[θκξπσςτφχψ]|$)", r"\1f", text)  # before a voiceless sound
    text = re.sub("([αεη])υ", r"\1v", text)
    text = re.sub("^μπ", "b", text)
    text = re.sub("γ(?=[γξχ])", "n", text)
    return text.translate(GREEK_LETTERS)


# Where o and u belong to two parts of a name (Inoue, Takenouchi), they are not a long vowel.
JAPANESE_TWO_PARTS = ("oue", "nouchi", "tsubouchi", "yokouchi", "noura")


def hepburn(typed: str) -> str:
    """Hepburn without marks of long vowels, from typed romaji: satou sato, inoue inoue."""
    text = typed
    for joined in JAPANESE_TWO_PARTS:
        text = text.replace(joined, joined.replace("ou", "o|u"))
    text = re.sub("oo|ou", "o", text)
    text = re.sub("(y|j|sh|ch)uu", r"\1u", text)
    return text.replace("|", "")


# Readings that a character has as a surname and seldom elsewhere; the rest is pypinyin's.
PINYIN_SURNAMES = {
    "曾": "zeng",
    "单": "shan",
    "仇": "qiu",
    "查": "zha",
    "解": "xie",
    "盖": "ge",
    "翟": "zhai",
    "覃": "qin",
    "缪": "miao",
    "乐": "yue",
    "都": "du",
    "隗": "wei",
    "卜": "bu",
    "蔚": "yu",
    "祭": "zhai",
}


def pinyin(surname: str) -> str:
    """Pinyin in one word, without tones: 欧阳 ouyang, 吕 lü."""
    from pypinyin import Style, lazy_pinyin  # only here, so that the other three work without it

    return PINYIN_SURNAMES.get(surname) or "".join(
        lazy_pinyin(surname, style=Style.NORMAL, v_to_u=True)
    )
