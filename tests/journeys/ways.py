"""The ways of having one conversation: what every way can do, and the way without any channel."""

from contextlib import AsyncExitStack
from typing import Any

from bot.hearing import Address, Phone
from bot.screens import Screen
from conversations.identifiers import Locale
from conversations.moves import Asked, Marked, Pressed, Reply, Typed, Wish
from tests.journeys.household import ROUND, Opening, a_round, household, open_round
from tests.journeys.transcripts import PICKED, Journey, Kept, Seen, Turn, lines_of, plain


def like(journey: Journey) -> dict[str, Any]:
    """Return what the round of a journey is like."""
    return {"offers": journey.offers, "listening": journey.listening}


class Way:
    """The program, started and restarted, and somebody who talks with it in one way."""

    def __init__(
        self, opening: Opening, phone: str, offers: tuple[str, ...] = (), listening: bool = False
    ) -> None:
        self.opening = opening
        self.phone = phone
        self.offers = offers
        self.listening = listening
        self._running = AsyncExitStack()

    async def __aenter__(self):
        async with household(self.opening) as house:
            offers = {"languages": tuple(map(Locale, self.offers))} if self.offers else {}
            conduct = {"conduct": {"listening": True}} if self.listening else {}
            await open_round(house, a_round(**offers, **conduct))
        await self.begin(self._running)
        return self

    async def __aexit__(self, *_):
        await self._running.aclose()

    async def begin(self, running: AsyncExitStack) -> None:
        """Start the program."""
        self.house = await running.enter_async_context(household(self.opening))

    async def restart(self) -> None:
        """Stop the program and start it again."""
        await self._running.aclose()
        await self.begin(self._running)

    async def go(self, journey: Journey) -> list[Turn]:
        """Have a whole conversation."""
        done = []
        for turn in journey.turns:
            try:
                await self.do(turn)
            except StopIteration:
                raise AssertionError(f"cannot {turn.does!r}; seen: {self.seen()}") from None
            done.append(Turn(turn.does, self.seen()))
        return done

    async def do(self, turn: Turn) -> None:
        """Do one thing."""
        match turn.verb:
            case "restart":
                await self.restart()
            case "press":
                await self.press(turn.words)
            case "mark":
                await self.mark([name.strip() for name in turn.words.split(";")])
            case "type":
                await self.write(turn.words)
            case "start" | "language" | "stop" as wish:
                await self.wish(Wish(wish))
            case _:
                raise AssertionError(f"nobody knows how to {turn.does!r}")

    async def kept(self) -> list[Kept]:
        """Box what was sent, and open the boxes: what is left of this conversation."""
        answers = self.house.stores.answers
        await answers.flush(ROUND, 1)
        texts = tuple(text.text for text in await answers.open_texts(ROUND))
        return [Kept(box.side, dict(box.answers), texts) for box in await answers.open_boxes(ROUND)]


class Straight(Way):
    """Straight to the dialogue, without a channel."""

    address = Address("journey", "1", returns=False)

    async def begin(self, running):
        await super().begin(running)
        await self._look()

    async def _look(self):
        heard = await self.house.dialogue.look(self.address, Phone((self.phone,)))
        self.screen: Screen = heard.screen

    async def _say(self, reply: Reply, mark: str = ""):
        heard = await self.house.dialogue.hear(self.address, None, reply, Phone((self.phone,)), mark)
        assert heard.toast is None
        self.screen = heard.screen

    async def wish(self, wish):
        await self._say(Asked(wish))

    async def write(self, text):
        await self._say(Typed(text))

    async def press(self, name):
        button = next(button for button in self.screen.buttons if plain(button.label) == name)
        await self._say(Pressed(button.token, self.screen.turn or 0), self.screen.mark)

    async def mark(self, names):
        """Change the marks of these choices, and go on with all that are marked then."""
        boxes = [button for button in self.screen.buttons if button.token[0] in "+-"]
        marked = tuple(box.token for box in boxes if box.picked ^ (plain(box.label) in names))
        await self._say(Marked(marked, self.screen.turn or 0), self.screen.mark)

    def seen(self):
        texts = [text.text for text in self.screen.texts] + [self.screen.progress or ""]
        captions = [(PICKED if button.picked else "") + button.caption for button in self.screen.buttons]
        return Seen(lines_of(texts), tuple(plain(caption) for caption in captions))
