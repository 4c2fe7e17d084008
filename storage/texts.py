"""Texts of closed rounds while a person reviews them: each decision is one transaction, sealed again."""

import asyncio
from collections.abc import Sequence
from secrets import SystemRandom
from typing import Any

from conversations.identifiers import RoundId
from conversations.session import WrittenText
from conversations.texts import OpenedTexts, ReviewedText, TextId
from storage.boxes import new_box_id, open_reviewed, open_text, seal_reviewed
from storage.database import Connection, Database, load_queries, truncate_log
from storage.keyring import KeyFolder

_queries = load_queries("texts")
_chance = SystemRandom()


class Texts:
    """Keeps texts in the main database, in boxes sealed to the round's text key."""

    def __init__(self, database: Database, keys: KeyFolder) -> None:
        self._database = database
        self._keys = keys

    async def waiting(self, round_id: RoundId) -> int:
        """Return how many texts nobody has reviewed; needs no key."""
        return int(await self._database.read(lambda db: _queries.count_waiting(db, round=round_id)))

    async def open_all(self, round_id: RoundId) -> OpenedTexts:
        """Open every text of a round, in memory, in random order."""
        rows = await self._database.read(lambda db: list(_queries.sealed_texts(db, round=round_id)))
        if not rows:
            return OpenedTexts({}, {})
        private = self._keys.text_private(round_id)
        return await asyncio.to_thread(_opened, private, _chance.sample(rows, len(rows)))

    async def decide(self, round_id: RoundId, id_: TextId, decision: ReviewedText | None) -> TextId | None:
        """Put a decision in the place of a text, sealed under a new random name; None refuses the text.

        Texts are shown in random order, so the order in which boxes are written anew says nothing.
        """
        sealed = None if decision is None else seal_reviewed(self._keys.text_public(round_id), decision)
        new_id = id_ if sealed is None else TextId(new_box_id())

        def decide(db: Connection) -> TextId | None:
            found = list(_queries.take_out(db, round=round_id, id=id_))
            if not found:
                return None
            if sealed is not None:
                _queries.put_back(db, id=new_id, round=round_id, sealed=sealed, withdrawal=found[0][0])
            return new_id

        return await self._database.write(decide, truncate_log)


def _opened(private: bytes, rows: Sequence[Sequence[Any]]) -> OpenedTexts:
    """Open boxes in the order of these rows."""
    waiting: dict[TextId, WrittenText] = {}
    reviewed: dict[TextId, ReviewedText] = {}
    for id_, sealed, is_reviewed in rows:
        if is_reviewed:
            reviewed[TextId(id_)] = open_reviewed(private, sealed)
        else:
            waiting[TextId(id_)] = open_text(private, sealed)
    return OpenedTexts(waiting, reviewed)
