"""Released rounds for whoever reads: the list, the page in a language, the bytes and what is made of them."""

from collections.abc import Sequence

from bot.i18n import Catalogues, Voice
from bot.programme import Programme
from bot.web.releases import Format, PublicRelease
from conversations.errors import ReleaseError, RoundError
from conversations.identifiers import RoundId
from conversations.ports import ReleaseStore, RoundStore
from conversations.rounds import RoundState
from reports.disclosure import Publishable, reopen
from reports.render import csv_of, html_of, json_of, table_of

PAGES_KEPT = 32
"""Rendered pages, and files, kept in memory; a release never changes, so they never do."""


class Publisher:
    """Hands out frozen releases; every form is made of the stored bytes alone."""

    def __init__(
        self, rounds: RoundStore, releases: ReleaseStore, programme: Programme, catalogues: Catalogues
    ) -> None:
        self._rounds = rounds
        self._releases = releases
        self._programme = programme
        self._catalogues = catalogues
        self._pages: dict[tuple[str, str], str] = {}
        self._contents: dict[tuple[str, Format], bytes] = {}

    async def list(self) -> Sequence[PublicRelease]:
        """Return the released rounds, newest first."""
        found = []
        for round_ in await self._rounds.all():
            if round_.state is RoundState.RELEASED and round_.released_at is not None:
                instrument = await self._programme.instrument(round_)
                names = {"en": round_.city, **instrument.city.name}
                day = round_.released_at.date()
                found.append(PublicRelease(round_.id, round_.name, names, day, round_.demonstration))
        return found

    async def page(self, round_id: str, tag: str) -> str | None:
        """Return a release as a whole HTML page in a language, or None where nothing was released."""
        if (round_id, tag) not in self._pages:
            found = await self._open(round_id)
            if found is None:
                return None
            if len(self._pages) >= PAGES_KEPT:
                self._pages.clear()
            self._pages[round_id, tag] = html_of(found, await self._voice(round_id, tag)).decode()
        return self._pages[round_id, tag]

    async def content(self, round_id: str, form: Format) -> bytes | None:
        """Return a release's bytes as JSON or CSV, or None where nothing was released."""
        if (round_id, form) not in self._contents:
            found = await self._open(round_id)
            if found is None:
                return None
            if len(self._contents) >= PAGES_KEPT:
                self._contents.clear()
            self._contents[round_id, form] = json_of(found) if form == "json" else csv_of(found)
        return self._contents[round_id, form]

    async def show(self, round_id: RoundId, form: str, tag: str) -> bytes:
        """Return a release in the form that staff ask for: table, json, csv or html.

        Raises:
            RoundError: there is no such round, or no words in this language.
            ReleaseError: the round is not released yet, or the release does not verify.
        """
        round_ = await self._rounds.get(round_id)
        if round_ is None:
            raise RoundError(f"there is no round {round_id}; `portevoix round list` names them")
        if tag not in self._catalogues.tags:
            raise RoundError(f"there are no words in '{tag}'; there are {', '.join(self._catalogues.tags)}")
        found = await self._open(round_id)
        if found is None:
            todo = (
                f"close it first: portevoix round close {round_id}, then portevoix round release {round_id}"
            )
            if round_.state is RoundState.CLOSED:
                todo = f"release it first: portevoix round release {round_id}"
            raise ReleaseError(f"round {round_id} is {round_.state.value}, not released; {todo}")
        if form == "json":
            return json_of(found)
        if form == "csv":
            return csv_of(found)
        voice = await self._voice(round_id, tag)
        return html_of(found, voice) if form == "html" else table_of(found, voice)

    async def _open(self, round_id: str) -> Publishable | None:
        """Return a release, its bytes and rules checked, or None."""
        content = await self._releases.read(RoundId(round_id))
        return None if content is None else reopen(content)

    async def _voice(self, round_id: str, tag: str) -> Voice:
        """Return the voice for a release; its round's words are made known first."""
        round_ = await self._rounds.get(RoundId(round_id))
        host = "en"
        if round_ is not None:
            host = (await self._programme.instrument(round_)).city.host_language
        return self._catalogues.voice(tag, host)
