"""Random populations through real instruments, in the shapes that break disclosure control elsewhere."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.random import Generator

from conversations.identifiers import SPECIAL_CODES, Code, QuestionId
from conversations.instrument import Instrument
from conversations.questionnaire import Question, QuestionType, Role
from conversations.rounds import K
from conversations.session import Sheet
from tests.instruments import shipped

Columns = dict[QuestionId, list[tuple[Code, ...]]]
"""What everybody answered, question by question; an empty tuple was skipped."""

MIGRANT, HOST, BOTH, UNSAID = range(4)
SIDES = (Code("migrant"), Code("host"), Code("both"), Code("not_stated"))
MOST = 2_000  # people; above that everything is shown and nothing can be found


@dataclass(frozen=True)
class Recipe:
    """How people are thrown: shares of the sides, how even groups and answers are, how much is missing."""

    sides: tuple[float, float, float, float] = (0.5, 0.36, 0.1, 0.04)
    even_groups: float = 8.0  # Dirichlet concentration: under 1 almost everybody stands in one level
    even_answers: float = 2.0
    missing: float = 0.07  # of the people state no level of a group
    special: float = 0.06  # of the answers are a special code
    skipped: float = 0.03


@dataclass
class Population:
    """People being made: who stands on which side, and what they answered so far."""

    instrument: Instrument
    dice: Generator
    sides: np.ndarray
    columns: Columns = field(default_factory=dict)

    @property
    def people(self) -> int:
        """How many there are."""
        return len(self.sides)

    def some(self, side: int, most: int) -> list[int]:
        """Return at most so many people of a side, in order; fewer where it lacks them."""
        return [int(person) for person in np.flatnonzero(self.sides == side)[:most]]

    def groups(self) -> tuple[Question, ...]:
        """Return the questions that place people in groups."""
        return self.instrument.questionnaire.with_role(Role.GROUP)

    def put(self, person: int, answers: Mapping[QuestionId, tuple[Code, ...]]) -> None:
        """Let a person answer so, where the question was put to that person."""
        for question, codes in answers.items():
            if (
                self.columns[question][person]
                or not self.instrument.questionnaire.question(question).audience
            ):
                self.columns[question][person] = codes

    def sheets(self) -> list[Sheet]:
        """Return the finished sheets, in no order that means anything."""
        made = [
            Sheet.model_construct(
                side=SIDES[self.sides[person]],
                answers={q: column[person] for q, column in self.columns.items() if column[person]},
            )
            for person in range(self.people)
        ]
        return [made[place] for place in self.dice.permutation(len(made))]


def throw(dice: Generator, people: int, recipe: Recipe | None = None) -> Population:
    """Return so many people thrown after a recipe, as people mostly are unless one is given."""
    instrument, recipe = shipped(), recipe or Recipe()
    weights = np.array(recipe.sides) / sum(recipe.sides)
    population = Population(instrument, dice, dice.choice(4, size=people, p=weights))
    # Whoever states no side chooses whose questions to answer; both sides' answer the migrants' questions.
    chosen = np.where(dice.random(people) < 0.5, MIGRANT, HOST)
    whose = np.where(
        population.sides == UNSAID, chosen, np.where(population.sides == BOTH, MIGRANT, population.sides)
    )
    for question in instrument.questionnaire.questions:
        if question.type in (QuestionType.NOTE, QuestionType.TEXT) or question.role is Role.PATH:
            continue
        if question.role is Role.SIDE:
            population.columns[question.id] = _relation(question, population)
            continue
        asked = np.ones(people, bool)
        if question.audience:
            asked = np.isin(whose, [place for place in (MIGRANT, HOST) if SIDES[place] in question.audience])
        population.columns[question.id] = _answers(question, population, recipe, asked)
    return population


def _relation(question: Question, population: Population) -> list[tuple[Code, ...]]:
    said = {side: Code(code) for code, side in question.side_of.items()}
    unsaid = ((), (SPECIAL_CODES[-1],))
    return [
        (said[SIDES[side]],) if side != UNSAID else unsaid[population.dice.integers(2)]
        for side in population.sides
    ]


def _answers(
    question: Question, population: Population, recipe: Recipe, asked: np.ndarray
) -> list[tuple[Code, ...]]:
    dice, people = population.dice, population.people
    codes = [Code(choice.code) for choice in population.instrument.questionnaire.choices_of(question)]
    group = question.role is Role.GROUP
    if question.type is QuestionType.INTEGER:
        given = [(Code(str(number)),) for number in np.minimum(500, dice.gamma(1.6, 9.0, people)).astype(int)]
    elif question.type is QuestionType.SELECT_MULTIPLE:
        ticked = dice.random((people, len(codes))) < dice.beta(1, 2, len(codes))
        given = [tuple(code for code, tick in zip(codes, row, strict=True) if tick) for row in ticked]
    else:
        shares = dice.dirichlet([recipe.even_groups if group else recipe.even_answers] * len(codes))
        given = [(codes[place],) for place in dice.choice(len(codes), size=people, p=shares)]
    chance = dice.random(people)
    special = recipe.missing if group else recipe.special
    unsaid = dice.choice(len(SPECIAL_CODES), size=people)
    skipped = special + (0.0 if group else recipe.skipped)
    return [
        () if not asked[person] or special <= chance[person] < skipped
        else (SPECIAL_CODES[unsaid[person]],) if chance[person] < special
        else given[person]
        for person in range(people)
    ]  # fmt: skip


def dull(dice: Generator) -> Population:
    """Any number of people who answer as people mostly do."""
    return throw(dice, int(dice.integers(0, MOST + 1)))


def small(dice: Generator) -> Population:
    """From nobody to a few dozen people."""
    return throw(dice, int(dice.integers(0, 80)))


def one_unique(dice: Generator) -> Population:
    """One person alone on a level of every group, with answers that nobody else gives."""
    population = throw(dice, int(dice.integers(60, 900)))
    alone(population, population.some(MIGRANT, 1))
    return population


def household(dice: Generator) -> Population:
    """Four people alike in every group and every answer, alone on their levels."""
    population = throw(dice, int(dice.integers(60, 900)))
    alone(population, population.some(int(dice.integers(2)), 4))
    return population


def association(dice: Generator) -> Population:
    """Eleven people of one association: the only ones on their levels, of one opinion."""
    population = throw(dice, int(dice.integers(80, 900)))
    alone(population, population.some(MIGRANT, 11))
    return population


def alone(population: Population, those: list[int]) -> None:
    """Give some people the first one's answers, and a level of each group to themselves."""
    if not those:
        return
    taken = {question.id: population.columns[question.id][those[0]] for question in population.groups()}
    alike = {
        question: column[those[0]] for question, column in population.columns.items() if column[those[0]]
    }
    for question, codes in taken.items():
        others = [given for given in sorted(set(population.columns[question])) if given != codes]
        for person in range(population.people):
            if population.columns[question][person] == codes and others:
                population.columns[question][person] = others[population.dice.integers(len(others))]
    for person in those:
        population.put(person, alike)


