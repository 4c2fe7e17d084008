"""Released rounds for whoever reads: the frozen bytes of each part, and every form that is made of them."""

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from bot.freezing import is_of_tables
from bot.i18n import Catalogues, Voice
from bot.programme import Programme
from bot.web.releases import Format
from conversations.errors import ReleaseError, RoundError
from conversations.identifiers import RoundId
from conversations.ports import TABLES, ReleaseStore, RoundStore
from conversations.rounds import Round, RoundState
from reports.disclosure import Publishable, reopen
from reports.disclosure.texts import reopen_texts
from reports.render import csv_of, html_of, json_of, table_of, texts_of
from reports.render.package import package_of
from reports.render.picture import drawable, pictures_of, png_of, svg_of

TEXTS = "texts"
"""The part of a release that holds what people wrote."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A part of tables, its bytes and rules checked; `texts` are what people wrote, if released."""

    tables: Publishable
    texts: Publishable | None = None


Make = Callable[[Opened, Voice], bytes]
Files = Callable[[], Mapping[str, bytes]]
"""Makes some files of a release, by name."""


def _xlsx(opened: Opened, voice: Voice) -> bytes:
    from reports.render.workbook import xlsx_of

    return xlsx_of(opened.tables, voice)


def _pdf(opened: Opened, voice: Voice) -> bytes:
    from reports.render.pdf import pdf_of

    return pdf_of(opened.tables, voice, texts=opened.texts)


FORMS: Mapping[str, Make] = {
    "table": lambda opened, voice: table_of(opened.tables, voice),
    "json": lambda opened, _voice: json_of(opened.tables),
    "csv": lambda opened, voice: csv_of(opened.tables, voice),
    "html": lambda opened, voice: html_of(opened.tables, voice, texts=opened.texts),
    "xlsx": _xlsx,
    "pdf": _pdf,
}
"""Forms of a whole release. Those that need heavy libraries fetch them when they are asked for."""
PICTURES: Mapping[str, Callable[[Publishable, str, Voice], bytes]] = {"svg": svg_of, "png": png_of}
"""Forms of one question."""
HXL = "hxl"
"""The table as CSV with a row of hashtags."""
TEXT_FORMS = ("table", "json")
"""Forms of what people wrote, by itself; pages show it with the tables."""


