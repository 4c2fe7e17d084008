"""From who was told what nobody learns who has finished, even with every key and every address."""

from datetime import timedelta

import pytest

from conversations.conduct import Hours
from conversations.identifiers import Locale
from conversations.letters import as_letter, invitation, reminder
from conversations.ports import Notice
from storage.keyring import KeyFolder
from storage.sealing import subkey
from tests.conftest import NOON
from tests.storage.disk import rows
from tests.storage.people import TODAY

PEOPLE = [f"telegram:{2_200_000_000_000 + number}:0" for number in range(40)]
FINISHED = frozenset(PEOPLE[::3])
CAUSES = (invitation("spring"), reminder("spring", 1), reminder("spring", 2))


def a_letter(address):
    return as_letter(Notice(address, Locale("fr"), "letter.reminder"), Hours(), "UTC", NOON)


async def everybody(told, cause, today):
    """Write as the program does: who has finished gets no letter, and the same row."""
    letters = {one: None if one in FINISHED else a_letter(one) for one in PEOPLE}
    await told.tell(cause, letters, today)


async def only_who_gets_a_letter(told, cause, today):
    """Write carelessly: nothing is noted of people who need no letter."""
    await told.tell(cause, {one: a_letter(one) for one in PEOPLE if one not in FINISHED}, today)


async def with_a_later_day(told, cause, today):
    """Write carelessly: people who need no letter are noted when the others are through."""
    await told.tell(cause, {one: a_letter(one) for one in PEOPLE if one not in FINISHED}, today)
    await told.tell(cause, dict.fromkeys(FINISHED), today + timedelta(days=1))


def kinds_of_people(folder):
    """Lay the people apart by what their rows say: the attacker holds keys, addresses and causes."""
    found = rows(folder, "SELECT id, cause, told_on FROM told")
    names = subkey(KeyFolder(folder).installation(), "told")
    kinds = {}
    for address in PEOPLE:
        own = {subkey(names, f"{cause}\0{address}") for cause in ("week", *CAUSES)}
        said = frozenset((cause, day) for id_, cause, day in found if id_ in own)
        kinds.setdefault(said, set()).add(address)
    return list(kinds.values())


@pytest.mark.parametrize("write, apart", [(everybody, 1), (only_who_gets_a_letter, 2), (with_a_later_day, 2)])
async def test_rows_of_people_who_have_finished_are_those_of_all_others(tmp_path, sqlite, write, apart):
    for number, cause in enumerate(CAUSES):
        await write(sqlite.told, cause, TODAY + timedelta(days=8 * number))

    kinds = kinds_of_people(tmp_path)

    assert len(kinds) == apart
    assert (FINISHED in kinds) == (apart == 2)
