"""Listening rounds: one text about one key factor, asked by a questionnaire that is made of the benchmark."""

from conversations.benchmark import Benchmark, KeyFactor
from conversations.identifiers import Code, FactorKey, QuestionId
from conversations.questionnaire import (
    Choice,
    Condition,
    Constraint,
    Question,
    Questionnaire,
    QuestionType,
    Role,
)
from conversations.wording import LISTENING, Words, factor_key, say

ABOUT = QuestionId(f"{LISTENING}about")
"""The question which key factor it is about; it only leads to the right field, and enters no sheet."""

LONGEST = 1_000
"""Characters of one text: as many as the open word of a monitoring round takes."""


def listening_questionnaire(asked: Questionnaire, benchmark: Benchmark) -> Questionnaire:
    """Return what a listening round asks: the side, the key factor it is about, and one text about that.

    The side is asked as in the benchmark's own questionnaire, without its hint: it chooses no questions here.
    """
    side = asked.with_role(Role.SIDE)[0].model_copy(update={"hint": None})
    texts = tuple(_text(benchmark, FactorKey(factor.key)) for factor in benchmark.key_factors)
    return asked.model_copy(update={"scales": (), "questions": (side, _about(benchmark), *texts)})


def is_made_here(question: Question) -> bool:
    """Say whether a question is one of a listening round, whose words come with the program."""
    return question.id.startswith(LISTENING)


def label_of(question: Question, benchmark: Benchmark) -> Words:
    """Return the words of a question that was made here."""
    if question.key_factor is None:
        return say("listening.about")
    return say("listening.write", factor=topic_of(benchmark, question.key_factor))


def hint_of(question: Question) -> Words:
    """Return the hint of a question of a listening round: what the side is for, what to leave out."""
    if question.role is Role.SIDE:
        return say("listening.side_hint")
    return say("listening.about_hint" if question.key_factor is None else "listening.names")


def topic_of(benchmark: Benchmark, key: str) -> Words:
    """Return what participants call a key factor; its name, if the benchmark says no other."""
    factor = benchmark.factor(key)
    part = "topic" if factor.topic else "name"
    return Words(factor_key(benchmark.key, key, part), _topic(factor))


def _about(benchmark: Benchmark) -> Question:
    return Question(
        id=ABOUT,
        type=QuestionType.SELECT_ONE,
        role=Role.PATH,
        since=1,
        label="What is it about?",
        choices=tuple(Choice(code=one.key, label=_topic(one)) for one in benchmark.key_factors),
    )


def _text(benchmark: Benchmark, key: FactorKey) -> Question:
    return Question(
        id=QuestionId(f"{LISTENING}{key.lower()}"),
        type=QuestionType.TEXT,
        role=Role.OPEN,
        key_factor=key,
        since=1,
        label=f"What would you like to tell us? Your topic: {_topic(benchmark.factor(key))}",
        relevant=Condition(question=ABOUT, any_of=(Code(key),)),
        constraint=Constraint(max_length=LONGEST),
    )


def _topic(factor: KeyFactor) -> str:
    return factor.topic or factor.name