class Publisher:
    """Hands out frozen releases; every form is made of the stored bytes alone, beside the loop."""

    def __init__(
        self, rounds: RoundStore, releases: ReleaseStore, programme: Programme, catalogues: Catalogues
    ) -> None:
        self._rounds = rounds
        self._releases = releases
        self._programme = programme
        self._catalogues = catalogues

    async def content(self, round_id: str, form: Format, tag: str) -> bytes | None:
        """Return one form of a release in a language, or None where there is none.

        Raises:
            ReleaseError: the release does not verify; nothing of it may be shown.
        """
        opened = await self._open(RoundId(round_id), TABLES)
        if opened is None:
            return None
        voice = await self._voice(round_id, tag)
        try:
            return await asyncio.to_thread(FORMS[form], opened, voice)
        except ReleaseError:  # no font of the program has the letters of this language
            return None

    async def show(
        self, round_id: RoundId, form: str, tag: str, *, part: str = TABLES, question: str = ""
    ) -> bytes:
        """Return a part of a release in the form that staff ask for; a picture is of one question.

        Raises:
            RoundError: there is no such round, form or part, or no words in this language.
            ReleaseError: the round is not released yet, the release does not verify, or lacks the question.
        """
        _check_form(form, part, question)
        opened = await self._opened(round_id, tag, part)
        voice = await self._voice(round_id, tag)
        if part == TEXTS and opened.texts is not None:
            if form == "json":
                return json_of(opened.texts)
            return texts_of(opened.tables, opened.texts, voice)
        if form in PICTURES:
            return await asyncio.to_thread(PICTURES[form], opened.tables, question, voice)
        if form == HXL:
            return csv_of(opened.tables, voice, hxl=True)
        return await asyncio.to_thread(FORMS[form], opened, voice)

    async def package(self, round_id: RoundId, tag: str, part: str = TABLES) -> dict[str, bytes]:
        """Return the files of a data package by name: the release, its table, their description.

        Raises:
            RoundError: there is no such round or part, or no words in this language.
            ReleaseError: the round is not released yet, or the release does not verify.
        """
        _check_form("csv", part, "")
        opened = await self._opened(round_id, tag, part)
        return package_of(opened.tables, await self._voice(round_id, tag))

    async def files(self, round_id: RoundId, tag: str) -> Sequence[Files]:
        """Return how the files of a release are made, some at a time: all forms, parts and pictures.

        Raises:
            RoundError: there is no such round, or no words in this language.
            ReleaseError: the round is not released yet, or a part does not verify.
        """
        opened = await self._opened(round_id, tag, TABLES)
        voice = await self._voice(round_id, tag)
        made: list[Files] = [partial(package_of, opened.tables, voice)]
        for form in ("xlsx", "html", "pdf"):
            made.append(partial(_one, f"release.{form}", FORMS[form], opened, voice))
        for question in drawable(opened.tables):
            made.append(partial(_charts, opened.tables, question, voice))
        for part, _ in await self._releases.parts(round_id):
            if part != TABLES:
                found = await self._opened(round_id, tag, part)
                content = found.texts if part == TEXTS and found.texts else found.tables
                made.append(partial(dict, {f"{_safe(part)}.json": json_of(content)}))
        return made

    async def _opened(self, round_id: RoundId, tag: str, part: str) -> Opened:
        """Return a part, checked; say in one line why there is none."""
        round_ = await self._rounds.get(round_id)
        if round_ is None:
            raise RoundError(f"there is no round {round_id}; `portevoix round list` names them")
        if tag not in self._catalogues.tags:
            raise RoundError(f"there are no words in '{tag}'; there are {', '.join(self._catalogues.tags)}")
        parts = [name for name, _ in await self._releases.parts(round_id)]
        if not parts:
            raise _not_released(round_)
        if part not in parts:
            raise RoundError(f"the release of {round_id} has no part '{part}'; it has {', '.join(parts)}")
        opened = await self._open(round_id, part)
        if opened is None:
            raise _not_released(round_)
        return opened

    async def _open(self, round_id: RoundId, part: str) -> Opened | None:
        """Return a part, its bytes and rules checked, or None. Texts stand beside the first tables."""
        named = part if is_of_tables(part) else TABLES
        content = await self._releases.read(round_id, named)
        if content is None:
            return None
        tables = await asyncio.to_thread(reopen, content)
        written = await self._releases.read(round_id, TEXTS) if named == TABLES else None
        return Opened(tables, None if written is None else reopen_texts(written, tables))

    async def _voice(self, round_id: str, tag: str) -> Voice:
        """Return the voice for a release; its round's words are made known first."""
        round_ = await self._rounds.get(RoundId(round_id))
        host = "en"
        if round_ is not None:
            host = (await self._programme.instrument(round_)).city.host_language
        return self._catalogues.voice(tag, host)


def _check_form(form: str, part: str, question: str) -> None:
    """Refuse a form that there is not, or not of this part."""
    known = (*FORMS, HXL, *PICTURES)
    if form not in known:
        raise RoundError(f"there is no form '{form}'; there are {', '.join((*known, 'datapackage'))}")
    if form in PICTURES and not question:
        raise RoundError(f"{form} is a picture of one question: name it with --question")
    if question and form not in PICTURES:
        raise RoundError(f"--question goes with {' and '.join(PICTURES)} alone, not with {form}")
    if not is_of_tables(part) and form not in TEXT_FORMS:
        raise RoundError(
            f"part '{part}' has the forms {' and '.join(TEXT_FORMS)}; html and pdf of the tables show it, too"
        )


def _not_released(round_: Round) -> ReleaseError:
    """Return the error of a round that has no release, with what to do."""
    todo = f"close it first: portevoix round close {round_.id}, then portevoix round release {round_.id}"
    if round_.state is RoundState.CLOSED:
        todo = f"release it first: portevoix round release {round_.id}"
    return ReleaseError(f"round {round_.id} is {round_.state.value}, not released; {todo}")


def _safe(name: str) -> str:
    """Return a name that can be a file's."""
    return re.sub(r"[^A-Za-z0-9_-]", "-", name)


def _one(name: str, make: Make, opened: Opened, voice: Voice) -> dict[str, bytes]:
    return {name: make(opened, voice)}


def _charts(tables: Publishable, question: str, voice: Voice) -> dict[str, bytes]:
    made = pictures_of(tables, question, voice)
    return {f"charts/{_safe(question)}.{form}": picture for form, picture in made.items()}
