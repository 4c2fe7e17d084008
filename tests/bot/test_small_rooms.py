"""Settings, local times, people in files, the terminal: the smaller rooms of the house."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.config import Settings, read_settings
from bot.hearing import Address, Phone
from bot.identity import participant_key
from bot.local_times import add_local, both_ways, read_duration, read_local, read_zone
from bot.people import read_people, throw_people, write_people
from bot.play import Play
from conversations.errors import RoundError, SettingsError
from tests.bot.houses import MovableClock, a_house, opened
from tests.instruments import shipped

BRUSSELS = ZoneInfo("Europe/Brussels")


def test_a_local_time_is_converted_once_and_shown_both_ways():
    moment = read_local("2027-01-18T09:00", BRUSSELS)

    assert moment == datetime(2027, 1, 18, 8, tzinfo=UTC)
    assert both_ways(moment, BRUSSELS) == "2027-01-18 09:00 Europe/Brussels (2027-01-18 08:00 UTC)"


@pytest.mark.parametrize(
    "text", ["2027-03-28T02:30", "2027-10-31T02:30", "2027-02-29T09:00", "9 am", "2027-01-18T09:00Z"]
)
def test_times_that_are_not_one_moment_are_refused(text):
    with pytest.raises(RoundError):
        read_local(text, BRUSSELS)


def test_three_weeks_over_a_clock_change_keep_the_hour():
    opens = read_local("2027-03-15T09:00", BRUSSELS)

    closes = add_local(opens, read_duration("3weeks"), BRUSSELS)

    assert closes.astimezone(BRUSSELS).hour == 9
    assert closes - opens == timedelta(days=21, hours=-1)


@pytest.mark.parametrize("text", ["", "3", "weeks", "-1day", "1.5days", "3 fortnights", "0days"])
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(RoundError, match="3weeks"):
        read_duration(text)


def test_an_unknown_zone_is_refused():
    with pytest.raises(RoundError, match="IANA"):
        read_zone("Brussels")


def test_an_unknown_setting_is_named_and_no_value_shown():
    with pytest.raises(SettingsError, match="PORTEVOIX_TOKEN") as caught:
        read_settings({"PORTEVOIX_TOKEN": "12345:secret"})

    assert "secret" not in str(caught.value)


def test_a_token_is_not_shown_with_the_settings():
    settings = Settings(_env_file=None, telegram_token="12345:secret-token")

    assert "secret" not in f"{settings!r} {settings} {settings.model_dump()}"


def test_pseudonyms_differ_by_round_channel_account_and_person():
    keys = {
        participant_key(Address(channel, account, person), secret)
        for channel in ("telegram", "web")
        for account in ("1", "11")
        for person in (0, 1)
        for secret in (b"a" * 32, b"b" * 32)
    }

    assert len(keys) == 16
    assert all(len(key) == 64 for key in keys)


def test_people_go_through_a_file_unchanged():
    people = throw_people(shipped(), 40, seed=4)

    again = read_people(shipped(), write_people(shipped(), people), "people.csv")

    assert [dict(person.answers) for person in again] == [dict(person.answers) for person in people]


def test_the_same_seed_makes_the_same_people():
    assert throw_people(shipped(), 10, 7) == throw_people(shipped(), 10, 7)
    assert throw_people(shipped(), 10, 7) != throw_people(shipped(), 10, 8)


def test_a_side_may_stand_for_the_question_that_asks_it():
    people = read_people(shipped(), "side,age\nhost,a25_34\nmigrant,\n", "people.csv")

    assert [person.answers.get("relation") for person in people] == [("always_here",), ("came_from_abroad",)]


@pytest.mark.parametrize(
    "text,said",
    [
        ("", "row 1"),
        ("nothing\n1\n", "nothing"),
        ("gender\nqueen\n", "row 2, column gender"),
        ("gender\nwoman,man\n", "row 2"),
        ("gender\nwoman man\n", "one code"),
        ("weeks_waited\n9999\n", "weeks_waited"),
        ("hard_to_attend\nmoon\n", "hard_to_attend"),
    ],
)
def test_a_wrong_file_of_people_is_refused_with_its_place(text, said):
    with pytest.raises(RoundError, match=said):
        read_people(shipped(), text, "people.csv")


async def test_the_terminal_plays_the_same_conversation(tmp_path):
    lines = iter(["", "", "1", "2", "/why", "why this question?", "", "back", "3", *[""] * 40])
    written = []
    async with a_house("memory", tmp_path, MovableClock()) as house:
        round_ = await opened(house)
        await Play(house.dialogue, round_.id, Phone(("en",)), lambda: next(lines, None), written.append).go()

    said = "\n".join(written)
    assert "Which language would you like to use?" in said
    assert "Why do we ask this?" in said
    assert "Thank you! Your answers have been sent." in said
