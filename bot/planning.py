"""How a wish of staff becomes a round to be planned: city, languages, id."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import get_args
from zoneinfo import ZoneInfo

from bot.definitions import Definitions
from bot.i18n import Catalogues, Source
from bot.i18n.sources import pack_sources
from conversations.city import City
from conversations.conduct import Conduct
from conversations.errors import RoundError
from conversations.identifiers import Locale, RoundId
from conversations.modules import MOST_ANSWERS, module_of
from conversations.rounds import K, Purpose, Round, RoundState

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What staff say when they plan a round; empty words mean the default. Times are aware UTC."""

    benchmark: str
    name: str
    opens_at: datetime
    closes_at: datetime
    zone: ZoneInfo
    city: str = ""
    series: str = ""
    purpose: str = "monitor"
    drafts: tuple[str, ...] = ()
    k: int = K


def wanted_round(wish: Wish, definitions: Definitions, catalogues: Catalogues) -> tuple[Round, list[str]]:
    """Return the round that is wished for, and the city's languages that are left out as unreviewed drafts.

    Raises:
        RoundError: unknown benchmark, city, language or purpose.
    """
    if wish.benchmark not in definitions.packs():
        raise RoundError(
            f"there is no benchmark '{wish.benchmark}'; there are {', '.join(definitions.packs())}"
        )
    if wish.purpose not in get_args(Purpose):
        raise RoundError(f"'{wish.purpose}' is no purpose; choose {', '.join(get_args(Purpose))}")
    benchmark, questionnaire = definitions.pack(wish.benchmark)
    purposes = questionnaire.purposes
    asked = pack_sources(benchmark, questionnaire)
    if wish.purpose not in purposes:
        raise RoundError(f"{wish.benchmark} is not asked to '{wish.purpose}', only to {', '.join(purposes)}")
    city = chosen_city(wish.city, definitions)
    offered, left_out = _languages(city, wish, catalogues, asked)
    unreviewed = tuple(tag for tag in offered if not catalogues.is_reviewed(tag, asked))
    round_ = Round(
        id=RoundId(f"{wish.benchmark}-{wish.opens_at.astimezone(wish.zone):%Y-%m}"),
        name=wish.name,
        city=city.key,
        series=wish.series or wish.benchmark,
        purpose=next(purpose for purpose in get_args(Purpose) if purpose == wish.purpose),
        benchmark=wish.benchmark,
        state=RoundState.PLANNED,
        opens_at=wish.opens_at,
        closes_at=wish.closes_at,
        timezone=wish.zone.key,
        languages=offered,
        draft_languages=unreviewed,
        k=wish.k,
        demonstration=city.demonstration,
    )
    return round_, left_out


def said_of_modules(round_: Round) -> list[str]:
    """Return lines that say which module a round asks, and which the rounds after it; none without any."""
    conduct = Conduct.model_validate(round_.conduct)
    first = max(round_.number, 1)
    lines = [
        f"    round {number}: {module.name} ({', '.join(module.questions)})"
        for number in range(first, first + len(conduct.modules))
        if (module := module_of(conduct, number)) is not None
    ]
    if not lines:
        return []
    core = ", ".join(conduct.core) or "nothing besides"
    more = "and then in turn" if round_.schedule else "but this round stands alone: --every makes a series"
    return [
        f"asked in each round: {core}; beside it one module, at most {MOST_ANSWERS} answers:",
        *lines,
        f"    {more}",
    ]


def with_drafts(
    round_: Round, words: Catalogues, named: Sequence[str], *, leave_out: bool, asked: Sequence[Source] = ()
) -> Round:
    """Return a round that is about to open, with what is a draft today among its draft languages.

    Languages that are drafts, or lack some of what is `asked`, and were not named are left out, or refused.

    Raises:
        RoundError: such a language is not to be left out.
    """
    if unknown := [tag for tag in named if tag not in round_.languages]:
        raise RoundError(f"{round_.id} is not offered in {', '.join(unknown)}")
    drafts = {tag for tag in round_.languages if not words.is_reviewed(tag, asked)}
    known = {*round_.draft_languages, *named} if not round_.demonstration else set(round_.languages)
    lost = [tag for tag in round_.languages if tag in drafts - known]
    if lost and not leave_out:
        said = ", ".join(lost)
        raise RoundError(
            f"nobody signed all of today's words in {said}; sign them (portevoix locales sign), or open it"
            f" with --drafts {','.join(lost)}"
        )
    if lost:
        log.warning("%s opens without %s: not all of its words are signed", round_.id, ", ".join(lost))
    kept = tuple(tag for tag in round_.languages if tag not in lost)
    return replace(round_, languages=kept, draft_languages=tuple(tag for tag in kept if tag in drafts))


def chosen_city(key: str, definitions: Definitions) -> City:
    """Return the city that is meant: the one named, or the only one.

    Raises:
        RoundError: there is no such city, or several.
    """
    known = definitions.cities()
    own = [city for city in known if not definitions.city(city).demonstration] or known
    if not key and len(own) == 1:
        return definitions.city(own[0])
    if key not in known:
        said = f"there is no city '{key}'" if key else "name the city with --city"
        raise RoundError(f"{said}; there are {', '.join(known)}")
    return definitions.city(key)


def _languages(
    city: City, wish: Wish, catalogues: Catalogues, asked: Sequence[Source]
) -> tuple[tuple[Locale, ...], list[str]]:
    """Return the languages to offer, the city's order, and those left out as drafts.

    A real round offers a draft only where it is named; a demonstration offers all. English, the source
    text, is always there. Source: LANGUAGES.md, "States".
    """
    if unknown := [tag for tag in (*city.languages, *wish.drafts) if tag not in catalogues.tags]:
        raise RoundError(
            f"there are no words in {', '.join(unknown)}; there are {', '.join(catalogues.tags)}"
        )
    wanted = dict.fromkeys([*city.languages, *wish.drafts, "en"])
    signed = {tag for tag in wanted if catalogues.is_reviewed(tag, asked)}
    fit = [tag for tag in wanted if city.demonstration or tag in signed or tag in wish.drafts]
    return tuple(Locale(tag) for tag in fit), [tag for tag in wanted if tag not in fit]
