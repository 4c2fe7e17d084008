"""Where the ways through a questionnaire lead: whom it reaches, how long it gets, how much is kept."""

import json
from collections.abc import Collection, Iterator, Mapping
from itertools import chain, combinations

from conversations.errors import Finding, Rule
from conversations.identifiers import PREFER_NOT, SPECIAL_CODES, Code, QuestionId
from conversations.questionnaire import Condition, Question, Questionnaire, QuestionType, Role
from conversations.relevance import NOT_STATED, is_counted, path
from conversations.session import Answer

MAX_PATH = 18
"""Answers that one person gives: about six minutes. Source: BENCHMARKS.md, "Form of a questionnaire" 1."""

MAX_SHEET = 780
"""Bytes of the fullest sheet as compact JSON: a box is padded to at most 900 (ANONYMITY.md), of which the
seal takes 48 and the rest is left to the box's own frame. Compression is not counted on."""

MAX_TRIES = 5_000
"""Answers tried in the search for a way to one question; past that it is taken to be reachable."""

MAX_KINDS = 6
"""Kinds of codes of one select_multiple whose combinations are all tried; past that, as with MAX_TRIES."""

Ways = Mapping[str, Mapping[QuestionId, Answer]]


def tests_of(condition: Condition | None) -> Iterator[Condition]:
    """Give every single test of a condition, however deep it stands."""
    if condition is None:
        return
    parts = [*(condition.all or ()), *(condition.any or ()), *(condition.none or ())]
    if condition.question is not None:
        yield condition
    for part in parts:
        yield from tests_of(part)


def codes_of(questionnaire: Questionnaire, question: Question) -> tuple[Code, ...]:
    """Return the codes that a question offers; none while its scale or its city's list is not known."""
    scales = {scale.key: scale.choices for scale in questionnaire.scales}
    choices = question.choices if question.scale is None else scales.get(question.scale, ())
    return tuple(Code(choice.code) for choice in choices)


def specials_of(question: Question) -> tuple[Code, ...]:
    """Return the special codes that a question offers besides its own."""
    steers = question.role in (Role.PATH, Role.OPEN)
    return () if steers or question.type is QuestionType.NOTE else SPECIAL_CODES


def ways(questionnaire: Questionnaire) -> Ways:
    """Return what decides the way, by its name: the answers to the side and the path question."""
    found: dict[str, Mapping[QuestionId, Answer]] = {}
    side = questionnaire.with_role(Role.SIDE)[:1]
    for question in side:
        for code in (*codes_of(questionnaire, question), PREFER_NOT):
            found[code] = {question.id: Answer(codes=(code,))}
    for question in questionnaire.with_role(Role.PATH)[:1]:
        for name, answers in list(found.items()) or [("", {})]:
            if question not in path(questionnaire, answers):
                continue
            if not question.required:
                found[f"{name}, skipped"] = {**answers, question.id: Answer()}
            for code in codes_of(questionnaire, question):
                found[f"{name}, {code}"] = {**answers, question.id: Answer(codes=(code,))}
            found.pop(name, None)
    return found or {"everybody": {}}


def longest_way(questionnaire: Questionnaire) -> tuple[str, int]:
    """Return who gives most answers, and how many: side, groups and open words count, notes do not."""
    lengths = {
        name: sum(map(is_counted, path(questionnaire, answers)))
        for name, answers in ways(questionnaire).items()
    }
    return max(lengths.items(), key=lambda pair: pair[1])


def inspect_ways(questionnaire: Questionnaire, where: str) -> Iterator[Finding]:
    """Find ways that are too long for a person, or too full for a box."""
    longest, fullest = longest_way(questionnaire), ("", 0)
    for name, answers in ways(questionnaire).items():
        way = path(questionnaire, answers)
        fullest = max(fullest, (name, _sheet_size(questionnaire, way)), key=lambda pair: pair[1])
    if longest[1] > MAX_PATH:
        advice = f"whoever says {longest[0]} gets {longest[1]} questions; at most {MAX_PATH} are asked"
        yield Finding(Rule.PATH_TOO_LONG, f"{where} question", advice)
    if fullest[1] > MAX_SHEET:
        room = f"take up to {fullest[1]} bytes, and {MAX_SHEET} fit"
        advice = f"the answers of whoever says {fullest[0]} {room}; shorten ids and codes"
        yield Finding(Rule.BOX_TOO_LARGE, f"{where} question", advice)


def _sheet_size(questionnaire: Questionnaire, way: tuple[Question, ...]) -> int:
    """Return the bytes of the sheet if everybody's longest answer were given to each question."""
    unwritten = (QuestionType.TEXT, QuestionType.NOTE)
    answers = {
        question.id: _longest(questionnaire, question)
        for question in way
        if question.role is not Role.PATH and question.type not in unwritten
    }
    sides = chain.from_iterable(question.side_of.values() for question in questionnaire.with_role(Role.SIDE))
    side = max([*sides, NOT_STATED], key=len)
    return len(json.dumps({"side": side, "answers": answers}, separators=(",", ":")).encode())


