"""The fake Bot API server: real HTTP on 127.0.0.1, with Telegram's own rules."""

import asyncio
import random
import socket
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Self

from aiogram import methods
from aiohttp import web

from tests.fake_bot_api import account, messages
from tests.fake_bot_api.clock import Clock
from tests.fake_bot_api.parameters import PUBLISHED, Violation, check_parameters, read_parameters
from tests.fake_bot_api.people import Person
from tests.fake_bot_api.refusals import Refused, Script, bad_request
from tests.fake_bot_api.telegram import Telegram
from tests.fake_bot_api.webhook import Postman

Played = Callable[[Telegram, Any], Awaitable[Any]]
PLAYED: dict[type, Played] = {
    methods.GetMe: account.get_me,
    methods.GetUpdates: account.get_updates,
    methods.SetWebhook: account.set_webhook,
    methods.DeleteWebhook: account.delete_webhook,
    methods.GetWebhookInfo: account.get_webhook_info,
    methods.SetMyCommands: account.set_my_commands,
    methods.SetMyName: account.set_my_name,
    methods.SetMyDescription: account.set_my_description,
    methods.SetMyShortDescription: account.set_my_short_description,
    methods.SetChatMenuButton: account.set_chat_menu_button,
    methods.GetChat: account.get_chat,
    methods.GetChatMember: account.get_chat_member,
    methods.LeaveChat: account.leave_chat,
    methods.LogOut: account.say_yes,
    methods.Close: account.say_yes,
    methods.SendMessage: messages.send_message,
    methods.SendVoice: messages.send_voice,
    methods.EditMessageText: messages.edit_message_text,
    methods.EditMessageReplyMarkup: messages.edit_message_reply_markup,
    methods.DeleteMessage: messages.delete_message,
    methods.DeleteMessages: messages.delete_messages,
    methods.AnswerCallbackQuery: messages.answer_callback_query,
    methods.SendChatAction: messages.send_chat_action,
}


