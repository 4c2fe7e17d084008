"""Unreachable questions, factors nobody speaks to, a drawing of the flow."""

from collections.abc import Collection, Iterator, Sequence
from functools import partial

from conversations.benchmark import Benchmark, Evidence, GuideQuestion, KeyFactor
from conversations.errors import Finding, Rule
from conversations.inspecting_conditions import inspect_audience, inspect_condition, inspect_sides
from conversations.inspecting_parts import (
    MAX_NAME,
    MAX_PARAGRAPH,
    entry,
    inspect_question,
    inspect_scale,
    numbered,
    repeated,
    too_long,
)
from conversations.inspecting_ways import inspect_reach, inspect_ways, ways
from conversations.questionnaire import Condition, Question, Questionnaire, QuestionType, Role
from conversations.relevance import is_counted, path

KEY_FACTORS = range(8, 13)
"""How many key factors a benchmark has. Source: DESIGN.md, "What it is"."""

AT_LEAST = 3
"""Guide questions, and pieces of evidence, of each key factor. Source: issue 2, B5."""


def inspect_benchmark(benchmark: Benchmark, where: str) -> Iterator[Finding]:
    """Find everything that is wrong with a benchmark by itself."""
    factors = benchmark.key_factors
    if len(factors) not in KEY_FACTORS:
        advice = f"has {len(factors)} key factors; a benchmark has {KEY_FACTORS[0]} to {KEY_FACTORS[-1]}"
        yield Finding(Rule.TOO_FEW_FACTORS, f"{where} key_factor", advice)
    contexts = [factor.key for factor in benchmark.contextual_factors]
    yield from repeated([factor.key for factor in factors], partial(numbered, where, "key_factor"), "key")
    yield from repeated(contexts, partial(numbered, where, "contextual_factor"), "key")
    keys = {factor.key for factor in factors}
    for index, factor in enumerate(factors):
        place = numbered(where, "key_factor", index, factor.key)
        yield from _factor(factor, place)
        yield from _interlocks(factor, keys, f"{place}.interlocks")
    for index, context in enumerate(benchmark.contextual_factors):
        place = numbered(where, "contextual_factor", index, context.key)
        yield from too_long(context.text, MAX_PARAGRAPH, f"{place}.text")


def _factor(factor: KeyFactor, place: str) -> Iterator[Finding]:
    """Find what is wrong with one key factor."""
    yield from too_long(factor.name, MAX_NAME, f"{place}.name")
    yield from too_long(factor.statement, MAX_PARAGRAPH, f"{place}.statement")
    yield from too_long(factor.why, MAX_PARAGRAPH, f"{place}.why")
    lists: tuple[tuple[str, Sequence[GuideQuestion | Evidence], Rule], ...] = (
        ("guide_question", factor.guide_questions, Rule.TOO_FEW_GUIDE_QUESTIONS),
        ("evidence", factor.evidence, Rule.TOO_FEW_EVIDENCE),
    )
    for kind, parts, rule in lists:
        if len(parts) < AT_LEAST:
            yield Finding(rule, f"{place}.{kind}", f"has {len(parts)} of them; write at least {AT_LEAST}")
        keys = [part.key for part in parts]
        yield from repeated(keys, partial(entry, f"{place}.{kind}"), "key")
        for index, part in enumerate(parts):
            yield from too_long(part.text, MAX_PARAGRAPH, f"{place}.{kind}[{index + 1}].text")


def _interlocks(factor: KeyFactor, keys: Collection[str], place: str) -> Iterator[Finding]:
    """Find interlocks with factors that are not there, with itself, or named twice."""
    yield from repeated(factor.interlocks, partial(entry, place), "key")
    for index, other in enumerate(factor.interlocks):
        if other == factor.key:
            yield Finding(Rule.LOOP, f"{place}[{index + 1}]", "names the key factor itself; remove it")
        elif other not in keys:
            advice = f"there is no key factor '{other[:40]}'; correct or remove it"
            yield Finding(Rule.UNKNOWN_INTERLOCK, f"{place}[{index + 1}]", advice)


def inspect_questionnaire(questionnaire: Questionnaire, where: str) -> Iterator[Finding]:
    """Find everything that is wrong with a questionnaire by itself."""
    questions = questionnaire.questions
    yield from _names(questionnaire, where)
    for index in range(len(questionnaire.scales)):
        yield from inspect_scale(questionnaire, index, where)
    for index, question in enumerate(questions):
        yield from inspect_question(questionnaire, question, numbered(where, "question", index, question.id))
    sides = list(inspect_sides(questionnaire, where))
    yield from sides
    doubtful = {question.id for question in questions if question.audience and sides}
    for index, question in enumerate(questions):
        between = [
            *inspect_audience(questionnaire, index, where),
            *inspect_condition(questionnaire, index, where),
        ]
        yield from between
        doubtful |= {question.id} if between else set()
    yield from inspect_reach(questionnaire, doubtful, where)
    yield from inspect_ways(questionnaire, where)


