"""What is frozen: the definitions of a round when it opens, its release when it has closed."""

import asyncio
from datetime import date
from zoneinfo import ZoneInfo

from bot.registry import Registry
from conversations.identifiers import Fingerprint
from conversations.questionnaire import Part
from conversations.rounds import Round
from reports.disclosure import Asked
from reports.disclosure import release as make_release
from reports.planned import Plan


async def release_content(registry: Registry, round_: Round) -> bytes:
    """Open the boxes once, in memory, and return the release's bytes."""
    instrument = await registry.programme.instrument(round_)
    sheets = await registry.answers.open_boxes(round_.id)
    asked = Asked(
        round_=round_,
        closed_on=instrument.closes_on if round_.closed_at is None else _local_day(round_),
        benchmark=instrument.benchmark,
        questionnaire=instrument.questionnaire,
        city=instrument.city,
        plan=Plan.model_validate(round_.plan),
        languages=[(tag, tag not in round_.draft_languages) for tag in round_.languages],
        version=registry.version,
    )
    return await asyncio.to_thread(lambda: make_release(sheets, asked).content)


async def freeze_definitions(registry: Registry, round_: Round) -> dict[str, Fingerprint]:
    """Keep the definitions of a round as they are now, and return their fingerprints."""
    benchmark, asked = registry.definitions.pack(round_.benchmark)
    city = registry.definitions.city(round_.city)
    kept: dict[str, Fingerprint] = {}
    parts: dict[str, Part] = {"benchmark": benchmark, "questionnaire": asked, "city": city}
    for name, part in parts.items():
        kept[name] = part.fingerprint
        await registry.rounds.keep_definition(part.fingerprint, part.model_dump_json(by_alias=True))
    return kept


def _local_day(round_: Round) -> date:
    """Return the local day on which a round closed."""
    return (round_.closed_at or round_.closes_at).astimezone(ZoneInfo(round_.timezone)).date()
