"""Methods about the bot itself: who it is, how it presents itself, how it receives updates."""

import re
from typing import Any

from aiogram import methods

from tests.fake_bot_api.inbox import BATCH
from tests.fake_bot_api.refusals import Refused, bad_request, forbidden, migrated
from tests.fake_bot_api.telegram import Telegram, Webhook

MAX_PROFILE = {"name": 64, "description": 512, "short_description": 120}  # characters
MAX_COMMANDS = 100
WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active;"
    " use deleteWebhook to delete the webhook first"
)


async def get_me(telegram: Telegram, _call: methods.GetMe) -> dict[str, Any]:
    """Say who the bot is."""
    abilities = ("can_join_groups", "can_read_all_group_messages", "supports_inline_queries")
    return telegram.bot | dict.fromkeys(abilities, False) | {"can_join_groups": True}


async def get_updates(telegram: Telegram, call: methods.GetUpdates) -> list[dict[str, Any]]:
    """Confirm what was handled and give what waits."""
    if telegram.webhook.url:
        raise Refused(409, WEBHOOK_ACTIVE)
    _remember_allowed(telegram, call.allowed_updates)
    return await telegram.inbox.poll(call.offset or 0, call.limit or BATCH, call.timeout or 0)


async def set_webhook(telegram: Telegram, call: methods.SetWebhook) -> bool:
    """Post updates to an address from now on."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", call.secret_token or ""):
        raise bad_request("secret token contains unallowed characters")
    _remember_allowed(telegram, call.allowed_updates)
    if call.drop_pending_updates:
        await telegram.inbox.drop_all()
    if call.url:
        telegram.inbox.interrupt("terminated by setWebhook request")
    telegram.webhook = Webhook(call.url, call.secret_token or "")
    await telegram.inbox.wake()
    return True


async def delete_webhook(telegram: Telegram, call: methods.DeleteWebhook) -> bool:
    """Go back to getUpdates."""
    if call.drop_pending_updates:
        await telegram.inbox.drop_all()
    telegram.webhook = Webhook()
    await telegram.inbox.wake()
    return True


async def get_webhook_info(telegram: Telegram, _call: methods.GetWebhookInfo) -> dict[str, Any]:
    """Say where updates are posted, and how that goes."""
    webhook = telegram.webhook
    told: dict[str, Any] = {
        "url": webhook.url,
        "has_custom_certificate": False,
        "pending_update_count": len(telegram.inbox.pending),
    }
    if webhook.last_error:
        told |= {"last_error_date": webhook.last_error_at, "last_error_message": webhook.last_error}
    if telegram.inbox.allowed:
        told["allowed_updates"] = telegram.inbox.allowed
    return told


async def set_my_commands(telegram: Telegram, call: methods.SetMyCommands) -> bool:
    """Show these commands in the menu."""
    if len(call.commands) > MAX_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in call.commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", command.command.removeprefix("/")):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(command.description) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    plain = [{"command": c.command, "description": c.description} for c in call.commands]
    telegram.commands[call.language_code or ""] = plain
    return True


async def set_my_name(telegram: Telegram, call: methods.SetMyName) -> bool:
    """Change the bot's name in one language."""
    return _set_profile(telegram, "name", call.name, call.language_code)


async def set_my_description(telegram: Telegram, call: methods.SetMyDescription) -> bool:
    """Change what an empty chat shows in one language."""
    return _set_profile(telegram, "description", call.description, call.language_code)


async def set_my_short_description(telegram: Telegram, call: methods.SetMyShortDescription) -> bool:
    """Change what the profile says in one language."""
    return _set_profile(telegram, "short_description", call.short_description, call.language_code)


async def set_chat_menu_button(telegram: Telegram, call: methods.SetChatMenuButton) -> bool:
    """Change the button beside the field for typing."""
    if call.menu_button is not None:
        telegram.menu_button = call.menu_button.model_dump(exclude_none=True)
    return True


async def get_chat(telegram: Telegram, call: methods.GetChat) -> dict[str, Any]:
    """Describe a chat."""
    described = telegram.known_chat(call.chat_id).described
    kinds = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription")
    gifts = (*kinds, "gifts_from_channels")
    return described | {
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(gifts, True),
    }


RIGHTS = (
    "can_be_edited", "can_manage_chat", "can_delete_messages", "can_manage_video_chats",
    "can_restrict_members", "can_promote_members", "can_change_info", "can_invite_users", "can_post_stories",
    "can_edit_stories", "can_delete_stories",
)  # fmt: skip


async def get_chat_member(telegram: Telegram, call: methods.GetChatMember) -> dict[str, Any]:
    """Say what somebody is in a group; who was never seen there has left it."""
    chat = telegram.known_chat(call.chat_id)
    if chat.moved_to is not None:
        raise migrated(chat.moved_to)
    if chat.left:
        raise forbidden("bot is not a member of the group chat")
    status = chat.members.get(call.user_id, "left")
    member: dict[str, Any] = {
        "status": status,
        "user": {"id": call.user_id, "is_bot": False, "first_name": "Somebody"},
    }
    if status == "creator":
        return member | {"is_anonymous": False}
    if status == "administrator":
        return member | dict.fromkeys(RIGHTS, True) | {"is_anonymous": False}
    return member


async def leave_chat(telegram: Telegram, call: methods.LeaveChat) -> bool:
    """Leave a group."""
    chat = telegram.chat_to_write_in(call.chat_id)
    if chat.is_private:
        raise bad_request("chat member status can't be changed in private chats")
    chat.left = True
    await telegram.rooms.tell()
    return True


async def say_yes(_telegram: Telegram, _call: methods.LogOut | methods.Close) -> bool:
    """Agree to log out or to close."""
    return True


def _remember_allowed(telegram: Telegram, allowed: list[str] | None) -> None:
    if allowed is not None:
        telegram.inbox.allowed = allowed


def _set_profile(telegram: Telegram, part: str, text: str | None, language: str | None) -> bool:
    if len(text or "") > MAX_PROFILE[part]:
        raise bad_request(f"{part.replace('_', ' ')} is too long")
    telegram.profile[part, language or ""] = text or ""
    return True
