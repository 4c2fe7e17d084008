"""What the dialogue makes of everything people send: odd messages, old buttons, codes, news."""

from datetime import timedelta

import pytest

from bot.hearing import Address, Phone
from conversations.identifiers import UpdateId
from conversations.moves import Asked, Marked, Pressed, Typed, Unreadable, Wish
from tests.bot.somebody import ENGLISH, FIRST_QUESTION, ON_PAGE, ON_PHONE, Somebody
from tests.conftest import NOON
from tests.journeys.household import ROUND, a_round, household, in_memory, on_disk, open_round


@pytest.fixture
async def house():
    async with household(in_memory()) as house:
        await open_round(house)
        yield house


@pytest.fixture(params=["memory", "sqlite"])
async def stored_house(request, tmp_path):
    async with household(in_memory() if request.param == "memory" else on_disk(tmp_path)) as house:
        await open_round(house)
        yield house


# One round, or none


@pytest.mark.parametrize("flushed", [False, True])
@pytest.mark.parametrize("address", [ON_PHONE, ON_PAGE])
async def test_who_has_answered_is_thanked_and_asked_nothing_more(house, flushed, address):
    somebody = Somebody(house, address)
    await somebody.answer_everything()
    if flushed:
        await house.stores.answers.flush(ROUND, 1)

    for reply in (
        Asked(Wish.START),
        Typed("1"),
        Typed("hello"),
        Unreadable("unreadable"),
        Asked(Wish.LANGUAGE),
    ):
        await somebody.hear(reply)
        assert somebody.screen.name == "already"
        assert "March 22, 2026" in somebody.screen.texts[0].text

    assert await house.stores.answers.count(ROUND) == 1


async def test_where_no_round_is_open_the_next_day_is_named_if_there_is_one():
    async with household(in_memory()) as house:
        somebody = Somebody(house)
        await somebody.type("hello")
        nothing = somebody.screen.name
        await house.campaigns.plan(
            a_round("later", opens_at=NOON + timedelta(days=40), closes_at=NOON + timedelta(days=60))
        )
        await somebody.hear(Asked(Wish.START))

    assert nothing == "none_open"
    assert somebody.screen.name == "next_opens"
    assert "April 11, 2026" in somebody.screen.texts[0].text


async def test_stopping_where_nothing_was_begun_says_that_nothing_is_kept(house):
    somebody = Somebody(house)

    await somebody.hear(Asked(Wish.STOP))

    assert somebody.screen.name == "erased"
    assert not house.stores.keyring.drafts


# What is no answer


async def test_odd_messages_get_a_kind_sentence_and_change_no_answer(house):
    somebody = Somebody(house)
    await somebody.begin(*FIRST_QUESTION, "a0", "a1", "a0")
    answers = (await somebody.session()).answers
    asked = [text.text for text in somebody.screen.texts]

    replies = [
        Unreadable("unreadable"),
        Typed(""),
        Typed(" \n "),
        Typed("x" * 5000),
        Typed("😀"),
        Typed("-4"),
    ]
    for reply in [*replies, Typed("1e3"), Typed("9" * 30), Typed("\x00")]:
        await somebody.hear(reply)
        assert somebody.screen.texts[0].role == "notice"
        assert [text.text for text in somebody.screen.texts[1:]] == asked

    assert (await somebody.session()).answers == answers


async def test_an_old_button_is_answered_by_a_short_word_only(house):
    somebody = Somebody(house)
    await somebody.begin(*FIRST_QUESTION)
    old = somebody.screen
    await somebody.press("a0")
    before = await somebody.session()

    for token in ("a1", "b", "x", "+0", "nothing"):
        heard = await somebody.hear(Pressed(token, old.turn), old.mark)
        assert "earlier question" in heard.toast
    forged = await somebody.hear(Pressed("a7", before.turn), before.mark)
    marked = await somebody.hear(Marked(("+0",), before.turn), before.mark)

    assert forged.toast
    assert marked.toast
    assert await somebody.session() == before


async def test_somebody_elses_button_presses_nothing(house):
    one, other = Somebody(house), Somebody(house, Address("telegram", "70002"))
    await one.begin(*FIRST_QUESTION)
    before = await one.session()

    without = await other.hear(Pressed("a0", one.screen.turn), one.screen.mark)
    drafts = len(house.stores.keyring.drafts)
    await other.begin("l0")
    within = await other.hear(Pressed("a0", one.screen.turn), one.screen.mark)

    assert "is over" in without.toast
    assert drafts == 1
    assert "earlier question" in within.toast
    assert (await house.stores.conversations.draft(before.key)).session == before


async def test_an_update_that_comes_twice_is_heard_once(stored_house):
    somebody = Somebody(stored_house)
    await somebody.begin(*FIRST_QUESTION)
    pressed = Pressed("a0", somebody.screen.turn), somebody.screen.mark, UpdateId("telegram:1")

    first = await somebody.hear(*pressed)
    again = await somebody.hear(*pressed)
    typed = [(await somebody.hear(Typed("2"), update=UpdateId("telegram:2"))).fresh for _ in range(3)]
    seen = await stored_house.dialogue.look(ON_PHONE, ENGLISH)

    assert (first.fresh, again.fresh) == (True, False)
    assert typed == [True, False, False]
    assert seen.screen.steps[0] == 3


