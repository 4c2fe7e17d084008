"""What a posted form holds, read in memory and only up to a limit."""

from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl

from starlette.requests import Request

BODY_LIMIT = 96 * 1024  # bytes; 5,000 letters of a script with long codes are 60,000 bytes in a form
MOST_FIELDS = 100  # a question has at most a few dozen choices


class Form(Mapping[str, str]):
    """The fields of a form; `several` gives all values of one that may come more than once."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._pairs = pairs
        self._last = dict(pairs)

    def __getitem__(self, name: str) -> str:
        return self._last[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._last)

    def __len__(self) -> int:
        return len(self._last)

    def several(self, name: str) -> tuple[str, ...]:
        """Return all values of a field, in the order of the page."""
        return tuple(value for field, value in self._pairs if field == name)

    def pressing(self, token: str) -> "Form":
        """Return the same form with this button pressed."""
        return Form([*self._pairs, ("press", token)])

    def number(self, name: str) -> int | None:
        """Return a field as a whole number, or None."""
        text = self.get(name, "")
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


async def read_form(request: Request) -> Form | None:
    """Return the fields of a posted form (none where it is no form), or None when it is far too large."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT:
            return None
    try:
        text = body.decode("ascii", errors="replace")
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="replace")
    except ValueError:  # too many fields
        return Form([])
    return Form([(name, value.replace("\r\n", "\n")) for name, value in pairs])
