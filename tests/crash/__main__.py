"""The long form: `python -m tests.crash --kills 1000`, or one point again with `--site` and `--seed`."""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from tests.crash.defects import DEFECTS
from tests.crash.hammer import Hammer, points_named, stopwatch, template_in
from tests.crash.left_out import unreached
from tests.crash.program import Nursery


def _words() -> argparse.Namespace:
    reader = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    reader.add_argument("--kills", type=int, default=1_000, help="kills at least; every point is met once")
    reader.add_argument("--seed", type=int, default=1, help="decides people, points and moments")
    reader.add_argument("--mode", choices=("polling", "webhook"), default="polling")
    reader.add_argument("--site", default="", help="die here alone: 'before MODULE:FUNCTION:*'")
    reader.add_argument("--nth", type=int, default=1, help="with --site: at which passing of it")
    reader.add_argument("--defect", choices=sorted(DEFECTS), default="", help="plant a defect first")
    reader.add_argument("--sites", action="store_true", help="list the sites, and end")
    return reader.parse_args()


async def _run(words: argparse.Namespace, folder: Path) -> int:
    clock = stopwatch()
    async with Nursery(folder, words.defect) as nursery:
        if words.sites:
            print(*(site.name for site in nursery.sites), sep="\n")
            return 0
        hammer = Hammer(nursery, await template_in(folder), folder, words.seed, words.mode)
        missed: list[str] = []
        if words.site:
            summary = await hammer.at(points_named(nursery, words.site), words.nth)
        else:
            recorded = await hammer.record()
            missed = unreached(recorded.missed(nursery), words.mode)
            summary = await hammer.strike(words.kills, recorded, _say, everywhere=True)
    print(summary.table(clock()))
    print(f"  sites     {len(nursery.sites):>6}   of which {len(missed)} were never reached and should be")
    for fault in [*missed, *summary.faults]:
        print(f"FAULT {fault}")
    return 1 if missed or summary.faults else 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Hammer, and end with 1 if anything was lost, doubled, asked again or left behind."""
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(asyncio.run(_run(_words(), Path(folder))))


if __name__ == "__main__":
    main()
