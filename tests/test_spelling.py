"""namelib/spelling.py: names are read as people mean them, or refused with the way out."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from namelib import ALPHABET, LSTM, load_names, predict
from namelib.spelling import LONGEST_NAME, drawable, fold, normalise, readable, refusal, spelling

READ = {
    "Ångström": "Angstrom",
    "Łukasz": "Lukasz",
    "Weiß": "Weiss",
    "Bjørnǿ": "Bjorno",
    "O’Neill": "O'Neill",
    "O`Neill": "O'Neill",
    "García-Márquez": "Garcia Marquez",
    "Al-Hassan": "Al Hassan",
    "Rafaj1": "Rafaj",
    "\tvan  der\u00a0Berg ": "Van Der Berg",
    "Maxa/B": "MaxaB",
    "Ｓａｔｏｓｈｉ": "Satoshi",
    "Kim 😀": "Kim",
    "漢字": "",
    "": "",
    "SATOSHI": "Satoshi",
    "kowalski": "Kowalski",
    "O'BRIEN": "O'Brien",
    "o’brien": "O'Brien",
    "Smith, John": "Smith",
    "SMITH, J.R.,": "Smith",
    "Anders, Berg, Lund": "Anders, Berg, Lund",
    "MCDONALD": "McDonald",
    "smith-jones": "Smith Jones",
    "DE LA CRUZ": "De La Cruz",
    "McDonald": "McDonald",
    "o": "O",
    "Kowalski,": "Kowalski",
    "'Kim'": "Kim",
    "«Kim».": "Kim",
    "'t Hooft": "'t Hooft",
    "'T HOOFT": "'t Hooft",
    "Иванов": "Ivanov",
    "ВАСИЛЬЕВ": "Vasilev",
    "Παπαδάκης": "Papadakis",
    "Սարգսյան": "Sargsyan",
    "ბერიძე": "Beridze",
    "ЩЕРБАКОВ": "Shcherbakov",
    "Иван-ЧЕРНЫХ": "Ivan Chernykh",
    "ÞÓRSSON": "Thorsson",
    "GROßMANN": "Grossmann",
    "J.R. SMITH": "J.R. Smith",
    "'A-'": "A",
    "'a .": "A",
    "남궁": "Namgung",
    "이": "Lee",
    "박": "Park",
    "최": "Choi",
    "김 민수": "Kim Minsu",
    "김민수": "Gimminsu",
    "たなか": "Tanaka",
    "タナカ": "Tanaka",
    "शर्मा": "Sharma",
    "पटेल": "Patel",
    "सिंह": "Singh",
    "कुलकर्णी": "Kulkarni",
    "गुप्त": "Gupta",
    "ज़कारिया": "Zakariya",
    "पहाड़ी": "Pahari",
    "कृष्णन": "Krishnan",
    "छाबड़ा": "Chhabra",
    "अंबानी": "Ambani",
    "फ़रीद": "Farid",
    "चाँद": "Chand",
    "मॉरिस": "Moris",
    "ગુજરાલ": "Gujral",
    "ਸਿੰਘ": "Singh",
    "ਢਿੱਲੋਂ": "Dhillon",
    "চট্টোপাধ্যায়": "Chattopadhyay",
    "పట్నాయక్": "Patnayak",
    "മേനോൻ": "Menon",
    "പഴൂർ": "Pazhur",
    "محمد": "Mhmd",
    "חיים": "Hyym",
}


@pytest.mark.parametrize(("raw", "expected"), READ.items())
def test_a_name_is_read_as_people_mean_it(raw, expected):
    assert normalise(raw) == expected
    assert spelling(raw) == expected.lower()


def test_capitals_and_small_letters_come_back_as_the_lists_have_them():
    names = load_names().names
    assert (
        names
        == [normalise(name.upper()) for name in names]
        == [normalise(name.lower()) for name in names]
    )


@given(st.text() | st.text(" aB'é-.м"))
def test_what_is_read_are_words_of_the_alphabet(raw):
    for read in (fold, normalise):
        name = read(raw)
        assert set(name) <= set(ALPHABET) and name == " ".join(name.split())
        assert read(name) == name == read(unicodedata.normalize("NFC", raw))


@pytest.mark.parametrize("name", ["李", "田中さん", "1234", "", "-", "😀"])
def test_what_cannot_be_read_is_refused_with_the_way_out_in_python_too(name):
    assert not readable(name) and "such as Li" in refusal(name)
    with pytest.raises(ValueError, match="such as Li"):
        predict(LSTM(hidden_size=4, output_size=2), ["Li", name], ["Czech", "Dutch"])


def test_python_reads_a_name_as_the_command_does():
    network, languages = LSTM(hidden_size=4, output_size=2), ["Czech", "Dutch"]
    alone = predict(network, ["Satoshi"], languages)
    for name in ("SATOSHI", "satoshi,", "Ｓａｔｏｓｈｉ"):
        assert predict(network, [name], languages) == alone
    assert (
        predict(network, "Satoshi", languages)
        == predict(network, iter(["SATOSHI"]), languages)
        == alone
    )


def test_the_longest_name_is_read_and_a_longer_one_is_not():
    assert readable("a" * LONGEST_NAME) and not readable("a" * (LONGEST_NAME + 1))
    with pytest.raises(ValueError, match="longer than 100 symbols") as error:
        predict(LSTM(hidden_size=4, output_size=1), ["a" * 5000], ["Czech"])
    assert len(str(error.value)) < 200


@pytest.mark.parametrize(
    ("name", "drawn"),
    [
        ("Español", "Español"),
        ("Espan\u0303ol", "Español"),
        ("日本語", "日本語"),
        ("Ελληνικά, русский", "Ελληνικά, русский"),
        ("हिन्दी", "Hindi"),
        ("Thai ไทย", "Thai Aithy"),
        ("🎉 2", "🎉 2"),
    ],
)
def test_what_figures_cannot_draw_is_spelled_in_latin_letters(name, drawn):
    assert drawable(name) == drawn
