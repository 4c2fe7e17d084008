"""This program without the pace of its delivery: Telegram's limits would be all that is measured."""

import os
import sys

from bot import pacing
from bot.__main__ import main
from tests.bench.sampling import Sampler

UNLIMITED = 1e6  # messages a second


def lift_limits() -> None:
    """Let delivery speak as fast as it can; the other bots keep no limits at all."""
    pacing.TELEGRAM_RATES = pacing.Rates(chat_rate=UNLIMITED, overall_rate=UNLIMITED)


if __name__ == "__main__":
    if "BENCH_PROFILE" in os.environ:
        Sampler(os.environ["BENCH_PROFILE"]).listen()
    lift_limits()
    main(sys.argv[1:])
