"""A fake Telegram for tests: Bot API server over real HTTP, and people with phones."""

from tests.fake_bot_api.chats import Button, Shown, Version
from tests.fake_bot_api.clock import Clock
from tests.fake_bot_api.people import Person
from tests.fake_bot_api.server import FakeBotApi

__all__ = ["Button", "Clock", "FakeBotApi", "Person", "Shown", "Version"]
