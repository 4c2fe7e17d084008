"""A release has parts: each frozen once, added from boxes that are kept, and attacked again at any time."""

import asyncio
import gzip
import json
import shutil
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.app import now
from bot.campaigns import Campaigns
from bot.verifying import verify
from conversations.errors import KeyHeld, ReleaseError, RoundError, StorageError
from conversations.identifiers import RoundId
from conversations.rounds import RoundState, months_after
from storage.boxes import new_box_id, seal_sheet
from storage.database import MIGRATIONS, Database
from storage.envelope import Cost
from storage.keyring import KeyFolder
from storage.opening import DATABASE
from tests.bot.houses import MovableClock, a_house, opened, plan
from tests.bot.test_command_line import portevoix, refused
from tests.conftest import NOON
from tests.reports.population import sheets
from tests.storage.disk import rows

__all__ = ["portevoix"]

pytestmark = pytest.mark.slow

CHEAP = Cost(1, 8 * 1024**2)
PASSPHRASE = "five words that nobody says"
KEPT = "groups = []\nquestions = ['opinion_asked']\nwho = ['gender']\nkeep_months = 6\n"
MORE = "groups = ['gender']\nquestions = ['opinion_asked']\nwho = ['gender']\n"
OTHER = "groups = []\nquestions = ['opinion_asked', 'would_join']\nwho = ['gender']\n"
PEOPLE = 120
BRUSSELS = ZoneInfo("Europe/Brussels")
FROZEN = Path(__file__).parents[1] / "reports" / "frozen"


def never():
    raise AssertionError("nobody is to be asked for the passphrase")


def held():
    return PASSPHRASE


def put_in_boxes(folder, house, round_id, people=PEOPLE):
    """Put the answers of people made of dice into boxes, as a flush leaves them."""
    public = house.stores.keyring.box_public(round_id)
    sealed = [(new_box_id(), round_id, seal_sheet(public, sheet)) for sheet in sheets(people)]
    with closing(sqlite3.connect(folder / DATABASE)) as database, database:
        database.executemany("INSERT INTO boxes (id, round, sealed) VALUES (?, ?, ?)", sealed)
        database.execute("UPDATE boxes SET withdrawal = zeroblob(32)")
        database.execute("INSERT INTO took_part (key, round) VALUES ('somebody', ?)", (round_id,))


async def a_held_round(house, folder):
    """An open round whose key staff hold and whose plan keeps the boxes for six months."""
    planned = await plan(house)
    await house.campaigns.cancel(planned.id)
    wanted = replace(planned, id=RoundId("kept"), state=RoundState.PLANNED)
    KeyFolder(folder, CHEAP).hold_round(wanted.id, PASSPHRASE)
    round_ = await house.campaigns.open((await house.campaigns.plan(wanted, PASSPHRASE, KEPT)).id)
    put_in_boxes(folder, house, round_.id)
    return round_


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A data folder with a released round whose boxes are kept, and the round's id."""
    folder = tmp_path_factory.mktemp("kept") / "data"

    async def fill():
        async with a_house("sqlite", folder, MovableClock()) as house:
            round_ = await a_held_round(house, folder)
            await house.campaigns.close(round_.id)
            await house.campaigns.release(round_.id, PASSPHRASE)
            return round_.id

    return folder, asyncio.run(fill())


@pytest.fixture
async def evening(kept, tmp_path):
    """The program over a copy of that folder: house, clock, folder, round."""
    folder, clock = Path(shutil.copytree(kept[0], tmp_path / "data")), MovableClock()
    async with a_house("sqlite", folder, clock) as house:
        yield house, clock, folder, kept[1]


def keys_of(folder, round_id):
    return {path.name for path in (folder / "keys" / "rounds" / round_id).iterdir()}


async def test_kept_boxes_stay_shut_without_anybodys_pseudonym_or_code(evening):
    house, _, folder, round_id = evening

    assert await house.stores.answers.boxed(round_id) == PEOPLE
    with pytest.raises(KeyHeld):
        await house.stores.answers.open_boxes(round_id)
    with pytest.raises(StorageError):
        house.stores.keyring.round_secret(round_id)
    assert rows(folder, "SELECT key FROM took_part") == []
    assert rows(folder, "SELECT DISTINCT withdrawal FROM boxes") == [(None,)]
    assert keys_of(folder, round_id) == {"boxes.held", "boxes.pub", "texts.held", "texts.pub"}


