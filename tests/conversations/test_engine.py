"""The engine, one move at a time; the session goes through JSON at every turn."""

from datetime import timedelta

import pytest

from conversations.engine import Beginning, Step, expire, resume, start
from conversations.errors import NotWaiting, StaleReply
from conversations.events import Answered, Completed, Expired, Removed, Withdrawn
from conversations.identifiers import Locale, ParticipantKey
from conversations.moves import Asked, Marked, Pressed, Typed, Unreadable, Wish
from conversations.prompts import ButtonKind, Prompt
from conversations.session import Session, Status, read_session
from tests.conftest import NOON
from tests.instruments import shipped, small


class Talk:
    """Plays one conversation, keeping the session as a document between moves."""

    def __init__(self, instrument, locale="en"):
        self.instrument = instrument
        beginning = Beginning(
            key=ParticipantKey("k" * 64),
            mark="abc123",
            withdrawal_code="1234567890123456",
            locale=Locale(locale),
        )
        self.take(start(instrument, beginning, NOON))

    def take(self, step: Step) -> Prompt | None:
        self.document = step.session.model_dump_json()
        self.events = step.events
        self.prompt = step.prompts[-1] if step.prompts else None
        return self.prompt

    @property
    def session(self) -> Session:
        return read_session(self.document)

    def reply(self, reply) -> Prompt | None:
        return self.take(resume(self.instrument, self.session, reply, NOON))

    def press(self, *tokens: str) -> Prompt | None:
        for token in tokens:
            self.reply(Pressed(token, self.session.turn))
        return self.prompt

    def begin(self) -> Prompt | None:
        return self.press("l0", "g", "y")


def lead(prompt: Prompt) -> str:
    return next(part.words.key for part in prompt.paragraphs if part.role == "lead")


def test_the_phones_language_is_offered_first():
    talk = Talk(shipped(), "ar")

    names = [dict(button.label.values)["tag"] for button in talk.prompt.buttons]

    assert names == ["ar", "fr", "en"]


def test_language_then_who_asks_then_consent_then_the_relation_to_the_city():
    talk = Talk(shipped())

    seen = [talk.prompt.name] + [talk.press(token).name for token in ("l0", "g", "y")]

    assert seen == ["language", "intro", "consent", "question"]
    assert talk.prompt.question == "relation"


@pytest.mark.parametrize("code,total", [("a0", 17), ("a1", 12), ("a2", 17)])
def test_migrants_and_both_have_seventeen_questions_and_hosts_twelve(code, total):
    talk = Talk(shipped())
    talk.begin()
    assert talk.prompt.progress is None

    positions = [talk.press(code).progress]
    while talk.prompt.name == "question":
        positions.append(talk.prompt.progress)
        talk.press("s")

    assert positions[0] == (2, total)
    assert positions[1:] == [(place, total) for place in range(2, total + 1)]


def test_whoever_does_not_state_a_side_chooses_the_questions_and_answers_eighteen():
    talk = Talk(shipped())
    talk.begin()
    talk.press("d2")
    assert talk.prompt.question == "which_questions"
    talk.press("a0")

    assert talk.prompt.progress == (3, 18)


def test_saying_no_to_consent_keeps_nothing():
    talk = Talk(shipped())
    talk.press("l0", "g", "o")

    assert talk.session.status is Status.WITHDRAWN
    assert talk.events == (Withdrawn(),)
    assert talk.prompt is None


def test_back_leads_all_the_way_to_the_language():
    talk = Talk(small())
    talk.begin()

    names = [talk.press("b").name for _ in range(3)]

    assert names == ["consent", "intro", "language"]


def test_an_answer_whose_question_left_the_path_is_removed():
    talk = Talk(small())
    talk.begin()
    talk.press("a0", "g", "a1")
    talk.reply(Typed("12"))
    talk.press("g", "a2")
    assert talk.prompt.question == "words"
    talk.press("b", "b", "b", "b")
    assert talk.prompt.question == "course"

    talk.press("a0")

    assert set(talk.session.answers) == {"relation", "welcome_note", "course", "obstacles"}
    removed = [event for event in talk.events if isinstance(event, Removed)]
    assert removed == [Removed("weeks"), Removed("late")]
    assert talk.prompt.question == "words"


def test_an_answer_can_be_changed_from_the_review_and_leads_back_to_it():
    talk = Talk(small())
    talk.begin()
    talk.press("a1", "g", "s")
    assert talk.prompt.name == "review"

    talk.press("c", "q0", "a0")

    assert talk.prompt.question == "welcome_note"
    talk.press("g", "a0")
    assert talk.prompt.name == "review"


def test_several_choices_are_marked_and_unmarked_even_by_quick_taps_on_earlier_turns():
    talk = Talk(small())
    talk.begin()
    talk.press("a1")
    turn = talk.session.turn
    for token in ("+0", "+2", "+0", "-2", "+1"):
        talk.reply(Pressed(token, turn))

    assert talk.session.marks == ("work", "cost")
    talk.press("g")
    assert talk.session.answers["obstacles"].codes == ("work", "cost")


def test_marks_of_a_form_are_taken_at_once():
    talk = Talk(small())
    talk.begin()
    talk.press("a1")

    talk.reply(Marked(("+2", "+0"), talk.session.turn))

    assert talk.session.answers["obstacles"].codes == ("work", "time")


