"""How the fake Telegram says no: the refusals of the Bot API, and those that a test scripts."""

from dataclasses import dataclass
from typing import Any

TITLES = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 409: "Conflict"}
EVERY_METHOD = "*"


class Refused(Exception):
    """A request that Telegram answers with an error."""

    def __init__(
        self, code: int, description: str, retry_after: int | None = None, migrate_to: int | None = None
    ) -> None:
        """Refuse with an HTTP status, a description, and seconds to wait when there are any."""
        super().__init__(f"{code} {description}")
        self.code = code
        self.description = description
        self.retry_after = retry_after
        self.migrate_to = migrate_to

    def body(self) -> dict[str, Any]:
        """Return the answer as the Bot API words it."""
        answer: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.retry_after is not None:
            answer["parameters"] = {"retry_after": self.retry_after}
        if self.migrate_to is not None:
            answer["parameters"] = {"migrate_to_chat_id": self.migrate_to}
        return answer


def bad_request(reason: str) -> Refused:
    """Refuse what is asked, with Telegram's own words as `reason`."""
    return Refused(400, f"Bad Request: {reason}")


def forbidden(reason: str) -> Refused:
    """Refuse who is asking, with Telegram's own words as `reason`."""
    return Refused(403, f"Forbidden: {reason}")


def too_many_requests(retry_after: int) -> Refused:
    """Refuse for `retry_after` seconds."""
    return Refused(429, f"Too Many Requests: retry after {retry_after}", retry_after)


def migrated(new_id: int) -> Refused:
    """Refuse because the group has become a supergroup, with another number."""
    reason = "Bad Request: group chat was upgraded to a supergroup chat"
    return Refused(400, reason, migrate_to=new_id)


@dataclass
class _Scripted:
    method: str
    refusal: Refused
    times: int | None  # None: always


class Script:
    """The refusals that a test asked for."""

    def __init__(self) -> None:
        """Begin with none."""
        self._scripted: list[_Scripted] = []

    def add(self, method: str, refusal: Refused, times: int | None) -> None:
        """Refuse the next `times` calls of `method` (`*`: of any), or all of them when None."""
        self._scripted.append(_Scripted(method.lower(), refusal, times))

    def clear(self, method: str) -> None:
        """Take back what was scripted for `method`."""
        self._scripted = [entry for entry in self._scripted if entry.method != method.lower()]

    def check(self, method: str) -> None:
        """Raise what the test asked for, if it asked.

        Raises:
            Refused: a call of `method` was to be refused.
        """
        for entry in self._scripted:
            if entry.method not in (EVERY_METHOD, method.lower()) or entry.times == 0:
                continue
            if entry.times is not None:
                entry.times -= 1
            raise entry.refusal
