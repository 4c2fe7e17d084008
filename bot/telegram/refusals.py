"""Telegram's errors in the words of the house."""

from datetime import timedelta

from telegram import error

from conversations.errors import ChannelBusy, ChannelDown, DeliveryError, ParticipantLeft, PromptRefused

NOT_MODIFIED = "message is not modified"
NOT_EDITABLE = (
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "no text in the message",
)


def in_our_words(caught: error.TelegramError) -> DeliveryError:
    """Return what went wrong as an error of the house."""
    match caught:  # order matters: BadRequest is a NetworkError
        case error.RetryAfter(retry_after=wait):
            return ChannelBusy(wait if isinstance(wait, timedelta) else timedelta(seconds=wait))
        case error.Forbidden():
            return ParticipantLeft(str(caught))
        case error.BadRequest():
            return PromptRefused(str(caught))
        case error.NetworkError():
            return ChannelDown(str(caught))
        case error.InvalidToken():  # the prompts are all right: they wait until the token is
            return ChannelDown("the token was refused")
        case _:
            return PromptRefused(str(caught))


def is_unchanged(caught: error.BadRequest) -> bool:
    """Whether an edit was refused only because the message already says this."""
    return NOT_MODIFIED in str(caught).lower()


def is_beyond_editing(caught: error.BadRequest) -> bool:
    """Whether the message to edit is gone, or too old to be changed."""
    return any(words in str(caught).lower() for words in NOT_EDITABLE)
