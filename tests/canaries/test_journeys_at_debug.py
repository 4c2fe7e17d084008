"""The conversations of the journeys once more, every logger at DEBUG: no line tells who said what."""

import asyncio
import traceback
from asyncio import constants
from functools import partial

import pytest

from tests.fake_bot_api import FakeBotApi
from tests.journeys.household import in_memory, on_disk
from tests.journeys.on_telegram import OnTelegram
from tests.journeys.on_the_web import OnTheWeb
from tests.journeys.test_journeys import FILES
from tests.journeys.transcripts import read
from tests.journeys.ways import Straight, like

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

SHORTEST = 10  # characters; a shorter word also stands in names of loggers and files
WAYS = {"memory": FILES, "sqlite": FILES, "telegram": FILES[::2], "web": FILES[1::2]}


def said_in(journey):
    """What was typed, pressed and kept, as far as it is long enough to be told from other words."""
    words = {turn.does.partition(": ")[2] for turn in journey.turns}
    for kept in journey.kept:
        words |= {*kept.texts, *(str(code) for codes in kept.answers.values() for code in codes)}
    return {word for word in words if len(word) >= SHORTEST}


async def have(journey, way, folder, words):
    """Have the conversation in one way; what identifies the person is added to `words`."""
    if way == "telegram":
        async with (
            FakeBotApi() as api,
            OnTelegram(on_disk(folder), journey.phone, api, **like(journey)) as there,
        ):
            words |= {api.token, str(there.person.account_id)}
            await there.go(journey)
        return
    if way == "web":
        async with OnTheWeb(on_disk(folder), journey.phone, **like(journey)) as there:
            await there.go(journey)
            words |= {cookie.value for cookie in there.reader.session.cookie_jar}
        return
    opening = in_memory() if way == "memory" else on_disk(folder)
    async with Straight(opening, journey.phone, **like(journey)) as there:
        await there.go(journey)


@pytest.mark.parametrize("way", WAYS)
async def test_no_line_holds_what_was_said_or_by_whom(way, tmp_path, heard, capfd, monkeypatch):
    # Where each step and request was made: names and lines of code alone, of which one frame is enough.
    monkeypatch.setattr(constants, "DEBUG_STACK_DEPTH", 1)
    monkeypatch.setattr(traceback, "extract_stack", partial(traceback.extract_stack, limit=1))
    asyncio.get_running_loop().set_debug(True)
    words, lines = set(), 0
    for file in WAYS[way]:
        journey = read(file)
        await have(journey, way, tmp_path / file.stem, words)
        words |= said_in(journey)
        written = "".join(heard) + "".join(capfd.readouterr())
        assert not [word for word in words if word in written], file.stem
        lines += len(heard)
        heard.clear()
    asyncio.get_running_loop().set_debug(False)

    assert len(words) > 10
    assert lines > 0 or way == "memory"