@pytest.mark.parametrize("topic", ["privacy", "help", "group", "withdraw", "unreadable"])
async def test_what_is_said_beside_a_session_changes_no_answer(house, topic):
    somebody = Somebody(house)
    await somebody.begin(*FIRST_QUESTION, "a0")
    before = await somebody.session()

    screen = await somebody.ask(topic)

    after = await somebody.session()
    assert screen.texts
    assert (after.answers, after.place, after.question) == (before.answers, before.place, before.question)


@pytest.mark.parametrize("topic", ["privacy", "help", "unreadable", "group"])
@pytest.mark.parametrize("language", ["en", "fr", "ar"])
async def test_what_is_said_without_a_session_begins_none(house, topic, language):
    somebody = Somebody(house, phone=Phone((language,)))

    screen = await somebody.ask(topic)

    assert screen.tag == language
    assert "{" not in "".join(text.text for text in screen.texts)
    assert not house.stores.keyring.drafts


async def test_when_no_round_is_open_the_last_one_says_who_is_responsible_even_after_a_restart(tmp_path):
    async with household(on_disk(tmp_path)) as house:
        await open_round(house)
        await house.campaigns.close(ROUND)
        await house.campaigns.release(ROUND)

    async with household(on_disk(tmp_path)) as house:
        screen = await Somebody(house).ask("privacy")

    words = "\n".join(text.text for text in screen.texts)
    assert "Office for Living Together" in words
    assert "privacy@port-saule.example" in words
    assert "through a partner of the city" in words


# Withdrawal codes


async def code_of(somebody):
    """Send with a code, and return it as it is shown."""
    await somebody.answer_everything(last="z")
    words = "".join(text.text for text in somebody.screen.texts)
    digits = [sign for sign in words.split("code:")[1] if sign.isdigit()]
    return "".join(digits[:16])


@pytest.mark.parametrize("flushed", [False, True])
@pytest.mark.parametrize("arabic", [False, True])
async def test_the_right_code_takes_answers_out_once(stored_house, flushed, arabic):
    one, other = Somebody(stored_house), Somebody(stored_house, Address("telegram", "70002"))
    await other.answer_everything()
    code = await code_of(one)
    if flushed:
        await stored_house.stores.answers.flush(ROUND, 1)
    typed = code.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")) if arabic else code

    taken = await one.ask(f"withdraw {typed[:4]} {typed[4:8]} {typed[8:]}")
    left = await stored_house.stores.answers.count(ROUND)
    again = await one.ask(f"withdraw {code}")

    assert (taken.name, left, again.name) == ("withdrawn", 1, "withdrawn")
    await one.answer_everything()
    assert await stored_house.stores.answers.count(ROUND) == 2


@pytest.mark.parametrize("flushed", [False, True])
async def test_a_wrong_code_takes_nothing_out(stored_house, flushed):
    somebody = Somebody(stored_house)
    code = await code_of(somebody)
    if flushed:
        await stored_house.stores.answers.flush(ROUND, 1)
    wrong = code[:-1] + str((int(code[-1]) + 1) % 10)

    said = [
        (await somebody.ask(f"withdraw {words}")).name for words in (wrong, code[:-1], f"{code}0", "hello")
    ]

    assert said == ["withdraw_unknown"] * 4
    assert (await somebody.ask("withdraw")).name == "withdraw_how"
    assert await stored_house.stores.answers.count(ROUND) == 1


async def test_without_a_code_nothing_can_be_taken_out(house):
    somebody = Somebody(house)
    await somebody.answer_everything(last="y")
    code = (await somebody.session()).withdrawal_code

    assert (await somebody.ask(f"withdraw {code}")).name == "withdraw_unknown"
    assert await house.stores.answers.count(ROUND) == 1


# News of the next round


async def test_news_are_opted_into_and_out_of_apart_from_answers(stored_house):
    somebody = Somebody(stored_house, phone=Phone(("fr",)))
    await somebody.answer_everything()
    contacts = stored_house.stores.contacts

    said = [(await somebody.ask(topic)).name for topic in ("news_yes", "news_yes")]
    kept = [(contact.address, contact.locale) for contact in await contacts.all()]
    ended = await somebody.ask("news_no")

    assert said == ["news_yes", "news_yes"]
    assert kept == [("telegram:70001:0", "fr")]
    assert ended.name == "news_no"
    assert list(await contacts.all()) == []


@pytest.mark.parametrize(
    "words, kept", [("yes, write to me", 1), ("OUI, ÉCRIVEZ-MOI", 1), ("No, thank you", 0)]
)
async def test_the_question_about_news_takes_typed_words_only_where_it_was_asked(house, words, kept):
    somebody = Somebody(house)
    await somebody.begin(*FIRST_QUESTION)
    await somebody.type(words)
    too_early = somebody.screen.texts[0].role, list(await house.stores.contacts.all())
    await somebody.hear(Asked(Wish.STOP))
    await somebody.press("y")
    await somebody.answer_everything()

    await somebody.type(words)

    assert too_early == ("notice", [])
    assert somebody.screen.name == ("news_yes" if kept else "news_no")
    assert len(await house.stores.contacts.all()) == kept


async def test_a_page_cannot_write_first_and_says_so(house):
    somebody = Somebody(house, ON_PAGE)
    await somebody.answer_everything()

    screen = await somebody.ask("news_yes")

    assert screen.name == "news_none"
    assert list(await house.stores.contacts.all()) == []
