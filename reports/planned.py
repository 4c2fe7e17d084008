"""The tables of a release: a closed list, frozen before the round opens."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from conversations.circumstances import ASSISTED, BY_NAME_FROM, RELAY, circumstance
from conversations.city import City, as_choices
from conversations.errors import RoundError
from conversations.identifiers import SPECIAL_CODES, Code, QuestionId
from conversations.questionnaire import Question, Questionnaire, QuestionType, Role
from conversations.rounds import LOWEST_K, K
from conversations.session import Sheet

SIDE = "side"
"""The grouping that stands first in every crossed table."""
NOT_STATED = Code("not_stated")
"""The level of people who did not state a group: skipped, do not know, does not apply, prefer not to say."""
BOTH, MIGRANT = Code("both"), Code("migrant")


LONGEST_KEPT = 12
"""Months that a plan may keep boxes which staff's key shuts. Source: ANONYMITY.md, "What is kept"."""


class PlannedTable(BaseModel):
    """One planned table: a question over all (`by` empty), by side, or by side and one or two more groups."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    question: QuestionId
    by: tuple[str, ...] = ()
    who: bool = False
    """Whether it tells who answered: its answers are groups of people, and everybody counts."""


class Plan(BaseModel):
    """Which tables a release has; nothing in it depends on what people answer.

    `groups` are crossed with side for every question, each of `pairs` are two groups crossed with side at
    once; `who` are tabulated over all and by side, to tell who answered. `merge` gives, for a group, new
    codes and the codes they stand for; what it does not name stays a level of its own. `keep_months`: so
    long after closing the boxes stay, for further parts of the release, where staff hold the key.
    `shown_from`: people from which this plan shows a group, where that is more than `k`.
    `same_people`: whether people who answered an earlier round of the series may have answered this one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    side: QuestionId
    questions: tuple[QuestionId, ...]
    groups: tuple[QuestionId, ...] = ()
    pairs: tuple[tuple[QuestionId, QuestionId], ...] = ()
    who: tuple[QuestionId, ...] = ()
    merge: dict[str, dict[Code, tuple[Code, ...]]] = Field(default_factory=dict)
    merge_both_into_migrant: bool = True
    fallback: Literal["overall"] = "overall"
    k: int = Field(default=K, ge=LOWEST_K)
    shown_from: int = Field(default=0, ge=0)
    keep_months: int = Field(default=0, ge=0, le=LONGEST_KEPT)
    same_people: Literal["yes", "no", "may"] = "may"

    @property
    def needs(self) -> int:
        """People that a group needs to be shown; fewer than `k` make it a small one, which is protected."""
        return max(self.k, self.shown_from)

    @property
    def all_groups(self) -> tuple[QuestionId, ...]:
        """Every group that any table uses, each once."""
        return tuple(
            dict.fromkeys((*self.who, *self.groups, *(group for pair in self.pairs for group in pair)))
        )

    def tables(self) -> tuple[PlannedTable, ...]:
        """Return every planned table: who answered first, then each question, coarse before fine."""
        found = [_table(self.side, (), who=True)]
        for group in self.who:
            found += [_table(group, (), who=True), _table(group, (SIDE,), who=True)]
        for question in self.questions:
            found += [_table(question, ()), _table(question, (SIDE,))]
            found += [_table(question, (SIDE, group)) for group in self.groups]
            found += [_table(question, (SIDE, *pair)) for pair in self.pairs]
        return tuple(found)


def _table(question: QuestionId, by: tuple[str, ...], *, who: bool = False) -> PlannedTable:
    return PlannedTable(id=".".join((question, *(by or ("all",)))), question=question, by=by, who=who)


def default_plan(questionnaire: Questionnaire, k: int = K) -> Plan:
    """Return the plan a benchmark comes with: every factor question, by side, and by side and each group."""
    who = tuple(question.id for question in questionnaire.with_role(Role.GROUP) if question.id != RELAY)
    asked = questionnaire.with_role(Role.FACTOR)
    return Plan(
        side=questionnaire.with_role(Role.SIDE)[0].id,
        questions=tuple(question.id for question in asked if _is_counted(question)),
        groups=tuple(group for group in who if group != ASSISTED),
        who=who,
        k=k,
    )


