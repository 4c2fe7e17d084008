"""From all bytes of the data folder nobody joins a code or a receipt to who used it, or to an answer."""

import hashlib
import hmac
import random
import sqlite3
from contextlib import contextmanager

import pytest

from conversations.codes import Bundle
from conversations.identifiers import ParticipantKey, RelayId
from conversations.lettering import ALPHABET
from conversations.ports import Outcome
from storage.boxes import open_sheet
from storage.codes import code_id, codes_key
from storage.keyring import KeyFolder
from storage.opening import DATABASE
from storage.sealing import subkey
from tests.linkage.clues import SHEETS, box_of, rows
from tests.linkage.measuring import Score, score
from tests.linkage.seizing import seize
from tests.storage.people import ROUND, TODAY, a_sent_draft

PEOPLE = 60
BUNDLE = Bundle("language-learning", RelayId("library"))


def a_code(number):
    return f"CARD{number:08}"


def a_key(number):
    return ParticipantKey(f"{random.Random(number).getrandbits(256):064x}")


@contextmanager
def a_reader(folder):
    """Somebody reads, so that the log cannot be emptied: the defect that the attackers are made to find."""
    reader = sqlite3.connect(folder / DATABASE, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM took_part").fetchone()
    yield
    reader.close()


async def send_all(stores, numbers, receipt=""):
    for number in numbers:
        draft = a_sent_draft(a_key(number), choice=f"n{number}")
        session = draft.session.model_copy(update={"receipt": receipt and f"{receipt}{number:04}"})
        outcome = Outcome(save=type(draft)(session, draft.address), spend="" if receipt else a_code(number))
        keys = {ROUND: a_key(number)}
        await stores.conversations.take_turn(None, keys, TODAY, lambda _, outcome=outcome: outcome)


def by_commit(seizure, table):
    """Lay beside each other what each commit took from, or gave to, a table, and whom it touched."""
    guess = []
    for before, after in zip(seizure.versions, seizure.versions[1:], strict=False):
        changed = ids(before, table) ^ ids(after, table)
        touched = states(after).items() - states(before).items()
        guess += zip(sorted(changed), sorted(person for person, _ in touched), strict=False)
    return guess


def ids(image, table):
    return {cell.values[0] for cell in rows(image, table)}


def states(image):
    return {cell.values[0]: cell.values[2:4] for cell in rows(image, "open_sessions")}


@pytest.mark.slow
@pytest.mark.parametrize("careless", [False, True])
async def test_no_log_tells_which_code_somebody_spent_unless_it_is_not_emptied(tmp_path, sqlite, careless):
    sqlite.keyring.make_round(ROUND)
    await sqlite.codes.add([a_code(number) for number in range(PEOPLE)], BUNDLE)
    key = codes_key(KeyFolder(tmp_path).installation())
    truth = {code_id(key, a_code(number)): a_key(number) for number in range(PEOPLE)}
    if careless:
        with a_reader(tmp_path):
            await send_all(sqlite, range(20))
            taken = [seize(tmp_path)]
    else:
        taken = []
        for number in range(20):
            await send_all(sqlite, [number])
            taken.append(seize(tmp_path))

    joined = sum(truth.get(code) == person for one in taken for code, person in by_commit(one, "codes"))
    assert joined > 15 if careless else joined == 0


@pytest.mark.slow
async def test_two_seizures_join_no_code_to_an_answer_beyond_chance(tmp_path, sqlite):
    """The codes that are gone are as many as the boxes that are new, and in no order that fits theirs."""
    sqlite.keyring.make_round(ROUND)
    await sqlite.codes.add([a_code(number) for number in range(6 * PEOPLE)], BUNDLE)
    key = codes_key(KeyFolder(tmp_path).installation())
    total = Score()
    for flush in range(6):
        people = range(flush * PEOPLE, (flush + 1) * PEOPLE)
        before = seize(tmp_path).newest
        await send_all(sqlite, people)
        await sqlite.answers.flush(ROUND, 10)
        after = seize(tmp_path).newest
        old = {box_of(cell) for cell in rows(before, SHEETS)}
        boxes = [box for cell in rows(after, SHEETS) if (box := box_of(cell)) not in old]
        owners = owner_of_boxes(tmp_path, after, boxes)
        printed = [a_code(number) for number in people]
        by_id = sorted(printed, key=lambda code: code_id(key, code))
        for order in (printed, by_id, printed[::-1]):
            assert len(boxes) == len(order) >= 10
            total += score(list(zip(order, boxes, strict=True)), owners)
    assert not total.leaks


def owner_of_boxes(folder, image, boxes):
    """The truth that no attacker has: with which code a box was filled."""
    private, truth = KeyFolder(folder).box_private(ROUND), {}
    for cell in rows(image, SHEETS):
        if (box := box_of(cell)) in boxes:
            choice = next(iter(open_sheet(private, image.whole(cell)[2]).answers.values()))[0]
            truth[box] = a_code(int(choice[1:]))
    return truth


@pytest.mark.slow
@pytest.mark.parametrize("careless", [False, True])
async def test_no_commit_says_whose_receipt_one_is_and_no_byte_says_which_were_given(
    tmp_path, sqlite, careless
):
    """The careless house notes a receipt's hash with the turn that sends, as a list of given ones would."""
    sqlite.keyring.make_round(ROUND)
    stem = "".join(random.Random(1).choices(ALPHABET, k=12))
    key = subkey(sqlite.keyring.installation(), "redeemed receipts")
    hashes = {number: hmac.digest(key, f"{stem}{number:04}".encode(), hashlib.sha256) for number in range(20)}
    taken = []
    with a_reader(tmp_path):
        for number in range(20):
            await send_all(sqlite, [number], receipt=stem)
            if careless:
                note(tmp_path, hashes[number], a_key(number))
        taken.append(seize(tmp_path))
    await sqlite.answers.flush(ROUND, 10)
    taken.append(seize(tmp_path))
    truth = {hashes[number]: a_key(number) for number in range(20)}

    joined = sum(truth.get(id_) == person for one in taken for id_, person in by_commit(one, "redeemed"))
    content = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    found = sum(digest in content for digest in hashes.values())
    assert (joined > 15, found > 15) == (careless, careless)
    assert stem.encode() not in content
    week = await sqlite.receipts.redeem(f"{stem}0003", RelayId("library"), "2027-W05")
    assert week == ("2027-W01" if careless else None)


def note(folder, digest, person):
    """Do what a house must not: keep a given receipt beside who was given it, in one commit."""
    with sqlite3.connect(folder / DATABASE) as database:
        database.execute("INSERT INTO redeemed VALUES (?, '', '2027-W01')", (digest,))
        database.execute("UPDATE open_sessions SET turn = turn + 1 WHERE key = ?", (person,))
