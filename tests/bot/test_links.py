"""A relay's link is read whole and unchanged, or not at all: forged, spoilt, old, foreign and long ones."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.i18n import OFFERABLE
from bot.links import CHANNELS, LONGEST, read_link, write_link
from bot.relays import Relays
from conversations.errors import RelayError
from conversations.identifiers import Code, Locale, RelayId
from conversations.relays import (
    LONGEST_NAME,
    NOWHERE,
    Arrival,
    Refusal,
    Relay,
    Stranger,
    clean_name,
    is_same_name,
)
from storage.memory.relays import MemoryRelays
from tests.conftest import NOON

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
RELAY = Relay(
    id=RelayId("r0007"),
    number=7,
    name="House of Women",
    kind="association",
    city="port-saule",
    series="learning",
    languages=(Locale("ar"), Locale("fr")),
    ends_on=NOON.date() + timedelta(days=100),
)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@pytest.fixture
async def relays():
    store = MemoryRelays()
    await store.add(RELAY)
    known = Relays(store, KEY, "https://voix.example/")
    await known.refresh(NOON)
    return known


def refusal(said):
    assert isinstance(said, Stranger), said
    return said.reason


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("tag", OFFERABLE)
def test_a_link_says_what_was_written_in_at_most_64_signs_that_telegram_takes(channel, tag):
    payload = write_link(KEY, RELAY, channel, Locale(tag))
    said = read_link(KEY, payload)

    assert re.fullmatch(r"r[A-Za-z0-9_-]{48}", payload)
    assert len(payload) <= LONGEST
    assert (said.number, said.generation, said.channel, said.locale, said.ends_on) == (
        7, 1, channel, tag, RELAY.ends_on,
    )  # fmt: skip


async def test_a_link_shows_the_way_to_its_series_by_its_relay_in_its_language(relays):
    payload = relays.payload(RELAY, "web", Locale("ar"))

    assert relays.arrival(payload, NOON, "web") == Arrival(
        series="learning",
        city="port-saule",
        relay=RelayId("r0007"),
        came_by=Code("association"),
        locale=Locale("ar"),
    )
    assert relays.arrival("", NOON, "web") == NOWHERE


async def test_every_truncation_is_refused(relays):
    payload = relays.payload(RELAY, "web", Locale("ar"))

    for length in range(1, len(payload)):
        assert refusal(relays.arrival(payload[:length], NOON)) is Refusal.UNREADABLE
        assert refusal(relays.arrival("r" + payload[1:][-length:] + "r", NOON))


async def test_every_changed_sign_is_refused(relays):
    """Each of the 48 signs changed into each of the 63 others: every flipped bit is among them."""
    payload = relays.payload(RELAY, "web", Locale("ar"))

    for place in range(1, len(payload)):
        for sign in ALPHABET:
            if sign != payload[place]:
                changed = payload[:place] + sign + payload[place + 1 :]
                assert refusal(relays.arrival(changed, NOON)) in (Refusal.FORGED, Refusal.FOREIGN)


async def test_65_signs_are_too_many_whatever_they_are(relays):
    payload = relays.payload(RELAY, "web", Locale("ar"))

    assert refusal(relays.arrival(payload + "A" * 16, NOON)) is Refusal.TOO_LONG
    assert refusal(relays.arrival("r" * 65, NOON)) is Refusal.TOO_LONG
    assert refusal(relays.arrival(payload + "A" * 15, NOON)) is Refusal.UNREADABLE


async def test_a_link_of_another_installation_is_known_as_such(relays):
    payload = write_link(OTHER_KEY, RELAY, "web", Locale("ar"))

    assert refusal(relays.arrival(payload, NOON)) is Refusal.FOREIGN


async def test_a_link_counts_on_its_own_channel_only(relays):
    payload = relays.payload(RELAY, "telegram", Locale("ar"))

    assert refusal(relays.arrival(payload, NOON, "web")) is Refusal.OTHER_CHANNEL
    assert isinstance(relays.arrival(payload, NOON, "telegram"), Arrival)


async def test_a_link_counts_to_the_end_of_its_last_day(relays):
    payload = relays.payload(RELAY, "web", Locale("ar"))
    last = NOON + timedelta(days=100)

    assert isinstance(relays.arrival(payload, last.replace(hour=23, minute=59)), Arrival)
    assert refusal(relays.arrival(payload, last + timedelta(days=1))) is Refusal.EXPIRED


@pytest.mark.parametrize(
    "change",
    [{"revoked": True}, {"generation": 2}, {"series": "housing"}, {"city": "port-lune"}, {"number": 8}],
)
async def test_a_link_of_a_relay_that_is_not_what_it_was_counts_no_more(relays, change):
    payload = relays.payload(RELAY, "web", Locale("ar"))
    await relays._store.change(replace(RELAY, **change))
    relays.forget()
    await relays.refresh(NOON)

    assert refusal(relays.arrival(payload, NOON)) is Refusal.REVOKED


async def test_what_another_process_changed_is_known_a_second_later(relays):
    payload = relays.payload(RELAY, "web", Locale("ar"))
    await relays._store.change(replace(RELAY, revoked=True))

    await relays.refresh(NOON + timedelta(seconds=0.9))
    assert isinstance(relays.arrival(payload, NOON), Arrival)
    await relays.refresh(NOON + timedelta(seconds=1))
    assert refusal(relays.arrival(payload, NOON)) is Refusal.REVOKED


@settings(max_examples=100, deadline=None)
@given(st.text() | st.from_regex(r"\A[rcf][A-Za-z0-9_-]{0,63}\Z"))
def test_any_text_may_come_in(text):
    assert isinstance(Relays(MemoryRelays(), KEY).arrival(text, NOON), Stranger | Arrival)


async def test_links_are_made_for_the_channels_that_there_are(relays):
    both = relays.links(RELAY, "voix_bot")

    assert [(link.channel, link.locale) for link in both] == [
        ("web", "ar"), ("telegram", "ar"), ("web", "fr"), ("telegram", "fr"),
    ]  # fmt: skip
    assert both[0].address.startswith("https://voix.example/r/r")
    assert both[1].address.startswith("https://t.me/voix_bot?start=r")
    assert {link.channel for link in relays.links(RELAY)} == {"web"}
    assert relays.links(replace(RELAY, revoked=True), "voix_bot") == []
    assert Relays(MemoryRelays(), KEY).links(RELAY) == []


async def test_a_page_is_found_by_its_whole_secret_only(relays):
    secret = "ABCDEFGHJKMNPQRSTVWXYZ012345"
    await relays._store.change(replace(RELAY, page=relays.page_print(secret)))
    relays.forget()
    await relays.refresh(NOON)

    assert relays.at_page(secret).id == RELAY.id
    assert relays.at_page(secret[:-1]) is relays.at_page("") is relays.at_page("É" * 28) is None


@pytest.mark.parametrize("name", ["", "   ", "x" * (LONGEST_NAME + 1), "a\u202eb", "a\x00b", "a\ud800"])
def test_a_name_that_cannot_be_read_is_refused(name):
    with pytest.raises(RelayError):
        clean_name(name)


def test_names_are_the_same_whatever_their_spaces_and_case():
    assert clean_name("  Maison   des\nfemmes ") == "Maison des femmes"
    assert clean_name("خانه\u200cٔ زنان") == "خانه\u200cٔ زنان"
    assert is_same_name("STRASSE", "straße")
    assert not is_same_name("Maison", "Maisons")


def test_a_relay_shows_no_secret_of_itself():
    shown = repr(replace(RELAY, page=b"p" * 32, facilitator=b"f" * 32))

    assert "ppp" not in shown
    assert "fff" not in shown
