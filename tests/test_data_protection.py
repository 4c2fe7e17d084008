"""What the pages on data protection say is kept is what is kept: every column, file and number, both ways."""

import importlib
import re
import shutil
import sqlite3
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from conversations.identifiers import Locale, RoundId
from conversations.ports import Contact, Outcome
from storage.backup import Backups
from storage.envelope import Cost
from storage.escrow import Escrow
from storage.files import UNFINISHED
from storage.opening import open_stores
from storage.restoring import restore
from tests.bot.houses import MovableClock, a_house, answer, opened
from tests.conftest import NOON
from tests.pages import DOCS, ROOT, codes, section, table_rows
from tests.storage.people import a_notice

PAGE = DOCS / "data-protection.md"
CHEAP = Cost(1, 8 * 1024**2)
PASSPHRASE = "five words that nobody says"
TODAY = NOON.date()
OF_NOBODY = {
    "conversations/schedule.py: DAY": "a day; what is no whole number of them is counted as it passes",
    "conversations/schedule.py: LOOKED_AHEAD": "so far ahead rounds of series are compared",
    "bot/demonstration.py: LASTED": "how long an invented round lasted",
    "bot/demonstration.py: LINKS_LAST": "how long links of invented relays count",
    "bot/demonstration.py: AGO": "how long ago an invented round was",
    "bot/programme.py: LASTS": "how long what is known of the rounds is taken for new",
    "bot/relays.py: LASTS": "how long what is known of the relays is taken for new",
    "bot/commands/relays.py: A_YEAR": "how long links count where nobody says",
    "bot/mailing.py: READ_AGAIN": "until contacts are looked through again, for those who came meanwhile",
    "bot/outlook.py: SHORTEST": "the least that hours are counted for, on a night of clock change",
    "conversations/reminders.py: LAST_DAY": "before the close of a round, when nobody is reminded",
    "bot/doctor/coming.py: SOON": "so long before links of a relay end somebody hears of it",
    "bot/doctor/inside.py: BACKUP_AGE": "how old a weekly backup may be",
    "bot/telegram/inbox.py: POLL": "how long one request to Telegram waits",
    "bot/telegram/webhook.py: PATIENCE": "how long one request of Telegram waits",
    "bot/telegram/doorway.py: RENEWAL": "how often the webhook is looked after",
}
"""Durations after which nothing of anybody goes; each other one has its row."""


# --- columns


def columns_of(schema: str) -> set[str]:
    """Every column that a schema makes."""
    database = sqlite3.connect(":memory:")
    database.executescript((ROOT / "storage" / schema).read_text("utf-8"))
    found = database.execute(
        "SELECT s.name || '.' || c.name FROM sqlite_schema s, pragma_table_info(s.name) c"
        " WHERE s.type = 'table'"
    )
    names = {name for (name,) in found}
    database.close()
    return names


def test_every_column_has_its_row_and_every_row_its_column():
    told = [name for row in table_rows(section(PAGE, "Every column")) for name in codes(row[0])]
    main, contacts = columns_of("schema.sql"), columns_of("schema_contacts.sql")

    assert "open_sessions.sealed" in main
    assert "contacts.sealed" in contacts
    assert sorted(told) == sorted([*main, *contacts])


def test_every_row_says_what_it_is_and_until_when():
    rows = [row for heading in ("In short", "Every column", "Every file", "Every number")
            for row in table_rows(section(PAGE, heading))]  # fmt: skip

    assert len(rows) > 60
    assert [row for row in rows if not all(row)] == []


# --- files


class Watched:
    """Every file below one folder that this program opens."""

    def __init__(self) -> None:
        self.folder: Path | None = None
        self.seen: set[str] = set()

    def __call__(self, event: str, args: tuple) -> None:
        if event == "open" and self.folder is not None and isinstance(args[0], str | Path):
            path = Path(args[0])
            if path.is_relative_to(self.folder) and not path.is_dir():
                self.seen.add(path.relative_to(self.folder).as_posix())

    def look(self) -> None:
        """Add what lies there now: SQLite opens its files by itself."""
        assert self.folder is not None
        self.seen |= {
            path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*") if path.is_file()
        }


WATCHED = Watched()
sys.addaudithook(WATCHED)  # it cannot be taken off again; without a folder it does nothing


@pytest.fixture
def watched(tmp_path):
    WATCHED.folder, WATCHED.seen = tmp_path / "data", set()
    yield WATCHED
    WATCHED.folder = None


def as_pattern(name: str) -> str:
    """A file's name as it is written in the table, as a pattern: capitals stand for others."""
    pattern = re.escape(name).replace("FOLDER/", "(?:.+/)?")
    return re.sub(r"\b[A-Z]{3,}\b", "[^/]+", pattern)


