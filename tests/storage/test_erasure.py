"""Erased means gone: unreadable within seconds, out of every file within minutes, and shut for good."""

import asyncio
from datetime import timedelta

import pytest
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox
from nacl.secret import SecretBox

from bot.campaigns import TEXTS_KEPT
from bot.hearing import Address
from conversations.moves import Asked, Wish
from conversations.ports import Draft
from conversations.rounds import IDLE
from storage.boxes import open_text
from tests.journeys.household import ROUND
from tests.storage.disk import drafts_of, rows
from tests.storage.people import a_text, key_of, save
from tests.storage.visits import SOMEBODY, a_visit

ON_THE_WEB = Address("web", "c0ffee", returns=False)
ANOTHER = Address("telegram", "7300099555555")
TEXT = "The evening course starts while my shift still runs"
READER_STAYS = 60  # seconds; then readers are closed
DIGITS = {"arabic": "٠١٢٣٤٥٦٧٨٩", "persian": "۰۱۲۳۴۵۶۷۸۹", "bengali": "০১২৩৪৫৬৭৮৯"}


@pytest.fixture
async def visit(tmp_path):
    async with a_visit(tmp_path) as visit:
        yield visit


async def stopped(visit):
    await visit.begin()

    async def erase():
        screen = (await visit.hear(Asked(Wish.STOP))).screen
        await visit.press(screen, label="Yes")

    return erase


async def withdrawn(visit):
    code = await visit.send()

    async def erase():
        heard = await visit.tell(f"withdraw {code}", ANOTHER)
        assert "taken out" in heard.screen.texts[0].text

    return erase


async def idle(visit):
    await visit.begin()

    async def erase():
        visit.clock.advance(IDLE + timedelta(days=1))
        await visit.house.campaigns.tidy()

    return erase


async def blocked(visit):
    await visit.begin()

    async def erase():
        await visit.house.dialogue.left(SOMEBODY)

    return erase


WAYS = (stopped, withdrawn, idle, blocked)


@pytest.mark.parametrize("way", WAYS)
async def test_what_is_erased_is_unreadable_at_once_and_soon_in_no_file_though_a_reader_held_it(visit, way):
    erase = await way(visit)
    key, (name,) = visit.key(), [path.name for path in drafts_of(visit.folder)]
    secret = (visit.folder / "keys" / "drafts" / name).read_bytes()
    (sealed,) = rows(visit.folder, "SELECT sealed FROM open_sessions")[0]
    assert SecretBox(secret).decrypt(sealed)
    piece = sealed[40:104]
    assert visit.places_of(piece)

    async with visit.reader():
        await asyncio.wait_for(erase(), 5)

        assert drafts_of(visit.folder) == []
        files = [path for path in visit.folder.rglob("*") if path.is_file()]
        assert [path.name for path in files if secret in path.read_bytes()] == []
        assert visit.places_of(piece), "the reader held nothing: this test looks at nothing"
        visit.clock.advance(timedelta(seconds=READER_STAYS))
    await visit.house.campaigns.tidy()

    assert visit.places_of(piece) == []
    assert rows(visit.folder, "SELECT key FROM open_sessions") == []
    assert await visit.stores.conversations.draft(key) is None


async def test_withdrawn_boxes_are_in_no_file_though_a_reader_held_them(visit):
    code = await visit.send()
    await visit.flush()
    (sealed,) = rows(visit.folder, "SELECT sealed FROM boxes")[0]

    async with visit.reader():
        await visit.tell(f"withdraw {code}", ANOTHER)
        assert rows(visit.folder, "SELECT count(*) FROM boxes") == [(0,)]
        assert visit.places_of(sealed[:64])
        visit.clock.advance(timedelta(seconds=READER_STAYS))
    await visit.house.campaigns.tidy()

    assert visit.places_of(sealed[:64]) == []


def every_key(folder):
    """Return everything of 32 bytes that lies in the key folder, or anywhere else in a small file."""
    small = [path for path in folder.rglob("*") if path.is_file() and path.stat().st_size < 4096]
    return [path.read_bytes()[start : start + 32] for path in small for start in range(0, 4096, 32)]


async def crowd_of(visit, people, texts=()):
    """So many people send what somebody really sent."""
    await visit.send()
    draft = await visit.stores.conversations.draft(visit.key())
    for number in range(people):
        changes = {"key": key_of(number), "texts": texts, "wants_code": False}
        await save(visit.stores, Draft(draft.session.model_copy(update=changes)))
    return await visit.flush()


def keys_left(visit):
    """Return everything that still lies in the data folder and could be a private key."""
    return [SealedBox(PrivateKey(key)) for key in set(every_key(visit.folder)) if len(key) == 32]


