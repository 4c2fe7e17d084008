"""What can be wrong with one part of a definition, looked at by itself."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from conversations.errors import Finding, Rule
from conversations.identifiers import SPECIAL_CODES
from conversations.questionnaire import Band, Choice, Question, Questionnaire, QuestionType, Role
from conversations.relevance import NOT_STATED
from conversations.wording import CIRCUMSTANCES, LISTENING

MAX_LABEL = 300
"""Characters of a question's words: about eight lines of a small phone, so that the answers stay in sight."""

MAX_HINT = 300
"""Characters of a hint; label, hint and twenty choices stay well under Telegram's 4,096 (TELEGRAM.md)."""

MAX_CHOICE = 60
"""Characters of an answer, a name of a city or of a contact: two lines of a button 360 pixels wide."""

MAX_NAME = 120
"""Characters of a key factor's name, which heads a section of a release."""

MAX_PARAGRAPH = 1_000
"""Characters of a statement or reason, which a person reads in one message with room for the rest."""

MAX_CHOICES = 20
"""Answers that one prompt offers: more are not read to the end on a phone."""

RESERVED = frozenset({*SPECIAL_CODES, NOT_STATED, *CIRCUMSTANCES})
"""Codes and ids that the program itself gives: to every question, to a side not stated, to circumstances."""

SELECTS = (QuestionType.SELECT_ONE, QuestionType.SELECT_MULTIPLE)


def numbered(where: str, kind: str, index: int, name: str = "") -> str:
    """Return the place of an entry of a list, counted from one as people count, with its own name."""
    return f"{where} {kind}[{index + 1}]" + (f" '{name}'" if name else "")


def entry(place: str, index: int) -> str:
    """Return the place of an entry without a name of its own."""
    return f"{place}[{index + 1}]"


def too_long(words: str | None, limit: int, place: str) -> Iterator[Finding]:
    """Find words that are longer than a channel can show well."""
    if words is not None and len(words) > limit:
        advice = f"is {len(words)} characters long; shorten it to {limit}"
        yield Finding(Rule.LABEL_TOO_LONG, place, advice)


def repeated(names: Iterable[str], place: Callable[[int], str], kind: str) -> Iterator[Finding]:
    """Find names that were given before."""
    seen: dict[str, int] = {}
    for index, name in enumerate(names):
        if name in seen:
            advice = f"repeats the {kind} '{name[:40]}' of number {seen[name] + 1}; change or remove one"
            yield Finding(Rule.DUPLICATE_KEY, place(index), advice)
        seen.setdefault(name, index)


def inspect_choices(choices: Sequence[Choice | Band], place: str) -> Iterator[Finding]:
    """Find what is wrong with a list of answers: codes, words, and how many there are."""
    yield from repeated([choice.code for choice in choices], partial(entry, place), "code")
    yield from repeated([choice.label.casefold() for choice in choices], partial(entry, place), "label")
    for index, choice in enumerate(choices):
        yield from reserved(choice.code, f"{entry(place, index)}.code")
        yield from too_long(choice.label, MAX_CHOICE, f"{entry(place, index)}.label")
    if len(choices) > MAX_CHOICES:
        advice = f"offers {len(choices)} answers; a phone shows at most {MAX_CHOICES} well"
        yield Finding(Rule.TOO_MANY_CHOICES, place, advice)


def reserved(code: str, place: str) -> Iterator[Finding]:
    """Find a code that the program keeps for itself."""
    if code in RESERVED:
        yield Finding(
            Rule.RESERVED_CODE, place, f"'{code}' is given by the program itself; remove or rename it"
        )


def inspect_scale(questionnaire: Questionnaire, index: int, where: str) -> Iterator[Finding]:
    """Find what is wrong with one shared scale."""
    scale = questionnaire.scales[index]
    place = numbered(where, "scale", index, scale.key)
    yield from inspect_choices(scale.choices, f"{place}.choices")
    if len(scale.choices) < 2:
        yield Finding(Rule.NO_CHOICES, f"{place}.choices", "a scale has at least two steps; add them")


def inspect_question(questionnaire: Questionnaire, question: Question, place: str) -> Iterator[Finding]:
    """Find what is wrong with one question, whatever the others are."""
    yield from reserved(question.id, f"{place}.id")
    if question.id.startswith(LISTENING):
        advice = f"ids that begin with '{LISTENING}' are given by the program itself; rename it"
        yield Finding(Rule.RESERVED_CODE, f"{place}.id", advice)
    yield from too_long(question.label, MAX_LABEL, f"{place}.label")
    yield from too_long(question.hint, MAX_HINT, f"{place}.hint")
    yield from inspect_choices(question.choices, f"{place}.choices")
    yield from inspect_choices(question.bands, f"{place}.bands")
    yield from repeated(question.audience, partial(entry, f"{place}.audience"), "audience")
    if question.since > questionnaire.version:
        advice = f"is {question.since}, but the questionnaire is version {questionnaire.version}"
        yield Finding(Rule.WRONG_VALUE, f"{place}.since", advice)
    yield from _offers(questionnaire, question, place)
    yield from _bands(question, place)
    yield from _constraint(question, place)
    yield from _role(question, place)


