"""Somebody who talks with the dialogue directly, without a channel."""

from bot.hearing import Address, Phone
from conversations.moves import Asked, Pressed, Typed, Wish
from tests.journeys.household import ROUND

FIRST_QUESTION = ("l0", "g", "y")
ON_PHONE = Address("telegram", "70001")
ON_PAGE = Address("web", "0123456789ABCDEF", returns=False)
ENGLISH = Phone(("en",))


class Somebody:
    """A person at one address, who looks at what is there and answers it."""

    def __init__(self, house, address=ON_PHONE, phone=ENGLISH):
        self.house, self.address, self.phone = house, address, phone
        self.screen = None

    async def hear(self, reply, mark="", update=None):
        heard = await self.house.dialogue.hear(self.address, update, reply, self.phone, mark)
        self.screen = heard.screen or self.screen
        return heard

    async def press(self, token):
        return await self.hear(Pressed(token, self.screen.turn or 0), self.screen.mark)

    async def type(self, text):
        return await self.hear(Typed(text))

    async def ask(self, topic):
        heard = await self.house.dialogue.notice(self.address, None, topic, self.phone)
        return heard.screen

    async def begin(self, *tokens):
        """Begin, and press some buttons; the first three lead to the first question."""
        await self.hear(Asked(Wish.START))
        for token in tokens:
            await self.press(token)

    async def answer_everything(self, last="y"):
        await self.begin("l0", "g", "y")
        for _ in range(40):
            if self.screen.name == "review":
                return await self.press(last)
            await self.press(self.screen.buttons[0].token)
        raise AssertionError("the review never came")

    async def session(self, round_id=ROUND):
        """What is kept of this person in a round."""
        drafts = [
            await self.house.stores.conversations.draft(key) for key in self.house.stores.keyring.drafts
        ]
        found = [draft.session for draft in drafts if draft.session.round == round_id]
        return found[0] if found else None
