"""What an update means: where it came from and what was sent, or that it asks for silence."""

import re
from dataclasses import dataclass, field, replace

from telegram import CallbackQuery, ChatMemberUpdated, Message, Update, User
from telegram.constants import ChatMemberStatus, ChatType

from bot.hearing import Address, Phone
from bot.links import LONGEST
from bot.telegram.buttons import NoticePress, Press, read_button
from bot.telegram.places import write_note
from conversations.identifiers import RoundId
from conversations.moves import Asked, Pressed, Reply, Typed, Wish

COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@([A-Za-z0-9_]+))?(?:\s+(.*))?", re.DOTALL)
WISHES = {"start": Wish.START, "language": Wish.LANGUAGE, "stop": Wish.STOP}
LONGEST_ASKED = 300  # characters; a whole address and some languages
LONGEST_CODE = 64  # characters; a withdrawal code has sixteen digits and some spaces


@dataclass(frozen=True, slots=True)
class Replied:
    """Something for the questionnaire; `mark` is that of the pressed button."""

    reply: Reply
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Joined:
    """One of several open rounds was chosen."""

    round_id: RoundId


@dataclass(frozen=True, slots=True)
class Wondered:
    """Something outside the questionnaire: a topic of `Listener.notice`."""

    topic: str


@dataclass(frozen=True, slots=True)
class Invited:
    """In a group somebody asked for an invitation; `asker` is None for an admin who stays anonymous."""

    asker: int | None
    asked: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Left:
    """Somebody blocked us."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A readable update: where to answer, on which phone, and what was meant."""

    address: Address
    phone: Phone
    meant: Replied | Joined | Wondered | Invited | Left


def read_update(update: Update, username: str | None) -> Letter | None:
    """Say what an update means, or None where silence is right.

    Edited messages, channel posts, other bots, service messages and what people say to each other in
    groups ask for silence. `username` is the bot's own, to know which `/start@...` is for us.
    """
    if update.callback_query is not None:
        return _read_press(update.callback_query)
    if update.message is not None:
        return _read_message(update.message, username)
    if update.my_chat_member is not None:
        return _read_membership(update.my_chat_member)
    return None


def lane_of(update: Update) -> int:
    """Return the number of the chat, or of the person, within which updates keep their order."""
    chat, person = update.effective_chat, update.effective_user
    return chat.id if chat is not None else person.id if person is not None else 0


def _read_membership(change: ChatMemberUpdated) -> Letter | None:
    if change.chat.type != ChatType.PRIVATE or change.new_chat_member.status != ChatMemberStatus.BANNED:
        return None
    return _letter(change.chat.id, change.from_user, Left())


def _read_press(query: CallbackQuery) -> Letter | None:
    if query.message is None or query.message.chat.type != ChatType.PRIVATE or query.from_user.is_bot:
        return None
    match read_button(_sound(query.data or "")):
        case Press(mark, turn, token):
            meant: Replied | Joined | Wondered = Replied(Pressed(token, turn), mark)
        case NoticePress("round", which) if which:
            meant = Joined(RoundId(which))
        case NoticePress("start", _):
            meant = Replied(Asked(Wish.START))
        case NoticePress("news", ("yes" | "no") as which):
            meant = Wondered(f"news_{which}")
        case NoticePress("end", _):
            meant = Wondered("assist_end")
        case NoticePress("tell", _):
            meant = Wondered("tell")
        case _:
            return None
    return _letter(query.message.chat.id, query.from_user, meant, query.message.message_id)


def _read_message(message: Message, username: str | None) -> Letter | None:
    person = message.from_user
    if message.chat.type != ChatType.PRIVATE:
        return _read_in_group(message, username)
    if person is None or person.is_bot:
        return None
    meant: Replied | Wondered | None
    if message.forward_origin is not None:
        meant = Wondered("unreadable")
    elif message.text is not None:
        meant = _meant_by(_sound(message.text))
    elif message.effective_attachment is not None:
        meant = Wondered("unreadable")
    else:
        meant = None  # a service message: nobody said anything
    if meant is None:
        return None
    letter = _letter(message.chat.id, person, meant, message.message_id)
    return replace(letter, phone=replace(letter.phone, arrival=_arrival_of(message)))


def _read_in_group(message: Message, username: str | None) -> Letter | None:
    """Return what was asked of us by our name; everything else in a group is none of our business."""
    command = COMMAND.fullmatch(_sound(message.text or ""))
    person, chat = message.from_user, message.chat.id
    if command is None or not username or (command[2] or "").lower() != username.lower() or person is None:
        return None
    anonymous = message.sender_chat is not None and message.sender_chat.id == chat
    if command[1].lower() == "invite" and (anonymous or not person.is_bot):
        asked = (command[3] or "").strip()[:LONGEST_ASKED]
        return Letter(
            Address("telegram", str(chat)), Phone(), Invited(None if anonymous else person.id, asked)
        )
    if command[1].lower() == "start" and not person.is_bot:
        return _letter(chat, person, Wondered("group"), message.message_id)
    return None


def _meant_by(text: str) -> Replied | Wondered:
    command = COMMAND.fullmatch(text)
    if command is None:
        return Replied(Typed(text))
    name, rest = command[1].lower(), (command[3] or "").strip()
    if name in WISHES:
        return Replied(Asked(WISHES[name]))
    if name in ("withdraw", "assist"):
        return Wondered(f"{name} {rest[:LONGEST_CODE]}".strip())
    if name == "next":
        return Wondered("assist_next")
    return Wondered(name if name in ("privacy", "hide", "tell") else "help")


def _sound(text: str) -> str:
    """Return `text` with what UTF-8 cannot hold (halves of signs, which JSON lets through) as "?"."""
    return text.encode("utf-8", "replace").decode()


def _arrival_of(message: Message) -> str:
    """Return what follows /start: what a link carried, or one sign more than any link could."""
    command = COMMAND.fullmatch(_sound(message.text or ""))
    if command is None or command[1].lower() != "start":
        return ""
    return (command[3] or "").strip()[: LONGEST + 1]


def _letter(
    chat: int, person: User, meant: Replied | Joined | Wondered | Left, message: int | None = None
) -> Letter:
    languages = (person.language_code,) if person.language_code else ()
    trace = "" if message is None else write_note((message,))
    return Letter(Address("telegram", str(chat)), Phone(languages, trace), meant)
