"""The composition root: the only place that names concrete keepers, and that owns clock and chance."""

import hmac
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from bot.aloud import Aloud
from bot.assisting import Assisting
from bot.campaigns import Campaigns
from bot.config import Settings
from bot.definitions import Definitions
from bot.desk import Desk
from bot.dialogue import Dialogue
from bot.helping import Helping
from bot.i18n import Catalogues
from bot.mailing import Mailings
from bot.programme import Programme
from bot.publishing import Publisher
from bot.receipts import Receipts
from bot.registry import Registry
from bot.relaying import Relaying
from bot.relays import Relays
from bot.reviewing import Reviewing
from bot.saying import Saying
from storage.backup import Backups
from storage.escrow import Escrow
from storage.inspecting import KeysSeen as KeysSeen
from storage.inspecting import look_at
from storage.opening import Stores, memory_stores, open_stores
from storage.restoring import Restored, restore

ROOT = Path(__file__).parents[1]
LOCALES = ROOT / "locales"
SHIPPED = ROOT / "conversations"
DIGITS = "0123456789"
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
UNMISTAKABLE = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Source: Crockford's base 32
_order = secrets.SystemRandom()


def now() -> datetime:
    """Return the present moment, aware, UTC."""
    return datetime.now(UTC)


class SystemChance:
    """Chance as the operating system gives it."""

    def mark(self) -> str:
        """Return a random word of six characters."""
        return "".join(secrets.choice(LETTERS) for _ in range(6))

    def withdrawal_code(self) -> str:
        """Return sixteen random digits."""
        return "".join(secrets.choice(DIGITS) for _ in range(16))

    def letters(self, count: int) -> str:
        """Return random letters and digits that nobody takes for another."""
        return "".join(secrets.choice(UNMISTAKABLE) for _ in range(count))

    def shuffled(self, things: Sequence[Any]) -> list[Any]:
        """Return the same things in random order."""
        return _order.sample(things, len(things))


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Everything wired together, for one command or for a whole evening of serving."""

    settings: Settings
    stores: Stores
    catalogues: Catalogues
    aloud: Aloud
    definitions: Definitions
    programme: Programme
    campaigns: Campaigns
    mailings: Mailings
    dialogue: Dialogue
    publisher: Publisher
    reviewing: Reviewing
    saying: Saying
    web_secret: bytes
    registry: Registry
    receipts: Receipts
    relays: Relays
    relaying: Relaying
    assisting: Assisting
    helping: Helping

    def at(self, clock: Callable[[], datetime]) -> tuple[Campaigns, Dialogue]:
        """Return campaigns and dialogue at another time than now, for demonstrations of the past."""
        desk = _desk(self.stores, self.programme, self.relays, self.catalogues, self.aloud, clock, _nobody)
        return Campaigns(self.registry, clock), Dialogue(desk)


def _nobody() -> None:
    """Wake nobody: no channel is running."""


def _desk(
    stores: Stores,
    programme: Programme,
    relays: Relays,
    catalogues: Catalogues,
    aloud: Aloud,
    clock: Callable[[], datetime],
    wake: Callable[[], None],
) -> Desk:
    return Desk(
        conversations=stores.conversations,
        answers=stores.answers,
        contacts=stores.contacts,
        keyring=stores.keyring,
        programme=programme,
        catalogues=catalogues,
        now=clock,
        chance=SystemChance(),
        wake=wake,
        aloud=aloud,
        relays=relays,
    )


async def _assisting(stores: Stores, relays: Relays, clock: Callable[[], datetime]) -> Assisting:
    """Return who knows the evenings that go on."""
    assisting = Assisting(stores.facilitating, relays, _subkey(stores, b"facilitators"), clock)
    await assisting.prepare()
    return assisting


@asynccontextmanager
async def open_house(
    settings: Settings,
    wake: Callable[[], None] = _nobody,
    clock: Callable[[], datetime] = now,
    opening: Callable[[Path], Awaitable[Stores]] = open_stores,
) -> AsyncIterator[House]:
    """Open the stores and wire everything; close it all at the end.

    Raises:
        StorageError: the data folder cannot be used.
        CatalogueError: a catalogue cannot be read.
    """
    catalogues = Catalogues.read(LOCALES).insist()
    definitions = Definitions(SHIPPED, settings.data_dir)
    stores = await opening(settings.data_dir)
    try:
        aloud = Aloud(catalogues, LOCALES)
        programme = Programme(stores.rounds, catalogues, settings.public_url, aloud.heard)
        registry = _registry(stores, programme, definitions, catalogues)
        relays = Relays(stores.relays, _subkey(stores, b"relays"), settings.public_url)
        assisting = await _assisting(stores, relays, clock)
        desk = _desk(stores, programme, relays, catalogues, aloud, clock, wake)
        dialogue = Dialogue(desk)
        yield House(
            settings=settings,
            stores=stores,
            catalogues=catalogues,
            aloud=aloud,
            definitions=definitions,
            programme=programme,
            campaigns=Campaigns(registry, clock),
            mailings=Mailings(registry, clock),
            dialogue=dialogue,
            publisher=Publisher(stores.rounds, stores.releases, programme, catalogues),
            reviewing=Reviewing(registry, clock, SystemChance().shuffled),
            saying=Saying(programme, catalogues, aloud),
            web_secret=_subkey(stores, b"web forms"),
            registry=registry,
            receipts=Receipts(stores.receipts, stores.keyring, stores.rounds, clock),
            relays=relays,
            relaying=Relaying(registry, relays, clock, SystemChance().letters),
            assisting=assisting,
            helping=Helping(dialogue, desk, assisting),
        )
    finally:
        await stores.close()


def _subkey(stores: Stores, purpose: bytes) -> bytes:
    """Return the key for one purpose, made of the installation's secret."""
    return hmac.digest(stores.keyring.installation(), purpose, "sha256")


