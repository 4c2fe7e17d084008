"""What tests of the webhook share: the real bot on a webhook, and a hand that posts as Telegram does."""

import asyncio
from contextlib import asynccontextmanager
from io import BytesIO

import aiohttp
from pydantic import SecretStr
from starlette.responses import PlainTextResponse

from bot.serving import beside
from bot.telegram.doorway import doorway
from bot.telegram.greeting import Greeting
from bot.telegram.service import TelegramService
from bot.telegram.webhook import PATIENCE, SECRET_HEADER
from bot.web.server import listen, serve_at

INSTALLATION = b"the secret of an installation...."
PAGES = PlainTextResponse("a page")


class Posts:
    """The program with its webhook, and a hand that posts to it as Telegram does."""

    def __init__(self, door, channel, session, stop):
        self.door = door
        self.channel = channel
        self.session = session
        self.stop = stop

    async def post(self, content, *, word=None, url=None, **how):
        """Post an update, or raw bytes; return status and answer."""
        body = {"data": BytesIO(content)} if isinstance(content, bytes) else {"json": content}
        headers = {SECRET_HEADER: self.door.word if word is None else word}
        async with self.session.post(url or self.door.url, headers=headers, **body, **how) as answer:
            is_json = answer.content_type == "application/json"
            return answer.status, await answer.json() if is_json else await answer.text()


@asynccontextmanager
async def posted(api, listener, *, token=None, patience=PATIENCE, greeting=None):
    """The real bot on the webhook, until the block is left."""
    stop = asyncio.Event()
    with listen("127.0.0.1", 0) as listening:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        token = SecretStr(token or api.token)
        door = doorway(address, INSTALLATION, token)
        async with (
            TelegramService(token, api.url, door, first_pause=0.01, patience=patience) as service,
            aiohttp.ClientSession(base_url=address) as session,
        ):
            running = asyncio.create_task(service.run(listener, greeting or Greeting(), stop))
            serving = asyncio.create_task(serve_at(beside(service.webhook, PAGES), listening, stop))
            try:
                yield Posts(door, service.channel, session, stop)
            finally:
                stop.set()
                await asyncio.gather(running, serving)


def an_update(number, text="hello", account=2**41):
    """What Telegram posts when somebody writes."""
    person = {"id": account, "is_bot": False, "first_name": "Somebody", "language_code": "en"}
    chat = {"id": account, "type": "private", "first_name": "Somebody"}
    message = {"message_id": number, "date": 0, "chat": chat, "from": person, "text": text}
    return {"update_id": number, "message": message}


def a_press(number, data, account=2**41):
    """What Telegram posts when somebody presses a button."""
    message = an_update(number, account=account)["message"]
    query = {"id": f"query{number}", "from": message["from"], "message": message, "data": data}
    return {"update_id": number, "callback_query": query | {"chat_instance": "1"}}
