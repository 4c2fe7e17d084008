"""The shelf of released rounds that everybody reads from: what stands on it, and what is still to come."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from hashlib import sha256
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.programme import Programme
from bot.web.releases import Expected, Figures, Format, PublicAnswer, PublicRelease
from conversations.city_answers import CityAnswerStore
from conversations.errors import ReleaseError
from conversations.identifiers import RoundId
from conversations.ports import ReleaseStore, RoundStore
from conversations.rounds import Round, RoundState
from conversations.wording import Words, factor_key
from reports.disclosure import reopen
from reports.render.reading import Reading

log = logging.getLogger(__name__)

TEXTS = "texts"
"""The part of a release that holds what people wrote."""


class Forms(Protocol):
    """Makes the forms of a release of its frozen bytes."""

    async def content(self, round_id: str, form: Format, tag: str) -> bytes | None:
        """Return one form of a release in a language, or None where nothing was released."""


class Shelf:
    """Shows released rounds to everybody; one that does not verify is named, logged, and never shown."""

    def __init__(
        self,
        *,
        rounds: RoundStore,
        releases: ReleaseStore,
        answers: CityAnswerStore,
        programme: Programme,
        forms: Forms,
        now: Callable[[], datetime],
        version: str,
    ) -> None:
        self._rounds = rounds
        self._releases = releases
        self._answers = answers
        self._programme = programme
        self._forms = forms
        self._now = now
        self._version = version
        self._figures: dict[tuple[str, str], Figures] = {}

    async def list(self, skip: int, most: int) -> Sequence[PublicRelease]:
        """Return released rounds, newest first: at most so many, after the first ones are left out."""
        released = [round_ for round_ in await self._rounds.all() if round_.released_at is not None]
        answered = await self._answers.all()
        return [await self._told(round_, round_.id in answered) for round_ in released[skip : skip + most]]

    async def expected(self) -> Sequence[Expected]:
        """Return the rounds whose results are still to come, the next to close first."""
        waiting = (RoundState.OPEN, RoundState.CLOSED)
        rounds = [round_ for round_ in await self._rounds.all() if round_.state in waiting]
        return [await self._awaited(round_) for round_ in sorted(rounds, key=lambda round_: round_.closes_at)]

    async def edition(self, round_id: str) -> str | None:
        """Return what names all parts of a release as they are now, or None where nothing was released.

        Another version of the program may write the same figures in other words, so it is named, too.
        """
        parts = await self._releases.parts(RoundId(round_id))
        if not parts:
            return None
        return sha256("\n".join([self._version, *(print_ for _, print_ in parts)]).encode()).hexdigest()

    async def content(self, round_id: str, form: Format, tag: str) -> bytes | None:
        """Return one form of a release in a language, or None where nothing was released."""
        try:
            return await self._forms.content(round_id, form, tag)
        except ReleaseError:
            log.error("the release of round %s does not verify and is not shown", round_id)
            raise

    async def answer(self, round_id: str) -> PublicAnswer | None:
        """Return what the city answered to a round, or None where it has not."""
        kept, round_ = await self._answers.get(RoundId(round_id)), await self._rounds.get(RoundId(round_id))
        if kept is None or round_ is None:
            return None
        benchmark = (await self._programme.instrument(round_)).benchmark
        return PublicAnswer(
            name=round_.name,
            city=await self._city(round_),
            demonstration=round_.demonstration,
            factors={
                one.key: Words(factor_key(benchmark.key, one.key, "name"), one.name)
                for one in benchmark.key_factors
            },
            kept=kept,
        )

    async def _told(self, round_: Round, answered: bool) -> PublicRelease:
        """Return what the list tells of a round; without figures where its release does not verify."""
        return PublicRelease(
            round_id=round_.id,
            name=round_.name,
            city=await self._city(round_),
            released_on=_day(round_.released_at or round_.closes_at, round_),
            demonstration=round_.demonstration,
            figures=await self._figures_of(round_.id),
            answered=answered,
        )

    async def _figures_of(self, round_id: RoundId) -> Figures | None:
        """Return the figures of a release, read once for each edition of it."""
        edition = await self.edition(round_id)
        if edition is None:
            return None
        if (round_id, edition) not in self._figures:
            try:
                content = await self._releases.read(round_id)
                if content is None:
                    return None
                reading = Reading(await asyncio.to_thread(reopen, content))
            except ReleaseError:
                log.error("the release of round %s does not verify and is not shown", round_id)
                return None
            self._figures[round_id, edition] = Figures(
                theme=reading.of_benchmark("theme"),
                opened_on=reading.opened_on,
                closed_on=reading.closed_on,
                people=reading.whole.people,
                texts=any(part == TEXTS for part, _ in await self._releases.parts(round_id)),
            )
        return self._figures[round_id, edition]

    async def _awaited(self, round_: Round) -> Expected:
        """Return when the results of a round are expected."""
        closes_at = round_.closed_at or round_.closes_at
        return Expected(
            name=round_.name,
            city=await self._city(round_),
            closes_on=_day(closes_at, round_),
            closed=round_.state is RoundState.CLOSED or self._now() >= round_.closes_at,
            by_hand=round_.staff_key,
        )

    async def _city(self, round_: Round) -> Mapping[str, str]:
        """Return the names of a round's city, by language tag."""
        return {"en": round_.city, **(await self._programme.instrument(round_)).city.name}


def _day(moment: datetime, round_: Round) -> date:
    """Return the local day of a moment."""
    return moment.astimezone(ZoneInfo(round_.timezone)).date()
