"""Words as data: a key, the English source where a definition brings it, and what is to be put in."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Union

Value = Union[str, int, float, date, datetime, "Words", tuple["Words", ...]]
"""What fills a placeholder; a float is a share between 0 and 1 and is said in percents."""


@dataclass(frozen=True, slots=True)
class Words:
    """A sentence to be said in the listener's language.

    `key` is the message key (a catalogue's `msgctxt`); `source` is the English text when it comes with a
    definition, `None` when the key stands in `locales/source/`; `values` fill the placeholders. A value
    that is itself `Words` is said in the same language, several of them as a list in words; `n` among the
    values chooses the plural form.
    """

    key: str
    source: str | None = None
    values: tuple[tuple[str, Value], ...] = field(default=())


def say(key: str, **values: Value) -> Words:
    """Return the sentence under `key` of the shipped words, with its values."""
    return Words(key, None, tuple(sorted(values.items())) if values else ())


CIRCUMSTANCES = ("came_by", "assisted", "relay")
"""Ids of groups that nobody is asked about; their words are the same in every questionnaire."""

LISTENING = "listening_"
"""Begins the ids of the questions of a listening round; their words are the same for every benchmark."""


def question_key(questionnaire: str, question: str, part: str) -> str:
    """Return the message key of a question's `part`: label, hint, or choice.CODE."""
    if question in CIRCUMSTANCES:
        return f"circumstance.{question}.{part}"
    return f"{questionnaire}.question.{question}.{part}"


def scale_key(questionnaire: str, scale: str, code: str) -> str:
    """Return the message key of one choice of a shared scale."""
    return f"{questionnaire}.scale.{scale}.{code}"


def factor_key(benchmark: str, factor: str, part: str) -> str:
    """Return the message key of a key factor's `part`: name, statement, why, guide.KEY or evidence.KEY."""
    return f"{benchmark}.factor.{factor}.{part}"


def context_key(benchmark: str, factor: str) -> str:
    """Return the message key of a contextual factor."""
    return f"{benchmark}.context.{factor}"


def city_key(city: str, part: str) -> str:
    """Return the message key of a city's own words, such as name, help.0 or regions.CODE."""
    return f"city.{city}.{part}"
