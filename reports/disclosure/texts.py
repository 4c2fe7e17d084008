"""The texts of a release: which may enter, what is told of each, and whether a frozen part keeps rules."""

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conversations.errors import ReleaseError
from conversations.identifiers import Code, FactorKey, Locale
from conversations.questionnaire import QuestionType
from conversations.session import LONGEST_TEXT, Sheet, WrittenText
from conversations.texts import ReviewedText
from reports.disclosure.publishable import FORMAT, Publishable, of_bytes, publishable
from reports.planned import NOT_STATED, Frame
from reports.reviewing import Kind, plain

TEXTS_FORMAT = "portevoix-texts/1"
WRITERS = 10
"""Writers that a side and key factor, and a language, need. Source: ANONYMITY.md, "Releases" 7."""

KEYS = ("format", "round", "benchmark", "release_sha256", "k", "texts", "manifest")

AnyText = WrittenText | ReviewedText
Shuffled = Callable[[Sequence[ReviewedText]], Sequence[ReviewedText]]
"""Chance, handed in: the same texts in random order."""


@dataclass(frozen=True, slots=True)
class Writers:
    """How many people wrote, at least: by side and key factor, and by side and language.

    Texts do not say who wrote them. Where one person can write several texts on a key factor, so many texts
    count as one writer; a language's writers are those of the key factor on which most wrote in it. A refused
    text is gone and counts no more.
    """

    frame: Frame
    needed: int
    groups: Mapping[tuple[Code, FactorKey], int]
    languages: Mapping[tuple[Code, Locale], int]

    def side_of(self, text: AnyText) -> Code:
        """Return the side that a text counts for, as the plan merges sides."""
        return self.frame.side_of(Sheet(side=text.side, answers={}))

    def has_company(self, text: AnyText) -> bool:
        """Say whether enough people of its side wrote on its key factor; else it never enters."""
        return self.groups.get((self.side_of(text), text.key_factor), 0) >= self.needed

    def is_common(self, text: AnyText) -> bool:
        """Say whether enough people of its side wrote in its language; else it enters in other words only."""
        return self.languages.get((self.side_of(text), text.language), 0) >= self.needed

    def may_enter(self, text: ReviewedText, publication: Locale) -> bool:
        """Say whether a reviewed text may stand in the release as it is."""
        if not self.has_company(text):
            return False
        return text.text_language == publication if text.paraphrase else self.is_common(text)


def writers(texts: Iterable[AnyText], frame: Frame) -> Writers:
    """Count writers, conservatively, over all texts that are there, reviewed or not."""
    by_group: Counter[tuple[Code, FactorKey]] = Counter()
    by_language: Counter[tuple[Code, FactorKey, Locale]] = Counter()
    for text in texts:
        side = frame.side_of(Sheet(side=text.side, answers={}))
        by_group[side, text.key_factor] += 1
        if text.language:
            by_language[side, text.key_factor, text.language] += 1
    each = _texts_each(frame)
    groups = {place: _people(texts, each[place[1]]) for place, texts in by_group.items()}
    languages: dict[tuple[Code, Locale], int] = {}
    for (side, factor, language), wrote in by_language.items():
        known = languages.get((side, language), 0)
        languages[side, language] = max(known, _people(wrote, each[factor]))
    return Writers(frame, max(WRITERS, frame.plan.k), groups, languages)


