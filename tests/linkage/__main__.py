"""The long form: `python -m tests.linkage --seeds 20` prints what every attacker reached."""

import argparse
import asyncio
import sys
from collections.abc import Sequence

from tests.linkage.attackers import ONE_SEIZURE
from tests.linkage.attacking import TWO, bite, honest
from tests.linkage.measuring import Score, persistent

WIDTHS = "{:<32} {:>16} {:>8} {:>8}   {}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Attack the real stores and the careless houses; 1 if somebody was joined beyond chance."""
    parser = argparse.ArgumentParser(prog="python -m tests.linkage", description=__doc__)
    parser.add_argument("--seeds", type=int, default=20, help="how many crowds")
    parser.add_argument("--people", type=int, default=300, help="how many people in each")
    asked = parser.parse_args(arguments)
    scores, narrow = asyncio.run(honest(range(asked.seeds), asked.people))
    worst = _worst(scores)
    print(
        WIDTHS.format("attacker (its best moment)", "joined", "bound", "drift", "joined where the defect is")
    )
    for name, one in worst.items():
        bitten = f"{bite(name, 1, asked.people).share:.0%}" if name in ONE_SEIZURE else ""
        joined = f"{one.joined} of {one.of}"
        print(WIDTHS.format(name, joined, f"{one.bound:.1f}", f"{one.drifts:+.1f}", bitten))
    print(f"\nleft among fewer than ten by two seizures: {dict(narrow)}")

    def measure(attempt: int) -> dict[str, Score]:
        seeds = range(attempt * asked.seeds, (attempt + 1) * asked.seeds)
        return scores if attempt == 0 else asyncio.run(honest(seeds, asked.people))[0]

    leaks = [name for name, one in scores.items() if one.leaks]
    again = persistent(measure)
    print(
        f"{len(scores)} attacks, above their bound: {len(leaks)},"
        f" above it again with other seeds: {len(again)}"
    )
    for name in again:
        print(f"LEAK {name}")
    return 1 if again or +narrow else 0


def _worst(scores: dict[str, Score]) -> dict[str, Score]:
    """Return, of each attacker, the moment at which it came furthest above its bound."""
    found: dict[str, Score] = {}
    for name, one in scores.items():
        attacker = name.split(" | ")[0] if TWO not in name else f"two: {name.split(' | ')[0]}"
        if attacker not in found or one.joined / one.bound > found[attacker].joined / found[attacker].bound:
            found[attacker] = one
    return found


if __name__ == "__main__":
    sys.exit(main())
