"""The web server: listens, serves the application, and stops within seconds."""

import asyncio
import resource
import socket
from collections.abc import Generator
from contextlib import contextmanager, suppress

import uvicorn
from starlette.types import ASGIApp

from conversations.errors import SettingsError

LAST_WORDS = 3  # seconds that open requests get when the program stops
AT_ONCE = 400  # connections; whoever comes beyond them is told to come back later
OPEN_FILES = 4096  # enough for these, Telegram and the database; many systems begin with 1024 or 256


async def serve(app: ASGIApp, host: str, port: int, stop: asyncio.Event) -> None:
    """Serve `app` until `stop` is set.

    Raises:
        SettingsError: nothing can listen at this host and port.
    """
    await serve_at(app, listen(host, port), stop)


async def serve_at(app: ASGIApp, listening: socket.socket, stop: asyncio.Event) -> None:
    """Serve `app` at a port that was taken before, until `stop` is set."""
    _allow_open_files()
    server = _Server(
        uvicorn.Config(
            app,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            log_config=None,
            lifespan="off",
            ws="none",
            limit_concurrency=AT_ONCE,
            timeout_graceful_shutdown=LAST_WORDS,
        )
    )
    serving = asyncio.create_task(server.serve([listening]))
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        server.should_exit = True
        await serving
    finally:
        stopping.cancel()
        listening.close()


def listen(host: str, port: int) -> socket.socket:
    """Take the port, before anything else is begun.

    Raises:
        SettingsError: the host is unknown here, or the port is taken.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family)
        # Connections inherit it. Without it the last part of a page waits until the first was acknowledged,
        # for 40 ms: asyncio sets it only where a socket names its protocol, which this one does not.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listening
    except socket.gaierror as error:
        raise SettingsError("PORTEVOIX_HOST: this machine has no such address; 127.0.0.1 works.") from error
    except OSError as error:
        raise SettingsError(
            f"PORTEVOIX_PORT: cannot listen there ({error.strerror or 'refused'}). "
            "Stop the other program, or choose another port, for example PORTEVOIX_PORT=8081."
        ) from error


def _allow_open_files() -> None:
    """Let this program open as many files as it may need, where the system allows it."""
    with suppress(OSError, ValueError):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


class _Server(uvicorn.Server):
    """uvicorn without signal handlers: the program itself decides when to stop."""

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Leave signals to the program."""
        yield