async def test_kept_boxes_and_their_key_are_destroyed_when_their_months_are_over(evening):
    house, clock, folder, round_id = evening
    clock.at = months_after(NOON.astimezone(BRUSSELS), 6) - timedelta(hours=1)
    await house.campaigns.tidy()
    assert await house.stores.answers.boxed(round_id) == PEOPLE

    clock.advance(timedelta(hours=1))
    await house.campaigns.tidy()

    assert await house.stores.answers.boxed(round_id) == 0
    assert not {"boxes.held", "boxes.pub"} & keys_of(folder, round_id)
    with pytest.raises(ReleaseError, match="are destroyed"):
        await house.campaigns.add(round_id, MORE, never)


async def test_nothing_is_opened_after_the_months_though_nobody_has_tidied_up(evening):
    house, clock, folder, round_id = evening
    clock.at = months_after(NOON.astimezone(BRUSSELS), 6)

    with pytest.raises(ReleaseError, match="are destroyed"):
        await house.campaigns.add(round_id, MORE, never)

    assert rows(folder, "SELECT id FROM boxes") == []


async def test_a_plan_adds_one_part_however_often_it_is_given(evening):
    house, clock, _, round_id = evening
    told = []

    @contextmanager
    def watch(total):
        assert total == PEOPLE
        yield told.append

    first = await house.campaigns.add(round_id, MORE, held, watch)
    content = await house.stores.releases.read(round_id, "tables-2")
    clock.advance(timedelta(days=400))
    again = await house.campaigns.add(round_id, MORE + "keep_months = 12\n", never)

    assert (first.name, first.before, again.before) == ("tables-2", False, True)
    assert again.sha256 == first.sha256
    assert sum(told) == PEOPLE
    document = json.loads(content)
    assert document["earlier"] == [(await house.stores.releases.parts(round_id))[0][1]]
    assert document["manifest"]["plan"]["keep_months"] == 6
    assert [part for part, _ in await house.stores.releases.parts(round_id)] == ["tables", "tables-2"]
    assert (await house.campaigns.add(round_id, KEPT, never)).name == "tables"


async def test_the_key_is_shut_again_after_a_part_and_after_a_refusal(evening):
    house, _, _, round_id = evening
    with pytest.raises(StorageError, match="passphrase"):
        await house.campaigns.add(round_id, MORE, lambda: "another passphrase")
    with pytest.raises(ReleaseError, match="merge the sides"):
        await house.campaigns.add(round_id, MORE + "merge_both_into_migrant = false\n", held)
    with pytest.raises(KeyHeld):
        await house.stores.answers.open_boxes(round_id)

    await house.campaigns.add(round_id, OTHER, held)

    with pytest.raises(KeyHeld):
        await house.stores.answers.open_boxes(round_id)


@pytest.mark.parametrize(
    "text,said",
    [
        ("groups = [", "TOML"),
        ("groups = ['shoe_size']", "shoe_size"),
        ("pairs = [['gender', 'age', 'years_here']]", "two different groups"),
        ("keep_months = 13", "keep_months"),
        ("k = 6", "6 people"),
    ],
)
async def test_a_plan_that_does_not_fit_is_refused_in_one_line(evening, text, said):
    house, _, _, round_id = evening

    with pytest.raises(RoundError, match=said) as refusal:
        await house.campaigns.add(round_id, text, never)

    assert "\n" not in str(refusal.value)


async def test_a_round_that_keeps_nothing_can_have_no_other_part(tmp_path):
    async with a_house("sqlite", tmp_path, MovableClock()) as house:
        round_ = await opened(house)
        with pytest.raises(ReleaseError, match="not released"):
            await house.campaigns.add(round_.id, MORE, never)
        await house.campaigns.close(round_.id)
        await house.campaigns.release(round_.id)

        with pytest.raises(ReleaseError, match="destroyed at its release"):
            await house.campaigns.add(round_.id, MORE, never)


async def test_months_are_kept_only_behind_a_key_that_staff_hold(tmp_path):
    async with a_house("memory", tmp_path, MovableClock()) as house:
        planned = await plan(house)
        await house.campaigns.cancel(planned.id)

        with pytest.raises(RoundError, match="--staff-key"):
            await house.campaigns.plan(replace(planned, state=RoundState.PLANNED), None, KEPT)


async def test_what_a_later_version_or_an_erasure_finds_is_the_same_bytes(evening):
    house, clock, folder, round_id = evening
    content = await house.stores.releases.read(round_id)
    with closing(sqlite3.connect(folder / DATABASE)) as database, database:
        database.execute("DELETE FROM boxes WHERE id IN (SELECT id FROM boxes LIMIT 30)")

    later = Campaigns(replace(house.registry, version="99"), clock)
    await later.close_if_due(round_id)
    sha256 = await later.release(round_id)

    assert await house.stores.releases.read(round_id) == content
    assert await house.stores.releases.parts(round_id) == [("tables", sha256)]
    assert await house.publisher.show(round_id, "json", "en") == content


