"""What the bot says in a group whose admin asks for an invitation: few words, and ways to answer alone."""

import re
from collections.abc import Sequence
from datetime import datetime

from bot.desk import Desk
from bot.i18n import LANGUAGES
from bot.links import payload_in
from bot.screens import Screen, ScreenButton, ScreenText
from conversations.identifiers import Locale
from conversations.instrument import Instrument
from conversations.prompts import ButtonKind
from conversations.relays import NOWHERE, Arrival, Relay
from conversations.wording import say

AT_ONCE = 3  # languages of a group that nobody named any for
MOST = 8  # languages in one message, so that it can be read
_BETWEEN = re.compile(r"[\s,;]+")


async def invitation(desk: Desk, asked: str, now: datetime) -> Screen:
    """Return what to say in a group; a button's token is what it carries to the private chat.

    `asked` are languages, or a relay's link of whatever channel, or both. Nothing is kept.
    """
    await desk.relays.refresh(now)
    instruments = await desk.programme.open_now(now)
    words = [word for word in _BETWEEN.split(asked) if word]
    named = [Locale(word.lower()) for word in words if word.lower() in desk.catalogues.tags]
    links = [payload_in(word) for word in words if word.lower() not in desk.catalogues.tags]
    came = desk.relays.arrival(links[0], now) if links else NOWHERE
    relay = desk.relays.named(came.relay) if isinstance(came, Arrival) and not came.assisted else None
    speaks = named or (list(relay.languages) if relay else [])
    if links and relay is None:
        return _only(desk, speaks, "notice.link_strange")
    way = came if isinstance(came, Arrival) else NOWHERE
    for instrument in instruments.values():
        if not instrument.conduct.listening and way.leads_to(instrument.city.key, instrument.series):
            return _inviting(desk, instrument, relay, speaks)
    return _only(desk, speaks, "notice.none_open")


def _inviting(desk: Desk, instrument: Instrument, relay: Relay | None, speaks: Sequence[Locale]) -> Screen:
    """Return the invitation to a round, in each language, each with its own button."""
    offered = [tag for tag in speaks if tag in instrument.languages] or instrument.languages[:AT_ONCE]
    texts, buttons = [], []
    for tag in offered[:MOST]:
        voice = desk.catalogues.voice(tag, instrument.city.host_language)
        city = voice.say(instrument.city_words("name"))
        texts.append(ScreenText(voice.say(say("group.invite", city=city)), "body", tag))
        payload = desk.relays.payload(relay, "telegram", tag) if relay else ""
        buttons.append(ScreenButton(payload, voice.say(say("group.answer")), ButtonKind.ANSWER, tag=tag))
    return _screen(offered[0], texts, buttons)


def _only(desk: Desk, speaks: Sequence[Locale], key: str) -> Screen:
    """Return one kind sentence, in the first language of the group."""
    tag = speaks[0] if speaks else Locale(desk.catalogues.tags[0])
    return _screen(tag, [ScreenText(desk.catalogues.voice(tag).say(say(key)), "body", tag)], [])


def _screen(tag: str, texts: Sequence[ScreenText], buttons: Sequence[ScreenButton]) -> Screen:
    direction = LANGUAGES[tag].direction
    return Screen(
        name="group_invite", tag=tag, direction=direction, texts=tuple(texts), buttons=tuple(buttons)
    )
