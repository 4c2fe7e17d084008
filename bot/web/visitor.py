"""Who sends a request: a random account in one session cookie, and proof that a form is ours."""

import hmac
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response

from bot.hearing import Address, Phone
from bot.links import LINK, PAYLOAD
from conversations.lettering import ALPHABET, is_checked, read_code, with_check
from conversations.numerals import plain_digits

RANDOM_LETTERS = 15  # 75 random bits: nobody finds somebody else's code by trying
MOST_LANGUAGES = 20  # of an Accept-Language header; a browser sends a handful


def new_account() -> str:
    """Return a random account: 15 letters and one that checks them."""
    return with_check("".join(secrets.choice(ALPHABET) for _ in range(RANDOM_LETTERS)))


def is_account(text: str) -> bool:
    """Say whether `text` is an account as we make them."""
    return is_checked(text, RANDOM_LETTERS + 1)


def account_of(code: str) -> str | None:
    """Return the account that a typed code means, in any script's digits; None when it was mistyped."""
    return read_code(code, RANDOM_LETTERS + 1)


def withdrawal_digits(code: str) -> str | None:
    """Return the sixteen digits of a typed withdrawal code, whatever their script; None if it has others."""
    digits = "".join(sign for sign in plain_digits(code) if sign.isalnum())
    return digits if re.fullmatch(r"[0-9]{16}", digits) else None


def phone_of(request: Request, arrival: str = "") -> Phone:
    """Return the languages that a browser asks for, best first, and what a link carried."""
    return Phone(tuple(_languages(request.headers.get("accept-language", ""))), arrival=arrival)


def _languages(header: str) -> Iterator[str]:
    """Yield the tags of an Accept-Language header, best first. Source: RFC 9110, 12.5.4."""
    weighted = []
    for part in header.split(",")[:MOST_LANGUAGES]:
        tag, _, weight = part.partition(";q=")
        if re.fullmatch(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*", tag := tag.strip()):
            weighted.append(
                (float(weight) if re.fullmatch(r"[01](\.\d{0,3})?", weight.strip()) else 1.0, tag)
            )
    yield from (tag for weight, tag in sorted(weighted, key=lambda found: -found[0]) if weight > 0)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody at a browser; `known` tells whether their cookie came with the request."""

    account: str = field(repr=False)
    phone: Phone
    known: bool

    @property
    def address(self) -> Address:
        """Where the dialogue meets them; the web cannot write first."""
        return Address(channel="web", account=self.account, returns=False)


class Door:
    """Lets visitors in, and tells our own forms from those of others.

    `secret` must outlast a restart, so that open pages stay usable; `secure` says that we are on https.
    """

    def __init__(self, secret: bytes, secure: bool) -> None:
        self._secret = secret
        self._secure = secure
        # A `__Host-` cookie cannot be planted by a neighbouring site; browsers take it on https only.
        self._cookie = "__Host-place" if secure else "place"

    def welcome(self, request: Request) -> Visitor:
        """Return who sent a request; without our cookie, somebody new."""
        account, _, arrival = request.cookies.get(self._cookie, "").partition(".")
        known = is_account(account)
        phone = phone_of(request, arrival if known and PAYLOAD.fullmatch(arrival) else "")
        return Visitor(account if known else new_account(), phone, known)

    def remember(self, response: Response, account: str, arrival: str = "") -> None:
        """Give a browser its one cookie, which goes when the browser is closed.

        `arrival` is what a link carried; what no link of ours can carry is kept as an unreadable one.
        """
        if arrival:
            account += f".{arrival if PAYLOAD.fullmatch(arrival) else LINK}"
        # Lax, not Strict: a link from a chat or a QR sheet must find an open conversation, not replace it.
        response.set_cookie(
            self._cookie, account, path="/", httponly=True, samesite="lax", secure=self._secure
        )

    def forget(self, response: Response) -> None:
        """Take the cookie back."""
        response.delete_cookie(self._cookie, path="/", httponly=True, samesite="lax", secure=self._secure)

    def token(self, account: str) -> str:
        """Return what a form carries as proof that it was ours, for this browser."""
        return hmac.new(self._secret, f"form:{account}".encode(), sha256).hexdigest()[:32]

    def trusts(self, request: Request, visitor: Visitor, form: Mapping[str, str]) -> bool:
        """Say whether a form came from one of our pages in the visitor's own browser."""
        given = form.get("proof", "").encode()
        return (
            visitor.known
            and is_from_here(request)
            and hmac.compare_digest(given, self.token(visitor.account).encode())
        )


def is_from_here(request: Request) -> bool:
    """Say whether the browser says nothing against the request having come from our own pages."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    # With `Referrer-Policy: no-referrer` browsers send "null" for our own forms too: it says nothing.
    origin = request.headers.get("origin", "null")
    return origin == "null" or origin.partition("://")[2] == request.headers.get("host", "")
