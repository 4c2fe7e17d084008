"""Methods about messages: sending, editing, deleting, and answering a pressed button."""

import html
import re
from typing import Any

from aiogram import methods
from aiogram.client.default import Default
from aiogram.types import BufferedInputFile

from tests.fake_bot_api.chats import Chat, Shown
from tests.fake_bot_api.inbox import TAP_LIFE
from tests.fake_bot_api.keyboards import read_keyboard
from tests.fake_bot_api.markup import parse_html, utf16_length
from tests.fake_bot_api.refusals import Refused, bad_request
from tests.fake_bot_api.telegram import Telegram

MAX_TEXT = 4096  # characters after the tags are read
MAX_CAPTION = 1024  # characters after the tags are read; Source: Bot API, sendVoice
MAX_FILE = 50 * 2**20  # bytes; Source: Bot API, sendVoice
MAX_TOAST = 200
MAX_DELETED_AT_ONCE = 100
DELETABLE_FOR = 48 * 3600  # seconds
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a"
    " current content and reply markup of the message"
)
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
ACTIONS = {
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
}


async def send_message(telegram: Telegram, call: methods.SendMessage) -> dict[str, Any]:
    """Show a new message."""
    chat = telegram.chat_to_write_in(call.chat_id)
    written = _read_text(call.text, call.parse_mode, call.entities)
    markup = read_keyboard(call.reply_markup)
    telegram.count_message(chat)
    shown = telegram.rooms.write(chat, telegram.bot, **written, markup=markup or None)
    await telegram.rooms.tell()
    return chat.as_message(shown)


async def send_voice(telegram: Telegram, call: methods.SendVoice) -> dict[str, Any]:
    """Show a voice message; a sound that is no Opus in OGG becomes a document, as the Bot API says."""
    chat = telegram.chat_to_write_in(call.chat_id)
    if not isinstance(call.voice, BufferedInputFile):
        raise bad_request("wrong file identifier/HTTP URL specified")
    if not call.voice.data:
        raise bad_request("file must be non-empty")
    if len(call.voice.data) > MAX_FILE:
        raise Refused(413, "Request Entity Too Large")
    if chat.takes_no_voices:
        raise bad_request("VOICE_MESSAGES_FORBIDDEN")
    markup = read_keyboard(call.reply_markup)
    telegram.count_message(chat)
    shown = telegram.rooms.write(chat, telegram.bot, media=_sound(telegram, call), markup=markup or None)
    await telegram.rooms.tell()
    return chat.as_message(shown)


def _sound(telegram: Telegram, call: methods.SendVoice) -> dict[str, Any]:
    """Return what a sent sound is in a message; its bytes are kept under its `file_id`."""
    assert isinstance(call.voice, BufferedInputFile)
    caption: dict[str, Any] = {}
    if call.caption:
        written = _read_text(call.caption, call.parse_mode, call.caption_entities, MAX_CAPTION)
        caption = {"caption": written["text"], "caption_entities": written["entities"]}
    name = f"sound-{len(telegram.files) + 1}"
    telegram.files[name] = call.voice.data
    file = {"file_id": name, "file_unique_id": f"{name}-unique", "file_size": len(call.voice.data)}
    is_opus = call.voice.data[:4] == b"OggS" and b"OpusHead" in call.voice.data[:64]
    duration = int(call.duration or 0)
    kind = {"voice": file | {"duration": duration, "mime_type": "audio/ogg"}}
    if not is_opus:
        kind = {"document": file | {"file_name": call.voice.filename}}
    return kind | {name: value for name, value in caption.items() if value}


async def edit_message_text(telegram: Telegram, call: methods.EditMessageText) -> dict[str, Any]:
    """Show other words and buttons in place of a message of the bot."""
    chat, shown = _editable(telegram, call.chat_id, call.message_id)
    if not shown.text:
        raise bad_request("there is no text in the message to edit")
    written = _read_text(call.text or "", call.parse_mode, call.entities)
    markup = read_keyboard(call.reply_markup)
    if (shown.text, shown.entities, shown.markup) == (written["text"], written["entities"], markup):
        raise bad_request(NOT_MODIFIED)
    telegram.count_message(chat)
    shown.text, shown.html, shown.entities = written["text"], written["html"], written["entities"]
    return await _edited(telegram, chat, shown, markup)


async def edit_message_reply_markup(
    telegram: Telegram, call: methods.EditMessageReplyMarkup
) -> dict[str, Any]:
    """Show other buttons under a message of the bot."""
    chat, shown = _editable(telegram, call.chat_id, call.message_id)
    markup = read_keyboard(call.reply_markup)
    if shown.markup == markup:
        raise bad_request(NOT_MODIFIED)
    telegram.count_message(chat)
    return await _edited(telegram, chat, shown, markup)