async def a_small_life(folder: Path, watched: Watched) -> None:
    """A round from its opening to its release, with all that may leave a file on the way."""
    for kind, key in (("cities", "port-saule"), ("benchmarks", "language-learning")):
        shutil.copytree(ROOT / "conversations" / kind / key, folder / kind / key)
    clock = MovableClock()
    backups, keys = Backups(folder, "1.0", CHEAP), Escrow(folder, CHEAP)
    backup, somebody = folder.parent / "monday.backup", Contact("telegram:7300099123456:0", Locale("fr"))
    async with a_house("sqlite", folder, clock) as house:
        stores = house.stores
        stores.claim_serving()
        stores.last_heard.mark(clock())
        round_ = await opened(house)
        await answer(house, round_, 12)
        stores.keyring.hold_round(RoundId("held"), PASSPHRASE)
        keys.write(folder.parent / "round.keys", PASSPHRASE, [round_.id])
        await stores.contacts.opt_in(somebody, TODAY)
        await stores.contacts.opt_out(somebody.address)
        watched.look()
        await backups.take(backup, PASSPHRASE, house.campaigns.tidy, 10, TODAY)
        await house.campaigns.close(round_.id)
        await house.campaigns.release(round_.id)
        watched.look()
    restore(folder, backup, PASSPHRASE, TODAY, replace=True)
    watched.look()


@pytest.mark.slow
async def test_every_file_has_its_row_and_every_row_its_file(tmp_path, watched):
    await a_small_life(tmp_path / "data", watched)

    told = [name for row in table_rows(section(PAGE, "Every file")) for name in codes(row[0])]
    rowless = {
        file for file in watched.seen if not any(re.fullmatch(as_pattern(name), file) for name in told)
    }
    fileless = {
        name for name in told if not any(re.fullmatch(as_pattern(name), file) for file in watched.seen)
    }
    assert any(file.endswith(UNFINISHED) for file in watched.seen)
    assert rowless == set()
    assert fileless == set()


# --- numbers


def constant(place: str) -> object:
    """The value of a constant named as `file: NAME`."""
    path, name = place.split(": ")
    return getattr(importlib.import_module(path.removesuffix(".py").replace("/", ".")), name)


def in_words(value: object, unit: str) -> str:
    """A number as the table writes it, in its unit."""
    if isinstance(value, timedelta):
        steps = {"day": timedelta(days=1), "hours": timedelta(hours=1)}
        value = value / next(
            (step for name, step in steps.items() if unit.startswith(name)), timedelta(seconds=1)
        )
    if unit == "%":
        value = round(float(value) * 100)  # type: ignore[arg-type]
    assert float(value) == int(value)  # type: ignore[arg-type,call-overload]
    return f"{int(value):,} {unit}"  # type: ignore[call-overload]


async def days_that_seen_numbers_last(stores) -> int:
    """After how many days a message that came in before counts as new."""
    take, day = stores.conversations.take_turn, 0
    await take("7", {}, TODAY, lambda _: Outcome())
    while day < 10:
        day += 1
        await stores.conversations.forget_updates(TODAY + timedelta(days=day))
        if await take("7", {}, TODAY + timedelta(days=day), lambda _: Outcome()) is not None:
            return day
    return day


async def days_that_unsaid_words_last(stores) -> int:
    """After how many days a notice that could not be said is dropped."""
    await stores.conversations.take_turn(None, {}, TODAY, lambda _: Outcome(notices=(a_notice(),)))
    day = 0
    while day < 10 and await stores.outbox.waiting():
        day += 1
        await stores.outbox.drop_old(TODAY + timedelta(days=day))
    return day


MEASURED = {"seen numbers": days_that_seen_numbers_last, "unsaid words": days_that_unsaid_words_last}


@pytest.fixture
async def stores(tmp_path):
    stores = await open_stores(tmp_path / "measured")
    yield stores
    await stores.close()


async def test_every_number_is_that_of_the_code(stores):
    wrong = []
    for what, number, place in table_rows(section(PAGE, "Every number")):
        unit = number.partition(" ")[2]
        if place.startswith("measured: "):
            found: object = await MEASURED[place.removeprefix("measured: ")](stores)
        else:
            values = [constant(name) for name in codes(place)]
            found = values[0] if len(values) == 1 else sum(values)  # type: ignore[call-overload]
        if in_words(found, unit) != number:
            wrong.append((what, number, in_words(found, unit)))

    assert wrong == []


def durations() -> set[str]:
    """Every duration that has a name in the program."""
    return {
        f"{path.relative_to(ROOT).as_posix()}: {name}"
        for package in ("bot", "conversations", "reports", "storage")
        for path in (ROOT / package).rglob("*.py")
        for name in re.findall(r"^([A-Z_]+)(?:: \w+)? = timedelta\(", path.read_text("utf-8"), re.MULTILINE)
    }


def test_every_duration_has_its_row_or_is_of_nobody():
    told = {name for row in table_rows(section(PAGE, "Every number")) for name in codes(row[2])}

    assert durations() - told == set(OF_NOBODY)


def test_no_number_is_told_without_its_row():
    """What stands in words above, with a unit that the table of numbers has, stands there as well."""
    numbers = {row[1] for row in table_rows(section(PAGE, "Every number"))}
    units = {number.partition(" ")[2] for number in numbers} - {"day"}
    others = [section(PAGE, heading) for heading in ("In short", "Every column", "Every file")]
    told = set(re.findall(rf"\b\d[\d,]* (?:{'|'.join(units)})(?!\w)", "\n".join(others)))

    assert {"14 days", "90 days", "365 days", "880 bytes"} <= told
    assert told - numbers == set()
