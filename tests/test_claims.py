"""The claims' sentences: at a negative, zero and positive effect each says just that."""

import re
from itertools import product

import pytest

from notebooks import NOTEBOOKS, TEXT
from notebooks.display import templates
from notebooks.language import LANGUAGES, speaking
from notebooks.number_formats import RECORDED_MARK
from notebooks.why_lstm import answer

UP, ZERO, DOWN = (
    {
        "mean": mean,
        "low": mean - 0.012,
        "high": mean + 0.012,
        "values": [mean - 0.01, mean, mean + 0.01],
        "n": 3,
        "epochs": {"lstm": 8, "tanh": 24},
    }
    for mean in (0.034, 0.002, -0.034)
)
SHARES = {"mean": 0.5, "low": 0.4, "high": 0.6, "n": 8, "parameters": 27_000}
OTHER_EFFECTS = (
    "linear",
    "letters",
    "treated_lstm",
    "treated_tanh",
    "width_lstm",
    "width_tanh",
    "cue_carry_gate",
    "cue_carry",
    "cue_gate",
    "cue_tanh",
    "cue_tanh_orthogonal",
    "cue_carry_gate_50",
    "cue_lstm_bias_0_50",
    "cue_lstm_bias_3_50",
    "original_lstm_tanh_clipped",
    "original_half_tanh_clipped",
    "original_gate_half_clipped",
    "original_multiplicative_tanh_clipped",
)
FACTS = {
    "effects": dict.fromkeys(OTHER_EFFECTS, SHARES),
    "small": 4,
    "large": 24,
    "length": 20,
    "long": 50,
    "steps": 100_000,
}
# What a sentence says of a direction, in words; it may not say the other.
UPWARD = {
    "en": (
        "raises|better|leads|ahead|gains|larger|adds|grows with|lead of|more often|falls by|"
        "LSTM's change is .* higher"
    ),
    "zh": "提高|高 |高于|领先|LSTM 的变化高出|扩大 |减小 ",
}
DOWNWARD = {
    "en": (
        "lowers|worse|trails|behind|costs|smaller|shrinks by|tanh RNN leads|less often|"
        "rises by|tanh RNN's change is .* higher"
    ),
    "zh": "降低|低 |低于|落后|反而|tanh RNN 领先|tanh RNN 的变化高出|增大 ",
}
OPEN = {
    "en": ("includes zero|inconclusive|do(es)? not settle|is open"),
    "zh": "包含 0|尚无定论|还不能|分不出高下",
}
# Sentences of a direction that name the other word for another reason: a position, a comparison of
# costs.
BEHIND_THE_GATE = re.compile("Behind the input gate|only after")

plain = [claim for claim in answer.CLAIMS if not claim.within]
close = [claim for claim in answer.CLAIMS if claim.within]
every_language = pytest.mark.parametrize("language", LANGUAGES)


def blocks(language: str) -> dict:
    return templates(TEXT).get_template(f"claims.{language}.md").blocks


def read(language: str, block: str, effect: dict) -> str:
    template = templates(TEXT).get_template(f"claims.{language}.md")
    with speaking(language):
        text = "".join(template.blocks[block](template.new_context(FACTS | {"e": effect}))).strip()
    return BEHIND_THE_GATE.sub("", text)


def sentence(language: str, claim: answer.Claim, effect: dict) -> str:
    return read(language, f"{claim.name}_{answer.verdict(effect, claim.within)}", effect)


@every_language
def test_every_claim_has_three_sentences_and_every_topic_two_headlines(language):
    expected = {f"{claim.name}_{verdict}" for claim in answer.CLAIMS for verdict in VERDICTS}
    expected |= {f"spoken_{name}_{verdict}" for name in answer.SPOKEN for verdict in VERDICTS}
    headlines = product(answer.CONCLUSION, ("headline", "neutral"))
    assert set(blocks(language)) == expected | {"_".join(parts) for parts in headlines}


VERDICTS = ("supported", "opposite", "inconclusive")


