"""The doctor: looks at everything that an installation needs, one line each, with what to do."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

from bot.app import House, KeysSeen
from bot.doctor import coming, inside, outside
from bot.doctor.finding import Found, Verdict
from conversations.errors import AppError

__all__ = ["Found", "Verdict", "examine"]


async def examine(house: House, keys: KeysSeen, backup: Path | None = None) -> list[Found]:
    """Look at everything; a look that fails is itself a finding, and stops no other.

    `keys` were looked at before the house was opened, because opening mends some of it.
    """
    looks: list[Callable[[], AsyncIterator[Found]]] = [
        lambda: outside.telegram(house),
        lambda: outside.page(house),
        lambda: outside.clock(house),
        lambda: inside.serving(house),
        lambda: inside.keys(house, keys),
        lambda: inside.backups(house, keys, backup),
        lambda: inside.languages(house),
        lambda: coming.rounds(house),
        lambda: coming.relays(house),
    ]
    found: list[Found] = []
    for look in looks:
        try:
            found += [each async for each in look()]
        except AppError as error:
            found.append(Found("installation", Verdict.WRONG, str(error)))
    return found
