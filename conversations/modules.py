"""Rotating modules: which questions the rounds of a series ask, and whether each can be answered in time."""

from collections import Counter
from collections.abc import Iterator

from conversations.benchmark import Benchmark
from conversations.conduct import Conduct, Module
from conversations.errors import RoundError
from conversations.inspecting_ways import longest_way, tests_of
from conversations.listening import listening_questionnaire
from conversations.questionnaire import Questionnaire, Role

MOST_ANSWERS = 12
"""Answers on the longest way through a round with modules: side, groups and open word count, notes do not.

Source: issue 6, A7; BENCHMARKS.md, "Form of a questionnaire" 1 (progress "4 of 12").
"""


def put_to_people(asked: Questionnaire, benchmark: Benchmark, conduct: Conduct, number: int) -> Questionnaire:
    """Return what the `number`-th round of a series asks: all, a core and one module, or free texts."""
    if conduct.listening:
        return listening_questionnaire(asked, benchmark)
    return asked_in(asked, conduct, number)


def module_of(conduct: Conduct, number: int) -> Module | None:
    """Return the module of the `number`-th round (from 1) of a series; a round by itself has the first."""
    if not conduct.modules:
        return None
    return conduct.modules[(max(number, 1) - 1) % len(conduct.modules)]


def asked_in(asked: Questionnaire, conduct: Conduct, number: int) -> Questionnaire:
    """Return what the `number`-th round of a series asks: the core, its module, and what is always asked.

    Side, path, groups and the open word are always asked; only questions about key factors rotate.
    """
    module = module_of(conduct, number)
    if module is None and not conduct.core:
        return asked
    wanted = {*conduct.core, *(module.questions if module else ())}
    kept = tuple(one for one in asked.questions if one.role is not Role.FACTOR or one.id in wanted)
    return asked.model_copy(update={"questions": kept})


def check_modules(asked: Questionnaire, conduct: Conduct) -> None:
    """Refuse modules that do not fit a questionnaire.

    Raises:
        RoundError: names everything that is wrong with them.
    """
    if conduct.listening and (conduct.core or conduct.modules):
        raise RoundError("a listening round asks for free texts; take core and modules out of its plan")
    if faults := list(module_faults(asked, conduct)):
        raise RoundError(f"the modules of the plan are wrong: {'; '.join(faults)}")


def module_faults(asked: Questionnaire, conduct: Conduct) -> Iterator[str]:
    """Yield what is wrong with core and modules, each with its place and what to do."""
    if not conduct.core and not conduct.modules:
        return
    names = Counter(module.name for module in conduct.modules)
    yield from (f"two modules are called '{name}'; rename one" for name, n in names.items() if n > 1)
    faults = list(_names(asked, conduct))
    yield from faults
    if not faults:  # what follows would only say the same again
        for number in range(1, max(1, len(conduct.modules)) + 1):
            yield from _in_round(asked_in(asked, conduct, number), asked, conduct, number)


def _names(asked: Questionnaire, conduct: Conduct) -> Iterator[str]:
    """Yield names that are no questions about key factors, that stand twice, or that are missing."""
    rotating = [question.id for question in asked.with_role(Role.FACTOR)]
    places = [("core", conduct.core), *((f"'{one.name}'", one.questions) for one in conduct.modules)]
    seen: dict[str, str] = {}
    for place, questions in places:
        for question in questions:
            if question not in rotating:
                known = question in asked.by_id
                why = "is asked in every round anyway" if known else "is no question of the benchmark"
                yield f"{question} in {place} {why}; take it out"
            elif question in seen:
                yield f"{question} stands in {seen[question]} and in {place}; keep one"
            seen.setdefault(question, place)
    lost = [question for question in rotating if question not in seen]
    if lost:
        yield f"no round would ever ask {', '.join(lost)}; put each into core or a module"


def _in_round(cut: Questionnaire, asked: Questionnaire, conduct: Conduct, number: int) -> Iterator[str]:
    """Yield what is wrong with one round: what hangs on a question that it leaves out, or too long a way."""
    module = module_of(conduct, number)
    place = f"with the module '{module.name}'" if module else "with the core"
    for question in cut.questions:
        for test in tests_of(question.relevant):
            if test.question not in cut.by_id and test.question in asked.by_id:
                yield (
                    f"{question.id} is asked {place}, but hangs on the answer to {test.question}, which is"
                    " not; put both into one module, or that one into core"
                )
    name, length = longest_way(cut)
    if length > MOST_ANSWERS:
        yield (
            f"{place}, whoever says {name} gives {length} answers, {length - MOST_ANSWERS} over the"
            f" {MOST_ANSWERS} that a round may take (side, groups and the open word count);"
            " make more modules, or smaller ones"
        )
