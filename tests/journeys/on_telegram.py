"""A conversation on Telegram: the real bot and delivery, over HTTP, with the fake Bot API."""

import asyncio
import time
from contextlib import asynccontextmanager

from bot.delivery import Delivery
from conversations.wording import say
from tests.bot.telegram_side import telegram
from tests.conftest import NOON
from tests.fake_bot_api import FakeBotApi
from tests.journeys.household import household
from tests.journeys.transcripts import PICKED, Seen, lines_of, name_of, plain
from tests.journeys.ways import Way

FASTER = 100  # people in tests type faster than a delivery may go


@asynccontextmanager
async def telegram_house(opening, api: FakeBotApi, clock=lambda: NOON, aloud=None):
    """The program with the real bot and delivery, from start to stop."""
    bell = []
    async with (
        household(opening, wake=lambda: bell[0].wake(), clock=clock, aloud=aloud) as house,
        telegram(api, house.helping, aloud=house.aloud) as service,
    ):
        stores, stop = house.stores, asyncio.Event()
        bell.append(
            Delivery(
                stores.outbox,
                stores.conversations,
                house.saying,
                {"telegram": service.channel},
                lambda: time.monotonic() * FASTER,
                lambda seconds: asyncio.sleep(seconds / FASTER),
                stores.contacts,
            )
        )
        delivering = asyncio.create_task(bell[0].run(stop))
        try:
            yield house
        finally:
            stop.set()
            await delivering


async def settled(house, api: FakeBotApi) -> None:
    """Wait until everything was heard and said."""
    await api.emptied()
    async with asyncio.timeout(10):
        while await house.stores.outbox.waiting():
            await asyncio.sleep(0.002)


class OnTelegram(Way):
    """Somebody with a phone, in a chat with the bot."""

    def __init__(self, opening, phone, api: FakeBotApi, account=2**41, offers=(), listening=False) -> None:
        super().__init__(opening, phone, offers, listening)
        self.api = api
        self.person = api.person(account_id=account, language_code=phone)
        self._shown = []

    async def begin(self, running):
        house = telegram_house(self.opening, self.api)
        self.house = await running.enter_async_context(house)

    async def settled(self) -> None:
        """Wait until everything was heard and said."""
        await settled(self.house, self.api)

    async def do(self, turn):
        before = max((shown.message_id for shown in self.person.chat), default=0)
        await super().do(turn)
        await self.settled()
        new = [shown for shown in self._session_messages() if shown.message_id > before]
        self._shown = new or self._shown

    def _session_messages(self):
        """What the bot says, except whether one would like news: that is asked on Telegram only."""
        news = [plain(self.voice(tag).say(say("notice.news_ask"))) for tag in self.house.catalogues.tags]
        return [shown for shown in self.person.chat if shown.from_bot and plain(shown.text) not in news]

    def voice(self, tag):
        return self.house.catalogues.voice(tag)

    async def wish(self, wish):
        await self.person.send(f"/{wish}")

    async def write(self, text):
        await self.person.send(text)

    async def press(self, name):
        message = self._shown[-1]
        captions = [button.label for row in message.buttons for button in row]
        await self.person.press(next(one for one in captions if name_of(one) == name), message)

    async def mark(self, names):
        """Press each choice that is to be marked, or not any more, and then the first button."""
        for name in names:
            await self.press(name)
            await self.settled()
        await self.person.press(0, self._shown[-1])

    def seen(self):
        text = "\n".join(shown.text for shown in self._shown)
        choices = tuple(plain(caption) for row in self._shown[-1].rows for caption in row)
        told = {choice.removeprefix(PICKED) for choice in choices}  # long captions stand in the text as well
        return Seen(tuple(line for line in lines_of([text]) if line not in told), choices)
