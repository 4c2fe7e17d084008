"""A file sealed to a passphrase, which says of itself whether it is whole."""

import errno
import os
import re
import secrets
import struct
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from nacl import bindings
from nacl.bindings import crypto_secretstream_xchacha20poly1305_pull as pull
from nacl.bindings import crypto_secretstream_xchacha20poly1305_push as push
from nacl.exceptions import CryptoError
from nacl.pwhash import argon2id

from conversations.errors import StorageError
from storage.files import PRIVATE, UNFINISHED, sync_folder

MAGIC = b"PORTEVOIX "
VERSION = 1
LONGEST_LINE = 160  # bytes of the first line, which anybody can read
CHUNK = 64 * 1024  # bytes sealed at once
SEAL = bindings.crypto_secretstream_xchacha20poly1305_ABYTES
STREAM_HEADER = bindings.crypto_secretstream_xchacha20poly1305_HEADERBYTES
Stream = bindings.crypto_secretstream_xchacha20poly1305_state
FINAL = bindings.crypto_secretstream_xchacha20poly1305_TAG_FINAL
MESSAGE = bindings.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
LENGTH = struct.Struct(">Q")
"""The first chunk holds the length of the content: what is missing at the end is known from it."""

MOST_OPERATIONS, MOST_MEMORY = 20, 2 * 1024**3  # a file that asks for more is damaged

_LINE = re.compile(
    rb"PORTEVOIX ([a-z]+) ([0-9]{1,9})(?: argon2id ([0-9]{1,3}) ([0-9]{1,11}) ([0-9a-f]{32})$)?"
)


class Kind(StrEnum):
    """What a sealed file holds."""

    BACKUP = "backup"
    KEYS = "keys"
    HELD = "held"


_MADE_BY = {
    Kind.BACKUP: "portevoix backup",
    Kind.KEYS: "portevoix keys escrow",
    Kind.HELD: "portevoix round plan --staff-key",
}
_READ_BY = {
    Kind.BACKUP: "portevoix restore",
    Kind.KEYS: "portevoix keys recover",
    Kind.HELD: "portevoix round release",
}
_COPY_AGAIN = "copy it again from where it was made, or take an earlier one; nothing was changed"


@dataclass(frozen=True, slots=True)
class Cost:
    """What trying a passphrase once costs: passes, and bytes of memory."""

    operations: int
    memory: int


MODERATE = Cost(argon2id.OPSLIMIT_MODERATE, argon2id.MEMLIMIT_MODERATE)
"""Half a second and 256 MiB. Source: libsodium."""


@dataclass(frozen=True, slots=True)
class Cover:
    """What stands before the first chunk: `prefix` is all of it, byte by byte."""

    prefix: bytes
    cost: Cost
    salt: bytes

    @classmethod
    def new(cls, kind: Kind, cost: Cost) -> "Cover":
        """Make a cover with a fresh salt, still without the stream's own header."""
        salt = secrets.token_bytes(argon2id.SALTBYTES)
        line = f"PORTEVOIX {kind} {VERSION} argon2id {cost.operations} {cost.memory} {salt.hex()}\n"
        return cls(line.encode(), cost, salt)

    def key(self, passphrase: str) -> bytes:
        """Derive the key from a passphrase, slowly.

        Raises:
            StorageError: the machine has too little memory left.
        """
        secret = unicodedata.normalize("NFC", passphrase).encode()
        size = bindings.crypto_secretstream_xchacha20poly1305_KEYBYTES
        try:
            return argon2id.kdf(size, secret, self.salt, self.cost.operations, self.cost.memory)
        except (CryptoError, MemoryError):
            raise StorageError(
                f"a passphrase needs {self.cost.memory // 1024**2} MiB of memory; stop other programs first"
            ) from None


def check_free(file: Path, force: bool) -> None:
    """Refuse to write over a file that is there.

    Raises:
        StorageError: it is there, and `force` was not given.
    """
    if file.is_dir():
        raise StorageError(f"{file} is a folder; name a file")
    if file.exists() and not force:
        raise StorageError(f"{file} is there already; choose another name, or write over it with --force")


def write_sealed(
    file: Path, kind: Kind, passphrase: str, content: bytes, force: bool = False, cost: Cost = MODERATE
) -> None:
    """Seal `content` into a file for this user alone: read back, durable, and whole or not there at all.

    Raises:
        StorageError: it is there already (without `force`), or its place cannot be written.
    """
    check_free(file, force)
    unfinished = file.with_name(f"{file.name}-{secrets.token_hex(4)}{UNFINISHED}")
    with _disk_in_our_words(file):
        try:
            key = _write(unfinished, Cover.new(kind, cost), passphrase, content)
            if _open(unfinished, kind, lambda _: key) != content:
                raise StorageError(f"{file} is not what was written; look at its disk")
            check_free(file, force)
            os.replace(unfinished, file)
        finally:
            unfinished.unlink(missing_ok=True)
        sync_folder(file.parent, keep_time=True)


def read_sealed(file: Path, kind: Kind, passphrase: str) -> bytes:
    """Return what `write_sealed` put into a file.

    Raises:
        StorageError: it is no such file, or of the other kind, or of a newer version, cut off or damaged, or
            the passphrase is another one; each in words of its own.
    """
    return _open(file, kind, lambda cover: cover.key(passphrase))


