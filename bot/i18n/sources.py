"""The English source of every shipped sentence, read from TOML, with what translators need to know."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conversations.benchmark import Benchmark
from conversations.questionnaire import Questionnaire
from conversations.wording import context_key, factor_key, question_key, scale_key


@dataclass(frozen=True, slots=True)
class Source:
    """One sentence to translate: its key, English text (or singular and plural), where it stands, its limit.

    `count` names the value that chooses the plural form. `limit` is in characters, 0 for none.
    """

    key: str
    text: str
    plural: str | None = None
    count: str = "n"
    where: str = ""
    limit: int = 0


def read_sources(folder: Path) -> dict[str, Source]:
    """Return all sources of the TOML files in `folder`, by key."""
    found: dict[str, Source] = {}
    for file in sorted(folder.glob("*.toml")):
        with file.open("rb") as opened:
            found.update((source.key, source) for source in _walk(tomllib.load(opened), ()))
    return found


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


def questionnaire_sources(questionnaire: Questionnaire) -> Iterator[Source]:
    """Yield the sentences of a questionnaire: labels, hints, choices and scales."""
    key = questionnaire.key
    for scale in questionnaire.scales:
        for choice in scale.choices:
            place = f"answer on the scale {scale.key}"
            yield Source(scale_key(key, scale.key, choice.code), choice.label, where=place, limit=60)
    for question in questionnaire.questions:
        place = f"question {question.id}, key factor {question.key_factor or 'none'}, {question.type}"
        yield Source(question_key(key, question.id, "label"), question.label, where=place, limit=200)
        if question.hint:
            yield Source(
                question_key(key, question.id, "hint"), question.hint, where=f"hint of {place}", limit=300
            )
        offered = [(choice.code, choice.label) for choice in question.choices]
        offered += [(band.code, band.label) for band in question.bands]
        for code, label in offered:
            where = f"answer to {place}"
            yield Source(question_key(key, question.id, f"choice.{code}"), label, where=where, limit=60)


def benchmark_sources(benchmark: Benchmark) -> Iterator[Source]:
    """Yield the sentences of a benchmark: theme, purpose, factors with their parts, context."""
    for part in ("theme", "purpose", "status"):
        yield Source(f"{benchmark.key}.{part}", getattr(benchmark, part), where=f"release page, {part}")
    for factor in benchmark.key_factors:
        place = f"key factor {factor.key}; release page and «Why this question?»"
        for part in ("name", "statement", "why", "basis"):
            yield Source(
                factor_key(benchmark.key, factor.key, part), getattr(factor, part), where=f"{part}, {place}"
            )
        for guide in factor.guide_questions:
            yield Source(factor_key(benchmark.key, factor.key, f"guide.{guide.key}"), guide.text, where=place)
        for evidence in factor.evidence:
            yield Source(
                factor_key(benchmark.key, factor.key, f"evidence.{evidence.key}"), evidence.text, where=place
            )
    for context in benchmark.contextual_factors:
        yield Source(
            context_key(benchmark.key, context.key), context.text, where="contextual factor; release page"
        )
