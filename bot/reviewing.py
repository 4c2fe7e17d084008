"""Texts of a closed round: read by a person one at a time, then released once, or shut for good."""

import asyncio
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.campaigns import TEXTS_KEPT
from bot.registry import Registry
from bot.sitting import Sitting
from conversations.errors import ReleaseError, RoundError
from conversations.identifiers import Locale, RoundId
from conversations.instrument import Instrument
from conversations.rounds import Round, RoundState
from conversations.session import WrittenText
from conversations.texts import ReviewedText, TextId
from reports.disclosure import Publishable, progress_step
from reports.disclosure.texts import AnyText, Writers, first_part, release_texts, reopen_texts, writers
from reports.planned import Frame, Plan

PART = "texts"
"""The part of a release that holds its texts."""

Shuffle = Callable[[Sequence[Any]], list[Any]]


@dataclass(frozen=True, slots=True)
class Status:
    """How a round's texts stand, in coarse steps: `waiting` is 0 or the largest step passed.

    `any_waiting` tells 0 from a few; `days_left` is None once nothing is left to shut.
    """

    released: bool
    any_waiting: bool
    waiting: int
    days_left: int | None


@dataclass(frozen=True, slots=True)
class Prospect:
    """What would become of a round's texts if they were released now; `unread` is a coarse step.

    Unread texts are dropped for good, and so are unfit ones: they were read, but too few people wrote on
    their key factor, or in their language, now that others were refused.
    """

    entering: bool
    any_unread: bool
    unread: int
    any_unfit: bool

    @property
    def loses(self) -> bool:
        """Whether texts would be dropped that a reviewer could still let in."""
        return self.any_unread or self.any_unfit


@dataclass(frozen=True, slots=True)
class _Weighed:
    """The texts of a round beside what may become of them."""

    texts: tuple[AnyText, ...]
    counted: Writers
    publication: Locale
    prospect: Prospect


