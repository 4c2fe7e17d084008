"""Reads an update as far as it is used; names, and what a pressed message said, are left behind."""

from collections.abc import Mapping
from typing import Any

from telegram import CallbackQuery, Chat, InaccessibleMessage, Update, User

WRITTEN = ("message", "edited_message")
OF_TEXT = ("message_id", "date", "text")  # what is kept of a message that is nothing but text
OF_PERSON = ("id", "is_bot", "language_code")
OF_CHAT = ("id", "type")


def update_from(content: Any) -> Update:
    """Read one update as the Bot API wrote it.

    What is built of it costs more than all the rest of reading, so nothing is built that nobody asks for.
    An update that cannot be read raises whatever the library stumbles over.
    """
    if "callback_query" in content:
        return Update(content["update_id"], callback_query=_press(content["callback_query"]))
    kept = {name: _message(part) if name in WRITTEN else part for name, part in content.items()}
    return Update.de_json(kept)


def _press(query: Mapping[str, Any]) -> CallbackQuery:
    """Read a pressed button; the message is one whose content is not at hand, only its place."""
    person, message = query["from"], query.get("message")
    return CallbackQuery(
        query["id"],
        User(person["id"], "", person["is_bot"], language_code=person.get("language_code")),
        query.get("chat_instance", ""),
        message=_place(message) if message else None,
        data=query.get("data"),
    )


def _place(message: Mapping[str, Any]) -> InaccessibleMessage:
    chat = message["chat"]
    return InaccessibleMessage(Chat(chat["id"], chat["type"]), message["message_id"])


def _message(message: Mapping[str, Any]) -> Mapping[str, Any]:
    """Cut a plain text down; of what is forwarded or no text its kind is asked for, and it stays whole."""
    if "text" not in message or "forward_origin" in message:
        return message
    kept = {name: message[name] for name in OF_TEXT} | {"chat": _of(message["chat"], OF_CHAT)}
    if "sender_chat" in message:  # an admin of a group who stays anonymous
        kept["sender_chat"] = _of(message["sender_chat"], OF_CHAT)
    if "from" in message:
        kept["from"] = _of(message["from"], OF_PERSON) | {"first_name": ""}
    return kept


def _of(part: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: part[name] for name in names if name in part}
