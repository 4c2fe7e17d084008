"""Listening rounds: places that help come first, then one text about one key factor, and nothing else."""

from dataclasses import replace

import pytest

from conversations.conduct import Conduct
from conversations.errors import StaleReply
from conversations.inspection import inspect_questionnaire
from conversations.listening import ABOUT, listening_questionnaire, topic_of
from conversations.moves import Typed
from conversations.questionnaire import Questionnaire, Role
from conversations.rounds import check_alone
from conversations.session import Status
from conversations.wording import say
from tests.conversations.test_engine import Talk
from tests.instruments import plain, shipped
from tests.journeys.household import a_round


def listening(**changes):
    """The shipped benchmark as a listening round asks about it."""
    made = listening_questionnaire(plain(), shipped().benchmark)
    return replace(shipped(), questionnaire=made, conduct=Conduct(listening=True), **changes)


def keys(prompt):
    return [part.words.key for part in prompt.paragraphs]


def told(*tokens, text="The course starts too late."):
    """Somebody who came from abroad has chosen, and written."""
    talk = Talk(listening())
    talk.begin()
    talk.press(*tokens)
    talk.reply(Typed(text))
    return talk


def test_a_key_factor_without_words_of_participants_is_called_by_its_name():
    named = tuple(one.model_copy(update={"topic": None}) for one in shipped().benchmark.key_factors)
    benchmark = shipped().benchmark.model_copy(update={"key_factors": named})

    asked = listening_questionnaire(plain(), benchmark)

    assert topic_of(benchmark, "L5").key == "language-learning.factor.L5.name"
    assert asked.questions[1].choices[4].label == "Affordable for all"
    assert asked.questions[6].label.endswith("Your topic: Affordable for all")


def test_the_places_that_help_come_before_everything_else():
    talk = Talk(listening())

    said = talk.press("l0")

    assert said.name == "intro"
    assert keys(said)[:3] == ["listening.who", "listening.help", "listening.urgent"]
    assert {"listening.names", "listening.shown", "listening.once", "intro.no_effect"} <= set(keys(said))
    contacts = dict(said.paragraphs[1].words.values)["contacts"]
    reaches = [dict(contact.values)["reach"] for contact in contacts]
    assert reaches == [contact.reach for contact in shipped().city.help_contacts]


def test_a_city_without_places_that_help_still_says_that_it_is_not_for_emergencies():
    city = shipped().city.model_copy(update={"help_contacts": ()})

    said = Talk(listening(city=city)).press("l0")

    assert keys(said)[:2] == ["listening.who", "listening.urgent"]


def test_the_side_then_the_topic_then_one_text_and_nothing_else():
    talk = Talk(listening())
    asked = [talk.begin(), talk.press("a0"), talk.press("a4")]

    assert [prompt.question for prompt in asked] == ["relation", ABOUT, "listening_l5"]
    assert [prompt.progress for prompt in asked] == [None, None, None]
    assert keys(asked[0]) == ["language-learning.question.relation.label", "listening.side_hint"]
    assert keys(asked[1]) == ["listening.about", "listening.about_hint"]
    assert keys(asked[2]) == ["listening.write", "listening.names", "question.write"]
    names = [button.label.key for button in asked[1].buttons if button.token[0] == "a"]
    assert names == [f"language-learning.factor.L{place}.topic" for place in range(1, 12)]
    assert dict(asked[2].paragraphs[0].words.values)["factor"].key == names[4]
    assert talk.reply(Typed("Books cost too much.")).name == "review"


def test_the_topic_offers_no_special_answers_and_without_one_nothing_more_is_asked():
    talk = Talk(listening())
    talk.begin()

    asked = talk.press("a0")
    following = talk.press("s")

    assert not {button.token for button in asked.buttons} & {"d0", "d1", "d2"}
    assert following.name == "review"


def test_the_reason_of_the_topic_can_be_read_beside_the_text():
    talk = Talk(listening())
    talk.begin()

    said = talk.press("a0", "a4", "w")

    assert keys(said)[1:] == ["language-learning.factor.L5.name", "language-learning.factor.L5.why"]


@pytest.mark.parametrize("token, side", [("a0", "migrant"), ("a1", "host"), ("d2", "not_stated")])
def test_what_is_kept_is_the_side_and_a_text_about_its_key_factor(token, side):
    talk = told(token, "a10")
    talk.press("y")

    session = talk.session
    (text,) = session.texts
    assert session.status is Status.SENT
    assert set(session.sheet.answers) == {"relation"}
    assert session.sheet.side == side
    assert (text.side, text.key_factor, text.text) == (side, "L11", "The course starts too late.")


def test_another_topic_takes_the_first_text_away():
    talk = told("a0", "a4")
    talk.press("c", "q1", "a5")

    assert "listening_l5" not in talk.session.answers
    assert talk.prompt.question == "listening_l6"


def test_the_thanks_say_who_reads_and_when_one_can_write_again():
    talk = told("a0", "a4")

    said = talk.press("y")

    assert keys(said) == ["listening.thanks", "listening.shown", "listening.again"]
    assert said.paragraphs[-1].words == say("listening.again", day=shipped().closes_on)


def test_what_is_asked_is_frozen_and_read_again():
    made = listening_questionnaire(plain(), shipped().benchmark)

    assert Questionnaire.model_validate_json(made.model_dump_json(by_alias=True)) == made
    assert [question.role for question in made.questions[:3]] == [Role.SIDE, Role.PATH, Role.OPEN]
    assert all(question.constraint.max_length == 1_000 for question in made.questions[2:])


def test_no_benchmark_may_use_the_ids_of_a_listening_round():
    renamed = plain().questions[2].model_copy(update={"id": "listening_l1"})
    asked = plain().model_copy(
        update={"questions": (*plain().questions[:2], renamed, *plain().questions[3:])}
    )

    found = [str(finding) for finding in inspect_questionnaire(asked, "questionnaire.toml")]

    assert any("ids that begin with 'listening_' are given by the program itself" in one for one in found)


def test_a_listening_round_may_lie_beside_a_monitoring_round_but_not_beside_another():
    one = a_round("one", conduct={"listening": True})
    other = a_round("other", conduct={"listening": True})

    check_alone(one, [a_round()])
    with pytest.raises(Exception, match="asks the same questionnaire"):
        check_alone(one, [other])


def test_without_words_there_is_nothing_to_send():
    talk = Talk(listening())
    talk.begin()

    talk.press("a0")
    silent = talk.press("s")

    assert silent.name == "review"
    assert [button.token for button in silent.buttons if button.token in "yzc"] == ["c"]
    with pytest.raises(StaleReply):
        talk.press("y")
    assert {"y", "z"} <= {button.token for button in told("a0", "a3").prompt.buttons}