def _registry(
    stores: Stores, programme: Programme, definitions: Definitions, catalogues: Catalogues
) -> Registry:
    """Return what moves rounds on and makes releases."""
    return Registry(
        rounds=stores.rounds,
        schedules=stores.schedules,
        conversations=stores.conversations,
        answers=stores.answers,
        texts=stores.texts,
        releases=stores.releases,
        progress=stores.progress,
        contacts=stores.contacts,
        told=stores.told,
        relays=stores.relays,
        facilitating=stores.facilitating,
        outbox=stores.outbox,
        keyring=stores.keyring,
        programme=programme,
        definitions=definitions,
        catalogues=catalogues,
        city_answers=stores.city_answers,
        version=program_version(),
    )


def memory_house(
    settings: Settings, clock: Callable[[], datetime] = now
) -> AbstractAsyncContextManager[House]:
    """Open a house that keeps everything in memory, and forgets it at the end."""

    async def opening(_: Path) -> Stores:
        return memory_stores()

    return open_house(settings, clock=clock, opening=opening)


def backups(settings: Settings) -> Backups:
    """Return what takes backups of the data folder, beside a program that serves it."""
    return Backups(settings.data_dir, program_version())


def keys_seen(settings: Settings) -> KeysSeen:
    """Look at the data folder as it lies, before anything in it is opened."""
    return look_at(settings.data_dir)


def escrow_of(settings: Settings) -> Escrow:
    """Return what puts keys of the data folder in escrow, and brings them back."""
    return Escrow(settings.data_dir)


def restore_backup(settings: Settings, file: Path, passphrase: str, replace: bool) -> Restored:
    """Restore a backup into the data folder, which nobody may serve meanwhile.

    Raises:
        StorageError: the backup cannot be opened, or the folder is in use or not empty.
    """
    return restore(settings.data_dir, file, passphrase, now().date(), replace)


def program_version() -> str:
    """Return the version of the program as it was installed."""
    try:
        return version("porte-voix")
    except PackageNotFoundError:
        return "0"
