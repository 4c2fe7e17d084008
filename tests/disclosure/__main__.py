"""`python -m tests.disclosure`: releases random rounds, attacks each, tells what is shown and what breaks."""

import argparse
import sys
import time
from collections.abc import Sequence
from functools import partial
from multiprocessing import get_context

from tests.disclosure.careless import Careless
from tests.disclosure.rounds import Tally, attack_rounds
from tests.disclosure.usefulness import use_at

PIECE = 10  # rounds between two signs of life
SIZES = (26, 100, 300, 1_000, 3_000, 10_000)
SEEDS = (1, 2, 3)
UNPROTECTED = 32  # rounds whose releases are made without complementary withholding


def main() -> int:
    """Attack as many rounds as were asked for; fail if anything broke."""
    parser = argparse.ArgumentParser(prog="python -m tests.disclosure", description=__doc__)
    parser.add_argument("--populations", type=int, default=2_000, help="random rounds (default 2000)")
    parser.add_argument("--first", type=int, default=0, help="the first seed (default 0)")
    parser.add_argument("--cores", type=int, default=2, help="processes beside each other (default 2)")
    wanted = parser.parse_args()
    seeds = range(wanted.first, wanted.first + wanted.populations)
    tally = attacked(seeds, wanted.cores)
    _use()
    _told(tally)
    _without_withholding(wanted.cores)
    return 1 if tally.broken else 0


def attacked(seeds: Sequence[int], cores: int, careless: Careless | None = None) -> Tally:
    """Attack the rounds of these seeds on some cores, and say how far that is."""
    pieces = [seeds[start : start + PIECE] for start in range(0, len(seeds), PIECE)]
    tally, began = Tally(), time.monotonic()
    # Started afresh, not forked: the solver keeps threads, and a fork of those can hang.
    with get_context("spawn").Pool(cores) as pool:
        for done in pool.imap_unordered(partial(attack_rounds, careless=careless), pieces):
            tally.add(done)
            for seed, found in done.broken.items() if careless is None else ():
                print(f"\rseed {seed}: {'; '.join(found[:3])}", flush=True)
            if sys.stderr.isatty() or tally.populations % (10 * PIECE) == 0:
                _progress(tally, len(seeds), time.monotonic() - began)
    print(file=sys.stderr)
    return tally


def _progress(tally: Tally, of: int, seconds: float) -> None:
    end = "\n" if not sys.stderr.isatty() else ""
    said = f"{tally.populations} of {of} rounds, {len(tally.broken)} broken, {seconds:.0f} s"
    print(f"\r{said}", end=end, file=sys.stderr, flush=True)


def _use() -> None:
    print(f"{'people':>8}{'groups with k':>15}{'shown':>8}{'share':>9}{'release':>10}")
    for people in SIZES:
        uses = [use_at(people, seed) for seed in (SEEDS if people <= 1_000 else SEEDS[:1])]
        could, shown = sum(use.could for use in uses), sum(use.shown for use in uses)
        seconds = sum(use.seconds for use in uses) / len(uses)
        share = shown / could if could else 1.0
        print(f"{people:8}{could // len(uses):15}{shown // len(uses):8}{share:9.1%}{seconds:8.2f} s")
    print()


def _told(tally: Tally) -> None:
    found = tally.attacked
    shapes = ", ".join(f"{name} {count}" for name, count in sorted(tally.shapes.items()))
    print(f"{tally.populations} rounds of {tally.people} people: {shapes}")
    print(
        f"{found.targets} groups and rests of 1 to k-1 people, all bounded by sums; {found.bounds} bounds of"
        f" the closest and some others, by {found.programs} integer programs ({found.undecided} left open)"
    )
    print(f"release: {tally.seconds / max(1, tally.populations):.2f} s on average")
    fallbacks = ", ".join(f"{name} {count}" for name, count in sorted(tally.fallbacks.items())) or "none"
    print(f"releases that fell back to their overall tables: {fallbacks}")
    print(f"questions with 2 k people of which neither the whole nor a side is shown: {len(tally.untold)}")
    print(f"broken: {len(found.breaks)} in {len(tally.broken)} rounds")


def _without_withholding(cores: int) -> None:
    """Say what the same attack recovers where nothing is withheld for the sake of others."""
    tally = attacked(range(UNPROTECTED), cores, Careless())
    print(
        f"without complementary withholding, in {tally.populations} rounds: {len(tally.attacked.breaks)}"
        f" places broken in {len(tally.broken)} rounds"
    )


if __name__ == "__main__":
    sys.exit(main())