def _people(texts: int, each: int) -> int:
    """Return by how few people so many texts may have been written."""
    return -(-texts // max(1, each))


def _texts_each(frame: Frame) -> Counter[FactorKey]:
    """Return how many texts one person can write on each key factor."""
    asked = frame.questionnaire.questions
    return Counter(
        FactorKey(question.key_factor)
        for question in asked
        if question.type is QuestionType.TEXT and question.key_factor is not None
    )


def first_part(content: bytes) -> Publishable:
    """Return the frozen tables that texts belong to; they were verified when they were frozen.

    Raises:
        ReleaseError: these are no tables.
    """
    found = of_bytes(content)
    if found.document.get("format") != FORMAT:
        raise ReleaseError(f"the tables are not of the format {FORMAT}")
    return found


def release_texts(
    reviewed: Sequence[ReviewedText],
    counted: Writers,
    tables: Publishable,
    *,
    publication: Locale,
    version: str,
    shuffled: Shuffled,
) -> Publishable:
    """Make the second part of a release of the texts that may enter; `tables` is its first part.

    Raises:
        ReleaseError: it does not keep its own rules.
    """
    entering = [text for text in reviewed if counted.may_enter(text, publication)]
    factors = [part["key"] for part in tables.document["benchmark"]["key_factors"]]
    groups = []
    for factor in factors:
        for side in counted.frame.sides:
            found = [t for t in entering if t.key_factor == factor and counted.side_of(t) == side]
            if found:
                groups.append(
                    {"key_factor": factor, "side": side, "texts": [_entry(text) for text in shuffled(found)]}
                )
    benchmark = tables.document["benchmark"]
    document = {
        "format": TEXTS_FORMAT,
        "round": tables.document["round"],
        "benchmark": {key: benchmark[key] for key in ("key", "version", "fingerprint")},
        "release_sha256": tables.sha256,
        "k": counted.frame.plan.k,
        "texts": groups,
        "manifest": _manifest(groups, counted, publication, version),
    }
    return reopen_texts(publishable(document).content, tables)


def _entry(text: ReviewedText) -> dict[str, Any]:
    return {"text": text.text, "lang": text.text_language, "paraphrase": text.paraphrase}


def _manifest(
    groups: Sequence[Mapping[str, Any]], counted: Writers, publication: Locale, version: str
) -> dict[str, Any]:
    """Return how the texts were made ready; never how many were written, refused or left out."""
    return {
        "software": f"porte-voix {version}",
        "writers_needed": counted.needed,
        "publication_language": publication,
        "languages": sorted({entry["lang"] for group in groups for entry in group["texts"]}),
        "reviewed": "a person has read each text",
        "marked": [kind.value for kind in Kind],
        "order": "random",
    }


def reopen_texts(content: bytes, tables: Publishable | None = None) -> Publishable:
    """Return a frozen part of texts after checking that it keeps its own rules, and fits its `tables`.

    Raises:
        ReleaseError: names what is wrong, never what somebody wrote.
    """
    try:
        document = json.loads(content)
    except (ValueError, UnicodeDecodeError):
        raise ReleaseError("the texts are no JSON; their bytes were changed") from None
    if not isinstance(document, dict) or document.get("format") != TEXTS_FORMAT:
        raise ReleaseError(f"the texts are not of the format {TEXTS_FORMAT}")
    if missing := [key for key in KEYS if key not in document]:
        raise ReleaseError(f"the texts lack {', '.join(missing)}")
    if publishable(document).content != content:
        raise ReleaseError("the texts are not written as this program writes them; their bytes were changed")
    try:
        faults = [*_faults(document), *([] if tables is None else _strange(document, tables))]
    except (KeyError, TypeError, AttributeError):
        raise ReleaseError("the texts are not built as they should be") from None
    if faults:
        raise ReleaseError(f"the texts break their rules: {faults[0]}")
    return of_bytes(content)


def _faults(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with a part of texts in itself."""
    manifest = document["manifest"]
    if manifest["writers_needed"] < max(WRITERS, document["k"]):
        yield f"fewer than {max(WRITERS, document['k'])} writers were enough"
    places = [(group["key_factor"], group["side"]) for group in document["texts"]]
    if len(places) != len(set(places)):
        yield "a side and key factor stand there twice"
    for (factor, side), group in zip(places, document["texts"], strict=True):
        if not group["texts"]:
            yield f"no text stands under {factor}, {side}"
        for entry in group["texts"]:
            fault = _fault_of(entry, manifest["publication_language"], manifest["languages"])
            if fault is not None:
                yield f"under {factor}, {side}, {fault}"


def _fault_of(entry: Mapping[str, Any], publication: str, languages: Collection[str]) -> str | None:
    """Return what is wrong with one text, without saying it."""
    if set(entry) != {"text", "lang", "paraphrase"}:
        return "a text says more or less than its words, language, and whether they are its own"
    if not 1 <= len(entry["text"]) <= LONGEST_TEXT or plain(entry["text"]) != entry["text"]:
        return f"a text is empty, longer than {LONGEST_TEXT} characters, or holds signs that act on a screen"
    if entry["lang"] not in languages:
        return "a text is in a language that the manifest does not name"
    if entry["paraphrase"] and entry["lang"] != publication:
        return "a paraphrase is not in the language of the publication"
    return None


def _strange(document: Mapping[str, Any], tables: Publishable) -> Iterator[str]:
    """Yield what does not fit the first part of the release."""
    first = tables.document
    if document["release_sha256"] != tables.sha256:
        yield "they belong to tables with another SHA-256"
    if document["round"] != first["round"] or document["k"] != first["k"]:
        yield "they are of another round, or another threshold, than its tables"
    if any(
        document["benchmark"][key] != first["benchmark"][key] for key in ("key", "version", "fingerprint")
    ):
        yield "they are of another benchmark than its tables"
    factors = {part["key"] for part in first["benchmark"]["key_factors"]}
    sides = {NOT_STATED} | {
        code["code"]
        for question in first["questions"]
        if question["role"] == "side"
        for code in question["codes"]
    }
    for group in document["texts"]:
        if group["key_factor"] not in factors or group["side"] not in sides:
            yield "a text stands under a key factor or a side that the tables lack"