def _offers(questionnaire: Questionnaire, question: Question, place: str) -> Iterator[Finding]:
    """A question to choose from takes its answers from one place; the others offer none."""
    sources = [name for name in ("scale", "choices", "city_list") if getattr(question, name)]
    if question.type not in SELECTS:
        for name in sources:
            advice = f"a question of type {question.type} offers no choices; remove '{name}'"
            yield Finding(Rule.WRONG_VALUE, f"{place}.{name}", advice)
        return
    if not sources:
        advice = "offers nothing to choose; add 'scale', 'choices' or 'city_list'"
        yield Finding(Rule.NO_CHOICES, f"{place}.choices", advice)
    if len(sources) > 1:
        advice = f"takes its choices from {' and '.join(sources)}; keep one of them"
        yield Finding(Rule.WRONG_VALUE, f"{place}.{sources[1]}", advice)
    if len(question.choices) == 1 and question.city_list is None:
        yield Finding(Rule.NO_CHOICES, f"{place}.choices", "offers only one answer; add others")
    if question.scale is not None and all(scale.key != question.scale for scale in questionnaire.scales):
        advice = f"there is no scale '{question.scale}'; write it under [[scale]] or correct the name"
        yield Finding(Rule.UNKNOWN_SCALE, f"{place}.scale", advice)


def _bands(question: Question, place: str) -> Iterator[Finding]:
    """Bands cover every whole number that can be answered, once."""
    place = f"{place}.bands"
    if question.type is not QuestionType.INTEGER:
        if question.bands:
            yield Finding(Rule.BANDS_WRONG, place, "only a question of type integer has bands; remove them")
        return
    if not question.bands:
        advice = "a whole number is tabulated in bands; add at least two"
        yield Finding(Rule.BANDS_WRONG, place, advice)
        return
    lowest = question.constraint.at_least if question.constraint else None
    highest = question.constraint.at_most if question.constraint else None
    if question.bands[0].at_least > (lowest or 0):
        advice = f"numbers from {lowest or 0} on have no band; begin there"
        yield Finding(Rule.BANDS_WRONG, entry(place, 0), advice)
    last = question.bands[-1]
    if last.at_most is not None and (highest is None or last.at_most < highest):
        advice = f"numbers over {last.at_most} have no band; leave out 'at_most' of the last band"
        yield Finding(Rule.BANDS_WRONG, entry(place, len(question.bands) - 1), advice)
    yield from _steps(question.bands, place)


def _steps(bands: Sequence[Band], place: str) -> Iterator[Finding]:
    """Each band begins right after the one before it ends."""
    for index, band in enumerate(bands):
        if band.at_most is not None and band.at_most < band.at_least:
            yield Finding(Rule.BANDS_WRONG, entry(place, index), "ends before it begins")
        if index == 0:
            continue
        end = bands[index - 1].at_most
        if end is None:
            advice = f"band {index} has no 'at_most', so this one is never used; give it one"
            yield Finding(Rule.BANDS_WRONG, entry(place, index), advice)
        elif band.at_least != end + 1:
            what = "leaves a gap after" if band.at_least > end + 1 else "overlaps"
            advice = f"{what} band {index}; begin at {end + 1}"
            yield Finding(Rule.BANDS_WRONG, entry(place, index), advice)


def _constraint(question: Question, place: str) -> Iterator[Finding]:
    """A range belongs to whole numbers, a length to texts."""
    limits = question.constraint
    if limits is None:
        return
    place = f"{place}.constraint"
    takes = {QuestionType.INTEGER: ("at_least", "at_most"), QuestionType.TEXT: ("max_length",)}
    for name in ("at_least", "at_most", "max_length"):
        if getattr(limits, name) is not None and name not in takes.get(question.type, ()):
            advice = f"a question of type {question.type} has no '{name}'; remove it"
            yield Finding(Rule.CONSTRAINT_MISPLACED, f"{place}.{name}", advice)
    if limits.at_least is not None and limits.at_most is not None and limits.at_least > limits.at_most:
        yield Finding(Rule.WRONG_VALUE, place, "no number fits: 'at_least' is greater than 'at_most'")


def _role(question: Question, place: str) -> Iterator[Finding]:
    """Each role asks for a type and for the keys that go with it."""
    if question.role in (Role.FACTOR, Role.OPEN) and question.key_factor is None:
        advice = "'key_factor' is missing; name the one this question speaks to"
        yield Finding(Rule.MISSING_KEY, f"{place}.key_factor", advice)
    if question.role is Role.OPEN and question.type is not QuestionType.TEXT:
        yield Finding(Rule.WRONG_VALUE, f"{place}.type", "an open word is of type text")
    if question.role in (Role.SIDE, Role.PATH) and question.type is not QuestionType.SELECT_ONE:
        yield Finding(Rule.WRONG_VALUE, f"{place}.type", "a question that decides the way is a select_one")
    if question.role not in (Role.SIDE, Role.PATH) and question.side_of:
        advice = "only questions of the roles side and path have it; remove it"
        yield Finding(Rule.WRONG_VALUE, f"{place}.side_of", advice)
    if question.role is not Role.GROUP:
        return
    if question.type is not QuestionType.SELECT_ONE:
        advice = "a group is one coarse answer out of few; make it a select_one"
        yield Finding(Rule.GROUP_NOT_CLOSED, f"{place}.type", advice)
    if question.required:
        yield Finding(Rule.WRONG_VALUE, f"{place}.required", "everybody may skip a group; remove it")
