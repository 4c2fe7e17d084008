"""The only maker of what is published: releases in parts, reviewed texts, and coarse steps of progress."""

from collections.abc import Iterable, Sequence

from conversations.circumstances import RELAY
from conversations.errors import ReleaseError
from conversations.session import Sheet
from reports.disclosure.document import Asked, Offered, document
from reports.disclosure.drawing import Other
from reports.disclosure.examination import Examination, Fault, examine
from reports.disclosure.progress import progress_over_all, progress_step, progress_steps
from reports.disclosure.publishable import Publishable, publishable
from reports.disclosure.rules import USUAL, Rules
from reports.disclosure.sights import tables_of
from reports.disclosure.tables import Protected, fall_back, protect_tables
from reports.disclosure.verification import reopen
from reports.planned import Frame, Plan, by_association
from reports.tabulate import count

__all__ = [
    "Asked",
    "Examination",
    "Fault",
    "Offered",
    "Publishable",
    "add_part",
    "examine",
    "progress_over_all",
    "progress_step",
    "progress_steps",
    "release",
    "reopen",
]


def release(
    sheets: Iterable[Sheet], asked: Asked, beside: Sequence[Publishable] = (), rules: Rules = USUAL
) -> Publishable:
    """Tabulate the planned tables, protect and attack them, make the release.

    The order of sheets changes nothing. `beside` are releases of other rounds open to the same people, with
    which the guarantee holds together. Where protection cannot end, or the protected tables do not verify,
    the plan's fallback stands in: the overall tables alone. `rules` are other than usual in tests alone.

    Raises:
        ReleaseError: not even the fallback verifies.
    """
    frame = Frame(asked.plan, asked.questionnaire, asked.city)
    ahead = _ahead(asked)
    counts = count(sheets, frame, *([ahead] if ahead else []))
    others = [_other(published, same_people=False) for published in beside]
    together = [published.document["round"]["id"] for published in beside]

    def made(protected: Protected) -> Publishable:
        return reopen(publishable(document(asked, protected, together_with=together)).content)

    protected = protect_tables(counts, frame, others, rules, ahead)
    try:
        return made(protected)
    except ReleaseError:
        return made(fall_back(counts, frame, others, ahead))


def add_part(
    sheets: Iterable[Sheet],
    asked: Asked,
    plan: Plan,
    earlier: Sequence[Publishable],
    beside: Sequence[Publishable] = (),
) -> Publishable:
    """Make one more part of a release from the same boxes; the guarantee holds over all parts together.

    Raises:
        ReleaseError: names the table that breaks it, or how the plan differs where it must not.
    """
    first = Plan.model_validate(earlier[0].document["manifest"]["plan"])
    if plan.merge_both_into_migrant != first.merge_both_into_migrant or plan.side != first.side:
        raise ReleaseError("a later part must merge the sides as the first part did; change the plan")
    if plan.k < first.k:
        raise ReleaseError(f"a later part cannot show groups from {plan.k} people; the first needs {first.k}")
    parts = [_other(published, same_people=True) for published in earlier]
    others = [*parts, *(_other(published, same_people=False) for published in beside)]
    frames = [Frame(of, asked.questionnaire, asked.city) for of in (plan, *(part.plan for part in parts))]
    protected = protect_tables(count(sheets, *frames), frames[0], others)
    together = [published.document["round"]["id"] for published in beside]
    hashes = [published.sha256 for published in earlier]
    made = document(asked, protected, plan=plan, earlier=hashes, together_with=together)
    return reopen(publishable(made).content)


def _ahead(asked: Asked) -> Frame | None:
    """Return the plan of the part that names associations, where the round was opened with any."""
    if RELAY not in asked.questionnaire.by_id:
        return None
    return Frame(by_association(asked.plan), asked.questionnaire, asked.city)


def _other(published: Publishable, *, same_people: bool) -> Other:
    plan = Plan.model_validate(published.document["manifest"]["plan"])
    fallback = bool(published.document["manifest"]["fallback"])
    return Other(plan, tables_of(published.document), same_people, fallback)
