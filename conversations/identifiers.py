"""Names for the strings that travel; none says who a person is."""

from typing import NewType

RoundId = NewType("RoundId", str)
ParticipantKey = NewType("ParticipantKey", str)
UpdateId = NewType("UpdateId", str)
QuestionId = NewType("QuestionId", str)
FactorKey = NewType("FactorKey", str)
Code = NewType("Code", str)
Locale = NewType("Locale", str)
Fingerprint = NewType("Fingerprint", str)

SKIPPED = Code("")
DONT_KNOW = Code("dont_know")
DOES_NOT_APPLY = Code("does_not_apply")
PREFER_NOT = Code("prefer_not_to_say")
SPECIAL_CODES = (DONT_KNOW, DOES_NOT_APPLY, PREFER_NOT)
"""Three separate codes that every question offers. Source: BENCHMARKS.md, "Form of a questionnaire" 4."""
