"""A relay in the evening: its links, page, cards and code, which must be found nowhere on the disk."""

import re
from dataclasses import dataclass

from tests.canaries.program import Program

RELAY = "House of Women"
CARDS = 3


@dataclass(frozen=True)
class Carried:
    """What a relay was given: what links carry, the secret of its page, cards, a facilitator's code."""

    link: str = ""
    start: str = ""
    page: str = ""
    facilitator: str = ""
    cards: tuple[str, ...] = ()

    @property
    def secrets(self) -> list[str]:
        """Everything of it as machines write it, and as people do."""
        return [
            self.link,
            self.start,
            self.page,
            self.facilitator,
            self.facilitator.replace("-", ""),
            *self.cards,
        ]


async def carried_by(program: Program) -> Carried:
    """Make a relay known as staff do it; what the commands print for staff is kept from the scan."""
    cards = program.notes / "cards.csv"
    known = {**program.environment, "PORTEVOIX_PUBLIC_URL": "https://voices.example"}

    _, links, page, code, _ = await program.run_all(
        ("relay", "add", RELAY, "--languages", "en,fr", "--series", "language-learning"),
        ("relay", "links", RELAY),
        ("relay", "page", RELAY),
        ("relay", "facilitator", RELAY),
        ("relay", "codes", RELAY, "--count", str(CARDS), "--csv", str(cards)),
        environment=known,
        kept=False,
    )
    return Carried(
        link=_found(r"/r/([\w-]+)", links)[0],
        start=_found(r"start=([\w-]+)", links)[0],
        page=_found(r"/relay/(\w+)", page)[0],
        facilitator=code.split()[0],
        cards=tuple(_found(r"/r/c(\w+)", cards.read_text())),
    )


def _found(pattern: str, text: str) -> list[str]:
    found = re.findall(pattern, text)
    assert found, pattern
    return found
