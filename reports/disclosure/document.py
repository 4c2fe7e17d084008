"""The release as a document: what was asked and why, the protected tables, the context, the manifest."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from conversations.benchmark import Benchmark
from conversations.city import City
from conversations.city_answers import SinceLast
from conversations.identifiers import SPECIAL_CODES, Code
from conversations.questionnaire import Question, Questionnaire, Role
from conversations.rounds import Round
from conversations.wording import CIRCUMSTANCES
from reports.disclosure.differences import differences, interval
from reports.disclosure.publishable import FORMAT
from reports.disclosure.rules import BASE, DOMINANT, MANY, SHARES_FROM, Shown
from reports.disclosure.sights import Table
from reports.disclosure.tables import Protected
from reports.planned import NOT_STATED, Frame, Plan


@dataclass(frozen=True, slots=True)
class Offered:
    """A language of a round: whether all of its words were signed, and how many sentences it lacked.

    `state` is draft, partly or reviewed. Another language stood in for the `missing` sentences.
    """

    tag: str
    state: str
    missing: int = 0

    def as_data(self) -> dict[str, Any]:
        """Return it as it stands in a manifest."""
        reviewed = self.state == "reviewed"
        return {"tag": self.tag, "reviewed": reviewed, "state": self.state, "missing": self.missing}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a round asked, with the release plan. `languages` are those that it was offered in.

    The questionnaire is as the city asks it, with the city's own lists filled in. `since_last` is told in the
    first part alone.
    """

    round_: Round
    closed_on: date
    benchmark: Benchmark
    questionnaire: Questionnaire
    city: City
    plan: Plan
    languages: Sequence[Offered]
    version: str
    since_last: SinceLast | None = None


ATTACKERS = ("outsider", "member", "planted")
"""Who may attack: somebody outside, one member of a small group, somebody who planted three people."""
METHOD = "bounds in closed form over all tables, the closest of them checked by integer programs"


def document(
    asked: Asked,
    protected: Protected,
    *,
    plan: Plan | None = None,
    earlier: Sequence[str] = (),
    together_with: Sequence[str] = (),
) -> dict[str, Any]:
    """Return the release as JSON-able parts; null stands for what is withheld.

    `plan` is that of a later part, `earlier` the SHA-256 of the parts before it, `together_with` the rounds
    whose releases were attacked together with this one.
    """
    plan = plan or asked.plan
    frame = Frame(plan, asked.questionnaire, asked.city)
    tables = protected.tables
    marked, looked_at = differences(frame, tables)
    attack = {
        "method": METHOD,
        "bounds": protected.bounds,
        "programs": protected.programs,
        "broken": 0,
        "attackers": list(ATTACKERS),
        "together_with": sorted(together_with),
    }
    return {
        "format": FORMAT,
        "part": 1 + len(earlier),
        "earlier": list(earlier),
        "round": _round(asked),
        "benchmark": _benchmark(asked.benchmark),
        **({"since_last": _since(asked.since_last)} if asked.since_last and not earlier else {}),
        "k": plan.needs,
        "questions": [
            _question(asked, frame, question)
            for question in asked.questionnaire.questions
            if _told(question, plan)
        ],
        "tables": [_table(asked.questionnaire, table) for table in tables],
        "differences": marked,
        "context": [{"key": part.key, "text": part.text} for part in asked.benchmark.contextual_factors],
        "manifest": _manifest(asked, plan, protected) | {"looked_at": looked_at, "attack": attack},
    }


def _since(told: SinceLast) -> dict[str, Any]:
    """Return what is told of the round before: words only, never a figure of ours."""
    return told.model_dump(mode="json", by_alias=True)


def _told(question: Question, plan: Plan) -> bool:
    if question.id in CIRCUMSTANCES and question.id not in plan.all_groups:
        return False
    return question.role in (Role.SIDE, Role.FACTOR, Role.GROUP)


def _round(asked: Asked) -> dict[str, Any]:
    round_ = asked.round_
    return {
        "id": round_.id,
        "name": round_.name,
        "city": asked.city.key,
        "city_name": asked.city.name,
        "responsible": asked.city.responsible,
        "series": round_.series,
        "purpose": round_.purpose,
        "opened_on": (round_.opened_at or round_.opens_at).date().isoformat(),
        "closed_on": asked.closed_on.isoformat(),
        "demonstration": round_.demonstration,
    }