class FakeBotApi:
    """A Bot API server for one bot; leaving the context fails if a request broke the published API."""

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        expect_violations: bool = False,
        strict_rates: bool = False,
        seed: int = 1,
    ) -> None:
        """Prepare; `strict_rates` answers 429 as Telegram does, `seed` decides every identifier."""
        self.clock = clock or Clock()
        self.telegram = Telegram(self.clock, random.Random(seed), strict_rates=strict_rates)
        self.expect_violations = expect_violations
        self.violations: list[str] = []
        self.refusals: list[tuple[str, int, str]] = []
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.delay = 0.0  # seconds before each answer
        self.url = ""
        self._script = Script()
        self._lost_answers: dict[str, int] = {}
        self._odd_answers: dict[str, dict[str, Any]] = {}
        self._down: int | None = None  # 0: the connection breaks; otherwise a status
        self._connections: set[asyncio.Transport] = set()
        self._background: list[asyncio.Task[None]] = []

    @property
    def token(self) -> str:
        """The token that is accepted."""
        return self.telegram.token

    @property
    def pending(self) -> list[dict[str, Any]]:
        """The updates not yet confirmed."""
        return self.telegram.inbox.pending

    @property
    def confirmed(self) -> list[int]:
        """The identifiers of the updates that the bot confirmed, in order."""
        return self.telegram.inbox.confirmed

    @property
    def confirmed_offset(self) -> int:
        """The last offset with which the bot confirmed."""
        return self.telegram.inbox.confirmed_offset

    def calls_of(self, method: str) -> list[dict[str, Any]]:
        """Return the parameters of every call of `method`, oldest first."""
        return [parameters for called, parameters in self.calls if called == method]

    def person(
        self, *, account_id: int, language_code: str | None = "en", first_name: str = "Somebody"
    ) -> Person:
        """Return somebody with a phone who has not written to the bot yet."""
        user: dict[str, Any] = {"id": account_id, "is_bot": False, "first_name": first_name}
        if language_code:
            user["language_code"] = language_code
        room = self.telegram.rooms.open(account_id, {"type": "private", "first_name": first_name})
        return Person(self.telegram, user, room)

    def fail_next(
        self, method: str, error_code: int, description: str, retry_after: int | None = None, times: int = 1
    ) -> None:
        """Refuse the next `times` calls of `method`; `*` means any method."""
        self._script.add(method, Refused(error_code, description, retry_after), times)

    def fail_always(
        self, method: str, error_code: int, description: str, retry_after: int | None = None
    ) -> None:
        """Refuse every call of `method` until `succeed_again`; `*` means any method."""
        self._script.add(method, Refused(error_code, description, retry_after), None)

    def succeed_again(self, method: str) -> None:
        """Take back what was scripted for `method`."""
        self._script.clear(method)

    def lose_answer(self, method: str, times: int = 1) -> None:
        """Do the next `times` calls of `method`, but break the connection before the answer arrives."""
        self._lost_answers[method.lower()] = times

    def answer_always(self, method: str, answer: dict[str, Any]) -> None:
        """Answer every call of `method` with this, which no Bot API server says, until told otherwise."""
        self._odd_answers[method.lower()] = answer

    def answer_as_published(self, method: str) -> None:
        """Answer `method` as a Bot API server does, again."""
        self._odd_answers.pop(method.lower(), None)

    def down(self, status: int = 0) -> None:
        """Break every connection from now on, or answer every request with `status` (e.g. 502)."""
        self._down = status
        for connection in self._connections:
            connection.abort()

    def up(self) -> None:
        """Work again."""
        self._down = None

    def jump_ids(self, *, downwards: bool | None = None) -> int:
        """Renumber the next update at random, as after a quiet week; nothing may wait. Returns its id."""
        return self.telegram.inbox.jump(downwards=downwards)

    def duplicate_next(self, times: int = 1) -> None:
        """Deliver each of the next `times` updates twice."""
        self.telegram.inbox.duplicate_next(times)

    async def deliver_again(self, update_id: int) -> None:
        """Deliver an update once more, though it was confirmed."""
        await self.telegram.inbox.deliver_again(update_id)

    def reverse_batches(self, reverse: bool = True) -> None:
        """Give the updates of each batch newest first."""
        self.telegram.inbox.reversed_batches = reverse

    async def emptied(self, timeout: float = 5) -> None:
        """Wait until every update is confirmed, at most `timeout` seconds."""
        await self.telegram.inbox.emptied(timeout)

    async def __aenter__(self) -> Self:
        """Open the door on a free port."""
        application = web.Application(client_max_size=51 * 2**20)
        application.router.add_route("*", "/bot{token}/{method}", self._answer)
        self._runner = web.AppRunner(
            application, handler_cancellation=True, access_log=None, shutdown_timeout=0.1
        )
        await self._runner.setup()
        listening = socket.create_server(("127.0.0.1", 0))
        await web.SockSite(self._runner, listening).start()
        self.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        self._background.append(asyncio.create_task(Postman(self.telegram, self._call).work()))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Close the door, and complain of every request that broke the published API."""
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        await self._runner.cleanup()
        if kind is None and not self.expect_violations:
            assert self.violations == [], f"outside the published Bot API: {self.violations}"

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        transport = request.transport
        assert transport is not None
        self._connections.add(transport)
        try:
            if self._down is not None:
                return self._broken(transport)
            response = await self._respond(request)
            if self.delay:
                await asyncio.sleep(self.delay)
            if self._down is not None or self._is_lost(request.match_info["method"]):
                transport.abort()
            return response
        finally:
            self._connections.discard(transport)

    def _broken(self, transport: asyncio.Transport) -> web.Response:
        if not self._down:
            transport.abort()
        return web.Response(status=self._down or 502, text="Bad Gateway")

    def _is_lost(self, method: str) -> bool:
        left = self._lost_answers.get(method.lower(), 0)
        self._lost_answers[method.lower()] = max(0, left - 1)
        return left > 0

    async def _respond(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        if method.lower() in self._odd_answers:
            return web.json_response(self._odd_answers[method.lower()])
        try:
            if request.match_info["token"] != self.token:
                raise Refused(401, "Unauthorized")
            result = await self._call(method, await self._parameters(method, request))
        except Refused as refused:
            self.refusals.append((method, refused.code, refused.description))
            return web.json_response(refused.body(), status=refused.code)
        return web.json_response({"ok": True, "result": result})

    async def _parameters(self, method: str, request: web.Request) -> dict[str, Any]:
        try:
            return await read_parameters(request)
        except Violation as violation:
            raise self._violated(method, violation) from violation

    async def _call(self, method: str, parameters: dict[str, Any]) -> Any:
        """Check a call against the published API, then do it.

        Raises:
            Refused: with Telegram's reason.
        """
        if method.lower() not in PUBLISHED:
            self.violations.append(f"{method}: no such method")
            raise Refused(404, "Not Found: method not found")
        self.calls.append((PUBLISHED[method.lower()].__api_method__, parameters))
        try:
            call = check_parameters(method, parameters)
            if type(call) not in PLAYED:
                raise Violation([f"{method}: published, but not played by this fake"])
        except Violation as violation:
            raise self._violated(method, violation) from violation
        self._script.check(method)
        return await PLAYED[type(call)](self.telegram, call)

    def _violated(self, method: str, violation: Violation) -> Refused:
        self.violations += [f"{method}: {finding}" for finding in violation.findings]
        return bad_request(str(violation))