async def test_boxes_that_a_backup_brings_back_are_not_released_a_second_time(evening):
    house, _, folder, round_id = evening
    with closing(sqlite3.connect(folder / DATABASE)) as database, database:
        database.execute("DELETE FROM releases")
        database.execute("UPDATE rounds SET state = 'closed', released_at = NULL")

    with pytest.raises(StorageError, match="gone"):
        await house.campaigns.release(round_id, PASSPHRASE)

    assert rows(folder, "SELECT part FROM releases") == []


async def test_all_parts_of_a_release_are_attacked_together(evening):
    house, _, _, round_id = evening
    await house.campaigns.add(round_id, MORE, held)

    (verdict,) = await verify(house.registry)

    assert [part.part for part in verdict.parts] == ["tables", "tables-2"]
    assert verdict.examination.faults == ()
    assert verdict.examination.bounds > 50
    with pytest.raises(RoundError, match="nowhere"):
        await verify(house.registry, RoundId("nowhere"))


def test_verifying_says_what_was_published_and_fails_on_a_changed_byte(portevoix, evening):
    _, _, folder, round_id = evening
    sound = portevoix("release", "verify")

    with closing(sqlite3.connect(folder / DATABASE)) as database, database:
        (content,) = database.execute("SELECT content FROM releases").fetchone()
        changed = content.replace(b'"people":120', b'"people":125', 1)
        assert changed != content
        database.execute("UPDATE releases SET content = ?", (changed,))
    broken = portevoix("release", "verify", round_id)

    assert sound.returncode == 0
    assert "nothing gives a small group away" in sound.stdout
    for word in (f"{round_id}  tables  SHA-256", "groups", "withheld", "attack", "porte-voix"):
        assert word in sound.stdout
    refused(broken, "1 fault", "restore a backup")
    assert "was changed after it was frozen" in broken.stdout
    refused(portevoix("release", "verify", "nowhere"), "nowhere", "round list")


def test_the_commands_add_a_part_once(portevoix, evening, tmp_path):
    _, _, folder, round_id = evening
    with closing(sqlite3.connect(folder / DATABASE)) as database, database:
        database.execute("UPDATE rounds SET closed_at = ?", (now().isoformat(),))
    (tmp_path / "pass.txt").write_text(f"{PASSPHRASE}\n")
    (tmp_path / "more.toml").write_text(MORE)
    (tmp_path / "wrong.toml").write_text("groups = ['shoe_size']\n")
    words = ("release", "add", round_id, "--plan", "more.toml", "--passphrase-file", "pass.txt")

    first, again = portevoix(*words), portevoix(*words[:5])

    assert "part tables-2 is frozen" in first.stdout
    assert "part tables-2 was frozen before" in again.stdout
    refused(portevoix("release", "add", round_id, "--plan", "wrong.toml"), "shoe_size")
    refused(portevoix("release", "add", round_id, "--plan", "none.toml"), "none.toml")
    listed = json.loads(portevoix("release", "list", "--format", "json").stdout)
    assert [one["part"] for one in listed] == ["tables", "tables-2"]


async def test_a_release_of_an_earlier_version_is_served_byte_for_byte_and_still_verifies(tmp_path):
    earlier = tmp_path / "earlier"
    earlier.mkdir()
    for name in ("0001_first_light.sql", "0002_staff_held_key.sql"):
        shutil.copy(MIGRATIONS / name, earlier)
    folder = tmp_path / "data"
    folder.mkdir()
    content = gzip.decompress((FROZEN / "schema-2-300.json.gz").read_bytes())
    await (await Database.open(folder / DATABASE, earlier)).close()
    with closing(sqlite3.connect(folder / DATABASE)) as database, database:
        database.execute(
            "INSERT INTO releases VALUES ('demo', ?, ?)", (content, print_ := sha256(content).hexdigest())
        )

    async with a_house("sqlite", folder, MovableClock()) as house:
        round_ = await opened(house)
        with closing(sqlite3.connect(folder / DATABASE)) as database, database:
            database.execute("UPDATE rounds SET id = 'demo', state = 'released' WHERE id = ?", (round_.id,))
        house.programme.forget()

        assert await house.publisher.show(RoundId("demo"), "json", "en") == content
        assert await house.stores.releases.all() == [("demo", "tables", print_)]
        (verdict,) = await verify(house.registry, RoundId("demo"))

    assert [part.fault for part in verdict.parts] == [""]
