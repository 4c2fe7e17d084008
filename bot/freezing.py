"""What is frozen: the definitions of a round when it opens, the parts of its release when it has closed."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from bot.answering import since_last
from bot.i18n import Catalogues, State
from bot.i18n.sources import PARTICIPANTS, questionnaire_sources
from bot.registry import Registry
from conversations.circumstances import code_of, with_circumstances
from conversations.conduct import Conduct
from conversations.errors import ReleaseError, RoundError
from conversations.identifiers import Fingerprint, RoundId
from conversations.instrument import Instrument, for_city
from conversations.ports import TABLES, Boxes
from conversations.questionnaire import Part
from conversations.rounds import Round, RoundState, may_share_people
from conversations.session import Sheet
from reports.disclosure import Asked, Offered, Publishable, add_part, reopen
from reports.disclosure import release as make_release
from reports.planned import Plan, check_plan

EVERY = 100
"""So many boxes are opened between two words to whoever waits."""

Advance = Callable[[int], None]
Watch = Callable[[int], AbstractContextManager[Advance]]
"""Shows whoever waits how many of so many boxes have been opened."""


def unwatched(total: int) -> AbstractContextManager[Advance]:
    """Show nothing: nobody waits."""
    return nullcontext(lambda opened: None)


async def release_content(registry: Registry, round_: Round, watch: Watch = unwatched) -> bytes:
    """Open the boxes one by one, in memory, and return the bytes of the first part."""
    asked = await asked_in(registry, round_)
    beside = await published_beside(registry, round_)
    boxes = await registry.answers.open_boxes(round_.id)
    return await _counted(boxes, watch, lambda sheets: make_release(sheets, asked, beside).content)


async def part_content(
    registry: Registry, round_: Round, plan: Plan, earlier: Sequence[Publishable], watch: Watch = unwatched
) -> bytes:
    """Open the kept boxes one by one, in memory, and return the bytes of one more part.

    Raises:
        ReleaseError: with the parts before it, it would give a small group away; names the table.
    """
    asked = await asked_in(registry, round_)
    beside = await published_beside(registry, round_)
    boxes = await registry.answers.open_boxes(round_.id)
    return await _counted(boxes, watch, lambda sheets: add_part(sheets, asked, plan, earlier, beside).content)


async def _counted(boxes: Boxes, watch: Watch, make: Callable[[Iterator[Sheet]], bytes]) -> bytes:
    """Make a part of boxes in a thread of its own, and let whoever waits watch."""
    with watch(len(boxes)) as advance:
        return await asyncio.to_thread(lambda: make(_one_by_one(boxes, advance)))


def _one_by_one(boxes: Boxes, advance: Advance) -> Iterator[Sheet]:
    for number, sheet in enumerate(boxes, start=1):
        yield sheet
        if number % EVERY == 0:
            advance(EVERY)
    advance(len(boxes) % EVERY)


async def asked_in(registry: Registry, round_: Round) -> Asked:
    """Return what a round asked, with its plan, as it was frozen when the round opened."""
    instrument = await registry.programme.instrument(round_)
    return Asked(
        round_=round_,
        closed_on=instrument.closes_on if round_.closed_at is None else _local_day(round_),
        benchmark=instrument.benchmark,
        questionnaire=instrument.in_release,
        city=instrument.city,
        plan=Plan.model_validate(round_.plan),
        languages=_offered(registry, round_, instrument),
        version=registry.version,
        since_last=await since_last(registry, round_),
    )


def _offered(registry: Registry, round_: Round, instrument: Instrument) -> list[Offered]:
    """Return the languages of a round: how far their words were signed, and what they lack.

    One that was not reviewed when the round opened is not reviewed here, even if somebody signed it since.
    """
    words = registry.catalogues
    asked = [source.key for source in questionnaire_sources(instrument.questionnaire)]
    keys = [key for key, source in words.sources.items() if source.whom == PARTICIPANTS] + asked
    return [
        Offered(tag, _state(words, round_, tag), len(words.missing(tag, keys))) for tag in round_.languages
    ]


def _state(words: Catalogues, round_: Round, tag: str) -> str:
    """Return how far a language was signed for a round."""
    if tag not in round_.draft_languages:
        return State.REVIEWED.value
    return State.PARTLY.value if words.state(tag) is State.PARTLY else State.DRAFT.value


async def published_beside(registry: Registry, round_: Round) -> list[Publishable]:
    """Return what was released of other rounds in which the same people may have answered."""
    rounds = await registry.rounds.all()
    others = [other.id for other in rounds if _is_beside(other, round_)]
    return [part for other in sorted(others) for part in await tables_of(registry, other)]


def _is_beside(other: Round, round_: Round) -> bool:
    return other.state in (RoundState.CLOSED, RoundState.RELEASED) and may_share_people(other, round_)


async def tables_of(registry: Registry, round_id: RoundId) -> list[Publishable]:
    """Return the parts of a round's release that hold tables, the first one first; texts are no tables."""
    contents = [await registry.releases.read(round_id, part) for part in await names_of(registry, round_id)]
    return [reopen(content) for content in contents if content is not None]


