"""What was delivered to people: the fake Bot API, with a record of every prompt that it showed."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from bot.telegram.buttons import Press, read_button
from tests.fake_bot_api import FakeBotApi, Shown

SHOWING = {"sendmessage", "editmessagetext"}


@dataclass(frozen=True, slots=True)
class Told:
    """Something that somebody was shown: in which message, and after how many kills."""

    chat: int
    message: int
    kills: int
    text: str
    prompt: tuple[str, int] | None
    """The session's mark and the turn, if it is a prompt of a session."""


class RecordingApi(FakeBotApi):
    """The fake Bot API, which remembers what it showed."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed=seed)
        self.kills = 0
        self.told: list[Told] = []

    async def _call(self, method: str, parameters: dict[str, Any]) -> Any:
        given = await super()._call(method, parameters)
        if method.lower() in SHOWING:
            rows = given.get("reply_markup", {}).get("inline_keyboard", [])
            data = [button.get("callback_data", "") for row in rows for button in row]
            chat, message = given["chat"]["id"], given["message_id"]
            self.told.append(Told(chat, message, self.kills, given["text"], prompt_of(data)))
        return given

    def told_to(self, chat: int) -> list[Told]:
        """Return what one chat was shown, in order."""
        return [told for told in self.told if told.chat == chat]


def prompt_of(data: Iterable[str]) -> tuple[str, int] | None:
    """Return mark and turn of the session whose buttons these are, or None."""
    for one in data:
        if isinstance(press := read_button(one), Press):
            return press.mark, press.turn
    return None


def prompt_shown(shown: Shown) -> tuple[str, int] | None:
    """Return mark and turn of the session to which a message's buttons belong, or None."""
    return prompt_of(button.data or "" for row in shown.buttons for button in row)


def faults_of_letters(told: list[Told]) -> list[str]:
    """Return what is wrong with what somebody was told who was to be told one thing, once."""
    kills = [one.kills for one in told]
    if not kills:
        return ["was not told that a round is open"]
    if len(kills) - 1 > max(kills) - min(kills):
        return [f"was told the same {len(kills)} times after kills {kills}"]
    return []


def extra_copies(told: list[Told]) -> int:
    """Return how many messages were shown besides one for each prompt."""
    return sum(len(messages) - 1 for messages in _messages(told).values())


def faults_of_order(told: list[Told]) -> list[str]:
    """Return where a session went back, began anew, or stood in more copies than the kills explain."""
    faults = []
    prompts = [one.prompt for one in told if one.prompt is not None]
    if len({mark for mark, _ in prompts}) > 1:
        faults.append("a session was lost, and another one began")
    turns = [turn for _, turn in prompts]
    if any(later < earlier for earlier, later in pairwise(turns)):
        faults.append(f"was asked again for what had been answered: turns {turns}")
    for prompt, messages in _messages(told).items():
        kills = list(messages.values())
        if len(kills) - 1 > max(kills) - min(kills):
            faults.append(f"turn {prompt[1]} was shown in {len(kills)} messages after kills {kills}")
    return faults


def _messages(told: list[Told]) -> dict[tuple[str, int], dict[int, int]]:
    """Return for each prompt the messages that it was shown in, with the kills before each."""
    messages: dict[tuple[str, int], dict[int, int]] = defaultdict(dict)
    for one in told:
        if one.prompt is not None:
            messages[one.prompt].setdefault(one.message, one.kills)
    return messages
