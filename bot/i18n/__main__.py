"""`python -m bot.i18n`: extract, update, compile, report; exit 1 if words are missing, stale or wrong."""

import sys
from pathlib import Path

from bot.i18n.compiling import compile_all
from bot.i18n.pofiles import CatalogueError, StringState
from bot.i18n.refresh import refresh_all
from bot.i18n.standing import is_whole, survey

ROOT = Path(__file__).parents[2]
COMPILE = "compile"
"""The word after which nothing is gathered: the catalogues that changed are compiled, and that is all."""


def main(words: list[str], root: Path = ROOT) -> int:
    """Bring all catalogues up to date and compile them, or only compile what changed."""
    if words not in ([], [COMPILE]):
        sys.stderr.write(f"locales: say `{COMPILE}`, or nothing\n")
        return 2
    folder = root / "locales"
    try:
        if words != [COMPILE]:
            list(refresh_all(root))
        findings = compile_all(folder, anew=words != [COMPILE])
    except CatalogueError as error:
        sys.stderr.write(f"locales: {error}\n")
        return 1
    for finding in findings:
        sys.stderr.write(f"{finding}\n")
    whole = words == [COMPILE] or report(folder)
    return 0 if whole and not findings else 1


def report(folder: Path) -> bool:
    """Print how each catalogue stands, and say whether nothing is missing or stale."""
    whole = True
    for standing in survey(folder):
        counts = standing.counts
        said = "  ".join(f"{state.value} {counts[state]:4}" for state in StringState)
        sys.stdout.write(f"{standing.domain:20} {standing.tag:12} {said}  {standing.state.value}\n")
        if standing.complaint:
            sys.stdout.write(f"  {standing.complaint}\n")
        whole = whole and is_whole(standing)
    return whole


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