def unanimous(dice: Generator) -> Population:
    """Every person of one level of one group gives one and the same answer to every question."""
    population = throw(dice, int(dice.integers(40, 1_200)))
    group = population.groups()[dice.integers(len(population.groups()))].id
    levels = sorted(set(population.columns[group]))
    level = levels[dice.integers(len(levels))]
    those = [person for person in range(population.people) if population.columns[group][person] == level]
    for question, column in population.columns.items():
        if population.instrument.questionnaire.question(question).role is not Role.FACTOR:
            continue
        said = next((column[person] for person in those if column[person]), ())
        for person in those:
            population.put(person, {question: said})
    return population


def nine(dice: Generator) -> Population:
    """Nine people in all."""
    return throw(dice, K - 1)


def polis(dice: Generator) -> Population:
    """Twenty-six people, as many as took part in a median Polis conversation."""
    return throw(dice, 26, Recipe(special=0.15))


def one_group(dice: Generator) -> Population:
    """Everybody on one level of every group, but for whoever did not say."""
    population = throw(dice, int(dice.integers(20, 1_000)))
    for question in population.groups():
        code = population.instrument.questionnaire.choices_of(question)[0].code
        column = population.columns[question.id]
        few = dice.random(population.people) < 0.02
        population.columns[question.id] = [
            given if rare else (Code(code),) for given, rare in zip(column, few, strict=True)
        ]
    return population