class Reviewing:
    """Lets staff review texts, and releases them; `shuffled` is chance, handed in."""

    def __init__(self, registry: Registry, now: Callable[[], datetime], shuffled: Shuffle) -> None:
        self._registry = registry
        self._now = now
        self._shuffled = shuffled

    async def status(self, round_id: RoundId) -> Status:
        """Return how a round's texts stand; needs no key.

        Raises:
            RoundError: there is no such round, or it has not closed.
        """
        round_ = await self._closed(round_id)
        released = await self._registry.releases.read(round_id, PART) is not None
        waiting = await self._registry.texts.waiting(round_id)
        left = self._left(round_)
        days = None if released or left <= timedelta() else math.ceil(left / timedelta(days=1))
        return Status(released, waiting > 0, progress_step(waiting), days)

    async def review(self, round_id: RoundId, passphrase: str | None = None, language: str = "") -> Sitting:
        """Open a round's texts for one sitting. `language` is that of the publication, if not the city's.

        Raises:
            RoundError: the round has not closed, its texts are released or shut, or the language is unknown.
            KeyHeld: the passphrase is missing.
        """
        round_ = await self._reviewable(round_id)
        instrument = await self._registry.programme.instrument(round_)
        publication = publication_of(instrument, language)
        texts = await self._open(round_id, passphrase)
        frame = _frame(round_, instrument)
        return Sitting(self._registry, instrument, frame, texts, publication, self._shuffled(list(texts)))

    async def prospect(
        self, round_id: RoundId, passphrase: str | None = None, language: str = ""
    ) -> Prospect | None:
        """Return what would become of a round's texts if they were released now; None if they were before.

        Raises:
            RoundError: the round's tables are not released, or its texts are shut.
            KeyHeld: the passphrase is missing.
        """
        await self._tables(round_id)
        if await self._registry.releases.read(round_id, PART) is not None:
            return None
        return (await self._weighed(round_id, passphrase, language)).prospect

    async def release(
        self, round_id: RoundId, passphrase: str | None = None, language: str = "", *, drop: bool = False
    ) -> str:
        """Release a round's reviewed texts: freeze, verify, then destroy all texts and their key.

        Restartable at each point: what was frozen before is only verified, and destroying goes on. `drop`:
        what is unread or cannot enter may go for good. Returns the SHA-256.

        Raises:
            RoundError: the tables are not released, the texts are shut, or some would be lost without `drop`.
            KeyHeld: the passphrase is missing.
            ReleaseError: the texts do not verify; nothing was destroyed.
        """
        tables = await self._tables(round_id)
        content = await self._registry.releases.read(round_id, PART)
        if content is None:
            content = (await self._made(round_id, tables, passphrase, language, drop)).content
        sha256 = await self._registry.releases.freeze(round_id, content, PART)
        kept = await self._registry.releases.read(round_id, PART)
        if kept is None or reopen_texts(kept, tables).sha256 != sha256:
            raise ReleaseError(f"the texts of {round_id} are not what was frozen; nothing was destroyed")
        self._registry.keyring.destroy_texts(round_id)
        await self._registry.answers.destroy_texts(round_id)
        return sha256

    async def _made(
        self, round_id: RoundId, tables: Publishable, passphrase: str | None, language: str, drop: bool
    ) -> Publishable:
        """Make the part of the texts that may enter."""
        weighed = await self._weighed(round_id, passphrase, language)
        if not drop and weighed.prospect.loses:
            raise RoundError(
                f"some texts would be lost; review them first: portevoix texts review {round_id}"
            )
        return release_texts(
            [text for text in weighed.texts if isinstance(text, ReviewedText)],
            weighed.counted,
            tables,
            publication=weighed.publication,
            version=self._registry.version,
            shuffled=self._shuffled,
        )

    async def _weighed(self, round_id: RoundId, passphrase: str | None, language: str) -> _Weighed:
        round_ = await self._reviewable(round_id)
        instrument = await self._registry.programme.instrument(round_)
        publication = publication_of(instrument, language)
        texts = tuple((await self._open(round_id, passphrase)).values())
        if not texts:
            raise RoundError(f"there are no texts in round {round_id}; there is nothing to release")
        counted = writers(texts, _frame(round_, instrument))
        return _Weighed(texts, counted, publication, _prospect(texts, counted, publication))

    async def _tables(self, round_id: RoundId) -> Publishable:
        """Return the first part of a round's release, to which its texts belong."""
        await self._closed(round_id)
        content = await self._registry.releases.read(round_id)
        if content is None:
            raise RoundError(
                f"round {round_id} is not released yet; its tables come first:"
                f" portevoix round release {round_id}"
            )
        return first_part(content)

    async def _open(self, round_id: RoundId, passphrase: str | None) -> dict[TextId, AnyText]:
        if passphrase is not None:
            await asyncio.to_thread(self._registry.keyring.unlock, round_id, passphrase)
        opened = await self._registry.texts.open_all(round_id)
        return {**opened.waiting, **opened.reviewed}

    async def _closed(self, round_id: RoundId) -> Round:
        """Return a round whose texts may be read: it has closed."""
        round_ = await self._registry.rounds.get(round_id)
        if round_ is None:
            raise RoundError(f"there is no round {round_id}; `portevoix round list` names them")
        if round_.state not in (RoundState.CLOSED, RoundState.RELEASED):
            raise RoundError(
                f"round {round_id} is {round_.state.value}; its texts are read after it has closed:"
                f" portevoix round close {round_id}"
            )
        return round_

    async def _reviewable(self, round_id: RoundId) -> Round:
        """Return a round whose texts are neither released nor shut for good."""
        round_ = await self._closed(round_id)
        if await self._registry.releases.read(round_id, PART) is not None:
            raise RoundError(
                f"the texts of round {round_id} are released; they cannot be changed."
                f" See them: portevoix release show {round_id}"
            )
        if self._left(round_) <= timedelta():
            raise RoundError(
                f"the texts of round {round_id} were shut for good {TEXTS_KEPT.days} days after it closed"
            )
        return round_

    def _left(self, round_: Round) -> timedelta:
        return (round_.closed_at or round_.closes_at) + TEXTS_KEPT - self._now()


def publication_of(instrument: Instrument, language: str) -> Locale:
    """Return the language of paraphrases: the one asked for, or the city's own."""
    known = {*instrument.languages, instrument.city.host_language, "en"}
    if language and language not in known:
        named = ", ".join(sorted(known))
        raise RoundError(f"the round knows no language '{language}'; there are {named}")
    return Locale(language or instrument.city.host_language)


def _frame(round_: Round, instrument: Instrument) -> Frame:
    return Frame(Plan.model_validate(round_.plan), instrument.in_release, instrument.city)


def _prospect(texts: Sequence[AnyText], counted: Writers, publication: Locale) -> Prospect:
    fits = [counted.may_enter(text, publication) for text in texts if isinstance(text, ReviewedText)]
    unread = sum(isinstance(text, WrittenText) and counted.has_company(text) for text in texts)
    return Prospect(any(fits), unread > 0, progress_step(unread), not all(fits))
