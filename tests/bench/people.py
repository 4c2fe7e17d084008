"""A crowd that answers by itself: presses the first button it was shown, or writes a word."""

import asyncio
import re
import time
from collections import deque

from tests.bench.telegram import LightTelegram, message_json

BUTTON = re.compile(r'"callback_data":\s*("(?:[^"\\]|\\.)*")')
FIRST_ACCOUNT = 10_000_000
COMMAND = ',"entities":[{"type":"bot_command","offset":0,"length":6}]'
ENDED = "Thank"  # what every survey here says last, without a button


class Crowd:
    """So many people in so many chats; who has finished gives the place to a new account.

    An update counts as done when the message that answers it arrived at Telegram. Saturated, everybody
    answers the moment the bot's call was answered; otherwise whoever was shown something waits to be let.
    """

    def __init__(self, size: int, delay: float) -> None:
        self.telegram = LightTelegram(delay, self._on_said, self._on_shown)
        self.saturated = True
        self.done = self.finished = self.refused = 0
        self.latencies: list[float] = []
        self._size = size
        self._account = FIRST_ACCOUNT
        self._pending: dict[int, float] = {}
        self._next: dict[int, str] = {}
        self._left: dict[int, int] = {}
        self._idle: deque[tuple[int, str]] = deque()
        self._clock = time.perf_counter  # the loop's own counts whole milliseconds

    @property
    def in_flight(self) -> int:
        """How many people wait for a reply."""
        return len(self._pending)

    def waiting_longer_than(self, seconds: float) -> int:
        """Return how many people have waited longer than that: nobody should."""
        limit = self._clock() - seconds
        return sum(pushed < limit for pushed in self._pending.values())

    async def begin(self, turns: int, seconds: float) -> None:
        """Let everybody write /start; return when they stand spread over so many turns, or time is up."""
        for place in range(self._size):
            self._newcomer(place * turns // self._size if turns else None)
        limit = self._clock() + seconds
        while self._clock() < limit and (self._pending or not turns):
            await asyncio.sleep(0.05)
        self._left.clear()
        while self._idle:
            self._act(*self._idle.popleft())

    async def offer(self, rate: float, seconds: float) -> None:
        """Let people answer at `rate` a second, one after another."""
        began, count = self._clock(), 0
        while (passed := self._clock() - began) < seconds:
            while count < passed * rate:
                count += 1
                if self._idle:
                    self._act(*self._idle.popleft())
                else:
                    self.refused += 1
            await asyncio.sleep(1 / rate / 4)

    def _newcomer(self, turns: int | None = None) -> None:
        self._account += 1
        if turns is not None:
            self._left[self._account] = turns
        self._ready(self._account, self._written(self._account, "/start", COMMAND))

    def _ready(self, chat: int, content: str) -> None:
        left = self._left.get(chat)
        if left:
            self._left[chat] = left - 1
        if self.saturated and left != 0:
            self._act(chat, content)
        else:
            self._idle.append((chat, content))

    def _act(self, chat: int, content: str) -> None:
        self._pending[chat] = self._clock()
        self.telegram.push(content)

    def _on_said(self, chat: int, message: int, text: str, keyboard: str) -> None:
        pushed = self._pending.pop(chat, None)
        if pushed is None:
            return
        self.done += 1
        self.latencies.append(self._clock() - pushed)
        if found := BUTTON.search(keyboard):
            shown = message_json(chat, message, '{"id":1,"is_bot":true,"first_name":"B"}', text, keyboard)
            self._next[chat] = (
                f'"callback_query":{{"id":"{message}{self.done}","from":{_user(chat)},"message":{shown},'
                f'"chat_instance":"{chat}","data":{found[1]}}}'
            )
        else:
            self._next[chat] = "" if ENDED in text else self._written(chat, "quite often")

    def _on_shown(self, chat: int) -> None:
        content = self._next.pop(chat, None)
        if content:
            self._ready(chat, content)
        elif content is not None:
            self.finished += 1
            self._newcomer()

    def _written(self, chat: int, text: str, more: str = "") -> str:
        written = message_json(chat, self.telegram.next_message(), _user(chat), text, more=more)
        return f'"message":{written}'


def _user(chat: int) -> str:
    return f'{{"id":{chat},"is_bot":false,"first_name":"P","language_code":"en"}}'
