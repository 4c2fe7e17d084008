"""Keys outside the database, in files for this user alone; what is destroyed is overwritten first."""

import re
import secrets
from collections import OrderedDict
from collections.abc import Collection, Set
from pathlib import Path

from conversations.errors import KeyHeld, StorageError
from conversations.identifiers import RoundId
from storage.envelope import MODERATE, Cost, Kind, read_sealed, write_sealed
from storage.files import destroy, disk_in_our_words, make_alike, make_folder, read_private, write_durably
from storage.sealing import KEY_SIZE, new_key, new_pair, public_of

FOLDER = "keys"
REMEMBERED = 1_000  # draft keys held in memory: more than ever speak at once, 32 bytes each
_SAFE_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}")

PSEUDONYMS = "pseudonyms.key"
BOXES = "boxes"
TEXTS = "texts"


class KeyFolder:
    """The key folder of one installation: keys of rounds, of drafts, and of the installation itself."""

    def __init__(self, data_dir: Path, cost: Cost = MODERATE) -> None:
        self._cost = cost
        self._unlocked: dict[Path, bytes] = {}
        self._folder = data_dir / FOLDER
        self._rounds = self._folder / "rounds"
        self._drafts = self._folder / "drafts"
        self._remembered: OrderedDict[str, bytes] = OrderedDict()
        for folder in (self._folder, self._rounds, self._drafts):
            make_folder(folder)
            with disk_in_our_words(folder):
                folder.chmod(0o700)

    def make_round(self, round_id: RoundId) -> None:
        """Make a round's keys (pseudonyms, sealing pair, text pair), if they do not exist."""
        folder = self._round(round_id)
        make_folder(folder)
        if not (folder / PSEUDONYMS).exists():
            write_durably(folder / PSEUDONYMS, new_key())
        self._make_pair(folder, BOXES)
        self._make_pair(folder, TEXTS)

    def hold_round(self, round_id: RoundId, passphrase: str) -> None:
        """Make a round's keys, the private halves sealed to a passphrase and never written in clear."""
        folder = self._round(round_id)
        make_folder(folder)
        for name in (BOXES, TEXTS):
            if not (folder / f"{name}.pub").exists():
                private, public = new_pair()
                write_sealed(folder / f"{name}.held", Kind.HELD, passphrase, private, True, self._cost)
                write_durably(folder / f"{name}.pub", public)
        self.make_round(round_id)

    def unlock(self, round_id: RoundId, passphrase: str) -> None:
        """Open the private keys that staff hold, in memory alone, until they are destroyed."""
        folder = self._round(round_id)
        for name in (BOXES, TEXTS):
            held = folder / f"{name}.held"
            if held.exists():
                self._unlocked[folder / f"{name}.key"] = read_sealed(held, Kind.HELD, passphrase)

    def round_secret(self, round_id: RoundId) -> bytes:
        """Return the secret behind a round's pseudonyms: 32 bytes."""
        return self._read(self._round(round_id) / PSEUDONYMS, round_id)

    def box_public(self, round_id: RoundId) -> bytes:
        """Return the key that seals a round's boxes."""
        return self._read(self._round(round_id) / f"{BOXES}.pub", round_id)

    def box_private(self, round_id: RoundId) -> bytes:
        """Return the key that opens a round's boxes."""
        return self._read(self._round(round_id) / f"{BOXES}.key", round_id)

    def text_public(self, round_id: RoundId) -> bytes:
        """Return the key that seals a round's texts."""
        return self._read(self._round(round_id) / f"{TEXTS}.pub", round_id)

    def text_private(self, round_id: RoundId) -> bytes:
        """Return the key that opens a round's texts."""
        return self._read(self._round(round_id) / f"{TEXTS}.key", round_id)

    def shut(self, round_id: RoundId) -> None:
        """Forget what `unlock` opened."""
        for name in (BOXES, TEXTS):
            self._unlocked.pop(self._round(round_id) / f"{name}.key", None)

    def destroy_pseudonyms(self, round_id: RoundId) -> None:
        """Destroy a round's pseudonym secret alone; its boxes can still be opened."""
        self._destroy(round_id, PSEUDONYMS)

    def destroy_round(self, round_id: RoundId) -> None:
        """Destroy a round's pseudonym secret and sealing pair; the text pair stays for the texts' review."""
        self._destroy(round_id, PSEUDONYMS, f"{BOXES}.key", f"{BOXES}.held", f"{BOXES}.pub")

    def destroy_texts(self, round_id: RoundId) -> None:
        """Destroy a round's text pair: its texts are shut for good."""
        self._destroy(round_id, f"{TEXTS}.key", f"{TEXTS}.held", f"{TEXTS}.pub")

    def make_draft(self) -> tuple[str, bytes]:
        """Make a durable key for a new draft, and return its random name and the key."""
        name, key = secrets.token_hex(16), new_key()
        write_durably(self._drafts / name, key)
        self._remember(name, key)
        return name, key

    def draft(self, name: str) -> bytes | None:
        """Return a draft's key, or None if it was destroyed."""
        if name in self._remembered:
            self._remembered.move_to_end(name)
            return self._remembered[name]
        with disk_in_our_words(self._drafts):
            try:
                key = read_private(self._drafts / name)
            except FileNotFoundError:
                return None
        if len(key) != KEY_SIZE:
            return None
        self._remember(name, key)
        return key

    def destroy_drafts(self, names: Collection[str]) -> int:
        """Destroy the keys of drafts, and with them every copy of the drafts; return how many there were."""
        for name in names:
            self._remembered.pop(name, None)
        return destroy(self._drafts, names)

    def sweep_drafts(self, needed: Set[str]) -> int:
        """Destroy the keys of drafts that are gone, left by a crash, and return how many.

        The other key files come to look alike in age. Nobody may make a draft meanwhile: call it inside a
        unit of work.
        """
        with disk_in_our_words(self._drafts):
            left = [path.name for path in self._drafts.iterdir() if path.name not in needed]
        gone = self.destroy_drafts(left)
        make_alike(self._drafts)
        return gone

    def installation(self) -> bytes:
        """Return this installation's own secret: 32 bytes, made when first asked for."""
        path = self._folder / "contacts"
        with disk_in_our_words(path):
            if path.exists():
                return path.read_bytes()
        write_durably(path, new_key())
        return path.read_bytes()

    def _round(self, round_id: RoundId) -> Path:
        if not _SAFE_NAME.fullmatch(round_id):
            raise StorageError("a round's id holds letters, digits, '.', '_' and '-' only, at most 64")
        return self._rounds / round_id

    def _destroy(self, round_id: RoundId, *names: str) -> None:
        folder = self._round(round_id)
        for name in names:
            self._unlocked.pop(folder / name, None)
        destroy(folder, names)

    def _read(self, path: Path, round_id: RoundId) -> bytes:
        if path in self._unlocked:
            return self._unlocked[path]
        with disk_in_our_words(path):
            try:
                return read_private(path)
            except FileNotFoundError:
                pass
        if path.with_suffix(".held").exists():
            raise KeyHeld(
                f"the answers of round {round_id} are shut with a passphrase that staff hold;"
                f" open them with it: portevoix round release {round_id}"
            )
        raise StorageError(
            f"the keys of round {round_id} are gone: it was released, or its key folder is missing"
        )

    def _make_pair(self, folder: Path, name: str) -> None:
        """Make what is missing of a pair; a public key alone means that its private one is held elsewhere."""
        private, public = folder / f"{name}.key", folder / f"{name}.pub"
        if public.exists():
            return
        if not private.exists():
            write_durably(private, new_pair()[0])
        write_durably(public, public_of(private.read_bytes()))

    def _remember(self, name: str, key: bytes) -> None:
        self._remembered[name] = key
        if len(self._remembered) > REMEMBERED:
            self._remembered.popitem(last=False)
