"""Rounds from plan to release, over memory and SQLite: each transition once, late ones at start."""

import contextlib
import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from bot.hearing import Address, Phone
from conversations.errors import ReleaseError, RoundError, StorageError
from conversations.moves import Pressed, Typed
from conversations.ports import Contact
from conversations.rounds import RoundState
from tests.bot.houses import MovableClock, a_house, answer, opened, plan

ROOT = Path(__file__).parents[2]


@pytest.fixture
def clock():
    return MovableClock()


@pytest.fixture(params=["memory", "sqlite"])
async def house(request, tmp_path, clock):
    async with a_house(request.param, tmp_path, clock) as house:
        yield house


async def test_a_round_opens_closes_and_is_released_by_itself(house, clock):
    round_ = await plan(house, opens_in=timedelta(hours=1))
    assert await house.campaigns.advance_due() == []

    clock.advance(timedelta(hours=2))
    assert await house.campaigns.advance_due() == [(round_.id, RoundState.OPEN)]
    await answer(house, round_=await house.stores.rounds.get(round_.id), people=25)
    clock.advance(timedelta(days=30))

    done = await house.campaigns.advance_due()

    assert done == [(round_.id, RoundState.CLOSED), (round_.id, RoundState.RELEASED)]
    assert await house.campaigns.advance_due() == []
    document = json.loads(await house.publisher.show(round_.id, "json", "en"))
    assert document["tables"][0]["groups"][0]["people"] == 25


async def test_a_round_that_passed_while_nobody_was_awake_makes_every_transition_once(house, clock):
    round_ = await plan(house, opens_in=timedelta(hours=1))
    clock.advance(timedelta(days=400))

    done = [state for _, state in await house.campaigns.advance_due()]

    assert done == [RoundState.OPEN, RoundState.CLOSED, RoundState.RELEASED]
    document = json.loads(await house.publisher.show(round_.id, "json", "en"))
    assert document["tables"][0]["groups"][0]["people"] is None


async def test_a_release_is_the_same_bytes_however_often_it_is_made(house):
    round_ = await opened(house)
    await answer(house, round_, 30)
    await house.campaigns.close(round_.id)
    first = await house.campaigns.release(round_.id)
    content = await house.publisher.show(round_.id, "json", "en")

    again = await house.campaigns.release(round_.id)

    assert again == first
    assert await house.publisher.show(round_.id, "json", "en") == content


async def test_after_the_release_no_box_and_no_key_of_the_round_is_left(house):
    round_ = await opened(house)
    await answer(house, round_, 12)
    await house.campaigns.close(round_.id)
    await house.campaigns.release(round_.id)

    assert await house.stores.answers.count(round_.id) == 0
    with pytest.raises(StorageError):
        house.stores.keyring.round_secret(round_.id)


async def test_an_open_round_cannot_be_released(house):
    round_ = await opened(house)

    with pytest.raises(RoundError, match="close it first"):
        await house.campaigns.release(round_.id)
    with pytest.raises(ReleaseError, match="not released"):
        await house.publisher.show(round_.id, "json", "en")


async def test_two_rounds_of_one_questionnaire_in_one_city_may_not_be_open_together(house):
    await plan(house)

    with pytest.raises(RoundError, match="same questionnaire"):
        await plan(house, opens_in=timedelta(days=20))


async def test_a_round_that_closes_before_it_opens_is_refused(house):
    with pytest.raises(RoundError, match="before it opens"):
        await plan(house, lasts=timedelta(seconds=-1))


async def test_a_cancelled_round_does_not_open(house, clock):
    round_ = await plan(house, opens_in=timedelta(hours=1))
    await house.campaigns.cancel(round_.id)
    clock.advance(timedelta(days=1))

    assert await house.campaigns.advance_due() == []
    with pytest.raises(RoundError):
        await house.campaigns.open(round_.id)


@pytest.fixture
def own_pack(tmp_path):
    """The shipped pack as one of the installation's own, to be reworded."""
    folder = tmp_path / "benchmarks" / "language-learning"
    shutil.copytree(ROOT / "conversations" / "benchmarks" / "language-learning", folder)
    return folder / "questionnaire.toml"


async def test_the_questions_of_an_open_round_are_those_it_was_opened_with(tmp_path, clock, own_pack):
    somebody, phone = Address("web", "c" * 16, returns=False), Phone(("en",))
    async with a_house("sqlite", tmp_path, clock) as house:
        round_ = await opened(house)
        for token in ("l0", "g", "y"):
            turn = (await house.dialogue.look(somebody, phone)).screen
            await house.dialogue.hear(somebody, None, Pressed(token, turn.turn), phone, turn.mark)
    own_pack.write_text(
        own_pack.read_text("utf-8").replace("Which sentence fits you best?", "Who are you?"), "utf-8"
    )

    async with a_house("sqlite", tmp_path, clock) as house:
        seen = (await house.dialogue.look(somebody, phone)).screen
        reworded = house.definitions.pack("language-learning")[1].questions[0].label

    assert reworded == "Who are you?"
    assert seen.texts[0].text == "Which sentence fits you best?"
    assert round_.definitions["questionnaire"]


