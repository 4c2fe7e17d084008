"""What cities answered to what was said in their rounds: published words, one answer for each round."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from sqlite3 import Connection

from conversations.city_answers import ANSWERED, ANSWERED_AGAIN, CityAnswer, Kept
from conversations.identifiers import RoundId
from storage.database import Database, load_queries

_queries = load_queries("city_answers")


class CityAnswers:
    """Keeps what cities answered in the main database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, answer: CityAnswer, at: datetime) -> None:
        """Keep an answer in place of the one before, whose day stays, and the change it makes."""
        row = {
            "round": answer.round,
            "document": answer.model_dump_json(by_alias=True),
            "written_on": at.date().isoformat(),
        }

        def work(db: Connection) -> None:
            change = ANSWERED if _queries.by_round(db, round=answer.round) is None else ANSWERED_AGAIN
            _queries.keep(db, **row)
            _queries.record(
                db,
                round=answer.round,
                change=change,
                at=at.astimezone(UTC).isoformat(timespec="microseconds"),
            )

        await self._database.write(work)

    async def get(self, round_id: RoundId) -> Kept | None:
        """Return the answer to a round, or None."""
        found = await self._database.read(lambda db: _queries.by_round(db, round=round_id))
        if found is None:
            return None
        document, day = found
        return Kept(CityAnswer.model_validate_json(document), date.fromisoformat(day))

    async def all(self) -> Mapping[RoundId, date]:
        """Return the rounds that are answered, each with the day on which that was written."""
        rows = await self._database.read(lambda db: list(_queries.rounds(db)))
        return {RoundId(round_id): date.fromisoformat(day) for round_id, day in rows}
