"""The scanner finds what is planted, in every encoding, and nothing that only looks alike."""

import base64
import bz2
import gzip
import hashlib
import json
import lzma
import sqlite3
import sys
import time
import zipfile
import zlib
from importlib import import_module
from io import BytesIO
from random import Random
from urllib.parse import quote

import pytest

from tests.canaries.forms import of_digests, of_number, of_text
from tests.canaries.scanner import Scanner, zstandard

WORD = "grüezi-ძველი-q7x"
NUMBER = 2**41 + 123_456_789_012
AROUND = Random(5).randbytes(4_000)

ENCODINGS = {
    "UTF-8": WORD.encode(),
    "UTF-16, little-endian": WORD.encode("utf-16-le"),
    "UTF-16, big-endian": WORD.encode("utf-16-be"),
    "UTF-32": WORD.encode("utf-32-le"),
    "JSON": json.dumps({"answer": f"well, {WORD}!"}).encode(),
    "JSON, every letter": "".join(f"\\u{ord(letter):04x}" for letter in WORD).encode(),
    "URL": quote(f"{WORD} /x").encode(),
    "URL, every byte": "".join(f"%{octet:02x}" for octet in WORD.encode()).encode(),
    "HTML": WORD.encode("ascii", "xmlcharrefreplace"),
    "hex": WORD.encode().hex().encode(),
    "HEX": WORD.encode().hex().upper().encode(),
    "base64, at 0": base64.b64encode(f"abc{WORD}z".encode()),
    "base64, at 1": base64.b64encode(f"a{WORD}zzz".encode()),
    "base64, at 2": base64.b64encode(f"ab{WORD}zz".encode()),
    "base64 for URLs": base64.urlsafe_b64encode(f"ab{WORD}".encode()),
    "repr of bytes": repr(WORD.encode()).encode(),
    "SHA-1": hashlib.sha1(WORD.encode()).digest(),
    "SHA-256": hashlib.sha256(WORD.encode()).digest(),
    "SHA-256 in hex": hashlib.sha256(WORD.encode()).hexdigest().encode(),
    "MD5 in base64": base64.b64encode(hashlib.md5(WORD.encode()).digest()),
    "digits": f"id={NUMBER};".encode(),
    "digits in UTF-16": str(NUMBER).encode("utf-16-be"),
    "digits in base64": base64.b64encode(f'{{"id":{NUMBER}}}'.encode()),
    "hexadecimal digits": f"{NUMBER:X}".encode(),
    "eight bytes, big-endian": NUMBER.to_bytes(8, "big"),
    "eight bytes, little-endian": NUMBER.to_bytes(8, "little"),
    "six bytes, as SQLite keeps them": NUMBER.to_bytes(6, "big"),
    "SHA-256 of digits": hashlib.sha256(str(NUMBER).encode()).digest(),
}


@pytest.fixture
def scanner():
    made = Scanner()
    made.plant("word", of_text(WORD))
    made.plant("word", of_digests([WORD.encode()]))
    made.plant("number", of_number(NUMBER))
    made.plant("number", of_digests([str(NUMBER).encode()]))
    return made


def zipped(content):
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("sheet.xml", content)
    return out.getvalue()


PACKING = {
    "gzip": gzip.compress,
    "zlib": zlib.compress,
    "zlib, best": lambda content: zlib.compress(content, 9),
    "zip": zipped,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "gzip in gzip": lambda content: gzip.compress(b"before" + gzip.compress(content)),
    "broken off": lambda content: zlib.compress(content + Random(1).randbytes(9_000))[:-2_000],
}


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("shift", range(7))
def test_what_is_planted_is_found_wherever_it_begins(scanner, encoding, shift):
    content = AROUND[: 1_000 + shift] + ENCODINGS[encoding] + AROUND[1_000:]

    assert scanner.scan(content, "file")


if zstandard() is not None:  # only where this Python, or a package, can; nothing of ours packs with it
    PACKING["zstd"] = import_module(
        "compression.zstd" if sys.version_info >= (3, 14) else "zstandard"
    ).compress


@pytest.mark.parametrize("packing", PACKING)
def test_what_is_planted_is_found_in_what_is_packed(scanner, packing):
    content = AROUND + PACKING[packing](b"it says " + WORD.encode() + b" there") + AROUND

    assert {hit.kind for hit in scanner.scan(content, "file")} == {"word"}


def test_it_stands_at_the_very_beginning_and_the_very_end(scanner):
    assert scanner.scan(WORD.encode(), "file")
    assert scanner.scan(WORD.encode() + AROUND, "file")
    assert scanner.scan(AROUND + WORD.encode(), "file")
    assert not scanner.scan(WORD.encode()[:-1], "file")
    assert not scanner.scan(b"", "file")


def test_what_only_looks_alike_is_not_found(scanner):
    alike = [
        WORD[:-1] + "y",
        WORD.upper(),
        str(NUMBER + 1),
        str(NUMBER)[:-1],
        (NUMBER + 1).to_bytes(8, "big").decode("latin-1"),
    ]
    content = (
        "|".join(alike).encode() + base64.b64encode(alike[0].encode()) + gzip.compress(alike[0].encode())
    )
    content += (NUMBER - 1).to_bytes(8, "little") + hashlib.sha256(alike[0].encode()).digest()

    assert not scanner.scan(AROUND + content + AROUND, "file")


def test_a_number_is_found_where_a_database_keeps_it(scanner, tmp_path):
    connection = sqlite3.connect(tmp_path / "any.db")
    connection.execute("CREATE TABLE people (id INTEGER PRIMARY KEY, account INTEGER)")
    connection.execute("INSERT INTO people (account) VALUES (?)", (NUMBER,))
    connection.commit()
    connection.close()

    hits = scanner.scan((tmp_path / "any.db").read_bytes(), "any.db")

    assert {(hit.kind, hit.encoding) for hit in hits} == {("number", "integer, big-endian")}


def test_many_patterns_and_many_bytes_take_seconds():
    scanner, dice = Scanner(), Random(3)
    for _ in range(2_000):
        scanner.plant("number", of_number(dice.randrange(2**40, 2**47)))
    content = dice.randbytes(4 * 2**20)

    began = time.monotonic()
    hits = scanner.scan(content, "file")

    assert hits == set()
    assert time.monotonic() - began < 8