def test_an_old_button_is_refused():
    talk = Talk(small())
    talk.begin()
    turn = talk.session.turn
    talk.press("a0")

    with pytest.raises(StaleReply):
        resume(small(), talk.session, Pressed("a1", turn), NOON)


def test_a_button_that_the_prompt_does_not_have_is_refused():
    talk = Talk(small())

    with pytest.raises(StaleReply):
        talk.press("z")


@pytest.mark.parametrize(
    "text,notice",
    [
        ("soon", "reject.not_a_number"),
        ("501", "reject.out_of_range"),
        ("-3", "reject.not_a_number"),
        ("   ", "reject.empty"),
        ("9" * 4000, "reject.not_a_number"),
    ],
)
def test_words_that_are_no_number_ask_again_kindly(text, notice):
    talk = Talk(small())
    talk.begin()
    talk.press("a0", "g", "a1")

    talk.reply(Typed(text))

    assert talk.prompt.question == "weeks"
    assert talk.prompt.paragraphs[0].words.key == notice
    assert "weeks" not in talk.session.answers


@pytest.mark.parametrize("digits", ["14", "١٤", "۱۴", "১৪", "१४"])
def test_digits_of_every_script_are_numbers(digits):
    talk = Talk(small())
    talk.begin()
    talk.press("a0", "g", "a1")

    talk.reply(Typed(digits))

    assert talk.session.answers["weeks"].number == 14


def test_a_text_over_its_limit_is_not_kept():
    talk = Talk(small())
    talk.begin()
    talk.press("a1", "g")

    talk.reply(Typed("x" * 41))
    assert talk.prompt.paragraphs[0].words.key == "reject.too_long"

    talk.reply(Typed("x" * 40))
    assert talk.prompt.name == "review"


@pytest.mark.parametrize("aside", ["w", "l", "p", "x"])
def test_whatever_is_said_beside_the_way_leads_back_by_its_first_button(aside):
    talk = Talk(shipped())
    talk.begin()
    talk.press("a0")
    question = talk.prompt.question
    talk.press(aside)
    assert talk.prompt.name != "question"

    talk.press(talk.prompt.buttons[0].token)

    assert (talk.prompt.name, talk.prompt.question) == ("question", question)


def test_another_language_keeps_answers_and_place():
    talk = Talk(shipped())
    talk.begin()
    talk.press("a0")
    before = talk.session
    talk.press("l", "l2")

    assert talk.session.locale == "ar"
    assert (talk.session.answers, talk.session.question) == (before.answers, before.question)


def test_stop_asks_once_and_then_erases():
    talk = Talk(shipped())
    talk.begin()
    talk.press("a0")
    talk.reply(Asked(Wish.STOP))
    assert talk.prompt.name == "stop"

    talk.press("y")

    assert talk.session.status is Status.WITHDRAWN
    assert talk.session.answers == {}


def test_a_session_that_expired_keeps_nothing_and_takes_nothing():
    talk = Talk(shipped())
    talk.begin()
    talk.press("a0")
    talk.take(expire(talk.session))

    assert talk.events == (Expired(),)
    assert talk.session.answers == {}
    with pytest.raises(NotWaiting):
        resume(shipped(), talk.session, Pressed("b", talk.session.turn), NOON + timedelta(days=1))


def test_what_is_sent_is_a_sheet_and_texts_without_a_person():
    talk = Talk(small())
    talk.begin()
    talk.press("a0", "g", "a2")
    talk.reply(Typed("٨"))
    talk.press("+1", "g")
    talk.reply(Typed("More evening courses"))
    talk.press("z")

    assert talk.events == (Completed(),)
    assert talk.session.sheet.model_dump() == {
        "side": "migrant",
        "answers": {"relation": ("came",), "course": ("much",), "weeks": ("8",), "obstacles": ("cost",)},
        "relay": "",
        "came_by": "directly",
        "assisted": False,
    }
    assert [text.model_dump() for text in talk.session.texts] == [
        {"side": "migrant", "key_factor": "L11", "question": "words", "text": "More evening courses"}
        | {"language": "en"}
    ]
    assert talk.session.answers == {}
    assert "1234 5678 9012 3456" in str(talk.prompt.paragraphs)


def test_sending_without_asking_for_a_code_names_none():
    talk = Talk(small())
    talk.begin()
    talk.press("a1", "g", "s", "y")

    assert "1234" not in str(talk.prompt.paragraphs)


def test_a_photo_is_answered_kindly_and_changes_nothing():
    talk = Talk(small())
    talk.begin()
    before = talk.session.answers

    talk.reply(Unreadable("unreadable"))

    assert talk.prompt.paragraphs[0].words.key == "reject.unreadable"
    assert talk.session.answers == before


def test_the_first_button_of_every_prompt_leads_to_the_end():
    talk = Talk(shipped())
    for _ in range(80):
        if talk.session.status is Status.SENT:
            break
        assert talk.prompt.buttons[0].kind is not ButtonKind.CONTROL
        talk.press(talk.prompt.buttons[0].token)

    assert talk.session.status is Status.SENT


def test_a_session_does_not_show_what_was_said_when_it_is_logged():
    talk = Talk(small())
    talk.begin()
    talk.press("a0")

    assert "came" not in f"{talk.session!r} {talk.session} {talk.session.answers!r}"
    assert Answered("relation") in talk.events
