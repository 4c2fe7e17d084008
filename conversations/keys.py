"""The keyring that hosts must bring: keys outside of the database."""

from typing import Protocol

from conversations.identifiers import RoundId


class Keyring(Protocol):
    """Keeps keys outside the database; a destroyed key is overwritten, then unlinked."""

    def make_round(self, round_id: RoundId) -> None:
        """Make a round's keys (pseudonyms, sealing pair, text pair), if they do not exist."""

    def hold_round(self, round_id: RoundId, passphrase: str) -> None:
        """Make a round's keys, the private halves sealed to a passphrase that only staff know."""

    def unlock(self, round_id: RoundId, passphrase: str) -> None:
        """Open the private keys that staff hold, in memory alone; nothing to do for other rounds.

        Raises:
            StorageError: it is another passphrase.
        """

    def round_secret(self, round_id: RoundId) -> bytes:
        """Return the secret behind a round's pseudonyms: 32 bytes, there until its release."""

    def installation(self) -> bytes:
        """Return this installation's own secret: 32 bytes, made when first asked for."""

    def shut(self, round_id: RoundId) -> None:
        """Forget what `unlock` opened."""

    def destroy_pseudonyms(self, round_id: RoundId) -> None:
        """Destroy a round's pseudonym secret alone; its boxes can still be opened."""

    def destroy_round(self, round_id: RoundId) -> None:
        """Destroy a round's pseudonym secret and sealing pair; the text pair stays for the texts' review."""

    def destroy_texts(self, round_id: RoundId) -> None:
        """Destroy a round's text pair: its texts are shut for good; again changes nothing."""
