"""Restoring a backup: nothing that was erased since comes back, and what lay there is put aside."""

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from conversations.errors import StorageError
from conversations.identifiers import RoundId
from storage.backup import SCHEMAS, Manifest, installation_tag, read_backup
from storage.database import Connection, load_queries
from storage.erasures import Erasures
from storage.files import Claim, disk_in_our_words, make_folder, replace_durably
from storage.images import content_of, opened
from storage.keyring import KeyFolder
from storage.opening import CONTACTS, DATABASE
from storage.told import note_restored

_queries = load_queries("backup")
BESIDE = ("-wal", "-shm")
"""What SQLite keeps beside a database; under another database it would be its ruin."""

NEEDS_KEYS = frozenset({"open", "closed"})
"""States of rounds whose boxes are still to be opened."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore brought: which rounds lack their keys, and where the former databases lie."""

    made_on: date
    rounds: Mapping[str, str]
    without_keys: tuple[str, ...]
    contacts_left_out: bool
    put_aside: Path | None


def restore(data_dir: Path, file: Path, passphrase: str, today: date, replace: bool = False) -> Restored:
    """Bring the databases of a backup back into a data folder, without what was erased since.

    The day is noted first: which letters were sent since the backup is not known, so none is sent again.

    Raises:
        StorageError: the backup cannot be opened, or a database is there already (without `replace`).
        DatabaseUnusable: a program serves this folder.
    """
    make_folder(data_dir)
    claim = Claim(data_dir)
    claim.take()
    try:
        there = _is_taken(data_dir)
        if there and not replace:
            raise StorageError(
                f"there is a database in {data_dir} already; add --replace to put it aside and restore"
            )
        manifest, images = read_backup(file, passphrase)
        restored, contacts_left_out = _without_erased(data_dir, file, manifest, images)
        note_restored(data_dir, today)
        aside = _put_aside(data_dir) if there else None
        for name in (CONTACTS, DATABASE):
            replace_durably(data_dir / name, restored[name])
    finally:
        claim.give_back()
    keys = KeyFolder(data_dir)
    waiting = [round_id for round_id, state in manifest.rounds.items() if state in NEEDS_KEYS]
    without_keys = tuple(round_id for round_id in waiting if not has_keys(keys, round_id))
    return Restored(manifest.made_on, manifest.rounds, without_keys, contacts_left_out, aside)


def _is_taken(data_dir: Path) -> bool:
    """Say whether a database, or what SQLite keeps beside one, lies in a folder."""
    return any((data_dir / f"{name}{suffix}").exists() for name in SCHEMAS for suffix in ("", *BESIDE))


def _without_erased(
    data_dir: Path, file: Path, manifest: Manifest, images: Mapping[str, bytes]
) -> tuple[dict[str, bytes], bool]:
    """Return both databases without what was erased since, and whether all contacts had to be left out."""
    keys = KeyFolder(data_dir)
    erasures = Erasures(data_dir, keys)
    same = installation_tag(keys) == manifest.installation
    with opened(images[DATABASE], file) as main:
        leave_out_withdrawn(main, erasures, keys)
        _leave_out_drafts(main, keys)
        main_content = content_of(main)
    with opened(images[CONTACTS], file) as contacts:
        any_contacts = _leave_out_contacts(contacts, erasures, same)
        return {DATABASE: main_content, CONTACTS: content_of(contacts)}, any_contacts and not same


def has_keys(keys: KeyFolder, round_id: str) -> bool:
    """Say whether the keys are there that a round needs until its release."""
    try:
        keys.round_secret(RoundId(round_id))
        keys.box_public(RoundId(round_id))
    except StorageError:
        return False
    return True


def leave_out_withdrawn(db: Connection, erasures: Erasures, keys: KeyFolder) -> None:
    """Delete the boxes of answers that were withdrawn, in every round whose keys are there."""
    tables = (
        (_queries.boxes_with_code, _queries.drop_box),
        (_queries.text_boxes_with_code, _queries.drop_text_box),
    )
    for boxes_with_code, drop in tables:
        by_round: dict[str, dict[bytes, list[bytes]]] = {}
        for id_, round_id, withdrawal in boxes_with_code(db):
            by_round.setdefault(round_id, {}).setdefault(withdrawal, []).append(id_)
        for round_id, boxes in by_round.items():
            if has_keys(keys, round_id):
                for withdrawal in erasures.withdrawn(RoundId(round_id), boxes):
                    for id_ in boxes[withdrawal]:
                        drop(db, id=id_)


def _leave_out_drafts(db: Connection, keys: KeyFolder) -> None:
    """Delete drafts whose keys are gone, and with them what waits to be said."""
    for (draft_key_id,) in list(_queries.draft_keys(db)):
        if keys.draft(draft_key_id) is None:
            _queries.drop_draft(db, draft_key_id=draft_key_id)


def _leave_out_contacts(db: Connection, erasures: Erasures, same: bool) -> bool:
    """Delete contacts who opted out, or all where no key reads them; say whether there were any."""
    names = [name for (name,) in _queries.contact_names(db)]
    for name in erasures.opted_out(names) if same else names:
        _queries.drop_contact(db, id=name)
    return bool(names)


def _put_aside(data_dir: Path) -> Path:
    """Put the databases that are there into a folder beside; they stay in place until others replace them."""
    aside = data_dir / f"replaced-{secrets.token_hex(4)}"
    make_folder(aside)
    with disk_in_our_words(aside):
        for name in SCHEMAS:
            for suffix in BESIDE:
                with suppress(FileNotFoundError):
                    os.rename(data_dir / f"{name}{suffix}", aside / f"{name}{suffix}")
            with suppress(FileNotFoundError):
                os.link(data_dir / name, aside / name)
    return aside
