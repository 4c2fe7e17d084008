"""What can be wrong with a city, by itself and with a questionnaire."""

from collections.abc import Collection, Iterator
from functools import partial
from typing import Literal

from conversations.city import City, Local, LocalChoice
from conversations.errors import Finding, Rule
from conversations.inspecting_conditions import inspect_condition
from conversations.inspecting_parts import (
    MAX_CHOICE,
    MAX_CHOICES,
    MAX_NAME,
    numbered,
    repeated,
    reserved,
    too_long,
)
from conversations.inspecting_ways import codes_of, inspect_ways
from conversations.instrument import for_city
from conversations.questionnaire import Question, Questionnaire, Role

ENTRIES: dict[Literal["regions", "districts"], str] = {"regions": "region", "districts": "district"}
"""What one entry of each list is called in `city.toml`."""


def inspect_city(city: City, where: str, zones: Collection[str] = ()) -> Iterator[Finding]:
    """Find everything that is wrong with a city by itself; `zones` are the known time zones, if any are."""
    if zones and city.timezone not in zones:
        advice = "is no time zone of the IANA list, such as Europe/Brussels; correct it"
        yield Finding(Rule.WRONG_VALUE, f"{where} timezone", advice)
    yield from _local(city.name, MAX_CHOICE, f"{where} name")
    yield from _local(city.responsible, MAX_NAME, f"{where} responsible")
    for index, contact in enumerate(city.help_contacts):
        yield from _local(contact.name, MAX_CHOICE, f"{numbered(where, 'help_contact', index)}.name")
    yield from _languages(city, where)
    for name, kind in ENTRIES.items():
        yield from _entries(city.list_of(name), kind, where)
    yield from repeated(
        [f"{margin.group} {margin.code}" for margin in city.margins],
        partial(numbered, where, "margin"),
        "group and code",
    )


def inspect_in_city(questionnaire: Questionnaire, city: City, where: str, asked_in: str) -> Iterator[Finding]:
    """Find what is wrong with a sound questionnaire (`asked_in`) once a city's (`where`) lists are in it."""
    put = for_city(questionnaire, city)
    for index, question in enumerate(put.questions):
        if question.city_list is not None and len(question.choices) < 2:
            kind = ENTRIES[question.city_list]
            advice = f"{asked_in} asks '{question.id}' from this list; write at least two [[{kind}]] entries"
            yield Finding(Rule.UNKNOWN_CITY_LIST, f"{where} {kind}", advice)
        else:
            yield from inspect_condition(put, index, asked_in)
    yield from inspect_ways(put, f"{asked_in} with {where}:")
    yield from _margins(put, city, where)


def _local(words: Local, limit: int, place: str) -> Iterator[Finding]:
    """A city's own words are there in English, never blank, never too long."""
    if "en" not in words:
        advice = "'en' is missing; English stands wherever a language has no words"
        yield Finding(Rule.MISSING_KEY, f"{place}.en", advice)
    for tag, text in words.items():
        if not text.strip():
            yield Finding(Rule.WRONG_VALUE, f"{place}.{tag}", "is empty; write the words or remove the tag")
        yield from too_long(text, limit, f"{place}.{tag}")


def _languages(city: City, where: str) -> Iterator[Finding]:
    """A city speaks at least one language, its own among them, each named once."""
    yield from repeated(city.languages, partial(numbered, where, "languages"), "language")
    if city.host_language not in city.languages:
        advice = f"'{city.host_language[:40]}' is not one of 'languages'; add it there"
        yield Finding(Rule.WRONG_VALUE, f"{where} host_language", advice)


def _entries(entries: tuple[LocalChoice, ...], kind: str, where: str) -> Iterator[Finding]:
    """A city's list has few entries, each once, with words that fit on a button."""
    yield from repeated([entry.code for entry in entries], partial(numbered, where, kind), "code")
    for index, entry in enumerate(entries):
        place = numbered(where, kind, index, entry.code)
        yield from reserved(entry.code, f"{place}.code")
        yield from _local(entry.label, MAX_CHOICE, f"{place}.label")
    for tag in sorted({tag for entry in entries for tag in entry.label}):
        labels = [entry.label.get(tag, f"\0{entry.code}").casefold() for entry in entries]
        yield from repeated(labels, partial(_label, where, kind, tag), "label")
    if len(entries) > MAX_CHOICES:
        advice = f"has {len(entries)} entries; a phone shows at most {MAX_CHOICES} well"
        yield Finding(Rule.TOO_MANY_CHOICES, f"{where} {kind}", advice)


def _label(where: str, kind: str, tag: str, index: int) -> str:
    """Return the place of an entry's words in one language."""
    return f"{numbered(where, kind, index)}.label.{tag}"


def _margins(questionnaire: Questionnaire, city: City, where: str) -> Iterator[Finding]:
    """A margin counts residents of a level that the group's question offers."""
    groups: dict[str, Question] = {group.id: group for group in questionnaire.with_role(Role.GROUP)}
    for index, margin in enumerate(city.margins):
        group = groups.get(margin.group)
        if group is not None and margin.code not in codes_of(questionnaire, group):
            advice = f"the group '{group.id}' has no code '{margin.code}'; correct it"
            yield Finding(Rule.UNKNOWN_CODE, f"{numbered(where, 'margin', index)}.code", advice)