@every_language
@pytest.mark.parametrize("claim", plain, ids=lambda claim: claim.name)
def test_a_sentence_goes_the_way_of_its_effect(language, claim):
    up, zero, down = (sentence(language, claim, effect) for effect in (UP, ZERO, DOWN))
    assert re.search(UPWARD[language], up) and not re.search(DOWNWARD[language], up), up
    assert re.search(DOWNWARD[language], down), down
    assert re.search(OPEN[language], zero), zero
    assert not any(re.search(OPEN[language], text) for text in (up, down))


@every_language
@pytest.mark.parametrize("claim", plain, ids=lambda claim: claim.name)
def test_a_sentence_has_the_effects_own_numbers(language, claim):
    if claim.effect.startswith("cue_"):  # has the shares, not their difference
        return
    for effect in (UP, DOWN):
        assert "3.4 [2.2,\N{NO-BREAK SPACE}4.6]" in sentence(language, claim, effect), (
            "without a sign"
        )
    assert "+0.2 [−1.0,\N{NO-BREAK SPACE}+1.4]" in sentence(language, claim, ZERO), "with its sign"


@every_language
@pytest.mark.parametrize("claim", answer.CLAIMS, ids=lambda claim: claim.name)
def test_every_number_of_the_recorded_study_is_marked_and_no_other(language, claim, monkeypatch):
    of_this_run = sentence(language, claim, UP)
    assert RECORDED_MARK not in of_this_run
    recorded = {name: effect | {"recorded": True} for name, effect in FACTS["effects"].items()}
    monkeypatch.setitem(FACTS, "effects", recorded)
    text = re.sub(r" \[.*?\]", "", sentence(language, claim, UP | {"recorded": True}))
    numbers = re.findall(rf"\d+(?:\.\d+%?|%)({RECORDED_MARK}?)", text)
    assert numbers and all(numbers), text
    assert text.count(RECORDED_MARK) == len(numbers)


@every_language
@pytest.mark.parametrize("claim", close, ids=lambda claim: claim.name)
def test_closeness_has_two_sides(language, claim):
    near = {"mean": 0.0, "low": -0.004, "high": 0.004}
    astride = {"mean": claim.within, "low": claim.within - 0.01, "high": claim.within + 0.01}
    ahead, behind = ({"mean": m, "low": m - 0.01, "high": m + 0.01} for m in (0.05, -0.05))
    assert [answer.verdict(e, claim.within) for e in (near, astride, ahead, behind)] == [
        "supported",
        "inconclusive",
        "opposite",
        "opposite",
    ]
    assert re.search(OPEN[language], sentence(language, claim, astride))
    assert len({sentence(language, claim, e) for e in (near, astride, ahead)}) == 3


def test_a_headline_asserts_only_what_is_supported():
    for effect, kind in ((UP, "headline"), (ZERO, "neutral"), (DOWN, "neutral")):
        claims = answer.claims_of({claim.effect: effect for claim in answer.CLAIMS})
        assert [paragraph.headline for paragraph in answer.conclusion(claims)] == [
            f"{topic}_{kind}" for topic in answer.CONCLUSION
        ]


def test_every_claim_is_said_once_in_its_section_or_in_the_conclusion():
    claims = answer.claims_of({claim.effect: UP for claim in answer.CLAIMS})
    code = (NOTEBOOKS / "4_why_lstm.ipynb").read_text(encoding="utf-8")
    sections = re.findall(r'answer\.evidence\(claims, \\"(\w+)\\"', code)
    texts = [answer.conclusion(claims), *(answer.evidence(claims, topic) for topic in sections)]
    said = [block for text in texts for paragraph in text for block, _ in paragraph.sentences]
    assert sorted(said) == sorted(f"{name}_{row['verdict']}" for name, row in claims.items())


def test_what_was_not_measured_is_not_said():
    claims = answer.claims_of({"pairs": UP})
    (paragraph,) = answer.conclusion(claims)
    assert [block for block, _ in paragraph.sentences] == ["pairs_beat_letters_supported"]
    assert [block for block, _ in answer.spoken(claims)[0].sentences] == [
        "spoken_pairs_beat_letters_supported"
    ]
