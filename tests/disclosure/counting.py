"""A second implementation of the counts, in plain SQL, to be held against the one that releases use."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from conversations.identifiers import SPECIAL_CODES
from conversations.questionnaire import Questionnaire, QuestionType
from conversations.session import Sheet
from reports.planned import NOT_STATED, Frame, Plan

Node = tuple[tuple[str, str], ...]
"""What names a group, in the order of its table: nothing, a side, a side and a level: (("side", "host"),)."""

PEOPLE = ""
"""Stands for a question where people are counted whatever they answered."""

SCHEMA = """
CREATE TABLE sheet(person INTEGER PRIMARY KEY, side TEXT);
CREATE TABLE given(person INTEGER, question TEXT, code TEXT);
CREATE TABLE offered(question TEXT, code TEXT, PRIMARY KEY (question, code));
CREATE TABLE special(code TEXT);
CREATE TABLE band(question TEXT, code TEXT, low INTEGER, high INTEGER);
CREATE INDEX band_of ON band(question);
CREATE TABLE put(question TEXT, side TEXT, PRIMARY KEY (question, side));
CREATE TABLE grp(grp TEXT);
CREATE TABLE merged(grp TEXT, code TEXT, level TEXT);
CREATE TABLE factor(question TEXT);
CREATE TABLE pair(first TEXT, second TEXT);
CREATE TABLE stated(side TEXT, counts_as TEXT);
"""

VIEWS = """
CREATE TABLE person AS
  SELECT sheet.person, coalesce(stated.counts_as, 'not_stated') AS side
  FROM sheet LEFT JOIN stated ON stated.side = sheet.side;
CREATE TABLE counted AS
  SELECT DISTINCT given.person, person.side, given.question, coalesce(band.code, given.code) AS code
  FROM given
  JOIN person ON person.person = given.person
  JOIN put ON put.question = given.question AND put.side = person.side
  LEFT JOIN band ON band.question = given.question AND given.code NOT GLOB '*[^0-9]*'
    AND CAST(given.code AS INTEGER) BETWEEN band.low AND band.high
  WHERE EXISTS (SELECT 1 FROM offered WHERE offered.question = given.question
                AND offered.code = coalesce(band.code, given.code));
CREATE INDEX counted_of ON counted(question, person);
CREATE TABLE standing AS
  SELECT person.person, person.side, grp.grp,
    CASE WHEN count(counted.code) = 1 AND max(counted.code) NOT IN (SELECT code FROM special)
         THEN coalesce(max(merged.level), max(counted.code)) ELSE 'not_stated' END AS level
  FROM person JOIN grp JOIN put ON put.question = grp.grp AND put.side = person.side
  LEFT JOIN counted ON counted.person = person.person AND counted.question = grp.grp
  LEFT JOIN merged ON merged.grp = grp.grp AND merged.code = counted.code
  GROUP BY person.person, grp.grp;
CREATE INDEX standing_of ON standing(person);
CREATE TABLE answered AS
  SELECT counted.* FROM counted JOIN factor ON factor.question = counted.question;
