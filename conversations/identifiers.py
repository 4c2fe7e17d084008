"""Names for the strings that travel; none says who a person is."""

from typing import NewType

RoundId = NewType("RoundId", str)
ParticipantKey = NewType("ParticipantKey", str)
UpdateId = NewType("UpdateId", str)
RelayId = NewType("RelayId", str)
QuestionId = NewType("QuestionId", str)
FactorKey = NewType("FactorKey", str)
Code = NewType("Code", str)
Locale = NewType("Locale", str)
Fingerprint = NewType("Fingerprint", str)

SIMPLER = "-x-simple"
"""Ends the tag of a plain variant. Source: BCP 47 (RFC 5646), section 2.2.7, subtags of private use."""

SKIPPED = Code("")
DONT_KNOW = Code("dont_know")
DOES_NOT_APPLY = Code("does_not_apply")
PREFER_NOT = Code("prefer_not_to_say")
SPECIAL_CODES = (DONT_KNOW, DOES_NOT_APPLY, PREFER_NOT)
"""Three separate codes that every question offers. Source: BENCHMARKS.md, "Form of a questionnaire" 4."""


def base_of(locale: str) -> Locale:
    """Return the language itself: `fr` for its plain variant `fr-x-simple`."""
    return Locale(locale.removesuffix(SIMPLER))


def simpler(locale: str) -> Locale:
    """Return the tag of a language's plain variant."""
    return Locale(base_of(locale) + SIMPLER)
