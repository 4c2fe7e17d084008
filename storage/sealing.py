"""How bytes are sealed, and padded so that their length says little."""

import hashlib
import hmac
import secrets
import zlib
from collections.abc import Callable

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.secret import SecretBox

from conversations.errors import StorageError

KEY_SIZE = SecretBox.KEY_SIZE
ONE = b"\x80"  # the first byte of the padding, a one and seven zeros
OVERHEAD = 48
"""Bytes that sealing to a public key adds: the sender's one-time key and the seal."""


def new_key() -> bytes:
    """Return a fresh random key: 32 bytes."""
    return secrets.token_bytes(KEY_SIZE)


def subkey(key: bytes, purpose: str) -> bytes:
    """Derive the key for one purpose from another key: 32 bytes of HMAC-SHA-256."""
    return hmac.digest(key, purpose.encode(), hashlib.sha256)


def seal(key: bytes, content: bytes, step: int) -> bytes:
    """Pad `content` to whole steps of that many bytes and seal it."""
    return bytes(SecretBox(key).encrypt(_padded(content, step)))


def unseal(key: bytes, sealed: bytes) -> bytes:
    """Open what `seal` made, whatever the step was.

    Raises:
        StorageError: the key does not fit, or the bytes were changed.
    """
    try:
        return _unpadded(SecretBox(key).decrypt(sealed))
    except CryptoError:
        raise StorageError(
            "something sealed does not fit its key; restore database and keys together"
        ) from None


def new_pair() -> tuple[bytes, bytes]:
    """Return a fresh sealing pair: private key, public key."""
    private = PrivateKey.generate()
    return bytes(private), bytes(private.public_key)


def public_of(private: bytes) -> bytes:
    """Return the public key that belongs to a private one."""
    return bytes(PrivateKey(private).public_key)


def seal_to(public: bytes, content: bytes, step: int) -> bytes:
    """Pad `content` to whole steps of that many bytes and seal it, so that only the private key opens it."""
    return bytes(SealedBox(PublicKey(public)).encrypt(_padded(content, step)))


def open_with(private: bytes, sealed: bytes) -> bytes:
    """Open what `seal_to` made, whatever the step was.

    Raises:
        StorageError: the key does not fit, or the bytes were changed.
    """
    return opener(private)(sealed)


def opener(private: bytes) -> Callable[[bytes], bytes]:
    """Return what opens many that `seal_to` made; the key is made ready once, which is half of the work."""
    box = SealedBox(PrivateKey(private))

    def opened(sealed: bytes) -> bytes:
        try:
            return _unpadded(box.decrypt(sealed))
        except CryptoError:
            raise StorageError(
                "a box does not fit the round's key; restore database and keys together"
            ) from None

    return opened


def pressed(content: bytes, step: int) -> bytes:
    """Return JSON made smaller where it is longer than a step, so that most of it looks alike."""
    return content if len(content) < step else zlib.compress(content)


def unpressed(content: bytes) -> bytes:
    """Return JSON as it was before `pressed`; what earlier versions left as it was stays so.

    Raises:
        StorageError: it is neither.
    """
    if content[:1] in (b"{", b"["):
        return content
    try:
        return zlib.decompress(content)
    except zlib.error:
        raise StorageError("something sealed cannot be read; another version wrote it") from None


def _padded(content: bytes, step: int) -> bytes:
    """Pad to whole steps with a one and zeros. Source: ISO/IEC 7816-4, as libsodium does it."""
    return content + ONE + bytes(-(len(content) + 1) % step)


def _unpadded(content: bytes) -> bytes:
    """Take the padding off, however long the steps were."""
    padded = content.rstrip(b"\0")
    if not padded.endswith(ONE):
        raise CryptoError("the padding is not whole")
    return padded[: -len(ONE)]
