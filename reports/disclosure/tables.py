"""Every planned table, protected: who answered, and each question over all, by side, by side and group."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from conversations.errors import ReleaseError
from conversations.identifiers import Code
from reports.disclosure.attack import SAID, Leak, nodes_around
from reports.disclosure.drawing import Drawing, Other, draw
from reports.disclosure.picture import NoWayOut, Picture
from reports.disclosure.programs import check_by_programs
from reports.disclosure.protection import apply_leak, protect
from reports.disclosure.rules import MANY, USUAL, Rules, Shown, hidden, shares_of
from reports.disclosure.sights import WHO, Naming, Table, Values, planned_groups
from reports.disclosure.subject import Subject
from reports.planned import Frame
from reports.tabulate import Counts, Node

TRIES = 20
"""Times that protection begins again after an integer program found what the bounds did not."""


@dataclass(frozen=True, slots=True)
class Protected:
    """The tables of a release, and what the attack on them looked at: bounds, and integer programs."""

    tables: list[Table]
    bounds: int
    programs: int
    fallback: bool = False


def protect_tables(
    counts: Counts,
    frame: Frame,
    others: Sequence[Other] = (),
    rules: Rules = USUAL,
    ahead: Frame | None = None,
) -> Protected:
    """Return every planned table, protected and attacked; where that cannot end, the overall tables alone.

    `ahead` is the plan of a part that follows: its small groups are protected from now on.

    Raises:
        ReleaseError: not even the overall tables can be protected, or earlier parts leave no way out.
    """
    drawing = draw(counts, frame, others, rules, ahead)
    drawing.picture.told_before = _told_before(counts, frame, others, ahead)
    try:
        programs = _safe(drawing.picture)
    except NoWayOut as caught:
        if any(other.same_people for other in others):
            raise ReleaseError(_refusal(drawing, caught.subject, caught.leak)) from None
        return fall_back(counts, frame, others, ahead)
    return Protected(as_tables(drawing.picture, frame), drawing.picture.looked_at, programs)


def _safe(picture: Picture) -> int:
    """Protect until neither bounds nor integer programs find anything; return how many programs ran."""
    programs = 0
    protect(picture)
    for _ in range(TRIES):
        ran, leaks = check_by_programs(picture)
        programs += ran
        if not leaks:
            return programs
        for subject, leak in leaks:
            apply_leak(picture, subject, leak)
        protect(picture, again=False)
    raise NoWayOut(*leaks[0])


def fall_back(
    counts: Counts, frame: Frame, others: Sequence[Other] = (), ahead: Frame | None = None
) -> Protected:
    """Return the overall tables alone, all else withheld: what the plan fixed for when protection fails.

    Where even these tell too much beside another round's release, the levels of who answered go, too; then
    everything does.

    Raises:
        ReleaseError: what is published already tells too much by itself.
    """
    told: NoWayOut | None = None
    for kept in (_overall, _totals, _nothing):
        drawing = draw(counts, frame, others, ahead=ahead)
        drawing.picture.told_before = _told_before(counts, frame, others, ahead)
        _conceal(drawing.picture, kept)
        try:
            programs = _safe(drawing.picture)
        except NoWayOut as caught:
            told = caught
            continue
        made = as_tables(drawing.picture, frame)
        return Protected(made, drawing.picture.looked_at, programs, fallback=True)
    assert told is not None
    raise ReleaseError(_refusal(drawing, told.subject, told.leak))


def _told_before(
    counts: Counts, frame: Frame, others: Sequence[Other], ahead: Frame | None
) -> frozenset[tuple[str, Leak]]:
    """Return what other rounds' releases tell even if this one shows nothing: it cannot be untold.

    Parts of one round are made from the same boxes; of them nothing is passed over.
    """
    if not others or any(other.same_people for other in others):
        return frozenset()
    picture = draw(counts, frame, others, ahead=ahead).picture
    _conceal(picture, _nothing)
    picture.attack_all()
    return frozenset((subject.id, leak) for subject, leak in picture.leaks())


def _conceal(picture: Picture, kept: Callable[[Subject, Node], bool]) -> None:
    """Withhold everything that a fallback does not keep."""
    for subject in picture.subjects:
        for place in sorted(subject.own):
            if not kept(subject, subject.lattice.nodes[place]):
                subject.conceal(place, "fallback")


def _overall(subject: Subject, node: Node) -> bool:
    """Say whether a node stands in an overall table; among people, the sides do."""
    return len(node.sides) > 1 or (subject.id == WHO and not node.where)


def _totals(subject: Subject, node: Node) -> bool:
    """Say whether a node is everybody who answered."""
    return len(node.sides) > 1 and not node.where


def _nothing(_: Subject, __: Node) -> bool:
    """Say that nothing is shown."""
    return False


def _refusal(drawing: Drawing, subject: Subject, leak: Leak) -> str:
    """Return in words which table tells what must not be told."""
    near = [leak.place, *nodes_around(subject, leak), *subject.lattice.below(leak.place)]
    names = [drawing.tables[subject.id, place] for place in near if (subject.id, place) in drawing.tables]
    table = names[0] if names else "who answered"
    return f"table {table} breaks the guarantee together with what is published already: {SAID[leak.kind]}"


def as_tables(picture: Picture, frame: Frame) -> list[Table]:
    """Return the planned tables as a picture shows them."""
    planned = planned_groups(frame)
    naming = Naming(frame.plan, [(table, groups) for table, groups, _ in planned])
    subjects = {subject.id: subject for subject in picture.subjects}
    tables = []
    for table, groups, codes in planned:
        subject = subjects[WHO if table.who else table.question]
        made: list[tuple[Values, Shown]] = []
        for values in groups:
            node = naming.node(table, values, frame.sides)
            if table.who:
                levels = {code: naming.level(node, table.question, code) for code in codes}
                made.append((values, _people(subject, node, levels)))
            else:
                made.append((values, subject.shown(subject.lattice.index[node])))
        tables.append(Table(table, tuple(made)))
    return tables


def _people(subject: Subject, node: Node, levels: Mapping[Code, Node]) -> Shown:
    """Return how many people stand at each level; each level is a group of its own."""
    whole = subject.shown(subject.lattice.index[node])
    if whole.people is None:
        return hidden(levels, whole.rules[0])
    counts = {code: subject.shown(subject.lattice.index[at]).people for code, at in levels.items()}
    few = ("few_answers",) if whole.people < MANY else ()
    return Shown(whole.people, counts, shares_of(whole.people, counts), few)
