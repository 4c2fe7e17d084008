"""The long form: `python -m tests.series [RUNS]`, 5,000 runs over ten zones if nothing is said."""

import asyncio
import logging
import sys
import time

from storage.opening import memory_stores
from tests.series.runs import ZONES, run
from tests.series.town import Town


async def main(runs: int) -> None:
    town, began, changes = Town(), time.process_time(), 0
    for seed in range(runs):
        changes += await run(town, memory_stores(), seed)
    spent = time.process_time() - began
    print(f"{runs} runs over {len(ZONES)} zones, {changes} changes, each exactly once; {spent:.0f} s of CPU")


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000))