async def test_a_round_that_cannot_move_keeps_no_other_from_moving(tmp_path, clock, caplog):
    text = (ROOT / "conversations/cities/port-saule/city.toml").read_text("utf-8")
    for key in ("first-town", "other-town"):
        folder = tmp_path / "cities" / key
        folder.mkdir(parents=True)
        (folder / "city.toml").write_text(text.replace('"port-saule"', f'"{key}"'), "utf-8")
    async with a_house("sqlite", tmp_path, clock) as house:
        broken = await plan(house, opens_in=timedelta(hours=1), city="first-town")
        sound = await plan(house, opens_in=timedelta(hours=2), city="other-town")
        (tmp_path / "cities" / "first-town" / "city.toml").write_text("name = [", "utf-8")
        clock.advance(timedelta(hours=3))

        done = await house.campaigns.advance_due()

    assert done == [(sound.id, RoundState.OPEN)]
    assert broken.id in caplog.text


async def test_what_lay_idle_for_two_weeks_is_erased(house, clock):
    round_ = await opened(house)
    somebody = Address("web", "a" * 16, returns=False)
    await house.dialogue.hear(somebody, None, Pressed("l0", 1), Phone(("en",)))
    clock.advance(timedelta(days=13))
    await house.campaigns.tidy()
    assert (await house.dialogue.look(somebody, Phone(("en",)))).screen.name == "intro"

    clock.advance(timedelta(days=2))
    await house.campaigns.tidy()

    assert (await house.dialogue.look(somebody, Phone(("en",)))).screen.name == "language"
    assert round_.state is RoundState.OPEN


async def test_people_sent_become_boxes_ten_at_a_time(house):
    round_ = await opened(house)
    await answer(house, round_, 9)
    await house.campaigns.tidy()
    assert list(await house.stores.answers.open_boxes(round_.id)) == []

    await answer(house, round_, 1, seed=2, name="one more")
    await house.campaigns.tidy()

    assert len(await house.stores.answers.open_boxes(round_.id)) == 10
    assert await house.stores.answers.count(round_.id) == 10


async def test_whoever_asked_for_it_is_told_when_a_real_round_opens_with_a_way_out(house, tmp_path):
    folder = tmp_path / "cities" / "wellbrook"
    folder.mkdir(parents=True)
    text = (ROOT / "conversations/cities/port-saule/city.toml").read_text("utf-8")
    text = text.replace('"port-saule"', '"wellbrook"')
    text = text.replace("demonstration = true", "demonstration = false")
    (folder / "city.toml").write_text(text, "utf-8")
    await house.stores.contacts.opt_in(
        Contact("telegram:1099511627777:0", "ar"), house.campaigns.now().date()
    )

    await opened(house)
    await house.mailings.go_on()
    assert await house.stores.outbox.waiting() == []

    real = await house.campaigns.open((await plan(house, city="wellbrook")).id)
    await house.mailings.go_on()

    parcels = await house.stores.outbox.waiting()
    assert [parcel.notice.address for parcel in parcels] == ["telegram:1099511627777:0"]
    screen = house.saying.render_notice(parcels[0].notice)
    assert screen.tag in real.languages
    assert [button.token for button in screen.buttons] == [f"n.round.{real.id}", "n.news.no"]


async def test_texts_that_nobody_read_are_shut_after_ninety_days(house, clock):
    round_ = await opened(house)
    somebody, phone = Address("web", "b" * 16, returns=False), Phone(("en",))
    heard = await house.dialogue.join(somebody, None, round_.id, phone)
    while heard.screen.name != "thanks":
        screen = heard.screen
        reply = Pressed(screen.buttons[0].token, screen.turn)
        if screen.question == "not_asked":
            reply = Typed("More courses in the evening")
        heard = await house.dialogue.hear(somebody, None, reply, phone, screen.mark)
    await house.campaigns.close(round_.id)
    await house.campaigns.release(round_.id)
    kept = await house.stores.answers.open_texts(round_.id)
    assert [(text.key_factor, text.text) for text in kept] == [("L11", "More courses in the evening")]

    clock.advance(timedelta(days=91))
    await house.campaigns.tidy()

    with contextlib.suppress(StorageError):
        assert await house.stores.answers.open_texts(round_.id) == []
