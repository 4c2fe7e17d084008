"""What lies inside: who serves, the keys, the backups, and the words."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path

from bot.app import House, KeysSeen
from bot.doctor.finding import Found, Verdict, few
from bot.i18n import Source, State
from bot.i18n.sources import pack_sources
from conversations.errors import DatabaseUnusable
from conversations.rounds import Round, RoundState

BACKUP_AGE = timedelta(days=8)
"""A weekly backup is not older than this."""


async def serving(house: House) -> AsyncIterator[Found]:
    """Look whether a program serves this data folder."""
    try:
        house.stores.claim_serving()
    except DatabaseUnusable:
        yield Found("serving", Verdict.GOOD, "a program serves this data folder")
        return
    yield Found(
        "serving",
        Verdict.LOOK,
        "no program serves this data folder: no round opens or closes, nothing is sent",
        "start `portevoix serve`",
    )


async def keys(house: House, keys: KeysSeen) -> AsyncIterator[Found]:
    """Look whether keys are shut to others, complete, and gone where they should be."""
    rounds = await house.stores.rounds.all()
    needed = [r.id for r in rounds if r.state in (RoundState.OPEN, RoundState.CLOSED)]
    done = [r.id for r in rounds if r.state is RoundState.RELEASED]
    faults = 0
    if keys.open_to_others:
        faults += 1
        yield Found(
            "keys",
            Verdict.WRONG,
            f"others on this machine may read {few(keys.open_to_others)}",
            "chmod -R go= on the key folder, and ask who has logged in since",
        )
    if missing := keys.missing(needed):
        faults += 1
        named = few([f"{file} of {name}" for name, file in missing])
        yield Found(
            "keys",
            Verdict.WRONG,
            f"{named} is not there: these answers cannot be opened",
            "bring them back from escrow: portevoix keys recover FILE",
        )
    if left := keys.left(done):
        faults += 1
        yield Found(
            "keys",
            Verdict.WRONG,
            f"the secret of {few(left)} is still there, although it is released",
            "run `portevoix round release` on it again: it destroys what is left",
        )
    if not faults:
        says = f"shut to others; those of {len(needed)} unreleased rounds are complete"
        yield Found("keys", Verdict.GOOD, says)


async def backups(house: House, keys: KeysSeen, backup: Path | None) -> AsyncIterator[Found]:
    """Look whether backups lie apart from keys, and whether the newest is recent."""
    if keys.sealed_inside:
        yield Found(
            "backups",
            Verdict.WRONG,
            f"{few(keys.sealed_inside)} lies in the data folder: one theft takes both",
            "move it to another disk",
        )
    if backup is None:
        yield Found(
            "backups",
            Verdict.LOOK,
            "where they lie is not known here",
            "run `portevoix doctor --backups FOLDER`; docs/backups.md has the drill",
        )
        return
    kept, escrows = keys.backups_in(backup)
    if escrows:
        yield Found(
            "backups",
            Verdict.WRONG,
            f"keys in escrow ({few(escrows)}) lie beside backups in {backup}",
            "keep them apart: together they open the answers",
        )
    if not kept:
        yield Found("backups", Verdict.WRONG, f"there is none in {backup}", "portevoix backup --to FILE")
        return
    newest = max(made for _, made in kept)
    says = f"the newest of {len(kept)} in {backup} is of {newest:%Y-%m-%d}, and holds no keys"
    if house.campaigns.now() - newest > BACKUP_AGE:
        yield Found("backups", Verdict.LOOK, says, "take one every week: portevoix backup --to FILE")
    else:
        yield Found("backups", Verdict.GOOD, says)


async def languages(house: House) -> AsyncIterator[Found]:
    """Look in which languages of the city the words are signed."""
    rounds = await house.stores.rounds.all()
    coming = [r for r in rounds if r.state in (RoundState.PLANNED, RoundState.OPEN)]
    offered = dict.fromkeys(tag for r in coming for tag in r.languages)
    tags: list[str] = [*offered] or [*house.catalogues.tags]
    signed = [tag for tag in tags if house.catalogues.is_reviewed(tag, _asked(house, coming))]
    drafts = [tag for tag in tags if tag not in signed]
    says = f"signed: {', '.join(signed) or 'none'}"
    if not drafts:
        yield Found("languages", Verdict.GOOD, says)
        return
    partly = [tag for tag in drafts if house.catalogues.state(tag) is State.PARTLY]
    more = f"; partly: {', '.join(partly)}" if partly else ""
    yield Found(
        "languages",
        Verdict.LOOK,
        f"{says}{more}; not signed: {', '.join(tag for tag in drafts if tag not in partly) or 'none'}",
        "have somebody who grew up with it read it, then: portevoix locales sign TAG --by NAME",
    )


def _asked(house: House, rounds: Sequence[Round]) -> list[Source]:
    """Return the sentences that rounds ask."""
    packs = dict.fromkeys(round_.benchmark for round_ in rounds)
    return [source for name in packs for source in pack_sources(*house.definitions.pack(name))]