def by_association(plan: Plan) -> Plan:
    """Return the plan of a part that names associations: who came through each, and what they answered."""
    named = {"groups": (RELAY,), "who": (RELAY,), "pairs": (), "merge": {}, "shown_from": BY_NAME_FROM}
    return plan.model_copy(update=named)


def _is_counted(question: Question) -> bool:
    selects = question.type in (QuestionType.SELECT_ONE, QuestionType.SELECT_MULTIPLE)
    return selects or (question.type is QuestionType.INTEGER and bool(question.bands))


def read_plan(text: str | Mapping[str, Any], questionnaire: Questionnaire, k: int = K) -> Plan:
    """Return the plan that a TOML text, or its tables, describes; what it leaves out is as in the default.

    Raises:
        RoundError: it is no TOML, names what the questionnaire lacks, or crosses more than two groups.
    """
    try:
        said = tomllib.loads(text) if isinstance(text, str) else dict(text)
    except tomllib.TOMLDecodeError as error:
        raise RoundError(f"the plan is no TOML: {error}") from None
    pairs = said.get("pairs", [])
    for pair in pairs if isinstance(pairs, list) else [pairs]:
        if not isinstance(pair, list) or len(pair) != 2 or pair[0] == pair[1]:
            named = ", ".join(map(str, pair)) if isinstance(pair, list) else str(pair)
            raise RoundError(
                f"the plan crosses {named}; `pairs` are lists of two different groups, never more"
            )
    usual = default_plan(questionnaire, k).model_dump(mode="json")
    try:
        plan = Plan.model_validate({**usual, **said})
    except ValidationError as error:
        fault = error.errors()[0]
        place = ".".join(str(part) for part in fault["loc"]) or "the plan"
        raise RoundError(f"{place} of the plan is wrong: {fault['msg'].lower()}") from None
    if plan.k < k:
        raise RoundError(
            f"the plan shows groups from {plan.k} people; the threshold can only be raised above {k}"
        )
    check_plan(plan, questionnaire)
    return plan


@dataclass(frozen=True, slots=True)
class Needed:
    """How many people a plan needs to be of use: for shares over all, side by side, and by each group."""

    overall: int
    by_side: int
    by_group: Mapping[str, int]


def people_needed(frame: "Frame", shares_from: int = 20) -> Needed:
    """Return how many people are needed if they stand evenly on each side and at each level of a group.

    A group is shown from k people, shares from 20; people never stand evenly, so these are the least.
    """
    sides = len(frame.sides) - 1
    whole = max(frame.plan.k, shares_from)
    levels = {group: len(frame.levels(group)) - 1 for group in frame.plan.all_groups}
    by_group: dict[str, int] = {group: frame.plan.k * sides * levels[group] for group in frame.plan.groups}
    pairs = {
        f"{first} and {second}": frame.plan.k * sides * levels[first] * levels[second]
        for first, second in frame.plan.pairs
    }
    return Needed(whole, whole * sides, {**by_group, **pairs})


def check_plan(plan: Plan, questionnaire: Questionnaire) -> None:
    """Refuse a plan that names what the questionnaire lacks.

    Raises:
        RoundError: names the first question, group or code that cannot be tabulated.
    """
    wanted = {Role.SIDE: (plan.side,), Role.FACTOR: plan.questions, Role.GROUP: plan.all_groups}
    for role, ids in wanted.items():
        known = {question.id for question in questionnaire.with_role(role) if _is_counted(question)}
        if unknown := [question for question in ids if question not in known]:
            named = ", ".join(sorted(known)) or "none"
            raise RoundError(
                f"the plan names {unknown[0]}, which is no {role} question with closed answers;"
                f" there are {named}"
            )
    if RELAY in plan.all_groups and plan.needs < BY_NAME_FROM:
        said = f"from {BY_NAME_FROM} people on: add shown_from = {BY_NAME_FROM}"
        raise RoundError(f"the plan names associations, which are named {said}")
    for group, merged in plan.merge.items():
        if group not in plan.all_groups:
            raise RoundError(f"the plan merges levels of {group}, which is not among its groups")
        parts = [code for codes in merged.values() for code in codes]
        known_codes = set(Frame(plan, questionnaire).plain_codes(questionnaire.question(group)))
        if len(parts) != len(set(parts)) or not known_codes.issuperset(parts):
            raise RoundError(f"the plan merges levels of {group} that it lacks, or one of them twice")
        if clash := (set(merged) & known_codes) - set(parts):
            raise RoundError(f"the plan calls levels of {group} {min(clash)}, which is one of them already")


