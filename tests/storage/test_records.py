"""What every keeper of rounds, releases and contacts promises."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from conversations.errors import RoundError
from conversations.identifiers import Fingerprint, Locale
from conversations.ports import Contact
from conversations.progress import Step
from conversations.rounds import RoundState
from tests.storage.people import ADDRESS, OTHER_ROUND, ROUND, TODAY, TOMORROW, a_round

CONTENT = '{"format": "portevoix-release/1", "round": "é"}'.encode()
HERE = Contact(ADDRESS, Locale("fr"))


async def test_a_round_comes_out_with_all_its_facts(stores):
    round_ = a_round(
        state=RoundState.CLOSED,
        draft_languages=(Locale("bn"),),
        demonstration=True,
        k=12,
        definitions={"questionnaire": Fingerprint("f" * 64)},
        opened_at=datetime(2026, 3, 2, 8, 0, 3, tzinfo=UTC),
        closed_at=datetime(2026, 3, 23, 8, 0, 1, 5, tzinfo=UTC),
    )

    await stores.rounds.add(round_)

    assert await stores.rounds.get(ROUND) == round_


async def test_a_round_is_added_once(stores):
    await stores.rounds.add(a_round())

    with pytest.raises(RoundError, match="already"):
        await stores.rounds.add(a_round(name="Another"))

    assert (await stores.rounds.get(ROUND)).name == "Spring"


async def test_an_unknown_round_is_none(stores):
    assert await stores.rounds.get(ROUND) is None


async def test_rounds_come_newest_opening_first(stores):
    east = timezone(timedelta(hours=9))
    await stores.rounds.add(a_round(opens_at=datetime(2026, 3, 2, 8, tzinfo=UTC)))
    await stores.rounds.add(a_round(OTHER_ROUND, opens_at=datetime(2026, 3, 2, 16, tzinfo=east)))

    assert [round_.id for round_ in await stores.rounds.all()] == [ROUND, OTHER_ROUND]


async def test_a_transition_has_one_winner(stores):
    planned = a_round()
    await stores.rounds.add(planned)
    opened = replace(planned, state=RoundState.OPEN, opened_at=datetime(2026, 3, 2, 8, tzinfo=UTC))

    assert await stores.rounds.advance(planned, opened) is True
    assert await stores.rounds.advance(planned, opened) is False

    assert await stores.rounds.get(ROUND) == opened


async def test_a_round_that_is_not_there_does_not_advance(stores):
    assert await stores.rounds.advance(a_round(), a_round(state=RoundState.OPEN)) is False


async def test_a_definition_is_kept_as_it_first_was(stores):
    assert await stores.rounds.definition("f1") is None

    await stores.rounds.keep_definition("f1", '{"a": "é"}')
    await stores.rounds.keep_definition("f1", "another")

    assert await stores.rounds.definition("f1") == '{"a": "é"}'


async def test_a_release_is_frozen_once(stores):
    sha256 = hashlib.sha256(CONTENT).hexdigest()

    assert await stores.releases.read(ROUND) is None
    assert await stores.releases.freeze(ROUND, CONTENT) == sha256
    assert await stores.releases.freeze(ROUND, b"later figures") == sha256

    assert await stores.releases.read(ROUND) == CONTENT
    assert await stores.releases.parts(ROUND) == [("tables", sha256)]
    assert await stores.releases.all() == [(ROUND, "tables", sha256)]


async def test_each_part_of_a_release_is_frozen_once_and_parts_stand_in_the_order_of_their_freezing(stores):
    first = await stores.releases.freeze(ROUND, CONTENT)
    texts = await stores.releases.freeze(ROUND, b"texts", "texts")
    second = await stores.releases.freeze(ROUND, b"more", "tables-2")
    other = await stores.releases.freeze(OTHER_ROUND, b"other")

    assert await stores.releases.freeze(ROUND, b"later", "tables-2") == second
    assert await stores.releases.read(ROUND, "tables-2") == b"more"
    assert await stores.releases.read(ROUND, "tables-3") is None
    parts = [("tables", first), ("texts", texts), ("tables-2", second)]
    assert await stores.releases.parts(ROUND) == parts
    every = [(OTHER_ROUND, "tables", other), *((ROUND, *part) for part in parts)]
    assert sorted(await stores.releases.all()) == sorted(every)


async def test_steps_of_progress_are_kept_by_side_and_forgotten_with_their_round(stores):
    steps = [Step("", 25, 40, TODAY), Step("host", 10, 20, TODAY)]
    await stores.progress.keep(ROUND, steps)
    await stores.progress.keep(ROUND, [Step("", 50, 60, TOMORROW)])

    assert await stores.progress.steps(ROUND) == [Step("", 50, 60, TOMORROW), steps[1]]
    assert await stores.progress.steps(OTHER_ROUND) == []

    await stores.progress.forget(ROUND)

    assert await stores.progress.steps(ROUND) == []


async def test_opting_in_twice_is_opting_in_once_in_the_later_language(stores):
    await stores.contacts.opt_in(HERE, TODAY)
    await stores.contacts.opt_in(Contact(ADDRESS, Locale("ar")), TODAY)

    assert await stores.contacts.all() == [Contact(ADDRESS, Locale("ar"))]


async def test_opting_out_forgets_the_contact(stores):
    await stores.contacts.opt_in(HERE, TODAY)

    assert await stores.contacts.opt_out(ADDRESS) is True
    assert await stores.contacts.opt_out(ADDRESS) is False
    assert await stores.contacts.all() == []


async def test_contacts_that_nobody_used_are_forgotten(stores):
    await stores.contacts.opt_in(HERE, TODAY)
    await stores.contacts.opt_in(Contact("web:2", Locale("en")), TOMORROW)

    assert await stores.contacts.forget_unused(TOMORROW) == 1
    assert await stores.contacts.all() == [Contact("web:2", Locale("en"))]


async def test_with_contacts_that_nobody_used_goes_what_they_were_told(stores):
    await stores.contacts.opt_in(HERE, TODAY)
    await stores.contacts.opt_in(Contact("web:2", Locale("en")), TOMORROW)
    await stores.told.tell("invite:spring", {ADDRESS: None, "web:2": None}, TODAY)

    await stores.contacts.forget_unused(TOMORROW)

    assert await stores.told.told(["invite:spring"]) == 1
    assert set(await stores.told.due("invite:spring", [ADDRESS, "web:2"], TODAY)) == {ADDRESS}
