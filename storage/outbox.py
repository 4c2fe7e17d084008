"""What is to be said, kept until it was said."""

from collections.abc import Sequence
from datetime import date, timedelta

from conversations.ports import Parcel
from storage import parcels
from storage.database import Connection, Database
from storage.drafts import Drafts
from storage.keyring import KeyFolder


class StoredOutbox:
    """Keeps what is to be said in the main database until it was said, or 48 hours have passed."""

    def __init__(self, database: Database, keys: KeyFolder) -> None:
        self._database = database
        self._drafts = Drafts(keys)
        self._notice_key = parcels.notice_key(keys.installation())

    async def waiting(self) -> Sequence[Parcel]:
        """Return everything to be said, in no particular order but each session's turns in theirs."""
        return await self._database.read(lambda db: parcels.waiting(db, self._notice_key))

    async def said(self, parcel: Parcel, shown: str | None = None) -> None:
        """Strike out a parcel; `shown`, if given, becomes its draft's note, in the same transaction."""

        def strike_out(db: Connection) -> None:
            on = parcels.strike_out(db, parcel.id)
            if shown is None:
                return
            if (
                parcel.key is not None
            ):  # also where a later turn has struck it out: this is what lies there now
                self._drafts.note(db, parcel.key, shown, parcel.turn)
            elif on is not None and parcel.notice is not None and parcel.notice.session is not None:
                self._drafts.trace(db, parcel.notice.session, on, (parcel.notice.heard, shown))

        await self._database.write(strike_out)

    async def drop_old(self, today: date) -> int:
        """Strike out what could not be said for two days, and return how much."""
        return await self._database.write(lambda db: parcels.drop_old(db, today - timedelta(days=1)))
