"""The command that lets people of a relay help others to answer: their code, shown once."""

from typing import Annotated

import typer

from bot.app import House
from bot.commands.running import out, with_house
from conversations.lettering import in_groups


def facilitator(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the relay, or its id.")],
    renew: Annotated[bool, typer.Option("--renew", help="Make a new code; the old one ends.")] = False,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Take the code away.")] = False,
) -> None:
    """Give the people who help for a relay a code for one phone and several people, and print it, once."""
    if renew and withdraw:
        raise typer.BadParameter("--renew and --withdraw do not go together")

    async def act(house: House) -> list[str]:
        if withdraw:
            relay = await house.relaying.withdraw_help(name)
            return [f"“{relay.name}” has no facilitator code any more; evenings end with who answers now"]
        code, kept = house.assisting.new_code()
        relay = await house.relaying.let_help(name, kept, renew)
        return [in_groups(code), *_ways(house, in_groups(code), str(relay.ends_on))]

    for line in with_house(act):
        out(line)


def _ways(house: House, code: str, ends_on: str) -> list[str]:
    """Return where the code is typed, and until when it counts."""
    address = f"{house.settings.public_url.rstrip('/')}/assist" if house.settings.public_url else "/assist"
    return [
        f"on the web: {address} and the code; it lasts twelve hours on that browser",
        f"on Telegram: /assist {code} in the private chat; it lasts until the end of the next day",
        f"give it to the people who help only; it counts until {ends_on}",
    ]
