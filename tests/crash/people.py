"""People on fake phones: they answer what they see as they have it in mind, whatever happens meanwhile."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from random import Random
from typing import Protocol, TypeVar

from tests.crash.plans import Plan
from tests.crash.words import Prompt, Words, read_prompt
from tests.fake_bot_api import FakeBotApi, Person, Shown

Given = TypeVar("Given")

PATIENCE = 15.0  # seconds without a word from a program that runs; then somebody was forgotten
CODE = re.compile(r"(?:\d{4} ){3}\d{4}")


class Life(Protocol):
    """Whether the program lives."""

    def seconds(self) -> float:
        """Return for how many seconds it has been running without a kill."""


class Somebody:
    """One person who answers, once for each prompt that they see."""

    def __init__(
        self, api: FakeBotApi, account: int, plan: Plan, words: Words, life: Life, dice: Random
    ) -> None:
        self.plan = plan
        self.phone: Person = api.person(account_id=account, language_code=plan.tag)
        self.faults: list[str] = []
        self.is_thanked = self.is_over = False
        self.went_back = 0
        self._words, self._life, self._dice = words, life, dice
        self._changed = api.telegram.rooms.changed
        self._turn, self._mark = 0, ""
        self._done: set[str] = set()
        self._tried: set[int] = set()

    async def live(self) -> None:
        """Answer to the end."""
        await self.phone.command("/start")
        while not self.is_over:
            found = await self._wait(self._news, self._again)
            if isinstance(found, Prompt):
                await self._take(found)
            else:
                self.is_over = True
        if self.is_thanked:
            await self._afterwards()

    def _news(self) -> Prompt | Shown | None:
        """Return a prompt that was not answered yet, or a message that says that it is over."""
        over = self._words.of("notice.erased" if self.plan.leaves_at else "thanks.lead")
        for shown in self.phone.chat:
            if shown.from_bot and over in shown.text:
                self.is_thanked = not self.plan.leaves_at
                return shown
        prompts = [prompt for prompt in map(read_prompt, self._shown()) if prompt is not None]
        newest = max(prompts, key=lambda prompt: (prompt.turn, prompt.shown.message_id), default=None)
        return newest if newest is not None and newest.turn > self._turn else None

    async def _take(self, prompt: Prompt) -> None:
        """Do what there is to do at a prompt, once."""
        if self._turn and prompt.turn != self._turn + 1:
            self.faults.append(f"one answer after turn {self._turn} led to turn {prompt.turn}")
        if self._mark and prompt.mark != self._mark:
            self.faults.append("the session was lost: another one began")
        self._turn, self._mark = prompt.turn, prompt.mark
        await self._try_an_old_one()
        how, what = self._decide(prompt)
        if how == "write":
            await self.phone.send(what)
        else:
            await self._press(prompt, what)
            if what[0] not in "+-" and self._dice.random() < self.plan.doubles:
                await self._press(prompt, what)

    def _decide(self, prompt: Prompt) -> tuple[str, str]:
        match prompt.name:
            case "language":
                return "press", "l0"
            case "consent":
                return "press", "y"
            case "stop":
                return "press", "y" if self.plan.leaves_at else "g"
            case "review":
                return "press", self._at_the_review()
            case "change":
                wanted = self._words.label(self.plan.first_says[0])
                return "press", next(
                    token
                    for token, label in zip(prompt.tokens, prompt.labels, strict=True)
                    if wanted in label
                )
            case "question":
                return self._at_a_question(prompt)
        return "press", "g"

    def _at_the_review(self) -> str:
        if self.plan.first_says[0] and self._first("changed"):
            self.went_back += 1
            return "c"
        return "z" if self.plan.wants_code else "y"

    def _at_a_question(self, prompt: Prompt) -> tuple[str, str]:
        question = self._words.question(prompt.shown.text)
        assert question is not None, prompt.shown.text
        if question.id == self.plan.leaves_at:
            return "press", "x"
        if question.id == self.plan.asks_why_at and self._first("why"):
            return "press", "w"
        if question.id == self.plan.goes_back_at and self._first("back"):
            self.went_back += 1
            return "press", "b"
        codes = self.plan.answers.get(question.id, ())
        if question.id == self.plan.first_says[0] and "changed" not in self._done:
            codes = self.plan.first_says[1]
        return self._words.tokens(question, codes, prompt)

    async def _try_an_old_one(self) -> None:
        """Press a button wherever a prompt that is over still stands; wonder about privacy, if curious."""
        for shown in self._shown():
            prompt = read_prompt(shown)
            if prompt is not None and prompt.turn < self._turn and shown.message_id not in self._tried:
                self._tried.add(shown.message_id)
                await self.phone.press(0, shown)
        if self.plan.is_curious_at and self._turn > 5 and self._first("curious"):
            await self.phone.command("/privacy")

    async def _afterwards(self) -> None:
        """After the thanks: say whether news are wanted, or take the answers back."""
        if self.plan.news is not None:
            said = self._words.of("notice.news_yes" if self.plan.news else "notice.news_no")
            asked = await self._wait(lambda: self._button("n.news."), None)
            await self.phone.press(0 if self.plan.news else 1, asked)
            await self._wait(lambda: self._saying(said), None)
        if self.plan.withdraws:
            thanks = await self._wait(lambda: self._saying(self._words.of("thanks.lead")), None)
            await self.phone.command(f"/withdraw {_code(thanks.text)}")
            ends = [self._words.of(f"notice.withdraw{end}") for end in ("n", "_unknown")]
            await self._wait(lambda: self._saying(ends[0]) or self._saying(ends[1]), None)

    async def _wait(
        self, look: Callable[[], Given | None], again: Callable[[], Awaitable[None]] | None
    ) -> Given:
        """Wait until something is there; who waits in vain for a program that runs was forgotten."""
        since = asyncio.get_running_loop().time()
        while True:
            async with self._changed:
                if (found := look()) is not None:
                    return found
                try:
                    async with asyncio.timeout(1):
                        await self._changed.wait()
                except TimeoutError:
                    pass
            now = asyncio.get_running_loop().time()
            if min(now - since, self._life.seconds()) > PATIENCE:
                seen = self.phone.screen.text.splitlines()[0] if self.phone.screen else "nothing"
                self.faults.append(f"was left alone after turn {self._turn}, seeing {seen!r}")
                assert again is not None, self.faults
                await again()
                since = now

    async def _again(self) -> None:
        """Press once more what is still to be seen, or begin once more."""
        shown = next((one for one in reversed(self._shown()) if read_prompt(one) is not None), None)
        assert self.faults.count(self.faults[-1]) < 4, self.faults
        if shown is None:
            await self.phone.command("/start")
        else:
            self._turn -= 1

    async def _press(self, prompt: Prompt, token: str) -> None:
        data = next(
            button.data or ""
            for row in prompt.shown.buttons
            for button in row
            if (button.data or "").endswith(f".{token}")
        )
        await self.phone.press_data(data, prompt.shown.message_id)

    def _first(self, what: str) -> bool:
        """Say whether something is done for the first time, and remember that it was done."""
        is_first = what not in self._done
        self._done.add(what)
        return is_first

    def _shown(self) -> list[Shown]:
        return [shown for shown in self.phone.chat if shown.from_bot]

    def _saying(self, words: str) -> Shown | None:
        return next((shown for shown in self._shown() if words in shown.text), None)

    def _button(self, start: str) -> Shown | None:
        for shown in self._shown():
            if any((button.data or "").startswith(start) for row in shown.buttons for button in row):
                return shown
        return None


class Guest:
    """One person who asked to be told of rounds, and waits for the letter about this one."""

    def __init__(self, api: FakeBotApi, account: int) -> None:
        self.phone: Person = api.person(account_id=account, language_code="fr")
        api.telegram.rooms.open(self.phone.chat_id, {}).started = True  # in a round before this one
        self._changed = api.telegram.rooms.changed

    async def live(self) -> None:
        """Wait for the letter."""
        async with self._changed:
            await self._changed.wait_for(lambda: any(shown.from_bot for shown in self.phone.chat))


def _code(text: str) -> str:
    """Return the withdrawal code in a text, in European digits."""
    plain = "".join(str(int(sign)) if sign.isdecimal() else sign for sign in text)
    found = CODE.search(plain)
    assert found is not None, "no code in the thanks"
    return found[0]
