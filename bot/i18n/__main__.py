"""`python -m bot.i18n`: refreshes all catalogues; exit 1 if words are missing or stale."""

import sys
import tomllib
from pathlib import Path

from bot.i18n.refresh import refresh, report
from bot.i18n.sources import benchmark_sources, questionnaire_sources, read_sources
from conversations.benchmark import Benchmark
from conversations.questionnaire import Questionnaire

ROOT = Path(__file__).parents[2]


def main() -> int:
    """Refresh the shipped words and those of every benchmark."""
    locales = ROOT / "locales"
    counts = {"portevoix": refresh(locales, "portevoix", read_sources(locales / "source").values())}
    for pack in sorted((ROOT / "conversations" / "benchmarks").iterdir()):
        benchmark = Benchmark.model_validate(tomllib.loads((pack / "benchmark.toml").read_text("utf-8")))
        asked = Questionnaire.model_validate(tomllib.loads((pack / "questionnaire.toml").read_text("utf-8")))
        words = [*questionnaire_sources(asked), *benchmark_sources(benchmark)]
        counts[pack.name] = refresh(locales, pack.name, words)
    return 0 if report(counts) else 1


if __name__ == "__main__":
    sys.exit(main())