def _names(questionnaire: Questionnaire, where: str) -> Iterator[Finding]:
    """Find names that are given twice, and a questionnaire without a purpose."""
    for kind, names in (
        ("question", [question.id for question in questionnaire.questions]),
        ("scale", [scale.key for scale in questionnaire.scales]),
        ("audiences", [*questionnaire.audiences]),
        ("purposes", [*questionnaire.purposes]),
    ):
        yield from repeated(names, partial(_named, where, kind, names), "name")
    if not questionnaire.purposes:
        advice = "is empty; name one or several of monitor, draft, apply, revise"
        yield Finding(Rule.WRONG_PURPOSE, f"{where} purposes", advice)


def _named(where: str, kind: str, names: Sequence[str], index: int) -> str:
    """Return the place of an entry of a list together with its name."""
    return numbered(where, kind, index, names[index])


def inspect_pack(
    benchmark: Benchmark, questionnaire: Questionnaire, benchmark_at: str, questionnaire_at: str
) -> Iterator[Finding]:
    """Find where a questionnaire and its benchmark do not speak of the same key factors."""
    if questionnaire.benchmark != benchmark.key:
        advice = f"is '{questionnaire.benchmark}', but the benchmark beside it is '{benchmark.key}'"
        yield Finding(Rule.WRONG_VALUE, f"{questionnaire_at} benchmark", advice)
    keys = {factor.key for factor in benchmark.key_factors}
    for index, question in enumerate(questionnaire.questions):
        if question.key_factor is not None and question.key_factor not in keys:
            place = f"{numbered(questionnaire_at, 'question', index, question.id)}.key_factor"
            advice = f"there is no key factor '{question.key_factor[:40]}' in the benchmark; correct it"
            yield Finding(Rule.UNKNOWN_FACTOR, place, advice)
    spoken = {question.key_factor for question in questionnaire.questions if _speaks(question)}
    for index, factor in enumerate(benchmark.key_factors):
        if factor.key not in spoken:
            place = numbered(benchmark_at, "key_factor", index, factor.key)
            advice = "no question speaks to it; add one to the questionnaire"
            yield Finding(Rule.UNSPOKEN_FACTOR, place, advice)


def _speaks(question: Question) -> bool:
    """Say whether answers to a question say something about its key factor."""
    return question.role is Role.FACTOR and question.type is not QuestionType.NOTE


def flow(questionnaire: Questionnaire) -> str:
    """Draw a sound questionnaire as plain text: who is asked what, when, and how long each way is."""
    lines = [f"{questionnaire.key}, version {questionnaire.version}", ""]
    width = max((len(question.id) for question in questionnaire.questions), default=0)
    for number, question in enumerate(questionnaire.questions, start=1):
        speaks_to = f"{question.role} {question.key_factor or ''}".strip()
        whom = ", ".join(question.audience) or "everybody"
        when = f", when {spoken(question.relevant)}" if question.relevant else ""
        need = " (required)" if question.required else ""
        kind = f"{question.type:<15}  {speaks_to:<10}"
        lines.append(f"{number:>3}  {question.id:<{width}}  {kind}  {whom}{when}{need}")
    lines += ["", "Ways:"]
    for name, answers in ways(questionnaire).items():
        asked = [question.id for question in path(questionnaire, answers) if is_counted(question)]
        lines.append(f"  {name}: at most {len(asked)} answers")
    return "\n".join(lines) + "\n"


def spoken(condition: Condition) -> str:
    """Return a condition in words."""
    for parts, joint in ((condition.all, " and "), (condition.any, " or ")):
        if parts is not None:
            return "(" + joint.join(spoken(part) for part in parts) + ")"
    if condition.none is not None:
        return "not (" + " or ".join(spoken(part) for part in condition.none) + ")"
    if condition.any_of is not None:
        return f"{condition.question} is {' or '.join(condition.any_of)}"
    if condition.answered is not None:
        return f"{condition.question} is {'answered' if condition.answered else 'skipped'}"
    if condition.at_least is not None:
        return f"{condition.question} is at least {condition.at_least}"
    return f"{condition.question} is at most {condition.at_most}"
