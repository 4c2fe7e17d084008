"""The English source of every shipped sentence, read from TOML, with what translators need to know."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.i18n.pofiles import CatalogueError
from conversations.benchmark import Benchmark
from conversations.listening import is_made_here
from conversations.questionnaire import Questionnaire
from conversations.wording import context_key, factor_key, question_key, scale_key


@dataclass(frozen=True, slots=True)
class Source:
    """One sentence to translate: its key, English text (or singular and plural), where it stands, its limit.

    `count` names the value that chooses the plural form. `whom` says who reads it. `limit` is in characters,
    0 for none.
    """

    key: str
    text: str
    plural: str | None = None
    count: str = "n"
    where: str = ""
    whom: str = ""
    limit: int = 0

    @property
    def comments(self) -> tuple[str, ...]:
        """What stands beside it in a catalogue: where it appears, for whom, how long it may be."""
        said = (
            self.where,
            self.whom and f"for {self.whom}",
            self.limit and f"at most {self.limit} characters",
        )
        return tuple(str(part) for part in said if part)


def read_sources(folder: Path) -> dict[str, Source]:
    """Return all sources of the TOML files in `folder`, by key.

    Raises:
        CatalogueError: one is no TOML.
    """
    found: dict[str, Source] = {}
    for file in sorted(folder.glob("*.toml")):
        try:
            found.update((source.key, source) for source in _sentences(file.read_text("utf-8")))
        except ValueError as error:  # no TOML, or no UTF-8
            raise CatalogueError(f"{file}: cannot be read: {error}; mend that line") from None
    return found


@lru_cache(maxsize=64)
def _sentences(text: str) -> tuple[Source, ...]:
    return tuple(sentences(text))


def sentences(text: str) -> Iterator[Source]:
    """Yield the sources of one TOML text; its own `for` says who reads them."""
    table = tomllib.loads(text)
    whom = table.pop("for", "")
    for source in _walk(table, ()):
        yield replace(source, whom=whom)


def _walk(table: Mapping[str, Any], way: tuple[str, ...]) -> Iterator[Source]:
    """Yield the sources of one table and of those within it."""
    if isinstance(table.get("text"), str) or isinstance(table.get("other"), str):
        yield Source(
            key=".".join(way),
            text=table.get("text") or table["one"],
            plural=table.get("other"),
            count=table.get("count", "n"),
            where=table.get("where", ""),
            limit=table.get("limit", 0),
        )
        return
    for name, part in table.items():
        if isinstance(part, dict):
            yield from _walk(part, (*way, name))


PARTICIPANTS = "participants"
SIDES = {"migrant": "people who came from another country", "host": "people who have always lived here"}


def questionnaire_sources(questionnaire: Questionnaire) -> Iterator[Source]:
    """Yield the sentences of a questionnaire: labels, hints, choices and scales.

    Those of a listening round's own questions come with the program.
    """
    key = questionnaire.key
    for scale in questionnaire.scales:
        for choice in scale.choices:
            place = f"answer on the scale {scale.key}"
            yield Source(
                scale_key(key, scale.key, choice.code),
                choice.label,
                where=place,
                whom=PARTICIPANTS,
                limit=60,
            )
    for question in questionnaire.questions:
        if is_made_here(question):
            continue
        place = f"question {question.id}, key factor {question.key_factor or 'none'}, {question.type}"
        asked = question.audience or questionnaire.audiences
        whom = " and ".join(SIDES.get(side, side) for side in asked)
        yield Source(
            question_key(key, question.id, "label"), question.label, where=place, whom=whom, limit=200
        )
        if question.hint:
            hint = question_key(key, question.id, "hint")
            yield Source(hint, question.hint, where=f"hint of {place}", whom=whom, limit=300)
        offered = [(choice.code, choice.label) for choice in question.choices]
        offered += [(band.code, band.label) for band in question.bands]
        for code, label in offered:
            choice_key = question_key(key, question.id, f"choice.{code}")
            yield Source(choice_key, label, where=f"answer to {place}", whom=whom, limit=60)


READERS = "readers of a release"


def benchmark_sources(benchmark: Benchmark) -> Iterator[Source]:
    """Yield the sentences of a benchmark: theme, purpose, factors with their parts, context."""
    for part in ("theme", "purpose", "status"):
        key = f"{benchmark.key}.{part}"
        yield Source(key, getattr(benchmark, part), where=f"release page, {part}", whom=READERS)
    for factor in benchmark.key_factors:
        place = f"key factor {factor.key}; release page and «Why this question?»"
        for part in ("name", "statement", "why", "basis"):
            key = factor_key(benchmark.key, factor.key, part)
            whom = f"participants and {READERS}" if part in ("name", "why") else READERS
            yield Source(key, getattr(factor, part), where=f"{part}, {place}", whom=whom)
        if factor.topic:
            key, where = factor_key(benchmark.key, factor.key, "topic"), f"key factor {factor.key}, in a list"
            yield Source(key, factor.topic, where=f"{where} of topics to write about", whom="participants")
        for guide in factor.guide_questions:
            key = factor_key(benchmark.key, factor.key, f"guide.{guide.key}")
            yield Source(key, guide.text, where=f"guide question, key factor {factor.key}", whom=READERS)
        for evidence in factor.evidence:
            key = factor_key(benchmark.key, factor.key, f"evidence.{evidence.key}")
            yield Source(
                key, evidence.text, where=f"indicative evidence, key factor {factor.key}", whom=READERS
            )
    for context in benchmark.contextual_factors:
        key = context_key(benchmark.key, context.key)
        yield Source(key, context.text, where="contextual factor; release page", whom=READERS)


def pack_sources(benchmark: Benchmark, questionnaire: Questionnaire) -> list[Source]:
    """Return the sentences of a whole pack: what is asked, and the benchmark that it speaks to."""
    return [*questionnaire_sources(questionnaire), *benchmark_sources(benchmark)]
