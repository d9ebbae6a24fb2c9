"""Scripts that are not read letter by letter: Korean surnames, and the scripts of India.

anyascii knows single symbols only: 이 would be I, and शर्मा without its short vowels Srma.
"""

import re
import unicodedata
from functools import cache
from pathlib import Path

KOREAN = Path(__file__).resolve().parents[1] / "data" / "hand" / "Korean.tsv"
# Where the short a of a last letter, and between single consonants, is written but not spoken.
SILENT_A = "DEVANAGARI", "BENGALI", "GUJARATI", "GURMUKHI"
INDIA = range(0x900, 0xD80)  # the Unicode blocks of these scripts
# Symbols of no script: a short a that may be silent and one that is spoken, the end of either,
# a nasal, a dot that makes another consonant, a sign that doubles the next one.
WEAK, SOUNDED, END, NASAL, DOT, TWICE = "\ue000\ue001\ue002\ue003\ue004\ue005"
MARK_SOUNDS = {
    "SIGN VIRAMA": END,
    "SIGN NUKTA": DOT,
    "ADDAK": TWICE,
    **dict.fromkeys(("SIGN ANUSVARA", "SIGN CANDRABINDU", "SIGN BINDI", "TIPPI"), NASAL),
}
LETTER = re.compile(
    r"(?P<sign>VOWEL )?(LETTER|SIGN) (?:CANDRA |SHORT )?"
    r"(?:VOCALIC (?P<liquid>[LR])+|(?P<vowel>AU|[AEIOU]+)|(?P<alone>CHILLU |KHANDA )?"
    r"(?P<consonant>[B-DF-HJ-NP-TV-Z]+)A?)"
)
CONSONANTS = {"ss": "sh", "c": "ch", "ch": "chh", "lll": "zh"}
CONSONANT = "(?:[b-df-gj-np-tv-z]h*|h)"
BEFORE = f"[aeiou{WEAK}][{NASAL}{TWICE}]?{CONSONANT}"
# Pattern -> replacement, in this order; Python and the page's script understand both alike.
# Hindi's silent a: M. Ohala, Aspects of Hindi Phonology, 1983.
SOUNDS = {
    f"j([{WEAK}{SOUNDED}]){DOT}": r"z\1",
    f"ph([{WEAK}{SOUNDED}]){DOT}": r"f\1",
    f"d(h?[{WEAK}{SOUNDED}]){DOT}": r"r\1",
    DOT: "",
    f"[{WEAK}{SOUNDED}]?{END}": "",
    f"({BEFORE}){WEAK}(?![a-z{WEAK}-{TWICE}])": r"\1",
    f"({BEFORE}){WEAK}(?={CONSONANT}[aeiou{WEAK}])": r"\1",
    f"{NASAL}(?=h)": "ng",
    f"{NASAL}(?=[bmp])": "m",
    NASAL: "n",
    f"{TWICE}([a-z]?)": r"\1\1",
    f"[{WEAK}{SOUNDED}]": "a",
}


@cache
def indian() -> dict[str, str]:
    """{symbol: its sound} of the scripts of India, for SOUNDS to put together.

    Their Unicode names have it, as in DEVANAGARI LETTER SHA and DEVANAGARI VOWEL SIGN AA.
    """
    sounds = {}
    for symbol in map(chr, INDIA):
        script, _, name = unicodedata.name(symbol, "").partition(" ")
        if name in MARK_SOUNDS:
            sounds[symbol] = MARK_SOUNDS[name]
        elif letter := LETTER.fullmatch(name):
            sounds[symbol] = END * bool(letter["sign"]) + sound(letter)
            if letter["consonant"] and not letter["alone"]:
                sounds[symbol] += WEAK if script in SILENT_A else SOUNDED
    return sounds


def sound(letter: re.Match) -> str:
    """A letter in Latin ones, by its name: long vowels as short ones, TTHA as th."""
    if letter["liquid"]:
        return f"{letter['liquid'].lower()}i"
    plain = (letter["vowel"] or letter["consonant"]).lower()
    return CONSONANTS.get(plain) or re.sub(r"(.)\1+", r"\1", plain)


@cache
def korean() -> dict[str, str]:
    """{surname in Hangul: its commonest spelling}, such as 이: Lee."""
    rows = [line.split() for line in KOREAN.read_text("utf-8").splitlines()]
    return {hangul: commonest for hangul, commonest, *_ in reversed(rows)}  # the first counts


def put_together(sounds: str) -> str:
    """The word that the sounds of letters make."""
    for pattern, replacement in SOUNDS.items():
        sounds = re.sub(pattern, replacement, sounds)
    return sounds
