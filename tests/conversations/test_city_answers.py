"""A city's answer: everything wrong with its file at once, its languages, the round before."""

from dataclasses import replace
from datetime import timedelta

import pytest

from conversations.city_answers import CityAnswer, cautions, round_before, settled, told
from conversations.errors import DefinitionError
from conversations.inspecting_answers import Against
from conversations.loading import read_city_answer
from conversations.rounds import RoundState
from tests.storage.people import a_round

AGAINST = Against(
    round="spring",
    factors=["L1", "L2", "L3"],
    shown={"L1", "L2"},
    languages=["en", "fr", "ar"],
    signs=lambda text: ["phone number"] if "555" in text else [],
)
SOUND = """
round = "spring"
written_in = "fr"
reviewed = ["ar"]

[[answer]]
factor = "L1"
said = "Vous  attendez\\n longtemps."
did = { fr = "Un cours par mois.", ar = "دورة كل شهر.", en = "A course a month." }

[[answer]]
factor = "L2"
said = "Le soir."
not_possible_because = "Pas de salle."
"""


def findings(text):
    with pytest.raises(DefinitionError) as caught:
        read_city_answer(text, "answer.toml", AGAINST)
    return [str(finding) for finding in caught.value.findings]


def test_a_sound_answer_keeps_each_text_under_its_language():
    answer = read_city_answer(SOUND, "answer.toml", AGAINST)

    assert answer.answers[0].said == {"fr": "Vous attendez longtemps."}
    assert list(answer.answers[0].did) == ["fr", "ar", "en"]
    assert [part for part, _ in answer.answers[1].parts()] == ["said", "not_possible_because"]
    assert list(answer.languages()) == ["fr", "ar", "en"]
    assert CityAnswer.model_validate_json(answer.model_dump_json(by_alias=True)) == answer


def test_everything_that_is_wrong_is_found_at_once():
    found = findings(f'''
round = "autumn"
written_in = "xx"
reviewed = ["qq"]
rondo = 1
[[answer]]
factor = "L9"
said = "You said."
did = ""
[[answer]]
factor = "L1"
sayd = "You said."
did = 5
[[answer]]
factor = "L1"
said = {{ en = "You said.", de = "Ihr sagtet." }}
not_possible_because = "Call 555 123."
[[answer]]
factor = "L3"
said = "{"a" * 601}"
did = "A sign\\u202e turns."
''')

    assert [
        (line.split(": ")[0].removeprefix("answer.toml "), line.split(": ")[1][:4]) for line in found
    ] == [
        ("answer[2] 'L1'.said", "D003"),
        ("answer[2] 'L1'.did", "D004"),
        ("answer[2] 'L1'.sayd", "D002"),
        ("rondo", "D002"),
        ("round", "D004"),
        ("written_in", "D032"),
        ("reviewed[1]", "D032"),
        ("answer[3].factor", "D005"),
        ("answer[1] 'L9'.factor", "D006"),
        ("answer[1] 'L9'.did", "D004"),
        ("answer[3] 'L1'.said.xx", "D003"),
        ("answer[3] 'L1'.said.de", "D032"),
        ("answer[3] 'L1'.not_possible_because", "D035"),
        ("answer[4] 'L3'.factor", "D034"),
        ("answer[4] 'L3'.said", "D018"),
        ("answer[4] 'L3'.did", "D004"),
    ]


@pytest.mark.parametrize(
    "text, place, code",
    [
        ("round = ", "answer.toml", "D001"),
        ('round = "spring"', "answer.toml answer", "D003"),
        ('round = "spring"\nanswer = []', "answer.toml answer", "D003"),
        ('round = "spring"\nanswer = 3', "answer.toml answer", "D004"),
        ('round = "spring"\n[[answer]]\nfactor = "L1"\nsaid = "x"', "answer.toml answer[1] 'L1'.did", "D033"),
        ('round = 7\n[[answer]]\nfactor = "L1"\nsaid = "x"\ndid = "y"', "answer.toml round", "D004"),
    ],
)
def test_a_file_that_is_no_answer_is_named_in_one_line(text, place, code):
    (found,) = findings(text)

    assert found.startswith(f"{place}: {code} ")


def test_a_text_that_is_not_translated_stands_in_the_language_it_was_written_in():
    answer = read_city_answer(SOUND, "answer.toml", AGAINST)
    did, said = answer.answers[0].did, answer.answers[0].said

    assert told(did, "ar", "fr").tag == "ar"
    assert told(did, "fr-x-simple", "fr").tag == "fr"
    assert (told(said, "ar", "fr").text, told(said, "ar", "fr").tag) == ("Vous attendez longtemps.", "fr")
    assert told({"ar": "كلام"}, "lv", "en").text == "كلام"


def test_what_nobody_checked_and_what_stands_in_is_said():
    answer = read_city_answer(SOUND, "answer.toml", AGAINST)

    assert [words.key for words in cautions(answer, "fr")] == []
    assert [words.key for words in cautions(answer, "fr-x-simple")] == []
    assert [words.key for words in cautions(answer, "ar")] == ["language.stands_in"]
    assert [words.key for words in cautions(answer, "en")] == ["answers.draft", "language.stands_in"]


def test_the_round_before_is_the_latest_one_of_its_series_that_was_open():
    this = a_round("this", state=RoundState.PLANNED)

    def earlier(name, days, state=RoundState.RELEASED, **changes):
        opens_at = this.opens_at - timedelta(days=days)
        return replace(this, id=name, opens_at=opens_at, state=state, **changes)

    first, second = earlier("first", 200), earlier("second", 100)
    others = [
        earlier("cancelled", 50, RoundState.CANCELLED),
        earlier("planned", 40, RoundState.PLANNED),
        earlier("elsewhere", 30, city="other-city"),
        earlier("another", 20, series="another"),
        earlier("invented", 10, demonstration=True),
        earlier("listening", 5, conduct={"listening": True}),
        replace(first, id="later", opens_at=this.opens_at + timedelta(days=1)),
    ]

    assert round_before(this, [this, first, second, *others]) == second
    assert round_before(first, [this, first, second, *others]) is None


def test_settling_twice_changes_nothing():
    answer = read_city_answer(SOUND, "answer.toml", AGAINST)

    assert settled(answer) == answer
