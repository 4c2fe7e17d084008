"""Commands about relays: add and list them, their links and page, how many people came."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated, Any

import typer

from bot.app import House
from bot.commands.rounds import Form, ListForm
from bot.commands.running import out, out_json, stamp, with_house
from bot.planning import chosen_city
from bot.relaying import Came, NewRelay, astray
from bot.relays import Link
from conversations.errors import DeliveryError, RelayError
from conversations.relays import Relay

relays_app = typer.Typer(
    no_args_is_help=True, help="Relays: associations and places that carry rounds to people."
)

RelayName = Annotated[str, typer.Argument(metavar="NAME", help="Name of the relay, or its id.")]
A_YEAR = timedelta(days=365)


@relays_app.command(
    epilog='Example: portevoix relay add "House of Women" --languages ar,fr,nl --ends 2028-12-31'
)
def add(
    name: Annotated[str, typer.Argument(help="Its name, as people know it.")],
    languages: Annotated[str, typer.Option(help="Languages of its links and sheets: ar,fr,nl.")],
    kind: Annotated[
        str, typer.Option(help="association, library, school, street or online.")
    ] = "association",
    series: Annotated[str, typer.Option(help="Series of rounds it carries (default: the only one).")] = "",
    city: Annotated[str, typer.Option(help="Its city (default: the only one).")] = "",
    ends: Annotated[str, typer.Option(help="Last day of its links: 2028-12-31 (default: in a year).")] = "",
) -> None:
    """Make a relay known."""

    async def act(house: House) -> tuple[Relay, list[str]]:
        wish = NewRelay(
            name=name,
            languages=languages.split(","),
            ends_on=_day(ends) if ends else house.campaigns.now().date() + A_YEAR,
            kind=kind,
            city=chosen_city(city, house.definitions).key,
            series=series,
        )
        relay = await house.relaying.add(wish)
        return relay, await strays(house, relay)

    relay, notes = with_house(act)
    out(f"{relay.id}  {relay.kind} “{relay.name}”: carries {relay.series} in {relay.city}")
    out(f"its links count until {relay.ends_on}: portevoix relay links {relay.id}")
    for line in notes:
        out(line)


async def strays(house: House, relay: Relay) -> list[str]:
    """Return a line that says where a relay's links lead astray, if they do."""
    said = astray(relay, await house.stores.rounds.all(), await house.campaigns.series.all())
    return [f"mind that {said}"] if said else []


def _day(written: str) -> date:
    """Return the day that staff wrote."""
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise RelayError(f"'{written}' is no day; write it as 2028-12-31") from None


@relays_app.command("list", epilog="Example: portevoix relay list --format json")
def list_(form: ListForm = Form.TABLE) -> None:
    """List all relays, by name."""

    async def act(house: House) -> tuple[Sequence[Relay], date]:
        return await house.stores.relays.all(), house.campaigns.now().date()

    relays, today = with_house(act)
    if form is Form.JSON:
        out_json([_as_json(relay) for relay in relays])
        return
    if not relays:
        out("no relays yet; add one: portevoix relay add --help")
    for relay in relays:
        out(f"{relay.id}  {_state(relay, today)}  {relay.kind} “{relay.name}”")
        page = "has a page" if relay.page else "no page"
        out(f"    {relay.series} in {relay.city}, {', '.join(relay.languages)}, {page}")


def _state(relay: Relay, today: date) -> str:
    if relay.revoked:
        return "revoked"
    return f"until {relay.ends_on}" if today <= relay.ends_on else f"ended {relay.ends_on}"


def _as_json(relay: Relay) -> dict[str, Any]:
    """Return a relay for programs; nothing that is secret."""
    return {
        "id": relay.id,
        "name": relay.name,
        "kind": relay.kind,
        "city": relay.city,
        "series": relay.series,
        "languages": list(relay.languages),
        "ends_on": relay.ends_on.isoformat(),
        "generation": relay.generation,
        "revoked": relay.revoked,
        "has_page": relay.page is not None,
    }


@relays_app.command(epilog='Example: portevoix relay links "House of Women"')
def links(
    name: RelayName,
    renew: Annotated[
        bool, typer.Option("--renew", help="Make new ones; the old ones count no more.")
    ] = False,
    form: ListForm = Form.TABLE,
) -> None:
    """Show a relay's links: one for each channel and language."""

    async def act(house: House) -> tuple[Sequence[Link], list[str]]:
        relay = await house.relaying.find(name)
        insist_on_links(relay, house)
        username, missing = await channels_of(house)
        relay = await house.relaying.renew(name) if renew else relay
        return house.relays.links(relay, username), missing

    found, missing = with_house(act)
    if form is Form.JSON:
        out_json([{"channel": one.channel, "language": one.locale, "address": one.address} for one in found])
        return
    if renew:
        out("its earlier links count no more; sheets that were printed lead nowhere")
    for link in found:
        out(f"{link.locale:4} {link.channel:9} {link.address}")
    for line in missing:
        out(line)


