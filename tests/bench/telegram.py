"""A Bot API server that is fast enough to measure bots with: it checks nothing and remembers little."""

import asyncio
import json
import re
import time
from collections import deque
from collections.abc import Callable
from typing import cast
from urllib.parse import parse_qsl

LENGTH = re.compile(rb"content-length:\s*(\d+)", re.IGNORECASE)
BATCH = 100  # updates in one answer; Source: Bot API, getUpdates
ME = '{"id":1,"is_bot":true,"first_name":"Bot","username":"bench_bot"'
BOT = ME + "}"
ABOUT_ME = ME + ',"can_join_groups":true,"can_read_all_group_messages":false,"supports_inline_queries":false}'

Said = Callable[[int, int, str, str], None]


class LightTelegram:
    """The other side of `getUpdates` and of what bots say; `delay` seconds pass before every answer.

    `on_said(chat, message, text, keyboard)` hears of every message sent or edited as soon as it arrives,
    `on_shown(chat)` when the bot has its answer.
    """

    def __init__(self, delay: float, on_said: Said, on_shown: Callable[[int], None]) -> None:
        self.delay = delay
        self.polled = asyncio.Event()
        self.requests = 0
        self._on_said, self._on_shown = on_said, on_shown
        self._queue: deque[tuple[int, str]] = deque()
        self._update, self._message = 1_000, 1_000
        self._poll: tuple[Door, asyncio.TimerHandle] | None = None
        self._soon = False

    def push(self, content: str) -> None:
        """Queue one update; `content` is what stands beside its number."""
        self._update += 1
        self._queue.append((self._update, f'{{"update_id":{self._update},{content}}}'))
        if self._poll is not None and not self._soon:
            self._soon = True
            asyncio.get_running_loop().call_soon(self._hand_out)

    def next_message(self) -> int:
        """Return the number of a new message."""
        self._message += 1
        return self._message

    def call(self, door: "Door", method: str, body: bytes) -> None:
        """Take one request."""
        self.requests += 1
        given = json.loads(body) if body.startswith(b"{") else dict(parse_qsl(body.decode()))
        if method == "getUpdates":
            self._take_poll(door, int(given.get("offset", 0)), float(given.get("timeout", 0)))
        elif method in ("sendMessage", "editMessageText"):
            self._say(door, method, given)
        else:
            door.answer(ABOUT_ME if method == "getMe" else "true", self.delay)

    def _take_poll(self, door: "Door", offset: int, timeout: float) -> None:
        """Forget what is below `offset`, then hand out the rest, now or when there is something."""
        while self._queue and self._queue[0][0] < offset:
            self._queue.popleft()
        if self._poll is not None:
            self._hand_out()
        self._poll = door, asyncio.get_running_loop().call_later(timeout, self._hand_out)
        self.polled.set()
        if self._queue or not timeout:
            self._hand_out()

    def _hand_out(self) -> None:
        self._soon = False
        if self._poll is None:
            return
        (door, timer), self._poll = self._poll, None
        timer.cancel()
        batch = [self._queue[place][1] for place in range(min(BATCH, len(self._queue)))]
        door.answer(f"[{','.join(batch)}]", self.delay)

    def _say(self, door: "Door", method: str, given: dict[str, str]) -> None:
        chat, text, markup = int(given["chat_id"]), given["text"], given.get("reply_markup", "")
        number = int(given["message_id"]) if method == "editMessageText" else self.next_message()
        keyboard = markup if '"inline_keyboard"' in markup else ""
        self._on_said(chat, number, text, keyboard)
        door.answer(message_json(chat, number, BOT, text, keyboard), self.delay, lambda: self._on_shown(chat))


def message_json(chat: int, number: int, sender: str, text: str, keyboard: str = "", more: str = "") -> str:
    """Write a message as the Bot API shows it."""
    beside = f',"reply_markup":{keyboard}' if keyboard else ""
    room = f'{{"id":{chat},"first_name":"P","type":"private"}}'
    return (
        f'{{"message_id":{number},"from":{sender},"chat":{room},"date":{int(time.time())},'
        f'"text":{json.dumps(text)}{beside}{more}}}'
    )


class Door(asyncio.Protocol):
    """One keep-alive connection: reads requests whole, answers them in order."""

    def __init__(self, telegram: LightTelegram) -> None:
        self._telegram = telegram
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the connection."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one, but does not inherit from it

    def data_received(self, data: bytes) -> None:
        """Take every request that is there as a whole."""
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            found = LENGTH.search(self._buffer, 0, end)
            whole = end + 4 + (int(found[1]) if found else 0)
            if len(self._buffer) < whole:
                return
            head, body = self._buffer[:end], self._buffer[end + 4 : whole]
            self._buffer = self._buffer[whole:]
            method = head.split(b" ", 2)[1].rsplit(b"/", 1)[1].partition(b"?")[0]
            self._telegram.call(self, method.decode(), body)

    def answer(self, result: str, delay: float, then: Callable[[], None] | None = None) -> None:
        """Answer after `delay` seconds, and do what comes after that."""
        body = f'{{"ok":true,"result":{result}}}'.encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        if delay:
            asyncio.get_running_loop().call_later(delay, self._write, head.encode() + body, then)
        else:
            self._write(head.encode() + body, then)

    def _write(self, content: bytes, then: Callable[[], None] | None) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(content)
        if then is not None:
            then()
