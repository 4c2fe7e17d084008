"""What every keeper of texts promises while a person reviews them."""

import json

import pytest

from conversations.errors import KeyHeld, StorageError
from conversations.identifiers import Code, FactorKey, Locale
from conversations.session import LONGEST_TEXT, WrittenText
from conversations.texts import ReviewedText, TextId
from storage.boxes import TEXT_STEP, open_reviewed, open_text, seal_reviewed
from storage.envelope import Cost
from storage.keyring import KeyFolder
from storage.opening import open_stores
from storage.sealing import new_pair, seal_to
from tests.storage.disk import rows
from tests.storage.people import CODE, KEY, OTHER_ROUND, ROUND, TEXT, a_sent_draft, a_text, key_of, save

CHEAP = Cost(1, 8 * 1024**2)  # what a test may spend on a passphrase
DECISION = ReviewedText(
    side=Code("migrant"),
    key_factor=FactorKey("offer"),
    language=Locale("fr"),
    text="Kept",
    text_language="fr",
)


async def write(stores, *texts, code=False):
    """Let somebody write each of these, and close the round."""
    for number, text in enumerate(texts):
        await save(stores, a_sent_draft(key_of(number), texts=(a_text(text),), wants_code=code))
    await stores.answers.flush(ROUND, 1)


async def test_texts_wait_until_somebody_decides(stores):
    await write(stores, "one", "two", "three")

    opened = await stores.texts.open_all(ROUND)

    assert await stores.texts.waiting(ROUND) == 3
    assert sorted(text.text for text in opened.waiting.values()) == ["one", "three", "two"]
    assert opened.reviewed == {}
    assert await stores.texts.waiting(OTHER_ROUND) == 0


async def test_a_decision_takes_the_place_of_the_text(stores):
    await write(stores, "one", "two")
    waiting = (await stores.texts.open_all(ROUND)).waiting
    (id_,) = [id_ for id_, text in waiting.items() if text.text == "one"]

    new_id = await stores.texts.decide(ROUND, id_, DECISION)

    opened = await stores.texts.open_all(ROUND)
    assert new_id is not None
    assert new_id not in waiting
    assert opened.reviewed == {new_id: DECISION}
    assert [text.text for text in opened.waiting.values()] == ["two"]
    assert [text.text for text in await stores.answers.open_texts(ROUND)] == ["two"]
    assert await stores.texts.waiting(ROUND) == 1


async def test_a_refused_text_is_gone_at_once(stores):
    await write(stores, "one")
    (id_,) = (await stores.texts.open_all(ROUND)).waiting

    assert await stores.texts.decide(ROUND, id_, None) == id_

    opened = await stores.texts.open_all(ROUND)
    assert (opened.waiting, opened.reviewed) == ({}, {})


async def test_only_the_first_decision_counts(stores):
    await write(stores, "one")
    (id_,) = (await stores.texts.open_all(ROUND)).waiting
    await stores.texts.decide(ROUND, id_, None)

    assert await stores.texts.decide(ROUND, id_, DECISION) is None
    assert await stores.texts.decide(ROUND, TextId(b"\0" * 16), DECISION) is None

    assert (await stores.texts.open_all(ROUND)).reviewed == {}


async def test_a_text_of_another_round_is_not_touched(stores):
    await write(stores, "one")
    (id_,) = (await stores.texts.open_all(ROUND)).waiting

    assert await stores.texts.decide(OTHER_ROUND, id_, None) is None

    assert await stores.texts.waiting(ROUND) == 1


async def test_a_decision_can_be_changed(stores):
    await write(stores, "one")
    (id_,) = (await stores.texts.open_all(ROUND)).waiting
    first = await stores.texts.decide(ROUND, id_, DECISION)
    other = DECISION.model_copy(update={"text": "In other words", "paraphrase": True})

    second = await stores.texts.decide(ROUND, first, other)

    assert list((await stores.texts.open_all(ROUND)).reviewed.values()) == [other]
    assert second != first


async def test_a_reviewed_text_is_withdrawn_like_any_other(stores):
    await write(stores, "one", code=True)
    (id_,) = (await stores.texts.open_all(ROUND)).waiting
    await stores.texts.decide(ROUND, id_, DECISION)

    assert await stores.answers.withdraw(ROUND, CODE, KEY)

    assert (await stores.texts.open_all(ROUND)).reviewed == {}


async def test_a_late_flush_keeps_what_was_reviewed(stores):
    await write(stores, "one")
    (id_,) = (await stores.texts.open_all(ROUND)).waiting
    new_id = await stores.texts.decide(ROUND, id_, DECISION)
    await save(stores, a_sent_draft(key_of(50), texts=(a_text("late"),)))

    await stores.answers.flush(ROUND, 1)

    opened = await stores.texts.open_all(ROUND)
    assert opened.reviewed == {new_id: DECISION}
    assert [text.text for text in opened.waiting.values()] == ["late"]


