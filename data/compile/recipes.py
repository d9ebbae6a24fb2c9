"""What each of the 18 lists is made of.

A list is made of tiers in falling priority; cleaning.merge joins them. Only surnames of men or of
both are taken where a language has two forms, so that an ending does not stand for the sex of its
bearer.
"""

import re

from arabic import arabic_surnames
from cleaning import without
from romanise import greek, hepburn, pinyin, russian
from sources import chinese_variants, faker, hand, japanese_readings, korean_spellings, mimesis

Tiers = list[list[str]]

# Where a spelling of two letters is a surname, and not a fragment of one.
WITH_SHORT_NAMES = {"Chinese", "Japanese", "Korean", "Vietnamese"}

# In registers of Britain or Flanders, but names from South Asia, Arabia and China.
RECENT_ARRIVALS = [
    "Patel",
    "Khan",
    "Singh",
    "Shah",
    "Begum",
    "Ali",
    "Hussain",
    "Ahmed",
    "Kaur",
    "Akhtar",
    "Iqbal",
    "Mahmood",
    "Rahman",
    "Miah",
    "Bibi",
    "Mistry",
    "Chan",
    "Wong",
    "Ching",
]


def recipes() -> dict[str, Tiers]:
    """Language -> its tiers of raw names."""
    return {
        "Arabic": [[name] for name in arabic_surnames()],  # each a tier: the commonest are kept
        "Chinese": [
            [pinyin(name) for name in mimesis("zh") + faker("zh_TW")],
            faker("zh_TW", "last_romanized_names"),
            chinese_variants("cantonese", "wade_giles"),
        ],
        "Czech": [
            faker("cs_CZ", "last_names_male"),
            [name for name in mimesis("cs") if not name.endswith(("ová", "ova"))],  # a woman's form
            hand("Czech"),
        ],
        "Dutch": [without(faker("nl_NL") + faker("nl_BE"), RECENT_ARRIVALS), mimesis("nl")],
        "English": english(),
        "French": french(),
        "German": german(),
        "Greek": [
            [greek(name) for name in faker("el_GR", "last_names_male") + mimesis("el", "male")]
        ],
        "Irish": [hand("Irish")],
        "Italian": [mimesis("it")],
        "Japanese": [[hepburn(name) for name in japanese_readings()]],
        "Korean": [korean_spellings()],
        "Polish": [
            faker("pl_PL", "male_last_names") + mimesis("pl", "male"),
            faker("pl_PL", "unisex_last_names"),
        ],
        "Portuguese": [
            [without_particle(name) for name in faker("pt_BR") + mimesis("pt")] + hand("Portuguese")
        ],
        "Russian": [
            [russian(name) for name in faker("ru_RU", "last_names_male")],
            [russian(name) for name in mimesis("ru", "male")],
        ],
        "Scottish": [hand("Scottish")],
        "Spanish": [faker("es_ES"), spanish_american()],
        "Vietnamese": [hand("Vietnamese")],
    }


def spanish_american() -> list[str]:
    """Names of Mexico, Chile, Colombia and Argentina."""
    return faker("es_MX") + faker("es_CL") + faker("es_CO") + faker("es_AR")


def nordic() -> list[str]:
    """Danish, Finnish, Norwegian and Swedish names: settlers' names in English and German lists."""
    return mimesis("da") + mimesis("fi") + mimesis("no") + mimesis("sv")


def without_particle(name: str) -> str:
    """Portuguese "da Costa" as "Costa": the same surname."""
    return re.sub("^(da|de|do|das|dos) ", "", name)


def english() -> Tiers:
    """Names of Britain and New Zealand, filled up from the hand list.

    Those that are borne in Ireland and Scotland, too (Campbell, Kelly), stay: they are English as
    well.
    """
    registers = faker("en_GB") + without(faker("en_NZ"), nordic())
    return [without(registers, RECENT_ARRIVALS), hand("English")]


def french() -> Tiers:
    """Names of Quebec and France, filled up from a list with neighbours' and migrants' names."""
    iberian = faker("es_ES") + faker("pt_BR") + hand("Portuguese")
    german = faker("de_AT") + mimesis("de-at")
    dutch = faker("nl_NL") + faker("nl_BE") + mimesis("nl")
    british = faker("en_GB") + faker("en_NZ") + hand("English") + hand("Scottish")
    american = faker("en_US")  # for its Chinese and Vietnamese names
    return [
        faker("fr_CA") + without(faker("fr_FR"), iberian),
        without(mimesis("fr"), iberian, mimesis("it"), german, dutch, british, american),
    ]


def german() -> Tiers:
    """Names of Germany, then Austria's without its neighbours', then those of two mixed lists."""
    slavic = (
        faker("cs_CZ", "last_names_male")
        + mimesis("cs")
        + mimesis("pl", "male")
        + faker("hr_HR")
        + faker("sl_SI")
    )
    neighbours = slavic + faker("hu_HU") + mimesis("hu") + faker("tr_TR")
    mixed = without(mimesis("de") + mimesis("de-at"), neighbours, nordic(), mimesis("fr"))
    foreign_endings = ("ski", "oglu", "ian")  # Polish, Turkish, Armenian
    return [
        faker("de_DE"),
        without(faker("de_AT"), neighbours),
        [name for name in mixed if not name.endswith(foreign_endings)],
    ]
