"""People and rounds of the storage tests, all invented."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from conversations.identifiers import (
    Code,
    FactorKey,
    Fingerprint,
    Locale,
    ParticipantKey,
    QuestionId,
    RoundId,
)
from conversations.ports import Draft, Known, Notice, Outcome
from conversations.rounds import Round, RoundState
from conversations.session import Answer, Session, Sheet, Status, WrittenText

TODAY = date(2026, 3, 2)
YESTERDAY = TODAY - timedelta(days=1)
TOMORROW = TODAY + timedelta(days=1)
ROUND = RoundId("2026-spring")
OTHER_ROUND = RoundId("2026-summer")
CODE = "4711081547110815"
ADDRESS = "telegram:7300099123456"
TEXT = "The evening course starts while my shift still runs"
KEY = ParticipantKey("a" * 32)
OTHER_KEY = ParticipantKey("b" * 32)


def key_of(number: int) -> ParticipantKey:
    return ParticipantKey(f"{number:032x}")


def a_session(key: ParticipantKey = KEY, turn: int = 1, **facts: Any) -> Session:
    known: dict[str, Any] = {
        "key": key,
        "round": ROUND,
        "turn": turn,
        "fingerprint": Fingerprint("f" * 64),
        "mark": "mark",
        "withdrawal_code": CODE,
        "locale": Locale("en"),
        "touched_on": TODAY,
        "answers": {QuestionId("text"): Answer(text=TEXT)},
    }
    return Session(**(known | facts))


def a_draft(key: ParticipantKey = KEY, turn: int = 1, address: str = ADDRESS, **facts: Any) -> Draft:
    return Draft(a_session(key, turn, **facts), address, "message 12")


def a_sheet(choice: str = "yes") -> Sheet:
    return Sheet(side=Code("migrant"), answers={QuestionId("heard"): (Code(choice),)})


def a_text(text: str = TEXT) -> WrittenText:
    return WrittenText(
        side=Code("migrant"), key_factor=FactorKey("offer"), question=QuestionId("text"), text=text
    )


def a_sent_draft(key: ParticipantKey = KEY, turn: int = 9, choice: str = "yes", **facts: Any) -> Draft:
    known = {"status": Status.SENT, "sheet": a_sheet(choice), "texts": (a_text(),)} | facts
    return a_draft(key, turn, **known)


def a_notice(address: str = ADDRESS) -> Notice:
    return Notice(address, Locale("fr"), "round.opened", {"round": "spring", "days": 14})


def a_round(id_: RoundId = ROUND, **facts: Any) -> Round:
    known: dict[str, Any] = {
        "id": id_,
        "name": "Spring",
        "city": "demo",
        "series": "language",
        "purpose": "monitor",
        "benchmark": "language-learning",
        "state": RoundState.PLANNED,
        "opens_at": datetime(2026, 3, 2, 8, tzinfo=UTC),
        "closes_at": datetime(2026, 3, 23, 8, tzinfo=UTC),
        "timezone": "Europe/Berlin",
        "languages": (Locale("en"), Locale("ar")),
        "plan": {"tables": [{"by": ["side"], "merged": {"both": "migrant"}}]},
    }
    return Round(**(known | facts))


async def save(stores: Any, draft: Draft, today: date = TODAY, speak: bool = False) -> None:
    """One turn without an update that keeps this draft."""
    keys = {draft.session.round: draft.session.key}
    await stores.conversations.take_turn(None, keys, today, lambda _known: Outcome(save=draft, speak=speak))


async def send(stores: Any, people: int, first: int = 0, **facts: Any) -> None:
    """So many people send their answers."""
    for number in range(first, first + people):
        await save(stores, a_sent_draft(key_of(number), **facts))


async def known(stores: Any, key: ParticipantKey = KEY, round_id: RoundId = ROUND) -> Known:
    """What a turn finds."""
    outcome = await stores.conversations.take_turn(
        None, {round_id: key}, TODAY, lambda found: Outcome(value=found)
    )
    found: Known = outcome.value
    return found