async def names_of(registry: Registry, round_id: RoundId) -> list[str]:
    """Return the names of the parts of a round's release that hold tables, in the order of their freezing."""
    return [part for part, _ in await registry.releases.parts(round_id) if is_of_tables(part)]


def is_of_tables(part: str) -> bool:
    """Say whether a part holds tables: the first one, or one that was added."""
    return part.split("-")[0] == TABLES


async def freeze(registry: Registry, round_id: RoundId, content: bytes, part: str = TABLES) -> str:
    """Freeze a part, verify what was frozen, and return its SHA-256.

    Raises:
        ReleaseError: what is kept is not what was to be frozen.
    """
    sha256 = await registry.releases.freeze(round_id, content, part)
    kept = await registry.releases.read(round_id, part)
    if kept is None or reopen(kept).sha256 != sha256:
        raise ReleaseError(f"the release of {round_id} is not what was frozen; nothing was destroyed")
    return sha256


async def as_opened(registry: Registry, round_: Round) -> Round:
    """Return a round that opens, with what is fixed from then on: its definitions, and whom it may name.

    Raises:
        RoundError: its definitions were changed since, and its plan does not fit any more.
    """
    definitions = await freeze_definitions(registry, round_)
    return replace(round_, definitions=definitions, conduct=await _with_associations(registry, round_))


async def _with_associations(registry: Registry, round_: Round) -> dict[str, Any]:
    """Return how a round is conducted, with the associations that its release may name, if it names any.

    Those are the ones that carry its series when it opens and were not revoked.
    """
    conduct = Conduct.model_validate(dict(round_.conduct))
    is_named = conduct.by_association and not round_.is_listening
    named = {
        str(code_of(relay.id)): relay.name
        for relay in (await registry.relays.all() if is_named else ())
        if relay.kind == "association" and not relay.revoked and relay.carries(round_.city, round_.series)
    }
    whole = conduct.model_copy(update={"associations": named})
    return whole.model_dump(mode="json", exclude_defaults=True)


async def freeze_definitions(registry: Registry, round_: Round) -> dict[str, Fingerprint]:
    """Keep the definitions of a round as they are now, and return their fingerprints.

    Raises:
        RoundError: they were changed since, and the round's plan does not fit any more.
    """
    benchmark, asked = registry.definitions.asked(round_)
    city = registry.definitions.city(round_.city)
    try:
        check_plan(Plan.model_validate(round_.plan), with_circumstances(for_city(asked, city)))
    except RoundError as error:
        raise RoundError(
            f"the questionnaire was changed after {round_.id} was planned: {error};"
            " cancel the round and plan it again"
        ) from None
    kept: dict[str, Fingerprint] = {}
    parts: dict[str, Part] = {"benchmark": benchmark, "questionnaire": asked, "city": city}
    for name, part in parts.items():
        kept[name] = part.fingerprint
        await registry.rounds.keep_definition(part.fingerprint, part.model_dump_json(by_alias=True))
    return kept


def _local_day(round_: Round) -> date:
    """Return the local day on which a round closed."""
    return (round_.closed_at or round_.closes_at).astimezone(ZoneInfo(round_.timezone)).date()
