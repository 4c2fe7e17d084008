"""Whole conversations, held in four ways that nobody can tell apart."""

import unicodedata
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from conversations.wording import say
from tests.fake_bot_api import FakeBotApi
from tests.journeys.household import in_memory, on_disk
from tests.journeys.on_telegram import OnTelegram
from tests.journeys.on_the_web import OnTheWeb
from tests.journeys.transcripts import Turn, lines_of, name_of, plain, read, write
from tests.journeys.ways import Straight, like

FILES = sorted(Path(__file__).parent.glob("*.toml"))
WAYS = ("memory", "sqlite", "telegram", "web")
EXPECTED = {
    "both-sides-not-stated",
    "changed-mind",
    "language-switch",
    "newcomer-in-arabic",
    "newcomer-in-bengali",
    "newcomer-in-french",
    "newcomer-in-kurmanji",
    "newcomer-in-persian",
    "pause-and-restart",
    "refuses-consent",
    "resident-in-english",
    "resident-in-greek",
    "resident-in-latvian",
    "simpler-words-in-french",
    "stop-and-erase",
    "tell-us",
    "typed-only",
}


@asynccontextmanager
async def a_way(name, journey, folder):
    """Somebody with the phone of a journey, ready to talk in one of the four ways."""
    if name == "telegram":
        async with (
            FakeBotApi() as api,
            OnTelegram(on_disk(folder), journey.phone, api, **like(journey)) as way,
        ):
            yield way
        return
    ways = {"memory": Straight, "sqlite": Straight, "web": OnTheWeb}
    opening = in_memory() if name == "memory" else on_disk(folder)
    async with ways[name](opening, journey.phone, **like(journey)) as way:
        yield way


# Each file in memory first, so that `--update` has written it before the other ways read it.
@pytest.mark.parametrize(
    "file, name",
    [pytest.param(file, name, id=f"{file.stem}-{name}") for file in FILES for name in WAYS],
)
async def test_a_journey_goes_as_written(file, name, tmp_path, update):
    journey = read(file)

    async with a_way(name, journey, tmp_path) as way:
        turns = await way.go(journey)
        kept = await way.kept()

    if update and name == "memory":
        write(file, replace(journey, turns=turns, kept=kept))
        journey = read(file)
    for seen, expected in zip(turns, journey.turns, strict=True):
        assert (seen.does, seen.seen) == (expected.does, expected.seen)
    assert kept == journey.kept


def test_the_journeys_are_there_and_say_something_in_every_script():
    journeys = {file.stem: read(file) for file in FILES}

    assert set(journeys) >= EXPECTED
    assert {journey.phone for journey in journeys.values()} >= {"ar", "en", "fr", "el", "lv", "tr"}
    said = {*"".join(line for one in journeys.values() for turn in one.turns for line in turn.seen.says)}
    assert {"ARABIC", "BENGALI", "GREEK", "LATIN"} <= {
        unicodedata.name(sign, "?").split()[0] for sign in said
    }
    assert all(turn.seen.says for journey in journeys.values() for turn in journey.turns)
    verbs = {turn.verb for journey in journeys.values() for turn in journey.turns}
    assert verbs >= {"start", "press", "mark", "type", "restart", "language", "stop"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_file_is_written_as_it_was_read(file, tmp_path):
    write(tmp_path / file.name, read(file))

    assert (tmp_path / file.name).read_text("utf-8") == file.read_text("utf-8")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_first_choice_of_every_prompt_leads_forward(file):
    journey = read(file)
    quiet = {"Back", "Retour", "رجوع", "Skip", "Passer", "Pause", "Stop and erase", "Arrêter et effacer"}

    firsts = [name_of(turn.seen.choices[0]) for turn in journey.turns if turn.seen.choices]

    assert firsts
    assert not quiet & set(firsts)


async def test_telegram_asks_after_the_thanks_whether_to_write_again(tmp_path):
    journey = read(Path(__file__).parent / "newcomer-in-french.toml")

    async with FakeBotApi() as api, OnTelegram(on_disk(tmp_path), "fr", api) as way:
        await way.go(journey)
        thanks, news = [shown for shown in way.person.chat if shown.from_bot]
        asked, offered = news.text, [plain(label) for row in news.rows for label in row]
        await way.person.press(0, news)
        await way.settled()
        contacts = await way.house.stores.contacts.all()
        voice = way.house.catalogues.voice("fr")

    buttons = ("notice.news_yes_button", "notice.news_no_button")
    assert asked == voice.say(say("notice.news_ask"))
    assert offered == [plain(voice.say(say(key))) for key in buttons]
    assert lines_of([thanks.text]) == journey.turns[-1].seen.says
    assert [(contact.address, contact.locale) for contact in contacts] == [(f"telegram:{2**41}:0", "fr")]


async def test_sessions_in_memory_are_documents_between_any_two_turns():
    opening = in_memory()

    async with Straight(opening, "en") as way:
        for does in ("start", "press: English", "press: Go on"):
            await way.do(Turn(does))
            (document,) = way.house.stores.keyring.drafts.values()
            assert isinstance(document, bytes)
