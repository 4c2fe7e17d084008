"""Commands about one-use codes and receipts: cards for a relay, receipts that are taken in."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from bot.app import House, SystemChance
from bot.codes import bundle_for, new_codes
from bot.commands.relays import RelayName, channels_of, insist_on_links
from bot.commands.rounds import Form, ListForm
from bot.commands.running import out, out_json, with_house
from bot.posters import CodeCard, cards, poster_of
from bot.posters.poster import to_type
from bot.receipts import Taken, Taking
from bot.relays import START
from conversations.codes import CARD
from conversations.errors import RelayError
from conversations.identifiers import RelayId
from conversations.lettering import in_groups
from conversations.receipts import Redeemed
from conversations.relays import Relay

receipts_app = typer.Typer(no_args_is_help=True, help="Receipts: thanks that nobody can trace.")

CHANNELS = ("web", "telegram")
SAID = {
    Taking.AGAIN: "this receipt was redeemed in week {week}; it does not count again",
    Taking.UNKNOWN: "this is no receipt for the rounds that “{relay}” carries; was it given elsewhere?",
    Taking.MISTYPED: "this receipt was mistyped: it has sixteen letters and digits; check each of them",
}
"""What is said of a receipt that does not count."""


def codes(
    name: RelayName,
    count: Annotated[int, typer.Option(help="How many codes to make.")] = 0,
    file: Annotated[Path | None, typer.Option("--out", help="The PDF of cards to write.")] = None,
    table: Annotated[Path | None, typer.Option("--csv", help="Write codes and links as CSV, too.")] = None,
    language: Annotated[str, typer.Option("--lang", help="Language of the cards (default: its first).")] = "",
    revoke: Annotated[bool, typer.Option("--revoke", help="Destroy those that nobody used.")] = False,
) -> None:
    """Make one-use codes for a relay and print them on cards; nobody notes who gets or uses which."""
    if bool(count) == revoke:
        raise typer.BadParameter("say one of --count and --revoke")
    if revoke:
        with_house(lambda house: _revoked(house, name))
        out("nobody can use the codes any more that were not used; printed cards are worth nothing now")
        return
    if file is None and table is None:
        raise typer.BadParameter("say where to write the cards: --out cards.pdf, or --csv codes.csv")
    notes = with_house(lambda house: _made(house, name, count, language, file, table))
    for line in notes:
        out(line)
    out("give the cards away without noting who got which; whoever prints them must not keep the file")


async def _revoked(house: House, name: str) -> None:
    """Destroy unspent codes; how many there were would say how many people have sent, so nobody is told."""
    relay = await house.relaying.find(name)
    await house.stores.codes.drop(bundle_for(relay))


async def _made(
    house: House, name: str, count: int, language: str, file: Path | None, table: Path | None
) -> list[str]:
    """Make codes, write cards and table, and only then let the codes count."""
    relay = await house.relaying.find(name)
    insist_on_links(relay, house)
    username, notes = await channels_of(house)
    made = new_codes(SystemChance(), count)
    if file is not None:
        _write(file, await _cards(house, relay, made, username, language))
        notes.append(f"{count} cards written to {file}")
    if table is not None:
        _write(table, _table(made, house.settings.public_url, username).encode("utf-8"))
        notes.append(f"{count} codes written to {table}")
    await house.stores.codes.add(made, bundle_for(relay))
    return notes


async def _cards(house: House, relay: Relay, made: Sequence[str], username: str, language: str) -> bytes:
    """Return the PDF of cards, each with its code and, in its square, its link."""
    tag = language or relay.languages[0]
    typed = house.settings.public_url or f"https://t.me/{username}"
    links = house.relays.links(relay, username)
    poster = await poster_of(house.registry, relay, links, typed, (tag,))
    voice = house.catalogues.voice(tag, poster.city.host_language)
    found = [
        CodeCard(
            code=in_groups(code),
            address=next(iter(_addresses(code, house.settings.public_url, username).values())),
            typed=to_type(typed),
        )
        for code in made
    ]
    return cards(found, poster, voice)


def _addresses(code: str, public_url: str, username: str) -> dict[str, str]:
    """Return the links of a card, the more private way first."""
    base = public_url.rstrip("/")
    known = {"web": bool(base), "telegram": bool(username)}
    payload = f"{CARD}{code}"
    return {
        channel: START[channel].format(public_url=base, username=username, payload=payload)
        for channel in CHANNELS
        if known[channel]
    }


def _table(made: Sequence[str], public_url: str, username: str) -> str:
    """Return codes and links as CSV."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(["code", *CHANNELS])
    for code in made:
        links = _addresses(code, public_url, username)
        writer.writerow([in_groups(code), *(links.get(channel, "") for channel in CHANNELS)])
    return written.getvalue()


def _write(file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError as error:
        raise RelayError(f"{file} cannot be written: {error.strerror}; choose another place") from None


@receipts_app.command(epilog='Example: portevoix receipt redeem 7K3M-9QXA-04TB-W2HD --relay "House of Women"')
def redeem(
    code: Annotated[str, typer.Argument(help="The receipt, as it was shown.")],
    name: Annotated[str, typer.Option("--relay", help="Where it is redeemed: name or id of the relay.")],
) -> None:
    """Redeem a receipt, once."""

    async def act(house: House) -> tuple[Relay, Taken]:
        relay = await house.relaying.find(name)
        return relay, await house.receipts.take(code, relay)

    relay, taken = with_house(act)
    if taken.taking is not Taking.VALID:
        raise RelayError(SAID[taken.taking].format(week=taken.week, relay=relay.name))
    out(f"valid, and cancelled now: redeemed at “{relay.name}” in week {taken.week}")


@receipts_app.command("list", epilog="Example: portevoix receipt list --format json")
def list_(form: ListForm = Form.TABLE) -> None:
    """List how many receipts were redeemed, by week and relay."""

    async def act(house: House) -> tuple[Sequence[Redeemed], dict[RelayId, str]]:
        names = {relay.id: relay.name for relay in await house.stores.relays.all()}
        return await house.receipts.taken(), names

    found, names = with_house(act)
    if form is Form.JSON:
        out_json([{"week": one.week, "relay": one.relay, "count": one.count} for one in found])
        return
    if not found:
        out("no receipt was redeemed yet")
    for one in found:
        out(f"{one.week}  {one.count:>5}  “{names.get(one.relay, one.relay)}”")
