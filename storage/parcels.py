"""What is to be said, as rows: a session's turn by its number, a notice sealed."""

import json
import secrets
from contextlib import suppress
from datetime import date

from conversations.errors import StorageError
from conversations.identifiers import Locale, ParticipantKey
from conversations.ports import Notice, NoticeButton, Parcel
from storage.database import Connection, load_queries
from storage.sealing import seal, subkey, unseal

_queries = load_queries("parcels")
STEP = 256  # bytes; a notice's length would tell its kind


def notice_key(installation: bytes) -> bytes:
    """Return the key that seals notices."""
    return subkey(installation, "notices")


def put_turn(db: Connection, key: ParticipantKey, turn: int, today: date) -> None:
    """Put a session's turn into the outbox, in place of its older ones."""
    _queries.put_turn(db, id=new_id(), key=key, turn=turn, day=today.isoformat())


def put_notice(db: Connection, sealing_key: bytes, notice: Notice, today: date) -> None:
    """Put a notice into the outbox, sealed."""
    sealed = seal(sealing_key, write_notice(notice), STEP)
    _queries.put_notice(db, id=new_id(), sealed=sealed, day=today.isoformat())


def waiting(db: Connection, sealing_key: bytes) -> list[Parcel]:
    """Return everything to be said."""
    parcels = []
    for id_, key, turn, sealed in _queries.waiting(db):
        if sealed is None:
            parcels.append(Parcel(id_, key=ParticipantKey(key), turn=turn))
        else:
            with suppress(StorageError):  # another version wrote it; it goes after two days, like all others
                parcels.append(Parcel(id_, notice=read_notice(unseal(sealing_key, sealed))))
    return parcels


def strike_out(db: Connection, id_: str) -> date | None:
    """Strike out one parcel and return the day on which it was put in, or None if it is gone already."""
    day = _queries.strike_out(db, id=id_)
    return None if day is None else date.fromisoformat(day)


def drop_old(db: Connection, before: date) -> int:
    """Strike out what was put in before a day, and return how much."""
    return len(list(_queries.drop_old(db, before=before.isoformat())))


def new_id() -> str:
    """Return a random name for a parcel."""
    return secrets.token_hex(16)


def write_notice(notice: Notice) -> bytes:
    """Write a notice as JSON."""
    return json.dumps(
        {
            "address": notice.address,
            "locale": notice.locale,
            "key": notice.key,
            "values": dict(notice.values),
            "buttons": [[button.token, button.key, dict(button.values)] for button in notice.buttons],
            "shown": notice.shown,
            "clears": notice.clears,
            "session": notice.session,
            "heard": notice.heard,
        }
    ).encode()


def read_notice(content: bytes) -> Notice:
    """Read what `write_notice` wrote."""
    try:
        document = json.loads(content)
        return Notice(
            address=document["address"],
            locale=Locale(document["locale"]),
            key=document["key"],
            values=document["values"],
            buttons=tuple(NoticeButton(*button) for button in document["buttons"]),
            shown=document.get("shown", ""),
            clears=tuple(document.get("clears", ())),
            session=document.get("session"),
            heard=document.get("heard", ""),
        )
    except (ValueError, KeyError, TypeError):
        raise StorageError("a notice in the outbox cannot be read; another version wrote it") from None
