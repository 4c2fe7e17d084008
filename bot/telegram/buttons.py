"""What a button carries through Telegram and back: opaque, at most 64 bytes, with the turn it belongs to."""

from dataclasses import dataclass

from conversations.errors import PromptRefused

MAX_DATA = 64  # bytes; Source: Bot API, InlineKeyboardButton.callback_data
NOTICE = "n"  # begins the data of buttons outside any session
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Press:
    """A pressed button of a session's prompt."""

    mark: str
    turn: int
    token: str


@dataclass(frozen=True, slots=True)
class NoticePress:
    """A pressed button of a notice: `what` is its topic, `which` the rest of the token."""

    what: str
    which: str


def button_data(mark: str, turn: int | None, token: str) -> str:
    """Return the data of a button: a notice's own token, or mark, turn and token of a session's prompt.

    Raises:
        PromptRefused: longer than Telegram takes, or not to be told apart when it comes back.
    """
    if turn is None:
        data, readable = token, is_notice(token)
    else:
        data, readable = f"{mark}.{_base36(turn)}.{token}", mark != NOTICE and "." not in mark
    if not readable or len(data.encode()) > MAX_DATA:
        raise PromptRefused("the data of a button cannot be read back")
    return data


def read_button(data: str) -> Press | NoticePress | None:
    """Read what came back, or return None when it is nothing of ours."""
    first, second, third = (*data.split(".", 2), "", "")[:3]
    if first == NOTICE:
        return NoticePress(second, third)
    if not second or len(second) > 12 or not set(second) <= set(DIGITS) or not third:
        return None
    return Press(first, int(second, 36), third)


def is_notice(data: str) -> bool:
    """Whether a button stands under a notice, outside any session."""
    return data.startswith(f"{NOTICE}.")


def _base36(number: int) -> str:
    digits = ""
    while True:
        number, rest = divmod(number, 36)
        digits = DIGITS[rest] + digits
        if not number:
            return digits
