"""Structural mistakes in our words, and a document mended so far that the rest of it can be inspected."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any

from pydantic_core import ErrorDetails

from conversations.benchmark import Benchmark, ContextualFactor, Evidence, GuideQuestion, KeyFactor
from conversations.city import City, HelpContact, LocalChoice, Margin
from conversations.city_answers import OWN, CityAnswer, FactorAnswer
from conversations.errors import Finding, Rule
from conversations.questionnaire import (
    Band,
    Choice,
    Condition,
    Constraint,
    Part,
    Question,
    Questionnaire,
    Scale,
)

Place = tuple[int | str, ...]
Document = dict[str, Any]

PARTS: tuple[type[Part], ...] = (
    *(Benchmark, KeyFactor, GuideQuestion, Evidence, ContextualFactor),
    *(Questionnaire, Question, Scale, Choice, Band, Condition, Constraint),
    *(City, HelpContact, LocalChoice, Margin),
    *(CityAnswer, FactorAnswer),
)

KNOWN_KEYS = sorted({field.alias or name for part in PARTS for name, field in part.model_fields.items()})
"""Every key of every file, to guess what a misspelt one was to be."""

NAMES = ("id", "key", "code", "factor")
"""The keys that say which entry this is."""

TELLING = (*NAMES, "type", "role")
"""Keys without which nothing more can be said about the part they stand in."""

SOURCES = ("scale", "city_list")
"""Keys in whose place `choices` could stand: where one is wrong, it is not missed."""

STAND_INS: Mapping[str, Any] = MappingProxyType(
    {"type": "text", "since": 1, "version": 1, "kind": "practice", "at_least": 0, "residents": 0}
    | {"languages": ["en"], "host_language": "en", "choices": [], "answer": [], "said": {OWN: "?"}}
)
"""What is put where a needed value is missing, so that the rest can be looked at; other keys are words."""

OUR_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "enum": "must be one of {expected}",
        "literal_error": "must be one of {expected}",
        "greater_than_equal": "must be at least {ge}",
        "less_than_equal": "must be at most {le}",
        "string_type": "must be words in quotation marks",
        "string_too_short": "is empty; write something",
        "string_too_long": "must have at most {max_length} characters",
        "int_type": "must be a whole number, without quotation marks",
        "int_parsing": "must be a whole number",
        "int_from_float": "must be a whole number",
        "bool_type": "must be true or false",
        "bool_parsing": "must be true or false",
        "tuple_type": "must be a list in square brackets",
        "dict_type": "must be a table in braces, or under its own heading",
        "model_type": "must be a table in braces, or under its own heading",
    }
)
"""What pydantic found, and what to do, by the name it gives to the mistake."""

PATTERNS: Mapping[str, str] = MappingProxyType(
    {
        "^[A-Z]": "must be one capital letter and one or two digits, such as L3",
        "^#": "must be # and six hexadecimal digits, such as #1f5f5b",
        "^[a-z][a-z0-9-]": "must be small letters, digits and -, beginning with a letter, at most 40",
        "^[a-z][a-z0-9_]": "must be small letters, digits and _, beginning with a letter, at most 40",
        "^[A-Za-z]": "must be letters without accents, digits and _, beginning with a letter, at most 40",
    }
)
"""What a pattern asks for, by how it begins."""


def translated(
    errors: Sequence[ErrorDetails], document: Document, where: str
) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    """Return the findings that pydantic's errors are, and the places of which nothing more can be said."""
    findings, passed_over = [], []
    for error in errors:
        place = error["loc"]
        rule, advice = _rule(error), _advice(error)
        findings.append(Finding(rule, _shown(place, document, where), advice))
        telling = len(place) > 1 and (place[-1] in TELLING or isinstance(place[-1], int))
        if telling or rule is not Rule.UNKNOWN_KEY:
            passed_over.append(_shown(place[:-1] if telling else place, document, where))
        if place[-1] in SOURCES:
            passed_over.append(_shown((*place[:-1], "choices"), document, where))
    return tuple(findings), tuple(passed_over)


def _shown(place: Place, document: Document, where: str) -> str:
    """Return a place as people count: `file question[3] 'weeks_waited'.choices[2].label`."""
    shown, here = where, document
    for depth, step in enumerate(place):
        here = _inside(here, step)
        if isinstance(step, int):
            shown += f"[{step + 1}]"
            name = next((here.get(key) for key in NAMES if key in here), "") if isinstance(here, dict) else ""
            shown += f" '{name[:40]}'" if depth == 1 and isinstance(name, str) and name.isprintable() else ""
        elif step != "[key]":  # pydantic's mark for the key of a table, which was just named
            shown += f" {step[:40]}" if depth == 0 else f".{step[:40]}"
    return shown.removesuffix(" ''")


def _inside(here: Any, step: int | str) -> Any:
    """Return what stands under one step of a place; None where there is nothing."""
    try:
        return here[step]
    except (KeyError, IndexError, TypeError):
        return None


def _rule(error: ErrorDetails) -> Rule:
    """Return the rule that one of pydantic's errors breaks."""
    if error["type"] == "extra_forbidden":
        return Rule.UNKNOWN_KEY
    if error["type"] == "missing":
        return Rule.MISSING_KEY
    if error["type"] == "literal_error" and error["loc"][0] == "purposes":
        return Rule.WRONG_PURPOSE
    if error["type"] == "literal_error" and error["loc"][-1] == "city_list":
        return Rule.UNKNOWN_CITY_LIST
    return Rule.WRONG_VALUE


def _advice(error: ErrorDetails) -> str:
    """Return what is wrong and what to do, without the value that stands there."""
    key, context = str(error["loc"][-1]), error.get("ctx", {})
    if error["type"] == "extra_forbidden":
        near = get_close_matches(key, KNOWN_KEYS, n=1)
        guess = f"did you mean '{near[0]}'?" if near else "remove it"
        return f"'{key[:40]}' is not known here; {guess}"
    if error["type"] == "missing":
        return f"'{key}' is missing; add it"
    if error["type"] == "string_pattern_mismatch":
        pattern = str(context.get("pattern", ""))
        return next((words for start, words in PATTERNS.items() if pattern.startswith(start)), error["msg"])
    words = OUR_WORDS.get(error["type"])
    return words.format_map(context) if words else f"{error['msg'][:1].lower()}{error['msg'][1:]}"


def mended(document: Document, errors: Sequence[ErrorDetails], kind: type[Part]) -> Document:
    """Return the document with what is wrong taken out, and something put where a value is missing."""
    whole = deepcopy(document)
    for error in reversed(errors):  # backwards, so that places in a list stay where they are
        place = tuple(step for step in error["loc"] if step != "[key]")
        part: Any = whole
        for step in place[:-1]:
            part = _inside(part, step)
        if error["type"] == "missing" and isinstance(part, dict):
            part[place[-1]] = _stand_in(place, kind)
        elif _inside(part, place[-1]) is not None:
            del part[place[-1]]
    return whole


def _stand_in(place: Place, kind: type[Part]) -> Any:
    """Return something harmless for a needed value that is missing."""
    key = place[-1]
    index = next((step for step in reversed(place) if isinstance(step, int)), 0)
    if key in STAND_INS:
        return STAND_INS[str(key)]
    if kind is City and key in ("name", "responsible", "label"):
        return {"en": "?"}
    if kind is Benchmark and len(place) == 3 and key == "key":
        return f"Z{index % 100:02}"
    if len(place) == 1 and key in ("key", "benchmark"):
        return "unnamed"
    return f"unnamed_{index}" if key in (*NAMES, "group") else f"? {index}"
