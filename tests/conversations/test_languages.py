"""Choosing and changing the language, one move at a time: what is offered, what stays as it is."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.engine import Beginning, resume, start
from conversations.errors import StaleReply
from conversations.identifiers import Locale, ParticipantKey, base_of, simpler
from conversations.moves import Asked, Pressed, Typed, Wish
from conversations.prompting import languages, prompt_of
from conversations.prompts import ButtonKind
from conversations.session import Status, read_session
from tests.conftest import NOON
from tests.instruments import shipped, small

ORDER = "fr nl ar en tr es it el ro bg ru uk fa bn kmr lv"
SIXTEEN = tuple(map(Locale, ORDER.split()))
VARIANTS = frozenset({Locale("fr-x-simple"), Locale("en-x-simple")})


def sixteen(instrument=None):
    return replace(instrument or shipped(), languages=SIXTEEN, variants=VARIANTS)


class Talk:
    """One conversation, kept as a document between moves."""

    def __init__(self, instrument=None, locale="bn"):
        self.instrument = instrument or sixteen()
        beginning = Beginning(
            key=ParticipantKey("k"), mark="abcdef", withdrawal_code="1" * 16, locale=Locale(locale)
        )
        self.session = start(self.instrument, beginning, NOON).session

    @property
    def prompt(self):
        return prompt_of(self.instrument, self.session)

    def reply(self, reply):
        step = resume(self.instrument, self.session, reply, NOON)
        self.session = read_session(step.session.model_dump_json())
        return self.prompt

    def press(self, *tokens):
        for token in tokens:
            self.reply(Pressed(token, self.session.turn))
        return self.prompt


def named(prompt):
    return [dict(button.label.values)["tag"] for button in prompt.buttons if button.token[:1] == "l"]


def tokens(prompt):
    return [button.token for button in prompt.buttons]


def test_the_phones_language_then_the_citys_first_ones_are_offered_and_a_quiet_way_to_all():
    prompt = Talk(locale="bn").prompt

    assert prompt.name == "language"
    assert named(prompt) == ["bn", "fr", "nl", "ar", "en"]
    assert prompt.buttons[-1].token == "m"
    assert prompt.buttons[-1].kind is ButtonKind.CONTROL


def test_where_all_fit_on_one_screen_there_is_no_way_to_more():
    assert tokens(Talk(shipped(), "fr").prompt) == ["l0", "l1", "l2"]


@pytest.mark.parametrize("first", [(), ("l1", "g", "y", "l")], ids=["at the beginning", "in the middle"])
def test_all_sixteen_are_one_tap_away_and_from_there_one_comes_back(first):
    talk = Talk()
    talk.press(*first)

    everything = talk.press("m")

    assert everything.name == "languages"
    assert sorted(named(everything)) == sorted(SIXTEEN)
    assert everything.buttons[0].token == "l0"
    assert talk.press("b").name == "language"


def test_each_button_names_its_language_in_its_own_script_and_the_number_is_its_place():
    prompt = Talk().press("m")

    assert [part.words.key for part in prompt.paragraphs] == ["language.all", "language.search"]
    assert {button.label.key for button in prompt.buttons if button.token != "b"} == {"language.name"}
    assert [button.number for button in prompt.buttons if button.token != "b"] == list(range(1, 17))


@pytest.mark.parametrize("place", range(16))
def test_a_language_that_is_not_shown_yet_can_be_chosen_at_once(place):
    talk = Talk()
    offer = languages(talk.instrument, talk.session)

    talk.press(f"l{place}")

    assert talk.session.locale == offer[place]
    assert talk.prompt.name == "intro"


@pytest.mark.parametrize("token", ["l16", "l", "l-1", "l01", "l99"])
def test_a_language_that_is_not_on_offer_is_refused(token):
    with pytest.raises(StaleReply):
        Talk().press(token)


def test_a_language_cannot_be_pressed_where_none_is_asked_for():
    talk = Talk()
    talk.press("l0")

    with pytest.raises(StaleReply):
        talk.press("l3")


@pytest.mark.parametrize("first", [(), ("l1", "g", "y", "a0", "l"), ("m",)])
def test_a_name_that_nobody_knows_is_answered_kindly_with_all_languages(first):
    talk = Talk()
    talk.press(*first)
    before = talk.session

    prompt = talk.reply(Typed("Klingon"))

    assert prompt.name == "languages"
    assert prompt.paragraphs[0].words.key == "language.not_found"
    assert (talk.session.answers, talk.session.question) == (before.answers, before.question)


def test_a_name_of_a_language_is_an_answer_where_a_question_waits_for_words():
    talk = Talk(sixteen(small()))
    talk.press("l0", "g", "y", "a1", "g")

    talk.reply(Typed("العربية"))

    assert talk.session.answers["words"].text == "العربية"
    assert talk.session.locale == "bn"


def test_simpler_words_are_one_tap_away_and_the_usual_ones_come_back():
    talk = Talk(locale="fr")
    talk.press("l0")
    seen = []
    for token in ("e", "u", "e"):
        assert token in tokens(talk.prompt)
        talk.press(token)
        seen.append((talk.session.locale, talk.prompt.name))

    assert seen == [("fr-x-simple", "intro"), ("fr", "intro"), ("fr-x-simple", "intro")]


def test_simpler_words_stand_wherever_the_language_can_be_changed_and_nowhere_else():
    talk = Talk(locale="fr")
    for token in ("l0", "g", "y", "a0"):
        shown = tokens(talk.press(token))
        assert ("e" in shown) == ("l" in shown)
    for aside in ("p", "x", "w"):
        assert {"l", "e"} <= set(tokens(talk.press(aside)))
        talk.press("g")


def test_a_language_without_simpler_words_has_no_button_for_them():
    talk = Talk(locale="bn")

    assert not {"e", "u"} & set(tokens(talk.press("l0")))


def test_whoever_uses_simpler_words_sees_their_language_as_the_one_in_use():
    talk = Talk(locale="fr")
    talk.press("l0", "e", "l")
    assert named(talk.prompt) == ["fr", "nl", "ar", "en", "tr"]

    talk.press("l0")

    assert (talk.session.locale, talk.prompt.name) == ("fr-x-simple", "intro")


def test_the_usual_words_can_be_reached_even_where_the_simpler_ones_are_gone():
    talk = Talk(locale="fr")
    talk.press("l0", "e")
    talk.instrument = replace(talk.instrument, variants=frozenset())

    talk.press("u")

    assert talk.session.locale == "fr"


def test_what_was_written_in_simpler_words_counts_as_written_in_the_language():
    talk = Talk(sixteen(small()), "fr")
    talk.press("l0", "e", "g", "y", "a1", "g")
    talk.reply(Typed("Plus de cours du soir"))
    talk.press("y")

    assert [text.language for text in talk.session.texts] == ["fr"]


def test_marks_that_were_set_stay_when_the_words_change():
    talk = Talk(sixteen(small()), "fr")
    talk.press("l0", "g", "y", "a1", "+0", "+2")

    talk.press("e", "l", "m", "l9")

    assert talk.session.marks == ("work", "time")
    assert [button.picked for button in talk.prompt.buttons if button.token[0] in "+-"] == [True, False, True]


@pytest.mark.parametrize("ticked, marks", [(("+0", "+2"), ("work", "time")), ((), ()), (None, ("cost",))])
def test_boxes_that_are_ticked_on_a_form_stay_when_the_words_change(ticked, marks):
    talk = Talk(sixteen(small()), "fr")
    talk.press("l0", "g", "y", "a1", "+1")

    talk.reply(Pressed("l", talk.session.turn, ticked))
    talk.reply(Pressed("l1", talk.session.turn, ()))

    assert talk.session.marks == marks


def test_a_plain_variant_and_its_language_find_each_other():
    assert (base_of("fr-x-simple"), base_of("fr"), simpler("fr")) == ("fr", "fr", "fr-x-simple")


MOVES = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 15), st.booleans()), max_size=40)


@given(moves=MOVES, every_type=st.booleans())
@settings(max_examples=120, deadline=None)
def test_changing_the_language_at_every_turn_changes_nothing_else(moves, every_type):
    talk = Talk(sixteen(small() if every_type else None), "fr")
    plain = Talk(talk.instrument, "fr")
    for place, language, by_typing in moves:
        prompt = plain.prompt
        token = prompt.buttons[place % len(prompt.buttons)].token
        if token[:1] in "lmeu" or (plain.session.aside or "").startswith("language"):
            token = "l0" if (plain.session.aside or plain.session.place) == "language" else ""
        if token:
            plain.press(token)
            talk.press(token)
        if plain.session.status is not Status.WAITING:
            break
        change(talk, language, by_typing)
        assert what_counts(talk.session) == what_counts(plain.session)


def change(talk, language, by_command):
    """Change the language by `/language` or by the button, from wherever one is; then the words."""
    session = talk.session
    if session.aside is not None or session.place == "language":
        return
    talk.reply(Asked(Wish.LANGUAGE)) if by_command else talk.press("l")
    talk.press("m", f"l{language}")
    if set(tokens(talk.prompt)) & {"e", "u"}:
        talk.press("e" if "e" in tokens(talk.prompt) else "u")


def what_counts(session):
    return session.model_dump(exclude={"locale", "turn", "marking_since", "texts"})
