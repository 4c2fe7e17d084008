"""How something may lie about on a disk: words and numbers in every usual encoding, six bytes at least."""

import hashlib
import json
from base64 import b64encode
from collections.abc import Iterable
from html import escape
from urllib.parse import quote, quote_plus

SHORTEST = 6  # bytes; shorter patterns are found by chance
LONGEST = 96  # bytes; the beginning of a longer pattern says enough, even where a text is cut in two
DIGEST = 12  # bytes of a hash; enough to be sure, and a shortened hash is found too
DIGESTS = ("md5", "sha1", "sha256")
FOR_URLS = bytes.maketrans(b"+/", b"-_")
BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"

Forms = dict[str, set[bytes]]


def of_text(text: str) -> Forms:
    """A word or text as programs write it."""
    utf8 = text.encode()
    forms: Forms = {
        "utf-8": {utf8},
        "latin-1": {text.encode("latin-1", "ignore")},
        "utf-16-le": {text.encode("utf-16-le")},
        "utf-16-be": {text.encode("utf-16-be")},
        "utf-32": {text.encode("utf-32-le"), text.encode("utf-32-be")},
        "json": {json.dumps(text)[1:-1].encode(), _units(text, "\\u{:04x}"), _units(text, "\\u{:04X}")},
        "url": {quote(text, safe="").encode(), quote_plus(text).encode(), _bytes(utf8, "%{:02X}")},
        "url, lower case": {_bytes(utf8, "%{:02x}")},
        "html": {escape(text).encode(), text.encode("ascii", "xmlcharrefreplace"), _letters(text, "&#{};")},
        "python": {repr(utf8)[2:-1].encode(), text.encode("unicode_escape")},
        "quoted-printable": {_bytes(utf8, "={:02X}")},
        "reversed": {utf8[::-1]},
    }
    return _long_enough(forms | of_bytes(utf8))


def of_bytes(content: bytes) -> Forms:
    """Bytes as text: hexadecimal, base 64 wherever they begin in what was encoded."""
    octets = content.hex()
    return {"hex": {octets.encode()}, "hex, upper case": {octets.upper().encode()}, **in_base64(content)}


def of_number(number: int) -> Forms:
    """A number between 2^40 and 2^48: its digits, and its six bytes, of which eight bytes only add zeros."""
    assert 2**40 <= number < 2**48
    octets = number.to_bytes(SHORTEST, "big")
    forms = of_text(str(number))
    forms["integer, big-endian"] = {octets}
    forms["integer, little-endian"] = {octets[::-1]}
    forms["digits in other bases"] = {
        f"{number:x}".encode(),
        f"{number:X}".encode(),
        _base36(number).encode(),
    }
    for name, found in of_bytes(octets).items():
        forms[name] = forms[name] | found
    return forms


def of_digests(contents: Iterable[bytes]) -> Forms:
    """Unkeyed hashes: no protection, because all account ids can be tried within an hour."""
    forms: Forms = {}
    for content in contents:
        for name in DIGESTS:
            digest = hashlib.new(name, content).digest()[:DIGEST]
            written = digest.hex(), digest.hex().upper(), b64encode(digest).decode()
            forms.setdefault(name, set()).update({digest, *(word.encode() for word in written)})
    return forms


def in_base64(content: bytes) -> Forms:
    """The letters that stay the same whatever stands before and behind, for each of the three places."""
    found = set()
    for before in range(3):
        begin = -(-before * 8 // 6)
        end = (before + len(content)) * 8 // 6
        found.add(b64encode(b"\0" * before + content)[begin:end])
    long = {form for form in found if len(form) >= SHORTEST}
    return {"base64": long, "base64 for urls": {form.translate(FOR_URLS) for form in long}}


def _units(text: str, form: str) -> bytes:
    """Every UTF-16 unit of `text`, written out."""
    octets = text.encode("utf-16-be")
    pairs = zip(octets[::2], octets[1::2], strict=True)
    return "".join(form.format(high * 256 + low) for high, low in pairs).encode()


def _letters(text: str, form: str) -> bytes:
    return "".join(form.format(ord(letter)) for letter in text).encode()


def _bytes(content: bytes, form: str) -> bytes:
    return "".join(form.format(octet) for octet in content).encode()


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = BASE36[rest] + digits
    return digits


def _long_enough(forms: Forms) -> Forms:
    return {
        name: {form[:LONGEST] for form in found if len(form) >= SHORTEST} for name, found in forms.items()
    }