def _open(file: Path, kind: Kind, key_of: Callable[[Cover], bytes]) -> bytes:
    try:
        sealed = file.read_bytes()
    except OSError as caught:
        maker = _MADE_BY[kind]
        raise StorageError(
            f"{file} cannot be read ({caught.strerror}); name the file that `{maker}` wrote"
        ) from None
    cover = _read_cover(file, kind, sealed)
    state = Stream()
    header = cover.prefix[-STREAM_HEADER:]
    bindings.crypto_secretstream_xchacha20poly1305_init_pull(state, header, key_of(cover))
    start = len(cover.prefix)
    try:
        first, _ = pull(state, sealed[start : start + LENGTH.size + SEAL], cover.prefix)
    except CryptoError:
        raise StorageError(
            f"the passphrase does not open {file}; try again (another one? capitals? a space too many?)"
        ) from None
    return _read_chunks(file, state, sealed[start + LENGTH.size + SEAL :], LENGTH.unpack(first)[0])


def _write(file: Path, cover: Cover, passphrase: str, content: bytes) -> bytes:
    """Write a sealed file, and return the key that opens it."""
    key = cover.key(passphrase)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE)
    with open(handle, "wb") as out:
        for piece in _sealed(cover, key, content):
            out.write(piece)
        out.flush()
        os.fsync(out.fileno())
    return key


def _sealed(cover: Cover, key: bytes, content: bytes) -> Iterator[bytes]:
    state = Stream()
    prefix = cover.prefix + bindings.crypto_secretstream_xchacha20poly1305_init_push(state, key)
    yield prefix
    yield push(state, LENGTH.pack(len(content)), prefix, MESSAGE)
    for start in range(0, max(len(content), 1), CHUNK):
        last = start + CHUNK >= len(content)
        yield push(state, content[start : start + CHUNK], None, FINAL if last else MESSAGE)


def _read_cover(file: Path, kind: Kind, sealed: bytes) -> Cover:
    """Read the first line, and refuse what this version cannot open."""
    if not sealed.startswith(MAGIC):
        raise StorageError(
            f"{file} was not written by portevoix; name the file that `{_MADE_BY[kind]}` wrote"
        )
    line, end, _ = sealed[:LONGEST_LINE].partition(b"\n")
    if not end and len(sealed) < LONGEST_LINE:
        raise _cut_off(file)
    if not end or (found := _LINE.match(line)) is None:
        raise _damaged(file)
    if found[1].decode() != kind:
        raise _other_kind(file, kind, found[1].decode())
    if int(found[2]) > VERSION:
        raise StorageError(
            f"{file} was written by a newer version of portevoix (format {int(found[2])}, this one reads"
            f" {VERSION}); install that version and try again"
        )
    if found[3] is None:
        raise _damaged(file)
    operations, memory = int(found[3]), int(found[4])
    if not (1 <= operations <= MOST_OPERATIONS and argon2id.MEMLIMIT_MIN <= memory <= MOST_MEMORY):
        raise _damaged(file)
    size = len(line) + 1 + STREAM_HEADER
    if len(sealed) < size + LENGTH.size + SEAL:
        raise _cut_off(file)
    return Cover(sealed[:size], Cost(operations, memory), bytes.fromhex(found[5].decode()))


def _read_chunks(file: Path, state: Stream, sealed: bytes, length: int) -> bytes:
    """Open the chunks behind the first one."""
    chunks = max(-(-length // CHUNK), 1)
    if len(sealed) < length + chunks * SEAL:
        raise _cut_off(file)
    if len(sealed) > length + chunks * SEAL:
        raise _damaged(file)
    content = bytearray()
    tag = MESSAGE
    for start in range(0, len(sealed), CHUNK + SEAL):
        try:
            piece, tag = pull(state, sealed[start : start + CHUNK + SEAL])
        except CryptoError:
            raise _damaged(file) from None
        content += piece
    if tag != FINAL:
        raise _damaged(file)
    return bytes(content)


def _other_kind(file: Path, kind: Kind, found: str) -> StorageError:
    names = {Kind.BACKUP: "a backup", Kind.KEYS: "keys in escrow", Kind.HELD: "a key that staff hold"}
    if found not in set(Kind):
        return StorageError(
            f"{file} holds something newer than {names[kind]}; install the version that made it"
        )
    other = Kind(found)
    return StorageError(
        f"{file} holds {names[other]}, not {names[kind]}; use `{_READ_BY[other]}` for it, or name the file"
        f" that `{_MADE_BY[kind]}` wrote"
    )


def _cut_off(file: Path) -> StorageError:
    return StorageError(f"{file} is cut off: its end is missing; {_COPY_AGAIN}")


def _damaged(file: Path) -> StorageError:
    return StorageError(f"{file} is damaged: bytes in it were changed; {_COPY_AGAIN}")


@contextmanager
def _disk_in_our_words(file: Path) -> Iterator[None]:
    """Translate what the operating system complains about while a sealed file is written."""
    try:
        yield
    except OSError as caught:
        if caught.errno in (errno.ENOSPC, errno.EDQUOT):
            words = f"the disk that holds {file} is full; free some space, or choose another place"
        else:
            words = f"{file} cannot be written ({caught.strerror}); choose another place"
        raise StorageError(f"{words} (nothing was left there)") from None
