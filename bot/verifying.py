"""Everything ever published is looked at again: its bytes, its rules, and what an attacker makes of it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.freezing import is_of_tables
from bot.registry import Registry
from conversations.errors import ReleaseError, RoundError
from conversations.identifiers import RoundId
from conversations.ports import TABLES
from conversations.rounds import Round, may_share_people
from reports.disclosure import Examination, Publishable, examine, reopen
from reports.disclosure.texts import reopen_texts


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedPart:
    """One part as it was found: its document where it verifies, else what is wrong with it."""

    round: RoundId
    part: str
    sha256: str
    document: Mapping[str, Any] | None = None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found out about releases of rounds in which the same people may have answered."""

    parts: Sequence[VerifiedPart]
    examination: Examination


async def verify(registry: Registry, wanted: RoundId | None = None) -> Sequence[Verdict]:
    """Look at every part of every release, or only at those beside one round; nothing is changed.

    Raises:
        RoundError: there is no such round.
        ReleaseError: nothing of it has been released.
    """
    rounds = {round_.id: round_ for round_ in await registry.rounds.all()}
    parts: dict[RoundId, list[tuple[str, str]]] = {}
    for round_id, part, sha256 in await registry.releases.all():
        parts.setdefault(round_id, []).append((part, sha256))
    if wanted is not None and wanted not in rounds:
        raise RoundError(f"there is no round {wanted}; `portevoix round list` names them")
    if wanted is not None and wanted not in parts:
        raise ReleaseError(
            f"nothing of round {wanted} has been released; `portevoix release list` says what was"
        )
    together = _together([rounds[round_id] for round_id in parts if round_id in rounds])
    return [
        await _verdict(registry, {round_id: parts[round_id] for round_id in some})
        for some in together
        if wanted is None or wanted in some
    ]


def _together(rounds: Sequence[Round]) -> list[list[RoundId]]:
    """Sort rounds into groups: the same people may have answered within a group, and nobody across two."""
    groups: list[list[Round]] = []
    for round_ in sorted(rounds, key=lambda one: (one.opens_at, one.id)):
        near = [group for group in groups if any(may_share_people(round_, other) for other in group)]
        groups = [group for group in groups if group not in near]
        groups.append([*(other for group in near for other in group), round_])
    return [[round_.id for round_ in group] for group in groups]


async def _verdict(registry: Registry, parts: Mapping[RoundId, Sequence[tuple[str, str]]]) -> Verdict:
    """Look at all parts of some rounds, and attack their tables together."""
    found: list[VerifiedPart] = []
    tables: list[Publishable] = []
    for round_id, named in parts.items():
        first: Publishable | None = None
        for part, sha256 in named:
            try:
                opened = await _opened(registry, round_id, part, first)
            except ReleaseError as error:
                found.append(VerifiedPart(round=round_id, part=part, sha256=sha256, fault=str(error)))
                continue
            first = opened if part == TABLES else first
            found.append(VerifiedPart(round=round_id, part=part, sha256=sha256, document=opened.document))
            if is_of_tables(part):
                tables.append(opened)
    return Verdict(found, await asyncio.to_thread(examine, tables))


async def _opened(registry: Registry, round_id: RoundId, part: str, first: Publishable | None) -> Publishable:
    """Return a part, its bytes and rules checked.

    Raises:
        ReleaseError: its bytes were changed, or it breaks its rules.
    """
    content = await registry.releases.read(round_id, part) or b""
    return reopen(content) if is_of_tables(part) else reopen_texts(content, first)
