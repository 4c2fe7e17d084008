"""What lies outside: Telegram, the public address, and the time of day."""

from collections.abc import AsyncIterator, Iterator

import aiohttp

from bot.app import House
from bot.doctor.finding import Found, Verdict
from bot.telegram.doorway import doorway
from bot.telegram.examining import SECONDS, Bearing, bearing, clock_ahead
from conversations.errors import ChannelDown, SettingsError

CLOCK = 30
"""Seconds that our clock may be off: rounds open by the minute, and a signed link ends by the day."""


async def telegram(house: House) -> AsyncIterator[Found]:
    """Look whether the token is good, Telegram can be reached, and updates come where we take them."""
    settings = house.settings
    token = settings.telegram_token
    if token is None or not token.get_secret_value():
        yield Found(
            "telegram", Verdict.OFF, "no token is set", "set PORTEVOIX_TELEGRAM_TOKEN to switch it on"
        )
        return
    try:
        told = await bearing(token, settings.telegram_api_url)
    except SettingsError as error:
        yield Found("token", Verdict.WRONG, str(error), "ask @BotFather for the token of this bot")
        return
    except ChannelDown:
        yield Found(
            "telegram",
            Verdict.WRONG,
            "cannot be reached",
            "look at this machine's network, and at PORTEVOIX_TELEGRAM_API_URL",
        )
        return
    yield Found("token", Verdict.GOOD, f"the bot is @{told.username}")
    for each in _updates(house, told):
        yield each


def _updates(house: House, told: Bearing) -> Iterator[Found]:
    """Look whether updates go where we take them."""
    settings = house.settings
    if settings.telegram_mode == "polling":
        if told.posts_to:
            yield Found(
                "webhook",
                Verdict.LOOK,
                "Telegram posts updates to a webhook, but this program polls",
                "start `portevoix serve`, which takes it away, or set PORTEVOIX_TELEGRAM_MODE=webhook",
            )
            return
        yield Found("webhook", Verdict.OFF, f"updates are fetched; {told.waiting} wait at Telegram")
        return
    assert settings.telegram_token is not None
    ours = doorway(settings.public_url, house.stores.keyring.installation(), settings.telegram_token)
    if told.posts_to != ours.url:
        yield Found(
            "webhook",
            Verdict.WRONG,
            "Telegram does not post to this installation",
            "start `portevoix serve`, which tells Telegram; no other program may use this token",
        )
    elif told.trouble:
        when = f" ({told.trouble_at:%Y-%m-%d %H:%M} UTC)" if told.trouble_at else ""
        yield Found(
            "webhook",
            Verdict.LOOK,
            f"Telegram's last trouble with it: {told.trouble}{when}; {told.waiting} wait",
            "look whether PORTEVOIX_PUBLIC_URL is reached from outside by https",
        )
    else:
        yield Found("webhook", Verdict.GOOD, f"Telegram posts to this installation; {told.waiting} wait")


async def page(house: House) -> AsyncIterator[Found]:
    """Look whether the web page is reached at its public address."""
    settings = house.settings
    if not settings.public_url:
        yield Found(
            "web page",
            Verdict.LOOK,
            "no public address is known",
            "set PORTEVOIX_PUBLIC_URL: links of relays and letters need it",
        )
        return
    if not settings.public_url.startswith("https://"):
        yield Found(
            "web page",
            Verdict.LOOK,
            f"{settings.public_url} is not https: others on the way can read answers",
            "put a proxy with a certificate before it: docs/going-live.md",
        )
    timeout = aiohttp.ClientTimeout(total=SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, trust_env=False) as session,
            session.get(f"{settings.public_url}/health") as response,
        ):
            is_ours = response.status == 200 and (await response.content.read(8)) == b"ok"
    except (aiohttp.ClientError, OSError, TimeoutError):
        is_ours = False
    if is_ours:
        yield Found("web page", Verdict.GOOD, f"answers at {settings.public_url}")
    else:
        yield Found(
            "web page",
            Verdict.WRONG,
            f"does not answer at {settings.public_url}",
            "start `portevoix serve`, and look at the proxy before it",
        )


async def clock(house: House) -> AsyncIterator[Found]:
    """Look whether this machine's clock agrees with Telegram's, or with the public address's."""
    settings = house.settings
    addresses = [settings.telegram_api_url] if settings.telegram_token else []
    for address in [*addresses, settings.public_url]:
        ahead = await clock_ahead(address, house.campaigns.now()) if address else None
        if ahead is None:
            continue
        says = f"{abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} {address}"
        if abs(ahead) > CLOCK:
            yield Found("clock", Verdict.WRONG, says, "set this machine's clock by the network (NTP)")
        else:
            yield Found("clock", Verdict.GOOD, f"agrees with {address} to {CLOCK} s")
        return
    yield Found(
        "clock",
        Verdict.LOOK,
        f"nobody could be asked; it says {house.campaigns.now():%Y-%m-%d %H:%M} UTC",
        "compare it with another clock",
    )