def _benchmark(benchmark: Benchmark) -> dict[str, Any]:
    return {
        "key": benchmark.key,
        "version": benchmark.version,
        "fingerprint": benchmark.fingerprint,
        "status": benchmark.status,
        "theme": benchmark.theme,
        "purpose": benchmark.purpose,
        "key_factors": [
            {
                "key": factor.key,
                "name": factor.name,
                "statement": factor.statement,
                "why": factor.why,
                "basis": factor.basis,
                "interlocks": list(factor.interlocks),
                "guide_questions": [{"key": part.key, "text": part.text} for part in factor.guide_questions],
                "evidence": [
                    {"key": part.key, "text": part.text, "kind": part.kind} for part in factor.evidence
                ],
            }
            for factor in benchmark.key_factors
        ],
    }


def _question(asked: Asked, frame: Frame, question: Question) -> dict[str, Any]:
    """Return one question with the codes of its tables and their English words."""
    return {
        "id": question.id,
        "role": question.role.value,
        "key_factor": question.key_factor,
        "type": question.type.value,
        "audience": list(question.audience),
        "scale": question.scale,
        "city_list": question.city_list,
        "sensitive": question.sensitivity.value == "sensitive",
        "since": question.since,
        "label": question.label,
        "codes": [_code(asked, frame, question, code) for code in _codes(frame, question)],
    }


def _code(asked: Asked, frame: Frame, question: Question, code: Code) -> dict[str, Any]:
    """Return one code with its English words, or the codes that the plan merged into it."""
    merged = frame.plan.merge.get(question.id, {}).get(code) if question.role is Role.GROUP else None
    if merged is None:
        return {"code": code, "label": _label(asked, question, code)}
    labels = [_label(asked, question, part) or part for part in merged]
    return {"code": code, "label": ", ".join(labels), "merged": list(merged)}


def _codes(frame: Frame, question: Question) -> tuple[Code, ...]:
    """Return the codes under which a question's answers, or its groups, stand in tables."""
    if question.role is Role.FACTOR:
        return frame.codes(question.id)
    return frame.levels(question.id)


def _label(asked: Asked, question: Question, code: Code) -> str | None:
    """Return a code's English words; None for those that are the same in every questionnaire."""
    if code in SPECIAL_CODES or code == NOT_STATED or question.role is Role.SIDE:
        return None
    offered = {choice.code: choice.label for choice in asked.questionnaire.choices_of(question)}
    offered |= {band.code: band.label for band in question.bands}
    return offered.get(code)


def _table(questionnaire: Questionnaire, table: Table) -> dict[str, Any]:
    planned = table.planned
    return {
        "id": planned.id,
        "key_factor": questionnaire.question(planned.question).key_factor,
        "question": planned.question,
        "by": list(planned.by),
        "who": planned.who,
        "groups": [
            {
                "group": dict(group),
                "people": shown.people,
                "answers": [_answer(shown, code) for code in shown.counts],
                "flags": [rule for rule in shown.rules if rule in READABLE],
            }
            for group, shown in table.groups
        ],
    }


def _answer(shown: Shown, code: Code) -> dict[str, Any]:
    """Return one answer of a group, with the interval of its share."""
    count, share = shown.counts[code], shown.shares.get(code)
    low, high = interval(shown, code)
    return {"code": code, "count": count, "share": share, "low": low, "high": high}


READABLE = ("few_answers", "homogeneous", "ninety_or_more")
"""Flags that say how to read what is shown; why a group is hidden is told only in sum, in the manifest."""


def _manifest(asked: Asked, plan: Plan, protected: Protected) -> dict[str, Any]:
    groups = [shown for table in protected.tables for _, shown in table.groups]
    rules = Counter(rule for shown in groups for rule in shown.rules if rule != "few_answers")
    definitions: Mapping[str, str] = asked.round_.definitions
    return {
        "software": f"porte-voix {asked.version}",
        "tables": len(protected.tables),
        "groups": len(groups),
        "groups_shown": sum(1 for shown in groups if shown.people is not None),
        "withheld_by_rule": dict(sorted(rules.items())),
        "fallback": protected.fallback,
        "k": plan.needs,
        "base": BASE,
        "shares_from": SHARES_FROM,
        "few_below": MANY,
        "dominant": DOMINANT,
        "languages_offered": [offered.as_data() for offered in asked.languages],
        "definitions": dict(sorted(definitions.items())),
        "plan": plan.model_dump(mode="json"),
    }