def _longest(questionnaire: Questionnaire, question: Question) -> list[str]:
    """Return the answer to a question that takes most room."""
    codes = codes_of(questionnaire, question)
    if question.type is QuestionType.SELECT_MULTIPLE and codes:
        return [*codes]
    if question.city_list is not None and not codes:
        return ["x" * 40]  # a code of a city has at most 40 characters
    return [max([*codes, *specials_of(question)], key=len, default="")]


def inspect_reach(questionnaire: Questionnaire, doubtful: Collection[str], where: str) -> Iterator[Finding]:
    """Find questions that nobody can ever be asked; `doubtful` ones are wrong already and left out."""
    for index, question in enumerate(questionnaire.questions):
        needed = _needed(questionnaire, question)
        if question.id in doubtful or any(earlier.id in doubtful for earlier in needed):
            continue
        excerpt = questionnaire.model_copy(update={"questions": (*needed, question)})
        if not _Search(excerpt, question).reaches(needed, {}):
            advice = "no answers lead here; change 'relevant' or 'audience', or remove the question"
            place = f"{where} question[{index + 1}] '{question.id}'"
            yield Finding(Rule.UNREACHABLE, place, advice)


def _needed(questionnaire: Questionnaire, target: Question) -> tuple[Question, ...]:
    """Return the earlier questions on which it hangs whether `target` is asked, in order."""
    needed: set[str] = set()
    hanging = [target]
    by_id = {question.id: question for question in questionnaire.questions}
    deciding = (*questionnaire.with_role(Role.SIDE), *questionnaire.with_role(Role.PATH))
    while hanging:
        question = hanging.pop()
        names = [test.question for test in tests_of(question.relevant)]
        names += [decider.id for decider in deciding if question.audience]
        for name in names:
            if name in by_id and name not in needed and name != target.id:
                needed.add(name)
                hanging.append(by_id[name])
    return tuple(question for question in questionnaire.questions if question.id in needed)


class _Search:
    """A search for answers under which one question is asked."""

    def __init__(self, questionnaire: Questionnaire, target: Question) -> None:
        self._questionnaire = questionnaire
        self._target = target
        self._tries = 0

    def reaches(self, open_: tuple[Question, ...], answers: Mapping[QuestionId, Answer]) -> bool:
        """Say whether some answers to the questions still open lead to the target."""
        self._tries += 1
        if self._tries > MAX_TRIES:
            return True
        asked = path(self._questionnaire, answers)
        if self._target not in asked:
            return False  # the path never grows again as answers come
        if not open_:
            return True
        head, rest = open_[0], open_[1:]
        if head not in asked:
            return self.reaches(rest, answers)
        return any(self.reaches(rest, {**answers, head.id: answer}) for answer in self._kinds(head))

    def _kinds(self, question: Question) -> Iterator[Answer]:
        """Give one answer of each kind that the conditions tell apart."""
        every = (test for other in self._questionnaire.questions for test in tests_of(other.relevant))
        tests = [test for test in every if test.question == question.id]
        if question.type is QuestionType.INTEGER:
            yield from (Answer(number=number) for number in _turning_points(question, tests))
        elif question.type is QuestionType.TEXT:
            yield Answer(text="words")
        else:
            yield from self._chosen(question, tests)
        yield from (Answer(codes=(code,)) for code in specials_of(question))
        if not question.required:
            yield Answer()

    def _chosen(self, question: Question, tests: list[Condition]) -> Iterator[Answer]:
        """Give the choices that differ: one code of each kind, or every combination of kinds."""
        named = [Code(code) for test in tests for code in test.any_of or () if code not in SPECIAL_CODES]
        codes = codes_of(self._questionnaire, question) or (*named, Code("elsewhere"))
        kinds: dict[object, Code] = {}
        for code in codes:
            kind = (tuple(code in (test.any_of or ()) for test in tests), question.side_of.get(code))
            kinds.setdefault(kind, code)
        several = question.type is QuestionType.SELECT_MULTIPLE
        if several and len(kinds) > MAX_KINDS:
            self._tries = MAX_TRIES
        for size in range(1, len(kinds) + 1 if several else 2):
            yield from (Answer(codes=chosen) for chosen in combinations(kinds.values(), size))


def _turning_points(question: Question, tests: list[Condition]) -> list[int]:
    """Return the whole numbers around which conditions change, within the question's range."""
    limits = question.constraint
    low = (limits.at_least if limits else None) or 0
    high = limits.at_most if limits and limits.at_most is not None else 999_999_999  # nine digits are read
    points = {low, high}
    for test in tests:
        points |= {test.at_least - 1, test.at_least} if test.at_least is not None else set()
        points |= {test.at_most, test.at_most + 1} if test.at_most is not None else set()
    return sorted(point for point in points if low <= point <= high)
