"""Instruments for tests: the shipped pack in the demonstration city, and a small one with every type."""

import tomllib
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

from conversations.benchmark import Benchmark
from conversations.city import City
from conversations.identifiers import Locale, RoundId
from conversations.instrument import Instrument, for_city
from conversations.questionnaire import Questionnaire

SHIPPED = Path(__file__).parents[1] / "conversations"

EVERY_TYPE = """
key = "small"
benchmark = "language-learning"
version = 1
paths = { both = "migrant" }

[[scale]]
key = "amount"
choices = [
  { code = "none", label = "Not at all" },
  { code = "some", label = "Some" },
  { code = "much", label = "Much" },
]

[[question]]
id = "relation"
type = "select_one"
role = "side"
since = 1
label = "Which sentence fits you best?"
choices = [{ code = "came", label = "I came" }, { code = "always", label = "Always here" }]
side_of = { came = "migrant", always = "host" }

[[question]]
id = "which"
type = "select_one"
role = "path"
since = 1
required = true
label = "Which questions?"
relevant = { none = [{ question = "relation", any_of = ["came", "always"] }] }
choices = [{ code = "new", label = "For newcomers" }, { code = "old", label = "For residents" }]
side_of = { new = "migrant", old = "host" }

[[question]]
id = "welcome_note"
type = "note"
key_factor = "L1"
audience = ["migrant"]
since = 1
label = "Some questions about courses follow."

[[question]]
id = "course"
type = "select_one"
key_factor = "L2"
audience = ["migrant"]
since = 1
scale = "amount"
label = "How much did you learn?"

[[question]]
id = "weeks"
type = "integer"
key_factor = "L3"
audience = ["migrant"]
since = 1
label = "How many weeks did you wait?"
relevant = { question = "course", any_of = ["some", "much"] }
constraint = { at_least = 0, at_most = 500 }
bands = [
  { code = "short", label = "0 to 10", at_least = 0, at_most = 10 },
  { code = "long", label = "More", at_least = 11 },
]

[[question]]
id = "obstacles"
type = "select_multiple"
key_factor = "L6"
audience = ["migrant", "host"]
since = 1
label = "What is hard?"
choices = [
  { code = "work", label = "Work" },
  { code = "cost", label = "Cost" },
  { code = "time", label = "Time" },
]

[[question]]
id = "late"
type = "select_one"
key_factor = "L3"
audience = ["migrant"]
since = 1
scale = "amount"
label = "How late was it?"
relevant = { question = "weeks", at_least = 11 }

[[question]]
id = "words"
type = "text"
role = "open"
key_factor = "L11"
since = 1
label = "What did we not ask?"
constraint = { max_length = 40 }
"""


def read(path: str) -> dict:
    return tomllib.loads((SHIPPED / path).read_text("utf-8"))


@cache
def city() -> City:
    return City.model_validate(read("cities/port-saule/city.toml"))


@cache
def plain() -> Questionnaire:
    """The shipped questionnaire before any city's lists stand in it."""
    return Questionnaire.model_validate(read("benchmarks/language-learning/questionnaire.toml"))


@cache
def shipped() -> Instrument:
    """The shipped questionnaire as the demonstration city asks it."""
    pack = "benchmarks/language-learning"
    return Instrument(
        round=RoundId("spring"),
        name="Spring",
        questionnaire=for_city(plain(), city()),
        benchmark=Benchmark.model_validate(read(f"{pack}/benchmark.toml")),
        city=city(),
        languages=(Locale("fr"), Locale("ar"), Locale("en")),
        closes_on=date(2026, 3, 20),
    )


@cache
def small() -> Instrument:
    """A short questionnaire with every type of question, and conditions on answers."""
    return replace(shipped(), questionnaire=Questionnaire.model_validate(tomllib.loads(EVERY_TYPE)))
