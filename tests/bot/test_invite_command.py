"""What staff see before and while letters are handed out: steps of ten, no rare language, and who sends."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.outlook import OTHER, finish, look_ahead
from conversations.conduct import Hours
from storage.opening import open_stores
from tests.bot.houses import MovableClock
from tests.bot.mail import LANGUAGES, ZONE, Postman, a_post_house, an_open_round, opt_in
from tests.bot.programs import command, logs_as_before, refused, run
from tests.bot.telegram_side import until
from tests.journeys.household import a_round, household, on_disk

MONDAY = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
ALL_DAY = {"hours": {"first": "00:00", "last": "23:59:59.999999"}}
NIGHT = {"hours": {"first": "00:00", "last": "00:00:00.000001"}}


@pytest.fixture
def clock():
    return MovableClock(MONDAY)


@pytest.fixture
async def house(tmp_path, clock):
    async with a_post_house("memory", tmp_path, clock) as house:
        yield house


async def look(house, round_):
    return await look_ahead(house.mailings.registry, house.mailings, round_, house.campaigns.now())


async def test_people_and_languages_are_told_in_steps_and_rare_languages_together(house):
    await opt_in(house, range(33), "fr")
    await opt_in(house, range(33, 40), "ar")
    await opt_in(house, range(40, 43), "en")
    round_ = await an_open_round(house, languages=("fr", "ar", "en"))

    ahead = await look(house, round_)

    assert (ahead.people, ahead.languages) == (50, {"fr": 40, OTHER: 10})
    assert ahead.begins_at == MONDAY
    assert ahead.ends_at == MONDAY + timedelta(seconds=43 / 25)


async def test_what_is_due_before_the_opening_is_an_invitation_and_after_all_letters_nothing(house, clock):
    await opt_in(house, range(12))
    times = {"opens_at": MONDAY + DAY, "closes_at": MONDAY + 22 * DAY, "demonstration": False}
    planned = await house.campaigns.plan(a_round("later", **times))

    before = await look(house, planned)
    clock.advance(DAY)
    round_ = await house.campaigns.open(planned.id, LANGUAGES)
    await Postman(house).deliver()
    after = await look(house, round_)

    assert (before.causes, before.people, before.begins_at) == (("invite:later",), 20, MONDAY + DAY)
    assert after.people == 0


async def test_the_cap_delays_the_end(house, clock):
    await opt_in(house, range(30))
    first = await an_open_round(house, closes_at=MONDAY + DAY)
    await Postman(house).deliver()
    clock.advance(DAY)
    await house.campaigns.close(first.id)
    second = await an_open_round(house, "second")

    ahead = await look(house, second)

    assert ahead.ends_at == datetime(2027, 3, 8, 8, 0, tzinfo=UTC) + timedelta(seconds=30 / 25)


def test_what_does_not_fit_into_the_hours_goes_on_the_next_day():
    begins = datetime(2027, 3, 1, 18, 0, tzinfo=UTC)  # an hour before they end

    ends = finish({begins.date(): 25 * 3600 * 2}, Hours(), ZONE, begins)

    assert ends == datetime(2027, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("PORTEVOIX_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


async def prepared(folder, conduct):
    """A data folder with thirty contacts and an open round."""
    now = datetime.now(UTC)
    async with household(on_disk(folder), clock=lambda: now) as house:
        await opt_in(house, range(25), "fr")
        await opt_in(house, range(25, 30), "ar")
        return (await an_open_round(house, conduct=conduct)).id


@pytest.mark.slow
def test_the_command_says_what_would_go_and_that_nobody_serves(folder, capsys):
    round_id = asyncio.run(prepared(folder, ALL_DAY))

    with logs_as_before():
        dry = command(capsys, "round", "invite", round_id, "--dry-run")
        wet = command(capsys, "round", "invite", round_id)

    assert dry.returncode == 0, dry.stderr
    assert f"{round_id}, invitation: to up to 30 people" in dry.stdout
    assert "in fr up to 30 people, other languages 10 people or fewer" in dry.stdout
    assert "nothing was sent" in dry.stdout
    assert wet.returncode == 1
    assert "start `portevoix serve`" in wet.stderr


@pytest.mark.slow
async def test_beside_a_program_that_serves_the_command_watches_until_all_are_handed_out(folder):
    from tests.fake_bot_api import FakeBotApi

    round_id = await prepared(folder, ALL_DAY)
    async with FakeBotApi() as api:
        phones = [api.person(account_id=2**41 + number) for number in range(30)]
        for phone in phones:
            api.telegram.rooms.chats[phone.account_id].started = True
        serving = await run(folder, "serve", api=api)
        await serving.is_up()

        done = await (await run(folder, "round", "invite", round_id)).ended()
        await until(lambda: all(phone.chat for phone in phones), timeout=60)  # handed out is not yet said
        stopped = await serving.stopped()

        assert [len(phone.chat) for phone in phones] == [1] * 30
    assert done[0] == 0, done[2]
    assert "handed out" in done[1] or "no letters are due" in done[1]
    assert stopped[0] == 0


@pytest.mark.slow
async def test_the_command_ends_when_the_program_that_serves_does(folder):
    round_id = await prepared(folder, ALL_DAY)
    serving = await open_stores(folder)
    serving.claim_serving()

    watching = await run(folder, "round", "invite", round_id)
    async with asyncio.timeout(60):
        while await serving.told.told([f"invite:{round_id}"]) < 30:
            await asyncio.sleep(0.1)
    await serving.close()
    code, _, error = await watching.ended()

    assert code == 1
    assert "the program that serves has stopped" in error


@pytest.mark.slow
def test_rounds_that_have_no_letters_are_refused(folder, capsys):
    refused(command(capsys, "round", "invite", "nowhere"), "no round nowhere")
