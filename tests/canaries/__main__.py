"""Let many people come by, and look for them in every byte: python -m tests.canaries --people 1000."""

import argparse
import asyncio
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.canaries.crowd import crowd
from tests.canaries.evening import Evening, check_that_all_came_by, found_after, installation
from tests.fake_bot_api import FakeBotApi


async def look(people: int, finish: int, seed: int) -> bool:
    """Say what was found of so many people, and whether that is nothing."""
    with TemporaryDirectory() as folder:
        async with FakeBotApi() as api:
            evening = Evening(installation(Path(folder), api), api, crowd(people, finish, seed))
            await evening.go()
        hits = found_after(evening)
        elsewhere = evening.program.written_elsewhere()
        await check_that_all_came_by(evening)
    for hit in sorted(hits, key=str):
        print(f"found: {hit.kind} as {hit.encoding} in {hit.where}")
    for place in sorted(elsewhere):
        print(f"written elsewhere: {place}")
    read = sum(len(content) for _, content in evening.files)
    print(f"{people} people, {len(evening.files)} files, {read / 2**20:.0f} MiB: {len(hits)} findings")
    return not hits and not elsewhere


def main() -> None:
    """Read what is asked for, and end with 1 if anything was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.canaries", description=__doc__)
    parser.add_argument("--people", type=int, default=1_000, help="how many come by; one in twelve finishes")
    parser.add_argument("--seed", type=int, default=20, help="the same seed makes the same people")
    asked = parser.parse_args()
    sys.exit(not asyncio.run(look(asked.people, asked.people // 12, asked.seed)))


if __name__ == "__main__":
    main()
