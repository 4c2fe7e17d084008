"""How time and memory of a release grow with people and tables, beside DuckDB counting the same tables."""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from conversations.session import Sheet
from reports.disclosure import release
from reports.planned import Plan, default_plan
from tests.disclosure.populations import throw
from tests.instruments import shipped
from tests.reports.population import asked, frame

SIZES = (300, 1_000, 10_000, 100_000)
PIECE = 5_000  # people made at once, so that those who were counted can be forgotten
PAIRS = (("gender", "age"), ("gender", "years_here"))
PLANS = {
    "sides": "over all and by side",
    "groups": "default plan",
    "pairs": "default plan, two pairs crossed",
}
MOST_SECONDS, MOST_MEMORY = 60, 1_000  # for 100,000 people, in s and MB. Source: issue 4, A6
HEAD = f"{'plan':34}{'people':>8}{'tables':>8}{'release':>11}{'MB':>7}{'DuckDB':>11}{'MB':>7}"


def plan_of(name: str) -> Plan:
    """Return the default plan, with fewer tables or with more."""
    plan = default_plan(shipped().questionnaire)
    changed: dict[str, dict[str, Any]] = {"sides": {"groups": ()}, "groups": {}, "pairs": {"pairs": PAIRS}}
    return plan.model_copy(update=changed[name])


class Stream:
    """Sheets of thrown people, one piece after the other; `seconds` went into making them."""

    def __init__(self, people: int) -> None:
        self.people = people
        self.seconds = 0.0

    def __iter__(self) -> Iterator[Sheet]:
        for first in range(0, self.people, PIECE):
            began = time.perf_counter()
            made = throw(np.random.default_rng(first), min(PIECE, self.people - first)).sheets()
            self.seconds += time.perf_counter() - began
            yield from made


def released(plan: Plan, people: int) -> dict[str, Any]:
    """Measure the release of so many people."""
    sheets, began = Stream(people), time.perf_counter()
    document = release(sheets, asked(plan)).document
    seconds = time.perf_counter() - began - sheets.seconds
    return {"seconds": seconds, "tables": len(document["tables"])}


def counted(plan: Plan, people: int) -> dict[str, Any]:
    """Measure DuckDB counting the same tables from the same people, without any protection."""
    of, groups = frame(plan), tuple(dict.fromkeys((*plan.groups, *plan.who)))
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as rows:
        standing, given = Path(folder, "standing.csv"), Path(folder, "given.csv")
        with standing.open("w") as one, given.open("w") as other:
            for person, sheet in enumerate(Stream(people)):
                print(person, of.side_of(sheet), *(of.level_of(sheet, g) for g in groups), sep=",", file=one)
                for question in plan.questions:
                    for place, code in enumerate(of.counted(sheet, question)):
                        print(person, question, code, int(place == 0), sep=",", file=other)
        names = ["person", "side", *groups]
        rows.execute(
            f"CREATE TABLE standing AS SELECT * FROM read_csv(?, header=false, names={names})",
            [str(standing)],
        )
        names = ["person", "question", "code", "once"]
        rows.execute(
            f"CREATE TABLE given AS SELECT * FROM read_csv(?, header=false, names={names})", [str(given)]
        )
        began = time.perf_counter()
        found = sum(len(rows.execute(query).fetchall()) for query in _queries(plan))
    return {"seconds": time.perf_counter() - began, "rows": found}


def _queries(plan: Plan) -> Iterator[str]:
    """Return who answered, and each question by each planned group: people first, then each answer."""
    who = "".join(f", (side, {group}), ({group})" for group in plan.who)
    yield f"SELECT side{_listed(plan.who)}, count(*) FROM standing GROUP BY GROUPING SETS ((), (side){who})"
    crossed = [(group,) for group in plan.groups] + [tuple(pair) for pair in getattr(plan, "pairs", ())]
    named = tuple(dict.fromkeys(group for groups in crossed for group in groups))
    sets = ["question", "question, side", *(f"question, side{_listed(groups)}" for groups in crossed)]
    for code, counted_ in (("", "sum(once)"), (", code", "count(*)")):
        by = ", ".join(f"({part}{code})" for part in sets)
        yield (
            f"SELECT question, side{_listed(named)}{code}, {counted_} FROM given JOIN standing USING (person)"
            f" GROUP BY GROUPING SETS ({by})"
        )


def _listed(names: tuple[str, ...]) -> str:
    return "".join(f", {name}" for name in names)


MEASURES = {"released": released, "counted": counted}


def main() -> None:
    """Measure one thing in this process, so that its memory is its own, and print it as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("measure", choices=MEASURES)
    parser.add_argument("plan", choices=PLANS)
    parser.add_argument("people", type=int)
    wanted = parser.parse_args()
    found = MEASURES[wanted.measure](plan_of(wanted.plan), wanted.people)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024
    print(json.dumps({**found, "memory": memory}))


def measure(name: str, plan: str, people: int) -> dict[str, Any]:
    """Measure one thing in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.releases", name, plan, str(people)]
    found: dict[str, Any] = json.loads(
        subprocess.run(command, check=True, capture_output=True, text=True).stdout
    )
    return found


def table() -> Iterator[str]:
    """Yield the table line by line, as it is measured, and then whether it is what was wanted."""
    yield HEAD
    largest: dict[str, Any] = {}
    for plan, words in PLANS.items():
        for people in SIZES:
            ours, theirs = measure("released", plan, people), measure("counted", plan, people)
            yield (
                f"{words:34}{people:8}{ours['tables']:8}{ours['seconds']:9.2f} s{ours['memory']:7.0f}"
                f"{theirs['seconds']:9.3f} s{theirs['memory']:7.0f}"
            )
            if plan == "groups" and people == max(SIZES):
                largest = ours
    yield "Release: counted, protected and attacked; DuckDB: counted alone, from tables, no protection."
    reached = largest["seconds"] <= MOST_SECONDS and largest["memory"] <= MOST_MEMORY
    said = f"{largest['seconds']:.1f} s and {largest['memory']:.0f} MB for {max(SIZES)} people"
    yield f"{said}, wanted {MOST_SECONDS} s and {MOST_MEMORY} MB: {'reached' if reached else 'NOT REACHED'}"


if __name__ == "__main__":
    main()
