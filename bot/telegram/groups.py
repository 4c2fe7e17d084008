"""Invitations in groups: posted when an admin asks for one; what people say there is never kept."""

import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace

from telegram import Bot
from telegram.error import ChatMigrated, TelegramError

from bot.hearing import Listener
from bot.screens import Screen
from bot.telegram.calls import call, send
from bot.telegram.speaking import Speech, said, speak

log = logging.getLogger(__name__)

ADMINS = ("creator", "administrator")  # Source: Bot API, ChatMember
PAUSE = 60.0  # seconds between two invitations in one group
GROUPS_REMEMBERED = 1_000  # a number and a moment each, in memory
START = "https://t.me/{username}?start={payload}"
"""Source: Bot API, "Deep Linking"."""


class Groups:
    """Posts invitations; knows of a group only when the last one was posted, and only in memory."""

    def __init__(self, bot: Bot, listener: Listener, clock: Callable[[], float] = time.monotonic) -> None:
        self._bot = bot
        self._listener = listener
        self._clock = clock
        self._posted: OrderedDict[int, float] = OrderedDict()

    async def invite(self, group: int, asker: int | None, asked: str, username: str) -> None:
        """Post an invitation if an admin asked for it; `asker` is None for one who stays anonymous.

        Everything else is silence: somebody else asked, it is too soon, the bot may not write there.
        """
        try:
            if await self._is_admin(group, asker) and self._may_post(group):
                await self._post(group, await self._listener.invitation(asked), username)
        except TelegramError as caught:
            log.debug("let be", extra={"action": "invite", "error": type(caught).__name__})

    async def _is_admin(self, group: int, asker: int | None) -> bool:
        if asker is None:
            return True
        member = await call(self._bot, "getChatMember", {"chat_id": group, "user_id": asker})
        return isinstance(member, dict) and member.get("status") in ADMINS

    def _may_post(self, group: int) -> bool:
        """Say whether the last invitation is long enough ago, and remember this one."""
        now, last = self._clock(), self._posted.get(group)
        if last is not None and now - last < PAUSE:
            return False
        self._posted[group] = now
        self._posted.move_to_end(group)
        while len(self._posted) > GROUPS_REMEMBERED:
            self._posted.popitem(last=False)
        return True

    async def _post(self, group: int, screen: Screen, username: str) -> None:
        buttons = tuple(replace(one, url=_address(username, one.token)) for one in screen.buttons)
        speech = speak(replace(screen, buttons=buttons))
        for place in range(len(speech.parts)):
            try:
                await self._send(group, speech, place)
            except ChatMigrated as caught:  # a group that has become a supergroup has another number
                group = caught.new_chat_id
                await self._send(group, speech, place)

    async def _send(self, group: int, speech: Speech, place: int) -> None:
        await send(self._bot, {"chat_id": group} | said(speech, place))


def _address(username: str, payload: str) -> str:
    return START.format(username=username, payload=payload) if payload else f"https://t.me/{username}"