@dataclass(frozen=True)
class Frame:
    """A plan read with its questionnaire and city: which sides, levels and codes its tables have."""

    plan: Plan
    questionnaire: Questionnaire
    city: City | None = None

    @cached_property
    def sides(self) -> tuple[Code, ...]:
        """The sides of the round, as the plan merges them, and last the side not stated."""
        declared = self.questionnaire.question(self.plan.side).side_of.values()
        merged = dict.fromkeys(self._merged_side(Code(side)) for side in declared)
        return (*(side for side in merged if side != NOT_STATED), NOT_STATED)

    def side_of(self, sheet: Sheet) -> Code:
        """Return the side that a sheet counts for."""
        side = self._merged_side(sheet.side)
        return side if side in self.sides else NOT_STATED

    def _merged_side(self, side: Code) -> Code:
        return MIGRANT if side == BOTH and self.plan.merge_both_into_migrant else side

    def put_to(self, question: QuestionId) -> tuple[Code, ...]:
        """Return the sides to which a question is put; whoever states no side may meet any question."""
        audience = self.questionnaire.question(question).audience
        paths = self.questionnaire.paths
        return tuple(
            side
            for side in self.sides
            if not audience or side == NOT_STATED or side in audience or paths.get(side) in audience
        )

    def plain_codes(self, question: Question) -> tuple[Code, ...]:
        """Return the codes a question offers, before the plan merges any and without the special ones."""
        if question.type is QuestionType.INTEGER:
            return tuple(Code(band.code) for band in question.bands)
        if question.city_list and self.city and not question.choices:
            return tuple(Code(choice.code) for choice in as_choices(self.city, question.city_list))
        return tuple(Code(choice.code) for choice in self.questionnaire.choices_of(question))

    def codes(self, question: QuestionId) -> tuple[Code, ...]:
        """Return the codes that a table of this question counts, in order, special ones last."""
        return (*self.plain_codes(self.questionnaire.question(question)), *SPECIAL_CODES)

    def levels(self, group: QuestionId) -> tuple[Code, ...]:
        """Return the levels of a group, as the plan merges them, and last the level not stated."""
        if group in (SIDE, self.plan.side):
            return self.sides
        plain = self.plain_codes(self.questionnaire.question(group))
        return (*dict.fromkeys(self._merging(group).get(code, code) for code in plain), NOT_STATED)

    def merged_from(self, group: QuestionId, level: Code) -> tuple[Code, ...]:
        """Return the codes that a level stands for."""
        return self.plan.merge.get(group, {}).get(level, (level,))

    def level_of(self, sheet: Sheet, group: QuestionId) -> Code:
        """Return the level of a group in which a sheet counts."""
        codes = self.counted(sheet, group)
        if len(codes) != 1 or codes[0] in SPECIAL_CODES:
            return NOT_STATED
        return self._merging(group).get(codes[0], codes[0])

    def counted(self, sheet: Sheet, question: QuestionId) -> tuple[Code, ...]:
        """Return the codes of a sheet's answer that are counted, numbers as their bands; none: skipped."""
        asked, known = self._known[question]
        came = circumstance(sheet, question)
        given = sheet.answers.get(question, ()) if came is None else came
        found = dict.fromkeys(_banded(asked, code) for code in given)
        return tuple(code for code in found if code in known)

    def _merging(self, group: QuestionId) -> Mapping[Code, Code]:
        return self._merged_levels.get(group, {})

    @cached_property
    def _merged_levels(self) -> dict[str, dict[Code, Code]]:
        merge = self.plan.merge.items()
        return {group: {old: new for new, olds in to.items() for old in olds} for group, to in merge}

    @cached_property
    def _known(self) -> dict[QuestionId, tuple[Question, frozenset[Code]]]:
        planned = (*self.plan.questions, *self.plan.all_groups)
        return {id_: (self.questionnaire.question(id_), frozenset(self.codes(id_))) for id_ in planned}


def _banded(question: Question, code: Code) -> Code:
    """Return the band of a whole number, or the code as it is."""
    if question.type is not QuestionType.INTEGER or not code.lstrip("-").isdecimal():
        return code
    number = int(code)
    for band in question.bands:
        if band.at_least <= number and (band.at_most is None or number <= band.at_most):
            return Code(band.code)
    return code
