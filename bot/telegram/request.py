"""Requests to the Bot API over aiohttp, instead of the slower client that python-telegram-bot brings."""

import json
from functools import cache
from typing import Any

import aiohttp
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

CONNECT_SECONDS = 10.0
READ_SECONDS = 15.0
KEEP_ALIVE_SECONDS = 30.0  # shorter than the server's, so that it does not hang up on us in mid-request
JSON = {"Content-Type": "application/json"}
TAKEN = b'{"ok":true,'  # how the answer to a request that was taken begins, as Bot API servers write it
SHOWN_AGAIN = (
    "/editMessageText",
    "/editMessageReplyMarkup",
)  # answered by what we have just said, which nobody reads
DONE = b'{"ok":true,"result":true}'


class AiohttpRequest(BaseRequest):
    """One keep-alive session to one Bot API server.

    Proxies of the environment are ignored. No error names a URL, because URLs hold the bot's token.
    """

    def __init__(self, *, connections: int = 64, read_seconds: float = READ_SECONDS) -> None:
        """Prepare for at most `connections` requests at once."""
        self._connections = connections
        self._read_seconds = read_seconds
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        """The seconds to wait for an answer, unless a call says otherwise."""
        return self._read_seconds

    async def initialize(self) -> None:
        """Open the session."""
        if self._session is not None:
            return
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=KEEP_ALIVE_SECONDS),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": self.USER_AGENT},
            trust_env=False,
        )

    async def shutdown(self) -> None:
        """Close the session."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Read an answer; unlike the library's own, a broken one is never logged.

        Raises:
            NetworkError: it is not an answer of a Bot API server.
        """
        try:
            answer = json.loads(payload)
        except ValueError:
            raise NetworkError("the answer is not JSON") from None
        if not isinstance(answer, dict) or "ok" not in answer:
            raise NetworkError("the answer is not one of a Bot API server")
        if answer["ok"] and answer.get("result") is None:
            raise NetworkError("the answer holds no result")
        return answer

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Make one request and return status and body.

        Raises:
            NetworkError: no connection, or an error that no Bot API server wrote (a proxy's page, say).
            TimedOut: no answer in time.
        """
        if self._session is None:
            raise NetworkError("the session is closed")
        body, headers = _encoded(request_data)
        timeout = _timeout(
            _seconds(connect_timeout, CONNECT_SECONDS), _seconds(read_timeout, self._read_seconds)
        )
        try:
            async with self._session.request(
                method, url, data=body, headers=headers, timeout=timeout, allow_redirects=False
            ) as response:
                status, payload = response.status, await response.read()
        except TimeoutError:
            raise TimedOut("no answer in time") from None
        except (aiohttp.ClientError, OSError) as caught:
            raise NetworkError(type(caught).__name__) from None
        if status >= 300 or not payload.startswith(TAKEN):
            self._check(status, payload)
        is_ours_again = status < 300 and url.endswith(SHOWN_AGAIN)
        return status, DONE if is_ours_again else payload

    def _check(self, status: int, payload: bytes) -> None:
        answer = self.parse_json_payload(payload)  # a firewall's 403 must not look like somebody who left
        if status < 300 and not answer["ok"]:
            raise NetworkError("a refusal that stands as a result")


@cache
def _timeout(connect: float | None, read: float | None) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(sock_connect=connect, sock_read=read)


def _seconds(given: Any, default: float) -> float | None:
    """Return the seconds of one call; the library marks "nothing said" by an object of its own."""
    if given is BaseRequest.DEFAULT_NONE:
        return default
    return None if given is None else float(given)


def _encoded(request_data: RequestData | None) -> tuple[bytes | aiohttp.FormData | None, dict[str, str]]:
    if request_data is None:
        return None, {}
    if not request_data.contains_files:
        return request_data.json_payload, JSON
    form = aiohttp.FormData()
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, kind) in request_data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return form, {}
