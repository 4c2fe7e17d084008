"""Keys of the dumps: derived from a constant, so that no real key is ever kept."""

import hashlib
from pathlib import Path

CONSTANT = "portevoix: a dump for tests"
ROUND_KEYS = ("pseudonyms.key", "boxes.key", "texts.key")


def derived(name: str) -> bytes:
    """Return the key of one name: 32 bytes."""
    return hashlib.sha256(f"{CONSTANT}: {name}".encode()).digest()


def write_round_keys(data_dir: Path, round_id: str) -> None:
    """Write the private keys of a round; the public ones follow from them."""
    folder = data_dir / "keys" / "rounds" / round_id
    folder.mkdir(parents=True, exist_ok=True)
    for name in ROUND_KEYS:
        (folder / name).write_bytes(derived(f"{round_id}/{name}"))


def write_installation_key(data_dir: Path) -> None:
    """Write the secret of the installation."""
    (data_dir / "keys").mkdir(parents=True, exist_ok=True)
    (data_dir / "keys" / "contacts").write_bytes(derived("contacts"))


def write_draft_key(data_dir: Path, name: str) -> None:
    """Write the key of one draft."""
    folder = data_dir / "keys" / "drafts"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(derived(f"draft {name}"))
