"""What was erased, noted outside the database, so that no backup brings it back."""

import fcntl
import os
from collections.abc import Iterable, Iterator, Set
from contextlib import contextmanager
from pathlib import Path

from conversations.identifiers import RoundId
from storage.files import disk_in_our_words, replace_durably
from storage.keyring import KeyFolder
from storage.sealing import subkey

FILE = "erasures"
SIZE = 32
"""Bytes of one note: a keyed hash, and nothing beside it."""
NONE: Set[bytes] = frozenset()


class Erasures:
    """Notes of withdrawn answers and of people who opted out: keyed hashes, sorted, without any time.

    Notes of answers are keyed by their round's secret, so that they tell nothing once that is destroyed,
    and still fit where the round's keys come back from escrow.
    """

    def __init__(self, data_dir: Path, keys: KeyFolder) -> None:
        self._folder = data_dir
        self._file = data_dir / FILE
        self._keys = keys

    def note_answers(self, round_id: RoundId, *withdrawals: bytes) -> None:
        """Note answers that are being withdrawn, by the hashes beside their boxes; before the commit."""
        self._change(add={self._of_answers(round_id, withdrawal) for withdrawal in withdrawals})

    def strike_answers(self, round_id: RoundId, *notes: bytes) -> None:
        """Take back notes that stood for something still to be done; after its commit."""
        self._change(remove={self._of_answers(round_id, note) for note in notes})

    def note_contact(self, name: bytes) -> None:
        """Note a contact that is being forgotten; before the commit."""
        self._change(add={self._of_contact(name)})

    def strike_contact(self, name: bytes) -> None:
        """Take back the note of a contact who has opted in again; after the commit."""
        self._change(remove={self._of_contact(name)})

    def withdrawn(self, round_id: RoundId, withdrawals: Iterable[bytes]) -> set[bytes]:
        """Return which of these hashes stand beside answers that were withdrawn.

        Raises:
            StorageError: the round's secret is gone, or not there yet.
        """
        noted = self._noted()
        return {found for found in withdrawals if self._of_answers(round_id, found) in noted}

    def opted_out(self, names: Iterable[bytes]) -> set[bytes]:
        """Return which of these contacts have opted out."""
        noted = self._noted()
        return {name for name in names if self._of_contact(name) in noted}

    def _of_answers(self, round_id: RoundId, withdrawal: bytes) -> bytes:
        return subkey(subkey(self._keys.round_secret(round_id), "erasures"), withdrawal.hex())

    def _of_contact(self, name: bytes) -> bytes:
        return subkey(subkey(self._keys.installation(), "erasures"), name.hex())

    def _change(self, add: Set[bytes] = NONE, remove: Set[bytes] = NONE) -> None:
        """Write the notes anew, sorted, if anything changes: neither order nor time shows."""
        with self._alone():
            noted = self._noted()
            wanted = (noted | add) - remove
            if wanted != noted:
                replace_durably(self._file, b"".join(sorted(wanted)))

    def _noted(self) -> frozenset[bytes]:
        with disk_in_our_words(self._file):
            try:
                content = self._file.read_bytes()
            except FileNotFoundError:
                return frozenset()
        return frozenset(content[start : start + SIZE] for start in range(0, len(content), SIZE))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other programs from changing the notes meanwhile; the lock goes with whoever holds it."""
        with disk_in_our_words(self._folder):
            handle = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)