@pytest.mark.slow
async def test_after_the_release_none_of_a_thousand_kept_boxes_can_be_opened(visit):
    assert await crowd_of(visit, 999) == 1_000
    kept = [sealed for (sealed,) in rows(visit.folder, "SELECT sealed FROM boxes")]
    folder = visit.folder / "keys" / "rounds" / ROUND
    names = ("pseudonyms.key", "boxes.key", "boxes.pub")
    secrets = [(folder / name).read_bytes() for name in names]
    assert SealedBox(PrivateKey(secrets[1])).decrypt(kept[0])

    await visit.house.campaigns.close(ROUND)
    await visit.house.campaigns.release(ROUND)

    files = {path: path.read_bytes() for path in visit.folder.rglob("*") if path.is_file()}
    for secret in secrets:
        for form in (secret, secret.hex().encode(), secret[::-1]):
            assert [path.name for path in files if form in files[path]] == []
    assert not [name for name in names if (folder / name).exists()]
    assert (len(kept), visit.places_of(kept[0][:64])) == (1_000, [])
    left = keys_left(visit)
    assert left
    for box in kept:
        for key in left:
            with pytest.raises(CryptoError):
                key.decrypt(box)


async def test_after_ninety_days_no_text_box_can_be_opened_and_none_is_left(visit):
    await crowd_of(visit, 3, (a_text(TEXT),))
    kept = [sealed for (sealed,) in rows(visit.folder, "SELECT sealed FROM text_boxes")]
    secret = (visit.folder / "keys" / "rounds" / ROUND / "texts.key").read_bytes()
    assert open_text(secret, kept[0]).text == TEXT
    await visit.house.campaigns.close(ROUND)
    await visit.house.campaigns.release(ROUND)

    visit.clock.advance(TEXTS_KEPT - timedelta(days=1))
    await visit.house.campaigns.tidy()
    assert len(rows(visit.folder, "SELECT id FROM text_boxes")) == len(kept) == 3

    visit.clock.advance(timedelta(days=2))
    await visit.house.campaigns.tidy()

    assert rows(visit.folder, "SELECT id FROM text_boxes") == []
    assert visit.places_of(kept[0][:64]) == []
    files = [path for path in visit.folder.rglob("*") if path.is_file()]
    assert [path.name for path in files if secret in path.read_bytes()] == []
    for box in kept:
        for key in keys_left(visit):
            with pytest.raises(CryptoError):
                key.decrypt(box)


async def test_who_withdraws_from_the_account_that_took_part_may_answer_again_and_counts_once(visit):
    code = await visit.send()
    await visit.flush()
    again = (await visit.hear(Asked(Wish.START))).screen
    assert again.turn is None
    await visit.tell(f"withdraw {code}")
    assert await visit.stores.answers.count(ROUND) == 0

    await visit.send()
    await visit.flush()

    assert await visit.stores.answers.count(ROUND) == 1
    assert len(await visit.stores.answers.open_boxes(ROUND)) == 1
    assert len(rows(visit.folder, "SELECT key FROM took_part")) == 1
    await visit.tell(f"withdraw {code}")
    assert await visit.stores.answers.count(ROUND) == 1
    assert (await visit.hear(Asked(Wish.START))).screen.turn is None


@pytest.mark.parametrize("script", ["latin", *DIGITS])
@pytest.mark.parametrize("between", ["", " ", "-", "\u00a0"])
async def test_a_code_in_any_digits_works_from_another_channel(visit, script, between):
    code = await visit.send()
    groups = between.join(code[start : start + 4] for start in range(0, 16, 4))
    typed = groups.translate(str.maketrans("0123456789", DIGITS.get(script, "0123456789")))

    heard = await visit.tell(f"withdraw {typed}", ON_THE_WEB)

    assert "taken out" in heard.screen.texts[0].text
    assert await visit.stores.answers.count(ROUND) == 0


@pytest.mark.parametrize("flushed", [False, True])
async def test_what_was_sent_on_the_web_is_withdrawn_on_telegram(visit, flushed):
    code = await visit.send(ON_THE_WEB)
    if flushed:
        await visit.flush()

    await visit.tell(f"withdraw {code}", SOMEBODY)

    assert await visit.stores.answers.count(ROUND) == 0


async def test_wrong_codes_are_slowed_down_and_nobody_is_counted(visit):
    code = await visit.send()
    pauses = visit.pauses
    tables = "SELECT name, (SELECT count(*) FROM pragma_table_info(name)) FROM sqlite_schema ORDER BY name"
    before = rows(visit.folder, tables), rows(visit.folder, "SELECT count(*) FROM open_sessions")

    for number in range(5):
        wrong = f"{(int(code) + number + 1) % 10**16:016}"
        heard = await visit.tell(f"withdraw {wrong}", ANOTHER)
        assert "taken out" not in heard.screen.texts[0].text

    assert pauses == [1.0] * 5
    after = rows(visit.folder, tables), rows(visit.folder, "SELECT count(*) FROM open_sessions")
    assert before == after
    heard = await visit.tell(f"withdraw {code}", ANOTHER)
    assert "taken out" in heard.screen.texts[0].text
    assert pauses == [1.0] * 5
