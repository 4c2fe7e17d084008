"""The time at the fake Telegram: real time that a test can push forward."""

from datetime import UTC, datetime, timedelta


class Clock:
    """Time as the fake Telegram sees it: real time plus whatever was skipped, or standing still."""

    def __init__(self, start: datetime | None = None, *, running: bool = True) -> None:
        """Begin at `start` (aware; now when None); a clock that is not `running` moves only by `advance`."""
        self._running = running
        self._opened_at = datetime.now(UTC)
        self._start = (start or self._opened_at).astimezone(UTC)
        self._skipped = timedelta()

    def now(self) -> datetime:
        """Return the time, aware, UTC."""
        passed = datetime.now(UTC) - self._opened_at if self._running else timedelta()
        return self._start + self._skipped + passed

    def seconds(self) -> float:
        """Return the time as seconds since 1970."""
        return self.now().timestamp()

    def advance(self, by: timedelta | float) -> None:
        """Let `by` pass at once: a timedelta, or seconds."""
        self._skipped += by if isinstance(by, timedelta) else timedelta(seconds=by)
