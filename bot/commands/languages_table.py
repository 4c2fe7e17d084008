"""How the languages stand, as a table for people and as rows for programs."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from textwrap import wrap
from typing import Any

from bot.i18n.languages import LANGUAGES
from bot.i18n.pofiles import State, StringState
from bot.i18n.standing import Standing

WIDTH = 80  # columns of a narrow terminal
FIRST = 20  # keys that are named where not all are asked for
NAME = 17  # letters of a catalogue's name
WIDTHS = {"all": 5, "missing": 8, "stale": 6, "draft": 6, "reviewed": 9, "said": 6, "signed": 7}
"""The columns of numbers; the last two are shares."""
UNFINISHED = (StringState.MISSING, StringState.STALE)


def table(standings: Sequence[Standing]) -> Iterator[str]:
    """Yield a table, a line for each catalogue, and below who signed; at most 80 columns wide."""
    if not standings:
        return
    heads = "".join(f"{name:>{width}}" for name, width in WIDTHS.items())
    yield f"{'tag':12}{'catalogue':{NAME + 1}}{heads}"
    for standing in standings:
        yield f"{standing.tag:12}{_short(standing.domain, NAME):{NAME + 1}}{_numbers(standing)}"
    yield ""
    yield from _signatures(standings)


def _numbers(standing: Standing) -> str:
    if standing.complaint:
        return "  cannot be read, see below"
    figures = [len(standing.strings), *(standing.counts[state] for state in StringState)]
    shares = [f"{_percent(share)}%" for share in (standing.share, _signed(standing))]
    return "".join(
        f"{figure:>{width}}" for figure, width in zip([*figures, *shares], WIDTHS.values(), strict=True)
    )


def _percent(share: float) -> int:
    """Return whole per cent, rounded down: 100 means all, not nearly all."""
    return int(share * 100)


def _signed(standing: Standing) -> float:
    return standing.counts[StringState.REVIEWED] / len(standing.strings) if standing.strings else 0.0


def _signatures(standings: Sequence[Standing]) -> Iterator[str]:
    """Yield who signed which catalogue, and which languages nobody signed."""
    for standing in standings:
        if standing.signature is not None:
            who = f"signed by {standing.signature.by} on {standing.signature.on.isoformat()}"
            yield from _wrapped(f"{standing.tag} {standing.domain}: {standing.state.value}, {who}")
    drafts = list(dict.fromkeys(standing.tag for standing in standings if standing.state is State.DRAFT))
    if drafts:
        yield from _wrapped(f"draft, signed by nobody: {', '.join(drafts)}")


def listing(standings: Sequence[Standing], *, everything: bool) -> Iterator[str]:
    """Yield what is missing or stale by its key, with the English text; `everything`, not only the first."""
    for standing in standings:
        if standing.complaint:
            yield f"\n{standing.complaint}"
        for state in UNFINISHED:
            if keys := standing.keys(state):
                yield f"\n{standing.tag} {standing.domain}, {state.value}:"
                shown = keys if everything else keys[:FIRST]
                yield from (_short(f"  {key}: {standing.english.get(key, '')}", WIDTH) for key in shown)
                if len(keys) > len(shown):
                    yield f"  ... {len(keys) - len(shown)} more (--missing names them all)"


def not_begun(locales: Path, tags: Sequence[str]) -> Iterator[str]:
    """Yield the languages among `tags` that have no catalogue yet."""
    without = [tag for tag in tags if not any((locales / LANGUAGES[tag].folder).glob("LC_MESSAGES/*.po"))]
    if without:
        yield ""
        yield from _wrapped(f"no catalogue yet: {', '.join(without)}")


def rows_for_programs(standings: Sequence[Standing]) -> Iterator[dict[str, Any]]:
    """Yield one object for each catalogue."""
    for standing in standings:
        signature = standing.signature
        yield {
            "tag": standing.tag,
            "catalogue": standing.domain,
            "strings": len(standing.strings),
            **{state.value: standing.counts[state] for state in StringState},
            "said": round(standing.share, 4),
            "signed": round(_signed(standing), 4),
            "state": standing.state.value,
            "by": signature.by if signature else None,
            "on": signature.on.isoformat() if signature else None,
            "keys": {state.value: standing.keys(state) for state in UNFINISHED},
            "complaint": standing.complaint or None,
        }


def _wrapped(text: str) -> list[str]:
    return wrap(text, WIDTH, subsequent_indent="  ", break_on_hyphens=False)


def _short(text: str, width: int) -> str:
    text = text.replace("\n", " ")
    return text if len(text) <= width else f"{text[: width - 1]}…"
