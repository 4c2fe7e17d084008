"""Who was told what, as keyed hashes of cause and address; a letter and its rows in one transaction."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

from conversations.errors import StorageError
from conversations.letters import WEEK, is_letter
from conversations.ports import Notice
from storage import parcels
from storage.database import Connection, Database, load_queries, truncate_log
from storage.files import disk_in_our_words, replace_durably
from storage.keyring import KeyFolder
from storage.sealing import subkey

_queries = load_queries("told")
CAP = "week"
"""The cause of the row that holds the day of an address's last letter."""
RESTORED = "restored"
"""The file that holds the day of the last restore: a backup does not know who was told since it was made."""
CAP_KEPT = WEEK + timedelta(days=1)


class Told:
    """Keeps in the main database who was told what, and puts letters into the outbox there."""

    def __init__(self, database: Database, keys: KeyFolder, folder: Path) -> None:
        self._database = database
        self._folder = folder
        self._names = subkey(keys.installation(), "told")
        self._notice_key = parcels.notice_key(keys.installation())

    async def due(self, cause: str, addresses: Collection[str], today: date) -> Mapping[str, date]:
        """Return who of these was not told of a cause, with the first day on which they may be written to."""

        def read(db: Connection) -> dict[str, date]:
            untold = [one for one in addresses if _queries.told_on(db, id=self._id(cause, one)) is None]
            return {address: self._free_on(db, address, today) for address in untold}

        return await self._database.read(read)

    async def tell(self, cause: str, letters: Mapping[str, Notice | None], today: date) -> int:
        """Note that these addresses are told, and put their letters into the outbox, in one transaction."""

        def tell(db: Connection) -> int:
            return sum(
                self._tell_one(db, cause, address, notice, today) for address, notice in letters.items()
            )

        return await self._database.write(tell)

    async def told(self, causes: Sequence[str]) -> int:
        """Return how many rows there are of these causes."""
        return await self._database.read(lambda db: sum(_queries.count_told(db, cause=one) for one in causes))

    async def waiting(self) -> int:
        """Return how many notices wait in the outbox."""
        return await self._database.read(lambda db: int(_queries.count_notices(db)))

    async def forget(self, address: str) -> None:
        """Forget what an address was told, and take its letters out of the outbox; again changes nothing."""

        def forget(db: Connection) -> None:
            for (cause,) in list(_queries.causes(db)):
                _queries.forget(db, id=self._id(cause, address))
            for parcel in parcels.waiting(db, self._notice_key):
                if (
                    parcel.notice is not None
                    and is_letter(parcel.notice)
                    and parcel.notice.address == address
                ):
                    parcels.strike_out(db, parcel.id)

        await self._database.write(forget, truncate_log)

    async def keep_only(self, causes: Collection[str], today: date) -> None:
        """Delete the rows of all other causes, and of the cap once a week and a day have passed."""
        before = (today - CAP_KEPT).isoformat()
        kept = {CAP, *causes}

        def superfluous(db: Connection) -> list[str]:
            return [cause for (cause,) in _queries.causes(db) if cause not in kept]

        def forget(db: Connection) -> None:
            for cause in superfluous(db):
                _queries.forget_cause(db, cause=cause)
            _queries.forget_old(db, cause=CAP, before=before)

        if await self._database.read(
            lambda db: bool(superfluous(db)) or _queries.count_old(db, cause=CAP, before=before) > 0
        ):
            await self._database.write(forget, truncate_log)

    async def restored_on(self) -> date | None:
        """Return the day on which the database came back from a backup, if it did."""
        file = self._folder / RESTORED
        with disk_in_our_words(file):
            try:
                return date.fromisoformat(file.read_text())
            except FileNotFoundError:
                return None
            except ValueError:
                raise StorageError(
                    f"{file} holds no day; write into it when the backup was restored"
                ) from None

    def _tell_one(self, db: Connection, cause: str, address: str, notice: Notice | None, today: date) -> bool:
        """Note one address and put its letter, unless it was told before, or within a week."""
        if self._free_on(db, address, today) > today:
            return False
        if _queries.tell(db, id=self._id(cause, address), cause=cause, told_on=today.isoformat()) is None:
            return False
        _queries.tell_again(db, id=self._id(CAP, address), cause=CAP, told_on=today.isoformat())
        if notice is not None:
            parcels.put_notice(db, self._notice_key, notice, today)
        return True

    def _free_on(self, db: Connection, address: str, today: date) -> date:
        day = _queries.told_on(db, id=self._id(CAP, address))
        return today if day is None else max(today, date.fromisoformat(day) + WEEK)

    def _id(self, cause: str, address: str) -> bytes:
        return subkey(self._names, f"{cause}\0{address}")


def note_restored(folder: Path, today: date) -> None:
    """Note that a database comes back from a backup, before it does."""
    replace_durably(folder / RESTORED, today.isoformat().encode())
