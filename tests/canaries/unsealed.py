"""The program with its sealing switched off, so that it only pads: what the scanner must find."""

import sys

from storage import sealing


class OpenBox:
    """Takes the place of a sealed box: room for the seal, then everything as it is."""

    room = 40

    def __init__(self, _key: object) -> None: ...

    def encrypt(self, content: bytes) -> bytes:
        """Seal nothing."""
        return b"\0" * self.room + content

    def decrypt(self, sealed: bytes) -> bytes:
        """Open what was never shut."""
        return sealed[self.room :]


class OpenPublicBox(OpenBox):
    """The same for boxes that only a private key would open."""

    room = sealing.OVERHEAD


sealing.SecretBox, sealing.SealedBox = OpenBox, OpenPublicBox  # type: ignore[misc,assignment]

if __name__ == "__main__":
    from bot.__main__ import main

    main(sys.argv[1:])