async def test_texts_come_in_random_order(stores):
    await write(stores, *(f"{number:02}" for number in range(30)))

    shown = [text.text for text in (await stores.texts.open_all(ROUND)).waiting.values()]

    assert shown != sorted(shown)


async def test_the_language_of_a_text_is_kept_in_its_box(stores):
    text = a_text().model_copy(update={"language": Locale("ar")})
    await save(stores, a_sent_draft(texts=(text,)))
    await stores.answers.flush(ROUND, 1)

    (found,) = (await stores.texts.open_all(ROUND)).waiting.values()

    assert (found.language, found.side, found.key_factor, found.question) == ("ar", "migrant", "offer", "")


def test_a_box_of_an_earlier_version_has_no_language():
    private, public = new_pair()
    old = json.dumps(["migrant", "offer", TEXT]).encode()

    assert open_text(private, seal_to(public, old, TEXT_STEP)) == WrittenText(
        side="migrant", key_factor="offer", question="", text=TEXT, language=""
    )


def test_a_text_stored_in_a_session_of_an_earlier_version_has_no_language():
    old = '{"side": "host", "key_factor": "L1", "question": "q", "text": "words"}'

    assert WrittenText.model_validate_json(old).language == ""


async def test_a_decision_lies_on_the_disk_sealed_and_the_text_does_not(tmp_path, sqlite):
    await write(sqlite, "words of a person", "more words of a person")
    ids = list((await sqlite.texts.open_all(ROUND)).waiting)
    await sqlite.texts.decide(ROUND, ids[0], DECISION)
    await sqlite.texts.decide(ROUND, ids[1], None)

    kept = rows(tmp_path, "SELECT id, sealed, reviewed FROM text_boxes")

    assert [(id_ in ids, len(sealed), reviewed) for id_, sealed, reviewed in kept] == [(False, 4144, 1)]
    files = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(word in content for content in files for word in (b"words of a person", b"Kept"))
    assert not any(id_ in content for content in files for id_ in ids), (
        "a row that was replaced is still there"
    )


@pytest.mark.parametrize("sign", ["a", "ش", "\U0001f468"])
def test_a_reviewed_text_of_any_script_fits_whole_steps(sign):
    private, public = new_pair()
    text = DECISION.model_copy(update={"text": sign * LONGEST_TEXT})

    sealed = seal_reviewed(public, text)

    assert (len(sealed) - 48) % TEXT_STEP == 0
    assert open_reviewed(private, sealed) == text


async def test_a_kill_between_two_decisions_loses_neither(tmp_path, sqlite):
    await write(sqlite, "one", "two", "three")
    ids = list((await sqlite.texts.open_all(ROUND)).waiting)
    await sqlite.texts.decide(ROUND, ids[0], DECISION)
    await sqlite.texts.decide(ROUND, ids[1], None)
    await sqlite.close()

    again = await open_stores(tmp_path)

    opened = await again.texts.open_all(ROUND)
    assert list(opened.reviewed.values()) == [DECISION]
    assert list(opened.waiting) == [ids[2]]
    await again.close()


async def test_nothing_is_decided_once_the_text_key_is_gone(tmp_path, sqlite):
    await write(sqlite, "one")
    (id_,) = (await sqlite.texts.open_all(ROUND)).waiting
    sqlite.keyring.destroy_texts(ROUND)

    with pytest.raises(StorageError, match="gone"):
        await sqlite.texts.decide(ROUND, id_, DECISION)
    with pytest.raises(StorageError, match="gone"):
        await sqlite.texts.open_all(ROUND)


async def test_texts_that_staff_hold_the_key_of_open_with_the_passphrase_alone(tmp_path, sqlite):
    KeyFolder(tmp_path, CHEAP).hold_round(OTHER_ROUND, "five words that nobody says")
    await save(sqlite, a_sent_draft(round=OTHER_ROUND))
    await sqlite.answers.flush(OTHER_ROUND, 1)

    assert await sqlite.texts.waiting(OTHER_ROUND) == 1
    with pytest.raises(KeyHeld):
        await sqlite.texts.open_all(OTHER_ROUND)
    sqlite.keyring.unlock(OTHER_ROUND, "five words that nobody says")
    assert len((await sqlite.texts.open_all(OTHER_ROUND)).waiting) == 1


def test_a_decision_says_nothing_when_it_is_printed():
    assert "Kept" not in f"{DECISION!r} {DECISION}"
