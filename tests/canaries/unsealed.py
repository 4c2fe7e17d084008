"""The program with its sealing switched off, which only pads: what the scanner must find."""

import sys

from nacl.bindings import sodium_pad, sodium_unpad

from storage import sealing

ROOM = 40  # bytes that sealing adds: the seal's length is checked by the schema
PUBLIC_ROOM = sealing.OVERHEAD


def _pad(_key: bytes, content: bytes, step: int) -> bytes:
    return b"\0" * ROOM + sodium_pad(content, step)


def _unpad(_key: bytes, sealed: bytes, step: int) -> bytes:
    return bytes(sodium_unpad(sealed[ROOM:], step))


def _pad_to(_public: bytes, content: bytes, step: int) -> bytes:
    return b"\0" * PUBLIC_ROOM + sodium_pad(content, step)


def _unpad_with(_private: bytes, sealed: bytes, step: int) -> bytes:
    return bytes(sodium_unpad(sealed[PUBLIC_ROOM:], step))


# Before anything else of the program is imported: each module takes these names once.
sealing.seal, sealing.unseal, sealing.seal_to, sealing.open_with = _pad, _unpad, _pad_to, _unpad_with

if __name__ == "__main__":
    from bot.__main__ import main

    main(sys.argv[1:])
