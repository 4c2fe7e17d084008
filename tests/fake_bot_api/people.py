"""People with phones: what they send, press and see."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from tests.fake_bot_api.chats import Button, Chat, Shown, Tap, Version
from tests.fake_bot_api.telegram import Telegram

LONGEST_MESSAGE = 4096  # characters; a phone sends more as several messages

ANONYMOUS = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
"""Who seems to write where an admin stays anonymous. Source: Bot API, Message.from."""


class Person:
    """Somebody with a phone, in a private chat with the bot or in a group that the bot is in."""

    def __init__(self, telegram: Telegram, user: dict[str, Any], chat: Chat) -> None:
        """Hold the phone of `user`, with `chat` on the screen."""
        self.account_id: int = user["id"]
        self._telegram = telegram
        self._user = user
        self._room = chat
        self._taps: list[Tap] = []
        self._as_group = False

    # What they see

    @property
    def chat_id(self) -> int:
        """The chat on the screen."""
        return self._room.id

    @property
    def chat(self) -> list[Shown]:
        """The messages that can be seen now, oldest first."""
        return self._room.visible()

    @property
    def screen(self) -> Shown | None:
        """The last message of the bot that can be seen."""
        return next((shown for shown in reversed(self.chat) if shown.from_bot), None)

    @property
    def history(self) -> list[Version]:
        """Every version of every message of the bot, in the order shown."""
        return self._room.history

    @property
    def toasts(self) -> list[str]:
        """The short notices after pressed buttons."""
        return self._telegram.rooms.toasts.setdefault(self.account_id, [])

    @property
    def spinning(self) -> list[str]:
        """The pressed buttons that the bot has not answered, as callback query ids."""
        return [tap.id for tap in self._taps if not tap.answered]

    async def waits_for(self, wanted: str | Callable[["Person"], object], timeout: float = 5) -> Shown:
        """Wait until the screen contains a text, or until `wanted(person)` is true; return the screen.

        Raises:
            AssertionError: it did not happen within `timeout` seconds.
        """
        changed = self._telegram.rooms.changed
        try:
            async with asyncio.timeout(timeout), changed:
                await changed.wait_for(lambda: self._sees(wanted))
        except TimeoutError:
            raise AssertionError(f"waited {timeout} s for {wanted!r}; on the screen: {self.screen}") from None
        return self.screen or Shown(0, True, 0, {})

    async def turn(self, action: Awaitable[object], timeout: float = 5) -> Shown:
        """Do something, e.g. `phone.press("Yes")`, and wait until the bot says something new."""
        before = len(self.history)
        await action
        return await self.waits_for(lambda _: len(self.history) > before, timeout)

    # What they do

    async def send(self, text: str) -> int:
        """Type a text, cut every 4,096 characters as phones do; returns the last id."""
        assert text.strip(), "a phone does not send an empty message"
        text = text.strip()
        parts = [text[at : at + LONGEST_MESSAGE] for at in range(0, len(text), LONGEST_MESSAGE)]
        return [await self._write(text=part, entities=_commands(part)) for part in parts][-1]

    async def command(self, text: str) -> int:
        """Send a command such as `/start payload`."""
        return await self.send(text)

    async def photo(self, caption: str = "") -> int:
        """Send a photo."""
        sizes = [{**_file("photo"), "width": side, "height": side} for side in (90, 320)]
        return await self._write(media={"photo": sizes} | ({"caption": caption} if caption else {}))

    async def voice(self) -> int:
        """Send a voice message."""
        return await self._write(media={"voice": {**_file("voice"), "duration": 3}})

    async def sticker(self) -> int:
        """Send a sticker."""
        shape = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
        return await self._write(media={"sticker": {**_file("sticker"), **shape}})

    async def forward(self, text: str, author: str = "Somebody else") -> int:
        """Pass on what somebody else wrote."""
        origin = {"type": "hidden_user", "sender_user_name": author, "date": self._now() - 60}
        return await self._write(text=text, media={"forward_origin": origin})

    async def edit_message(self, message_id: int, text: str) -> None:
        """Change an own message."""
        shown = self._room.messages[message_id]
        assert not shown.from_bot, "a person edits own messages only"
        shown.text, shown.edited, shown.edited_at = text, shown.edited + 1, self._now()
        await self._telegram.inbox.push("edited_message", self._room.as_message(shown))

    async def press(self, button: str | int, message: Shown | None = None) -> str:
        """Press a button by its place (from 0) or label (whole, else a part); returns the query's id.

        Without `message`, the newest visible message that has such a button is taken.
        """
        shown_now = [message] if message else [shown for shown in reversed(self.chat) if shown.from_bot]
        for shown in shown_now:
            found = _find(button, [one for row in shown.buttons for one in row if one.data is not None])
            if found is not None:
                return await self.press_data(found.data or "", shown.message_id)
        labels = [label for row in (self.screen.rows if self.screen else ()) for label in row]
        raise AssertionError(f"no button {button!r}; the screen has {labels}")

    async def press_data(self, data: str, message_id: int) -> str:
        """Press a button that carries `data`, even an old or forged one; returns the callback query's id."""
        shown = self._room.messages.get(message_id)
        message: dict[str, Any] = {"message_id": message_id, "chat": self._room.described, "date": 0}
        if shown is not None and not shown.deleted:
            message = self._room.as_message(shown)
        tap = Tap(str(self._telegram.chance.getrandbits(62)), self.account_id, self._telegram.clock.seconds())
        self._telegram.rooms.taps[tap.id] = tap
        self._taps.append(tap)
        query = {"id": tap.id, "from": self._user, "message": message, "data": data}
        await self._telegram.inbox.push("callback_query", query | {"chat_instance": str(self._room.id)})
        return tap.id

    async def block(self) -> None:
        """Block the bot."""
        await self._change_membership("member", "kicked")

    async def unblock(self) -> None:
        """Let the bot write again."""
        await self._change_membership("kicked", "member")

    def deactivate(self) -> None:
        """Delete the account."""
        self._room.deactivated = True

    def in_group(
        self, group_id: int, title: str = "A group", status: str = "member", *, anonymous: bool = False
    ) -> "Person":
        """Return this person on the screen of a group (a negative id) that the bot is in and reads.

        `status` is creator, administrator or member; who is `anonymous` writes as the group itself.
        """
        assert group_id < 0, "groups have negative ids"
        kind = "supergroup" if str(group_id).startswith("-100") else "group"
        room = self._telegram.rooms.open(group_id, {"type": kind, "title": title})
        room.members[self.account_id] = status
        there = Person(self._telegram, ANONYMOUS if anonymous else self._user, room)
        there._as_group = anonymous
        return there

    async def _write(self, **content: Any) -> int:
        if self._as_group:  # Source: Bot API, Message.sender_chat
            content["media"] = content.get("media", {}) | {"sender_chat": self._room.described}
        if self._room.blocked:
            await self.unblock()
        self._room.started = True
        shown = self._telegram.rooms.write(self._room, self._user, **content)
        await self._telegram.inbox.push("message", self._room.as_message(shown))
        return shown.message_id

    async def _change_membership(self, before: str, after: str) -> None:
        self._room.blocked = after == "kicked"
        change = {"chat": self._room.described, "from": self._user, "date": self._now()}
        sides = {"old_chat_member": self._member(before), "new_chat_member": self._member(after)}
        await self._telegram.inbox.push("my_chat_member", change | sides)

    def _member(self, status: str) -> dict[str, Any]:
        until = {"until_date": 0} if status == "kicked" else {}
        return {"user": self._telegram.bot, "status": status, **until}

    def _sees(self, wanted: str | Callable[["Person"], object]) -> bool:
        if callable(wanted):
            return bool(wanted(self))
        return self.screen is not None and wanted in self.screen.text

    def _now(self) -> int:
        return int(self._telegram.clock.seconds())


def _find(button: str | int, buttons: list[Button]) -> Button | None:
    if isinstance(button, int):
        return buttons[button] if -len(buttons) <= button < len(buttons) else None
    whole = [one for one in buttons if one.label == button]
    return next(iter(whole + [one for one in buttons if button in one.label]), None)


def _commands(text: str) -> list[dict[str, Any]]:
    if not text.startswith("/"):
        return []
    return [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}]


def _file(kind: str) -> dict[str, str]:
    return {"file_id": f"{kind}-file", "file_unique_id": f"{kind}-unique"}
