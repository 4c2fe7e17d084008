"""People made of dice, or given in a file, with what each answers; and that file's form."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from conversations.errors import RoundError
from conversations.identifiers import SPECIAL_CODES, Code, QuestionId
from conversations.instrument import Instrument
from conversations.questionnaire import Question, QuestionType, Role
from conversations.relevance import path
from conversations.session import Answer

APART = 0.45
"""How far host residents made of dice lean from migrants, so that a demonstration has something to show."""


@dataclass(frozen=True, slots=True)
class Person:
    """What one simulated person answers: codes by question id; a text or number is one code."""

    answers: Mapping[str, tuple[str, ...]] = field(repr=False)


def columns(instrument: Instrument) -> list[str]:
    """Return the columns of a file of people: every question that takes an answer, in order."""
    return [q.id for q in instrument.questionnaire.questions if q.type is not QuestionType.NOTE]


def write_people(instrument: Instrument, people: Iterable[Person]) -> str:
    """Return people as CSV: one row a person, codes in the cells, several separated by spaces."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = columns(instrument)
    writer.writerow(names)
    for person in people:
        writer.writerow([" ".join(person.answers.get(name, ())) for name in names])
    return out.getvalue()


def read_people(instrument: Instrument, text: str, where: str) -> list[Person]:
    """Read people from CSV; an empty cell is a skipped question.

    A column may be a question id or a group's name; `side` may stand for the question that asks it.

    Raises:
        RoundError: names every column or cell that is not known, with its row.
    """
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    header = [name.strip() for name in reader.fieldnames or []]
    known = {*columns(instrument), "side"}
    if not header or (unknown := [name for name in header if name not in known]):
        wrong = ", ".join(repr(name) for name in unknown) if header else "nothing"
        raise RoundError(f"{where}, row 1: {wrong} is no column; known are {', '.join(sorted(known))}")
    reader.fieldnames = header
    people, faults = [], []
    for number, row in enumerate(reader, start=2):
        if None in row:
            faults.append(f"{where}, row {number}: more cells than columns")
            continue
        person, wrong_cells = _person(instrument, {key: value or "" for key, value in row.items()})
        faults += [f"{where}, row {number}, column {cell}" for cell in wrong_cells]
        people.append(person)
    if faults:
        raise RoundError("; ".join(faults[:20]) + ("; and more" if len(faults) > 20 else ""))
    return people


def _person(instrument: Instrument, row: Mapping[str, str]) -> tuple[Person, list[str]]:
    """Read one row; return the person and the cells that are wrong."""
    answers: dict[str, tuple[str, ...]] = {}
    wrong: list[str] = []
    for name, cell in row.items():
        question = _question(instrument, name)
        if not cell.strip():
            continue
        if question.type is QuestionType.TEXT:
            answers[question.id] = (cell.strip(),)
            continue
        codes = tuple(cell.split())
        if name == "side":
            codes = tuple(code for code, side in question.side_of.items() if side in codes)
        if not codes or not all(_is_code(instrument, question, code) for code in codes):
            wrong.append(f"{name}: {cell!r} is no code of this question")
        elif len(codes) > 1 and question.type is not QuestionType.SELECT_MULTIPLE:
            wrong.append(f"{name}: takes one code, not {len(codes)}")
        elif name != "side" or question.id not in answers:
            answers[question.id] = codes
    return Person(answers), wrong


def _question(instrument: Instrument, name: str) -> Question:
    if name == "side":
        return instrument.questionnaire.with_role(Role.SIDE)[0]
    return instrument.questionnaire.question(name)


def _is_code(instrument: Instrument, question: Question, code: str) -> bool:
    """Say whether a cell's code can be answered to a question."""
    if code in instrument.specials(question):
        return True
    if question.type is QuestionType.INTEGER:
        limits = question.constraint
        low = limits.at_least if limits and limits.at_least is not None else 0
        high = limits.at_most if limits and limits.at_most is not None else 999_999_999
        return code.isdecimal() and low <= int(code) <= high
    return code in {choice.code for choice in instrument.questionnaire.choices_of(question)}


def throw_people(instrument: Instrument, count: int, seed: int) -> list[Person]:
    """Return `count` people made of dice; the same seed gives the same people."""
    dice = Random(seed)
    leaning = {question.id: dice.random() for question in instrument.questionnaire.questions}
    return [_throw(instrument, dice, leaning) for _ in range(count)]


def _throw(instrument: Instrument, dice: Random, leaning: Mapping[QuestionId, float]) -> Person:
    """Make one person, question by question along the path that the answers open."""
    answers: dict[str, tuple[str, ...]] = {}
    given: dict[QuestionId, Answer] = {}
    always_here = False
    for question in instrument.questionnaire.questions:
        on_path = {asked.id for asked in path(instrument.questionnaire, given)}
        if question.id not in on_path or question.type in (QuestionType.NOTE, QuestionType.TEXT):
            continue
        leans = leaning[question.id]
        if always_here and question.role is Role.FACTOR:
            leans = (leans + APART) % 1
        codes = _roll(instrument, question, dice, leans)
        if question.role is Role.SIDE:
            always_here = "host" in (question.side_of.get(code) for code in codes)
        answers[question.id] = codes
        given[question.id] = (
            Answer(number=int(codes[0]))
            if question.type is QuestionType.INTEGER and codes and codes[0].isdecimal()
            else Answer(codes=tuple(Code(code) for code in codes))
        )
    return Person({key: codes for key, codes in answers.items() if codes})


def _roll(instrument: Instrument, question: Question, dice: Random, leaning: float) -> tuple[str, ...]:
    """Return what the dice answer to a question: mostly a choice, at times a special code, rarely nothing."""
    specials: Sequence[Code] = instrument.specials(question)
    chance = dice.random()
    steering = question.role in (Role.SIDE, Role.PATH)
    if chance < 0.03 and not question.required and not steering:
        return ()
    if chance < 0.08 and specials:
        if question.role in (Role.SIDE, Role.GROUP):
            return (SPECIAL_CODES[-1],) if chance < 0.05 else _choose(instrument, question, dice, leaning)
        return (dice.choice(specials),)
    if question.type is QuestionType.INTEGER:
        top = question.constraint.at_most if question.constraint and question.constraint.at_most else 60
        return (str(min(top, int(dice.gammavariate(1.6, 9)))),)
    if question.type is QuestionType.SELECT_MULTIPLE:
        codes = [choice.code for choice in instrument.questionnaire.choices_of(question)]
        picked = [code for code in codes if dice.random() < 0.3]
        return tuple(picked or [dice.choice(codes)])
    return _choose(instrument, question, dice, leaning)


def _choose(instrument: Instrument, question: Question, dice: Random, leaning: float) -> tuple[str, ...]:
    """Return one choice, thrown around the question's leaning; sides are weighted towards the first two."""
    codes = [choice.code for choice in instrument.questionnaire.choices_of(question)]
    if question.role is Role.SIDE:
        return (dice.choices(codes, weights=[5, 4, 1][: len(codes)] + [1] * max(0, len(codes) - 3))[0],)
    if question.role is Role.GROUP:
        few = len(codes) <= 3  # such as gender: the last of few levels is rare
        return (dice.choices(codes, weights=[1.0] * (len(codes) - 1) + [0.08 if few else 1.0])[0],)
    place = dice.gauss(leaning * (len(codes) - 1), len(codes) / 3.5)
    return (codes[max(0, min(len(codes) - 1, round(place)))],)