"""

FIGURES = (
    "SELECT '', NULL, NULL, NULL, NULL, NULL, NULL, count(*) FROM person",
    "SELECT '', side, NULL, NULL, NULL, NULL, NULL, count(*) FROM person GROUP BY side",
    "SELECT '', NULL, grp, level, NULL, NULL, NULL, count(*) FROM standing GROUP BY grp, level",
    "SELECT '', side, grp, level, NULL, NULL, NULL, count(*) FROM standing GROUP BY side, grp, level",
    "SELECT question, NULL, NULL, NULL, NULL, NULL, {code}, count({what}) FROM answered"
    " GROUP BY question, {code}",
    "SELECT question, side, NULL, NULL, NULL, NULL, {code}, count({what}) FROM answered"
    " GROUP BY question, side, {code}",
    "SELECT question, answered.side, grp, level, NULL, NULL, {code}, count({what})"
    " FROM answered JOIN standing USING (person) GROUP BY question, answered.side, grp, level, {code}",
    "SELECT question, answered.side, one.grp, one.level, other.grp, other.level, {code}, count({what})"
    " FROM pair CROSS JOIN answered"
    " JOIN standing one ON one.person = answered.person AND one.grp = pair.first"
    " JOIN standing other ON other.person = answered.person AND other.grp = pair.second"
    " GROUP BY question, answered.side, one.grp, one.level, other.grp, other.level, {code}",
)


@dataclass
class Exact:
    """A group as it is: its people, and how many gave each answer."""

    people: int = 0
    answers: dict[str, int] = field(default_factory=lambda: defaultdict(int))


@dataclass(frozen=True)
class Person:
    """Somebody who answered a question."""

    side: str
    levels: dict[str, str]
    codes: list[str]

    def stands_in(self, node: Node) -> bool:
        """Say whether the person is one of a group."""
        return all((self.side if by == "side" else self.levels.get(by)) == level for by, level in node)


Figures = dict[tuple[str, Node], Exact]
"""By (question, group); groups without anybody are missing."""


def pairs_of(plan: Plan) -> Sequence[tuple[str, str]]:
    """Return the pairs of groups that a plan crosses, if it knows of any."""
    return [(pair[0], pair[1]) for pair in getattr(plan, "pairs", ())]


class Counting:
    """Sheets in a database in memory, counted by SQL alone; all planned questions, or some of them."""

    def __init__(self, sheets: Iterable[Sheet], frame: Frame, questions: Iterable[str] | None = None) -> None:
        self.plan = frame.plan
        self.questions = tuple(frame.plan.questions if questions is None else questions)
        self._wanted = {*self.questions, *self.plan.groups, *self.plan.who}
        self._rows = sqlite3.connect(":memory:")
        self._rows.executescript(SCHEMA)
        self._define(frame)
        sheets = list(sheets)
        self._fill("sheet", ((person, str(sheet.side)) for person, sheet in enumerate(sheets)))
        self._fill(
            "given",
            (
                (person, question, str(code))
                for person, sheet in enumerate(sheets)
                for question, codes in sheet.answers.items()
                if question in self._wanted
                for code in codes
            ),
        )
        self._rows.executescript(VIEWS)

    def close(self) -> None:
        """Let the database go."""
        self._rows.close()

    def figures(self) -> Figures:
        """Return every exact figure of the planned tables."""
        found: Figures = defaultdict(Exact)
        for query in FIGURES:
            for code, what in (("NULL", "DISTINCT answered.person"), ("code", "*")):
                for question, *where, given, people in self._rows.execute(query.format(code=code, what=what)):
                    exact = found[question, node(*where)]
                    if given is None:
                        exact.people = people
                    else:
                        exact.answers[given] = people
        return dict(found)

    def people(self, question: str) -> list["Person"]:
        """Return who answered a question: where each stands, and what each answered; people: everybody."""
        standing: dict[int, dict[str, str]] = defaultdict(dict)
        for person, group, level in self._rows.execute("SELECT person, grp, level FROM standing"):
            standing[person][group] = level
        if question == PEOPLE:
            rows = self._rows.execute("SELECT person, side, '' FROM person ORDER BY person")
        else:
            query = "SELECT person, side, code FROM answered WHERE question = ? ORDER BY person, code"
            rows = self._rows.execute(query, (question,))
        found: dict[int, Person] = {}
        for person, side, code in rows:
            known = found.setdefault(person, Person(side, standing[person], []))
            known.codes.append(code)
        return list(found.values())

    def _fill(self, table: str, rows: Iterable[tuple[object, ...]]) -> None:
        rows = list(rows)
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            self._rows.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)

    def _define(self, frame: Frame) -> None:
        """Write the questionnaire and the plan into tables."""
        plan, asked = frame.plan, frame.questionnaire
        planned = dict.fromkeys((*self.questions, *plan.groups, *plan.who))
        declared = {str(side) for side in asked.question(plan.side).side_of.values()}
        into = {"both": "migrant"} if plan.merge_both_into_migrant else {}
        sides = {side: into.get(side, side) for side in declared | {"both" if into else ""} if side}
        self._fill("stated", sides.items())
        for question in planned:
            self._define_question(frame, question, {*sides.values(), str(NOT_STATED)})
        self._fill("special", ((str(code),) for code in SPECIAL_CODES))
        self._fill("grp", ((group,) for group in dict.fromkeys((*plan.groups, *plan.who))))
        self._fill("factor", ((question,) for question in self.questions))
        self._fill("pair", pairs_of(plan))
        self._fill(
            "merged",
            (
                (group, code, level)
                for group, to in plan.merge.items()
                for level, of in to.items()
                for code in of
            ),
        )

    def _define_question(self, frame: Frame, id_: str, sides: set[str]) -> None:
        question = frame.questionnaire.question(id_)
        offered = {str(code) for code in (*frame.plain_codes(question), *SPECIAL_CODES)}
        self._fill("offered", ((id_, code) for code in offered))
        if question.type is QuestionType.INTEGER:
            most = 10**9
            bands = [
                (id_, b.code, b.at_least, most if b.at_most is None else b.at_most) for b in question.bands
            ]
            self._fill("band", bands)
        self._fill("put", ((id_, side) for side in sides if is_put(frame.questionnaire, id_, side)))


def is_put(asked: Questionnaire, question: str, side: str) -> bool:
    """Say whether a question is put to a side; whoever states none may meet any question."""
    audience = asked.question(question).audience
    return not audience or side == NOT_STATED or side in audience or asked.paths.get(side) in audience


def node(side: str | None, *levels: str | None) -> Node:
    """Return the name of a group from its side and (group, level, group, level), some of them None."""
    named = [("side", side)] if side is not None else []
    for group, level in zip(levels[::2], levels[1::2], strict=True):
        if group is not None and level is not None:
            named.append((group, level))
    return tuple(named)