def insist_on_links(relay: Relay, house: House) -> None:
    """Refuse a relay whose links count no more.

    Raises:
        RelayError: it was revoked, or its last day has passed.
    """
    if relay.revoked or house.relaying.is_over(relay):
        why = "was revoked" if relay.revoked else f"ended on {relay.ends_on}"
        raise RelayError(f"“{relay.name}” {why}: it has no links; add it anew under another name")


async def channels_of(house: House) -> tuple[str, list[str]]:
    """Return the bot's name, and what is missing for links of a channel.

    Raises:
        RelayError: there is no channel at all.
    """
    missing = []
    if not house.settings.public_url:
        missing.append("no links for the web: set PORTEVOIX_PUBLIC_URL to the address people reach")
    username = ""
    if house.settings.telegram_token is None:
        missing.append("no links for Telegram: set PORTEVOIX_TELEGRAM_TOKEN")
    else:
        from bot.telegram.service import bot_name  # the channels take a second to load

        try:
            username = await bot_name(house.settings.telegram_token, house.settings.telegram_api_url)
        except DeliveryError:
            missing.append("no links for Telegram: it cannot be asked for the bot's name now; try again")
    if len(missing) == 2:
        raise RelayError("; ".join(missing))
    return username, missing


@relays_app.command(epilog='Example: portevoix relay revoke "House of Women"')
def revoke(name: RelayName) -> None:
    """Let a relay's links, page and codes of facilitators count no more, for ever."""
    relay = with_house(lambda house: house.relaying.revoke(name))
    out(f"{relay.id} “{relay.name}” is revoked: whoever opens a link of it takes part without it")


@relays_app.command(epilog='Example: portevoix relay page "House of Women"')
def page(
    name: RelayName,
    renew: Annotated[bool, typer.Option("--renew", help="Make a new address.")] = False,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Take the page away.")] = False,
) -> None:
    """Give a relay a page of its own, and print its secret address, once."""
    if renew and withdraw:
        raise typer.BadParameter("--renew and --withdraw do not go together")

    async def act(house: House) -> str:
        if withdraw:
            relay = await house.relaying.withdraw_page(name)
            return f"“{relay.name}” has no page any more"
        if not house.settings.public_url:
            raise RelayError("set PORTEVOIX_PUBLIC_URL to the address people reach; a page stands below it")
        return house.relays.page_address(await house.relaying.open_page(name, renew))

    out(with_house(act))


@relays_app.command(epilog='Example: portevoix relay progress "House of Women"')
def progress(name: RelayName, form: ListForm = Form.TABLE) -> None:
    """Say in coarse steps how many people came by a relay, as they were counted last."""

    async def act(house: House) -> tuple[Relay, Came]:
        relay = await house.relaying.find(name)
        return relay, await house.relaying.came(relay)

    relay, came = with_house(act)
    if form is Form.JSON:
        out_json(_came_as_json(relay, came))
        return
    for line in _said(relay, came):
        out(line)


def _said(relay: Relay, came: Came) -> list[str]:
    """Say how many came, when that was counted and when it will be counted again."""
    if came.round is None:
        opens = f"; the next opens on {came.opens_on}" if came.opens_on else ""
        return [f"no round of {relay.series} is open in {relay.city}{opens}"]
    if came.is_shut:
        return ["relays are not counted: the answers are shut with a passphrase that staff hold"]
    lines = [f"“{relay.name}”: nobody has been counted yet in {came.round.id}"]
    if came.step is not None:
        more = f"more than {came.step.step} people" if came.step.step else "10 people or fewer"
        lines = [f"“{relay.name}”: {more} in {came.round.id}, counted on {came.step.counted_on:%A %Y-%m-%d}"]
    return [
        *lines,
        f"the next count comes on {came.next_at:%A %Y-%m-%d}" if came.next_at else "it is the last",
    ]


def _came_as_json(relay: Relay, came: Came) -> dict[str, Any]:
    """Return how many came for programs; null before the first count."""
    return {
        "id": relay.id,
        "name": relay.name,
        "round": came.round.id if came.round else None,
        "counted": not came.is_shut,
        "more_than": came.step.step if came.step else None,
        "counted_on": came.step.counted_on.isoformat() if came.step else None,
        "next_count_at": stamp(came.next_at),
    }
