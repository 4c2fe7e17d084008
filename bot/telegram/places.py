"""Where something stands in a chat: the note that finds messages again."""

import json


def read_note(note: str) -> tuple[int, ...]:
    """Return the messages of a note; a note that is not ours names none."""
    try:
        messages = json.loads(note)["messages"] if note else ()
        return tuple(int(message) for message in messages)
    except (ValueError, TypeError, KeyError):
        return ()


def write_note(messages: tuple[int, ...]) -> str:
    """Write down messages, to be found again."""
    return json.dumps({"messages": messages}, separators=(",", ":")) if messages else ""


def newness(note: str) -> int:
    """Return a number that is the higher the later a note's messages were sent, over all private chats.

    Telegram counts a bot's messages in all its private chats together.
    """
    return max(read_note(note), default=0)
