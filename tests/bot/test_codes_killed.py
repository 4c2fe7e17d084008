"""The program is killed while people send with one-use codes: each code is either there, or its answer is."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from conversations.codes import Bundle
from conversations.identifiers import ParticipantKey, RelayId
from conversations.ports import Outcome
from conversations.session import Status
from storage.opening import open_stores
from tests.storage.people import ROUND, TODAY, a_sent_draft

BUNDLE = Bundle("language-learning", RelayId("library"))
PEOPLE = 400
ROOT = Path(__file__).parents[2]


def key(number):
    return ParticipantKey(f"{number:064x}")


def code(number):
    return f"{number:012}"


async def send(folder: Path) -> None:
    """Send with one code after another, saying so each time."""
    stores = await open_stores(folder)
    for number in range(PEOPLE):
        outcome = Outcome(save=a_sent_draft(key(number)), spend=code(number))
        await stores.conversations.take_turn(
            None, {ROUND: key(number)}, TODAY, lambda _, outcome=outcome: outcome
        )
        sys.stdout.write(".")
        sys.stdout.flush()


@pytest.mark.slow
async def test_killed_at_any_moment_each_code_is_unspent_or_its_answer_is_sent(tmp_path):
    stores = await open_stores(tmp_path)
    stores.keyring.make_round(ROUND)
    await stores.codes.add([code(number) for number in range(PEOPLE)], BUNDLE)
    await stores.close()

    killed = subprocess.Popen(
        [sys.executable, "-m", "tests.bot.test_codes_killed", str(tmp_path)], stdout=subprocess.PIPE, cwd=ROOT
    )
    killed.stdout.read(25)
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    killed.stdout.close()

    stores = await open_stores(tmp_path)
    found = await stores.conversations.drafts_of([key(number) for number in range(PEOPLE)])
    sent = {draft.session.key for draft in found.values() if draft.session.status is Status.SENT}
    assert 25 <= len(sent) < PEOPLE
    for number in range(len(sent) + 1):
        unspent = []
        await stores.conversations.take_turn(
            None, {}, TODAY, lambda known, found=unspent, one=number: _ask(known, found, one)
        )
        assert unspent == [key(number) not in sent]
    assert await stores.codes.drop(BUNDLE) == PEOPLE - len(sent)
    await stores.close()


def _ask(known, found, number):
    found.append(known.bundle_of(code(number)) is not None)
    return Outcome()


if __name__ == "__main__":
    asyncio.run(send(Path(sys.argv[1])))
