"""A city's answer on translators' sheets: out as a workbook, in again as texts of one language."""

from collections.abc import Iterator
from pathlib import Path

from bot.i18n import LANGUAGES
from bot.i18n.languages import Language
from bot.i18n.pofiles import CatalogueError, StringState
from bot.i18n.sheets import Row, as_cell
from bot.i18n.sheets_filled import filled_rows
from bot.i18n.sheets_making import About, workbook_of
from conversations.city_answers import MAX_ANSWER, CityAnswer, FactorAnswer, told

SAID = {
    "said": "what people said",
    "did": "what the city did",
    "not_possible_because": "why it was not possible",
}
"""What a translator reads beside each part."""


def sheet_of(answer: CityAnswer, tag: str, version: str) -> bytes:
    """Return the sheet of a language: every text as it is written, and its translation if it is there.

    Raises:
        CatalogueError: it is the language that the answer is written in, or there is no such language.
    """
    language = _chosen(answer, tag)
    rows = list(_rows(answer, language))
    signed = "reviewed" if tag in answer.reviewed else "draft"
    return workbook_of(rows, language, About(signed, version))


def filled(answer: CityAnswer, tag: str, file: Path, reviewed: bool) -> CityAnswer:
    """Return the answer with the texts of a filled-in sheet; empty cells leave what is there.

    `reviewed` says that somebody who grew up with the language has read all of it; else it is a draft again.

    Raises:
        CatalogueError: no sheet of ours, of another language, or of texts that were changed since.
    """
    language = _chosen(answer, tag)
    given = {row.key: row for row in filled_rows(file, language)}
    sources = {row.key: row.english for row in _rows(answer, language)}
    strange = [row for row in given.values() if sources.get(row.key) != row.english]
    if strange:
        lines = (f"row {row.number}: {row.key[:60]}: not of today's text; export again" for row in strange)
        raise CatalogueError("\n".join((f"{file}: nothing was taken:", *lines)))
    texts = {key: row.translation.strip() for key, row in given.items() if row.translation.strip()}
    others = tuple(other for other in answer.reviewed if other != tag)
    return answer.model_copy(
        update={
            "answers": tuple(_with(one, answer.round, tag, texts) for one in answer.answers),
            "reviewed": (*others, tag) if reviewed else others,
        }
    )


def _chosen(answer: CityAnswer, tag: str) -> Language:
    language = LANGUAGES.get(tag)
    if language is None or language.base != tag:
        known = ", ".join(other for other, row in LANGUAGES.items() if row.base == other)
        raise CatalogueError(f"{tag[:40]!r} is no language here; there are: {known}")
    if tag == answer.written_in:
        raise CatalogueError(f"the answer to {answer.round} is written in {tag}; choose another language")
    return language


def _rows(answer: CityAnswer, language: Language) -> Iterator[Row]:
    """Yield a row for each text; its key says which answer, key factor and part it is."""
    for one in answer.answers:
        for part, words in one.parts():
            there = words.get(language.tag, "")
            state = StringState.REVIEWED if language.tag in answer.reviewed else StringState.DRAFT
            yield Row(
                key=_key(answer.round, one.factor, part),
                plural="",
                english=as_cell(told(words, answer.written_in, answer.written_in).text),
                translation=there,
                state=state if there else StringState.MISSING,
                limit=MAX_ANSWER,
                where=f"{SAID[part]}, key factor {one.factor}; written in {answer.written_in}, for everybody",
            )


def _key(round_id: str, factor: str, part: str) -> str:
    return f"answer.{round_id}.{factor}.{part}"


def _with(one: FactorAnswer, round_id: str, tag: str, texts: dict[str, str]) -> FactorAnswer:
    """Return what is answered about one key factor, with the texts of one language put in."""
    found = {
        part: {**words, tag: texts[key]}
        for part, words in one.parts()
        if (key := _key(round_id, one.factor, part)) in texts
    }
    return one.model_copy(update=found)