async def delete_message(telegram: Telegram, call: methods.DeleteMessage) -> bool:
    """Take a message away on both sides."""
    chat = telegram.chat_to_write_in(call.chat_id)
    shown = chat.messages.get(call.message_id)
    if shown is None or shown.deleted:
        raise bad_request("message to delete not found")
    _delete(telegram, chat, shown)
    await telegram.rooms.tell()
    return True


async def delete_messages(telegram: Telegram, call: methods.DeleteMessages) -> bool:
    """Take several messages away; those not found are passed over."""
    chat = telegram.chat_to_write_in(call.chat_id)
    if not call.message_ids:
        raise bad_request("message identifiers are not specified")
    if len(call.message_ids) > MAX_DELETED_AT_ONCE:
        raise bad_request("too many message identifiers specified")
    for message_id in call.message_ids:
        shown = chat.messages.get(message_id)
        if shown is not None and not shown.deleted:
            _delete(telegram, chat, shown)
    await telegram.rooms.tell()
    return True


async def answer_callback_query(telegram: Telegram, call: methods.AnswerCallbackQuery) -> bool:
    """Stop the turning button, with a short notice perhaps."""
    tap = telegram.rooms.taps.get(call.callback_query_id)
    if tap is None or telegram.clock.seconds() >= tap.tapped_at + TAP_LIFE:
        raise bad_request(TOO_OLD)
    if call.text and len(call.text) > MAX_TOAST:
        raise bad_request("MESSAGE_TOO_LONG")
    tap.answered = True
    if call.text:
        telegram.rooms.toasts.setdefault(tap.account_id, []).append(call.text)
    await telegram.rooms.tell()
    return True


async def send_chat_action(telegram: Telegram, call: methods.SendChatAction) -> bool:
    """Show that the bot is busy."""
    chat = telegram.chat_to_write_in(call.chat_id)
    if call.action not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat.actions.append(call.action)
    return True


def _read_text(
    source: str, parse_mode: str | Default | None, entities: Any, most: int = MAX_TEXT
) -> dict[str, Any]:
    found: list[dict[str, Any]] = [part.model_dump(exclude_unset=True) for part in entities or ()]
    text, shown_as = source, html.escape(source, quote=False)
    if isinstance(parse_mode, str) and parse_mode:
        if parse_mode.lower() != "html":
            raise bad_request("unsupported parse_mode")
        text, found = parse_html(source)
        shown_as = source
    text, found = _trimmed(text, found)
    if not source.strip():
        raise bad_request("message text is empty")
    if not text:
        raise bad_request("text must be non-empty")
    if len(text) > most:
        raise bad_request("message is too long" if most == MAX_TEXT else "message caption is too long")
    return {"text": text, "html": shown_as.strip(), "entities": found}


def _trimmed(text: str, entities: list[dict[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
    """Telegram takes away white space around a text; entities move with it."""
    ahead = utf16_length(text) - utf16_length(text.lstrip())
    text = re.sub(r"\r", "", text).strip()
    end = utf16_length(text)
    kept = []
    for entity in entities:
        first = max(0, entity["offset"] - ahead)
        last = min(end, entity["offset"] + entity["length"] - ahead)
        if first < last:
            kept.append(entity | {"offset": first, "length": last - first})
    return text, kept


def _editable(telegram: Telegram, chat_id: int | str | None, message_id: int | None) -> tuple[Chat, Shown]:
    if message_id is None:
        raise bad_request("message identifier is not specified")
    chat = telegram.chat_to_write_in(chat_id or 0)
    shown = chat.messages.get(message_id)
    if shown is None or shown.deleted:
        raise bad_request("message to edit not found")
    if not shown.from_bot:
        raise bad_request("message can't be edited")
    return chat, shown


async def _edited(
    telegram: Telegram, chat: Chat, shown: Shown, markup: dict[str, Any] | None
) -> dict[str, Any]:
    shown.markup = markup or None
    shown.edited += 1
    shown.edited_at = int(telegram.clock.seconds())
    chat.record(shown)
    await telegram.rooms.tell()
    return chat.as_message(shown)


def _delete(telegram: Telegram, chat: Chat, shown: Shown) -> None:
    if not shown.from_bot and not chat.is_private:
        raise bad_request("message can't be deleted")
    if telegram.clock.seconds() > shown.date + DELETABLE_FOR:
        raise bad_request("message can't be deleted for everyone")
    shown.deleted = True
