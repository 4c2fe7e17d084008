"""Text of a definition -> definition, or all findings at once."""

import re
import tomllib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import ValidationError

from conversations.benchmark import Benchmark
from conversations.city import City
from conversations.city_answers import CityAnswer, settled
from conversations.errors import DefinitionError, Finding, Rule
from conversations.inspecting_answers import Against, inspect_answer
from conversations.inspecting_cities import inspect_city
from conversations.inspection import inspect_benchmark, inspect_pack, inspect_questionnaire
from conversations.mending import mended, translated
from conversations.questionnaire import Part, Questionnaire

Definition = TypeVar("Definition", bound=Part)

READINGS = 4
"""Times that one document is read: taking out what is wrong shows what is missing, seldom more than once."""

LINE = re.compile(r"\(at line (?P<line>\d+), column (?P<column>\d+)\)")


@dataclass(frozen=True, slots=True)
class Draft(Generic[Definition]):
    """A definition as far as it can be understood, and what had to be passed over for that.

    `definition` is None where nothing can be made of the text; `passed_over` are places about which no
    further finding would help, because what stands there could not be read.
    """

    definition: Definition | None
    findings: tuple[Finding, ...]
    passed_over: tuple[str, ...] = ()


def decode(raw: bytes, where: str) -> str:
    """Return the text of a definition's file.

    Raises:
        DefinitionError: the bytes are not UTF-8.
    """
    try:
        return raw.decode("utf-8-sig")  # some editors put a mark before the first letter
    except UnicodeDecodeError as caught:
        line = raw.count(b"\n", 0, caught.start) + 1
        advice = f"line {line} is not written in UTF-8; save the file with that encoding"
        raise DefinitionError([Finding(Rule.UNREADABLE, where, advice)]) from caught


def read_benchmark(text: str, where: str) -> Benchmark:
    """Read a benchmark; `where` names its file.

    Raises:
        DefinitionError: with every finding, not only the first.
    """
    draft = _draft(text, where, Benchmark)
    return _finished(draft, inspect_benchmark(draft.definition, where) if draft.definition else ())


def read_questionnaire(text: str, where: str) -> Questionnaire:
    """Read a questionnaire; `where` names its file.

    Raises:
        DefinitionError: with every finding, not only the first.
    """
    draft = _draft(text, where, Questionnaire)
    return _finished(draft, inspect_questionnaire(draft.definition, where) if draft.definition else ())


def read_city(text: str, where: str, zones: Collection[str] = ()) -> City:
    """Read a city; `where` names its file, `zones` the time zones that are known, if they are.

    Raises:
        DefinitionError: with every finding, not only the first.
    """
    draft = _draft(text, where, City)
    return _finished(draft, inspect_city(draft.definition, where, zones) if draft.definition else ())


def read_city_answer(text: str, where: str, against: Against) -> CityAnswer:
    """Read a city's answer to a round; `where` names its file, each text stands under its language.

    Raises:
        DefinitionError: with every finding, not only the first.
    """
    draft = _draft(text, where, CityAnswer)
    found = inspect_answer(draft.definition, where, against) if draft.definition else ()
    return settled(_finished(draft, found))


def read_pack(benchmark_text: str, questionnaire_text: str, where: str) -> tuple[Benchmark, Questionnaire]:
    """Read a benchmark with its questionnaire; `where` names their folder.

    Raises:
        DefinitionError: with every finding of both, alone and together.
    """
    benchmark_at, questionnaire_at = f"{where}/benchmark.toml", f"{where}/questionnaire.toml"
    benchmark = _draft(benchmark_text, benchmark_at, Benchmark)
    questionnaire = _draft(questionnaire_text, questionnaire_at, Questionnaire)
    findings = [*benchmark.findings, *questionnaire.findings]
    found: list[Finding] = []
    if benchmark.definition is not None:
        found += inspect_benchmark(benchmark.definition, benchmark_at)
    if questionnaire.definition is not None:
        found += inspect_questionnaire(questionnaire.definition, questionnaire_at)
    if benchmark.definition is not None and questionnaire.definition is not None:
        found += inspect_pack(benchmark.definition, questionnaire.definition, benchmark_at, questionnaire_at)
    findings += _told(found, (*benchmark.passed_over, *questionnaire.passed_over))
    if findings or benchmark.definition is None or questionnaire.definition is None:
        raise DefinitionError(findings)
    return benchmark.definition, questionnaire.definition


def _draft(text: str, where: str, kind: type[Definition]) -> Draft[Definition]:
    """Read as much of a definition as can be understood."""
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as caught:  # a number too long is a plain ValueError
        return Draft(None, (_broken(caught, where),))
    findings: tuple[Finding, ...] = ()
    passed_over: tuple[str, ...] = ()
    for attempt in range(READINGS):
        try:
            return Draft(kind.model_validate(document), findings, passed_over)
        except ValidationError as caught:
            errors = caught.errors(include_url=False, include_input=False)
        if attempt == 0:
            findings, passed_over = translated(errors, document, where)
        document = mended(document, errors, kind)
    return Draft(None, findings, passed_over)


def _broken(caught: Exception, where: str) -> Finding:
    """Translate a syntax error of TOML."""
    told = str(caught)
    at = LINE.search(told)
    place = f"{where} line {at['line']}, column {at['column']}" if at else where
    what = told.partition(" (at ")[0] if isinstance(caught, tomllib.TOMLDecodeError) else "cannot be read"
    advice = f"{what[0].lower()}{what[1:]}; correct the TOML here or just before"
    return Finding(Rule.BROKEN_TOML, place, advice)


def _told(found: Iterable[Finding], passed_over: tuple[str, ...]) -> Iterator[Finding]:
    """Leave out findings about what could not be read: its own finding says what to do."""
    for finding in found:
        rest = [finding.where[len(place) :] for place in passed_over if finding.where.startswith(place)]
        if not any(after == "" or after[0] in ".[ " for after in rest):
            yield finding


def _finished(draft: Draft[Definition], found: Iterable[Finding]) -> Definition:
    """Return the definition if nothing at all is wrong with it."""
    findings = [*draft.findings, *_told(found, draft.passed_over)]
    if findings or draft.definition is None:
        raise DefinitionError(findings)
    return draft.definition