def skewed(dice: Generator) -> Population:
    """Groups and answers so uneven that most levels have a handful of people."""
    recipe = Recipe(even_groups=0.3, even_answers=0.25, sides=(0.9, 0.07, 0.02, 0.01))
    return throw(dice, int(dice.integers(50, MOST)), recipe)


def much_missing(dice: Generator) -> Population:
    """Half of the people state no group, and many skip."""
    return throw(dice, int(dice.integers(30, 800)), Recipe(missing=0.5, skipped=0.3, special=0.2))


def few_unsaid(dice: Generator) -> Population:
    """A side not stated of one to twelve people, beside two large ones."""
    population = throw(dice, int(dice.integers(60, 900)), Recipe(sides=(0.6, 0.4, 0.0, 0.0)))
    return unsay(population, int(dice.integers(1, 13)))


def unsay(population: Population, those: int) -> Population:
    """Let some of the people, whichever questions they chose, state no side."""
    chosen = population.dice.permutation(population.people)[:those]
    population.sides[chosen] = UNSAID
    for question in population.instrument.questionnaire.with_role(Role.SIDE):
        for person in chosen:
            population.columns[question.id][person] = (SPECIAL_CODES[-1],)
    return population


def hosts(dice: Generator) -> Population:
    """Host residents only, or with a handful of migrants."""
    population = throw(dice, int(dice.integers(20, 700)), Recipe(sides=(0.0, 1.0, 0.0, 0.0)))
    return (
        population
        if dice.random() < 0.5
        else throw(dice, population.people, Recipe(sides=(0.01, 0.98, 0.01, 0)))
    )


def near_k(dice: Generator) -> Population:
    """Groups of k - 1, k and k + 1 people wherever one looks."""
    population = throw(dice, int(dice.integers(50, 400)), Recipe(skipped=0.01, special=0.02))
    for question in population.groups():
        codes = [choice.code for choice in population.instrument.questionnaire.choices_of(question)]
        for side in (MIGRANT, HOST):
            those = dice.permutation(np.flatnonzero(population.sides == side))
            sizes = dice.integers(K - 1, K + 2, len(codes))
            levels = np.repeat(np.arange(len(codes)), sizes)[: len(those)]
            for person, level in zip(those, levels, strict=False):
                population.columns[question.id][person] = (Code(codes[level]),)
    return population


def nobody_knows(dice: Generator) -> Population:
    """Everybody says "I do not know" to everything, or nearly everybody."""
    share = (1.0, 1.0, 0.95)[dice.integers(3)]
    population = throw(dice, int(dice.integers(15, 900)))
    for question in population.instrument.questionnaire.with_role(Role.FACTOR):
        for person in np.flatnonzero(dice.random(population.people) < share):
            population.put(int(person), {question.id: (SPECIAL_CODES[0],)})
    return population


def sides_near_k(dice: Generator) -> Population:
    """Both sides about as large as k, so that overall and one side may be shown and the other not."""
    return throw(dice, int(dice.integers(16, 34)), Recipe(sides=(0.5, 0.45, 0.0, 0.05), skipped=0.1))


SHAPES: tuple[Callable[[Generator], Population], ...] = (
    dull, small, one_unique, household, association, unanimous, nine, polis, one_group, skewed, much_missing,
    few_unsaid, hosts, near_k, nobody_knows, sides_near_k,
)  # fmt: skip


def population(seed: int) -> tuple[str, list[Sheet]]:
    """Return the population of a seed: its shape's name, and its sheets."""
    dice = np.random.default_rng(seed)
    shape = SHAPES[seed % len(SHAPES)]
    return shape.__name__, shape(dice).sheets()
