"""Inline keyboards: what Telegram accepts under a message."""

from typing import Any

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from tests.fake_bot_api.refusals import bad_request

MAX_BUTTONS = 100
MAX_CALLBACK_DATA = 64  # bytes
UNREADABLE = "can't parse inline keyboard button"


def read_keyboard(markup: Any) -> dict[str, Any] | None:
    """Return the keyboard as plain data, None for none or an empty one.

    Raises:
        Refused: an empty label, data over 64 bytes, a button that does nothing, too many buttons.
    """
    if markup is None:
        return None
    if not isinstance(markup, InlineKeyboardMarkup):
        return {}
    rows = [[_button(button) for button in row] for row in markup.inline_keyboard if row]
    if sum(map(len, rows)) > MAX_BUTTONS:
        raise bad_request("reply markup is too long")
    return {"inline_keyboard": rows} if rows else None


def _button(button: InlineKeyboardButton) -> dict[str, Any]:
    content: dict[str, Any] = button.model_dump(exclude_unset=True, exclude_none=True)
    if not button.text.strip():
        raise bad_request(f"{UNREADABLE}: Text must be non-empty")
    actions = set(content) - {"text", "icon_custom_emoji_id", "style"}
    if len(actions) != 1:
        raise bad_request(f"{UNREADABLE}: Text buttons are unallowed in the inline keyboard")
    if button.callback_data is not None and not 1 <= len(button.callback_data.encode()) <= MAX_CALLBACK_DATA:
        raise bad_request("BUTTON_DATA_INVALID")
    if button.url is not None and not button.url.startswith(("http://", "https://", "tg://")):
        raise bad_request(f"inline keyboard button URL '{button.url}' is invalid: Wrong HTTP URL")
    return content
