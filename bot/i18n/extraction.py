"""Babel's way into the TOML: sentences, questionnaires and benchmarks, with their keys as contexts."""

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import IO, Any

from bot.i18n.pofiles import CatalogueError
from bot.i18n.sources import Source, benchmark_sources, questionnaire_sources, sentences
from conversations.benchmark import Benchmark
from conversations.errors import AppError
from conversations.questionnaire import Questionnaire

Extracted = tuple[int, str, tuple[str, ...], list[str]]
"""What Babel takes: line, name of a gettext function, its arguments, comments for translators."""


def _questions(text: str) -> Iterator[Source]:
    return questionnaire_sources(Questionnaire.model_validate(tomllib.loads(text)))


def _factors(text: str) -> Iterator[Source]:
    return benchmark_sources(Benchmark.model_validate(tomllib.loads(text)))


KINDS: Mapping[str, Callable[[str], Iterator[Source]]] = MappingProxyType(
    {"sentences": sentences, "questionnaire": _questions, "benchmark": _factors}
)
"""What a TOML file may hold, as `locales/babel.cfg` names it, and what reads its sentences."""


def extract(
    fileobj: IO[bytes], _keywords: object, _comment_tags: object, options: Mapping[str, Any]
) -> Iterator[Extracted]:
    """Yield every sentence of a TOML file, as `pybabel extract` asks for it; `kind` is one of KINDS.

    Codes, keys and numbers are not among them: only words are.

    Raises:
        CatalogueError: it is no such TOML.
    """
    try:
        text = fileobj.read().decode("utf-8")
        found = list(KINDS[options.get("kind", "sentences")](text))
    except (ValueError, AppError) as error:  # no UTF-8, no TOML, or no definition
        reason = str(error).splitlines()[0]
        raise CatalogueError(f"{fileobj.name}: {reason}; mend it, see `portevoix check`") from None
    lines = _Lines(text)
    for source in found:
        words: tuple[str, ...] = (source.key, source.text)
        name = "pgettext" if source.plural is None else "npgettext"
        if source.plural is not None:
            words = (*words, source.plural)
        yield lines.of(source.text), name, words, list(source.comments)


class _Lines:
    """Finds the line on which a sentence begins, for whoever looks it up; sentences come nearly in order."""

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()
        self._at = 0

    def of(self, words: str) -> int:
        """Return the line, counted from 1; that of the sentence before where it cannot be told."""
        start = words.split("\n")[0][:24]
        ahead = range(self._at, len(self._lines))
        self._at = self._first(start, ahead, self._first(start, range(self._at), self._at))
        return self._at + 1

    def _first(self, start: str, places: Iterable[int], otherwise: int) -> int:
        return next((place for place in places if start in self._lines[place]), otherwise)
