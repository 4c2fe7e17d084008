"""Files that survive a crash, tell no time of day, and are gone when they are destroyed."""

import errno
import fcntl
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from conversations.errors import DatabaseUnusable

PRIVATE = 0o600
PRIVATE_FOLDER = 0o700
NO_TIME = (0, 0)
"""What every key file says of its age: the same for all, so that none tells when somebody came."""

UNFINISHED = ".unfinished"
CLAIM = "serve.lock"


@contextmanager
def disk_in_our_words(path: Path) -> Iterator[None]:
    """Translate what the operating system complains about into what the operator can do."""
    try:
        yield
    except OSError as caught:
        raise DatabaseUnusable(_advice(path, caught)) from None


def _advice(path: Path, caught: OSError) -> str:
    match caught.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return f"the disk that holds {path} is full; free some space and start again (nothing was lost)"
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return (
                f"{path} cannot be written; give the user who runs portevoix the right to write there,"
                " or set PORTEVOIX_DATA_DIR to another folder"
            )
        case errno.ENOTDIR | errno.EEXIST:
            return f"{path} is not a folder; set PORTEVOIX_DATA_DIR to a folder"
        case _:
            return f"{path} cannot be used ({caught.strerror}); look at its disk, or set PORTEVOIX_DATA_DIR"


def make_folder(path: Path, mode: int = PRIVATE_FOLDER) -> None:
    """Make a folder for this user alone; one that is there stays as it is."""
    with disk_in_our_words(path):
        if not path.is_dir():
            path.mkdir(mode=mode, parents=True, exist_ok=True)
            sync_folder(path.parent, keep_time=True)


def check_writable(folder: Path) -> None:
    """Write, sync and remove a file, so that a folder that refuses is known before anybody speaks.

    Raises:
        DatabaseUnusable: the folder cannot be written; the words say what to do.
    """
    probe = folder / f"probe-{secrets.token_hex(4)}{UNFINISHED}"
    with disk_in_our_words(folder):
        try:
            _write(probe, secrets.token_bytes(4096))
        finally:
            probe.unlink(missing_ok=True)


def make_private(path: Path) -> None:
    """Make an empty file that only this user reads; one that is there stays as it is."""
    with disk_in_our_words(path):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE))


def read_private(path: Path) -> bytes:
    """Return what a file of ours holds, without a trace of the reading.

    Raises:
        FileNotFoundError: there is none.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NOATIME", 0))
    except PermissionError:  # somebody else's file, or a disk that knows no such thing
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    with open(handle, "rb") as file:
        return file.read()


def make_alike(folder: Path) -> None:
    """Let all files of a folder have changed just now, so that none tells when it was made."""
    with disk_in_our_words(folder):
        for path in folder.iterdir():
            with suppress(FileNotFoundError):
                os.utime(path, NO_TIME)


def write_durably(path: Path, content: bytes) -> None:
    """Write a new file whole or not at all: after this returns it survives a loss of power.

    If two programs write it at once, the first one's content stays, for both.
    """
    unfinished = path.with_name(f"{secrets.token_hex(8)}{UNFINISHED}")
    with disk_in_our_words(path.parent):
        try:
            _write(unfinished, content)
            with suppress(FileExistsError):
                os.link(unfinished, path)
        finally:
            unfinished.unlink(missing_ok=True)
        sync_folder(path.parent)


def replace_durably(path: Path, content: bytes) -> None:
    """Write a file whole, in place of what is there: after this returns it survives a loss of power."""
    unfinished = path.with_name(f"{secrets.token_hex(8)}{UNFINISHED}")
    with disk_in_our_words(path.parent):
        try:
            _write(unfinished, content)
            os.replace(unfinished, path)
        finally:
            unfinished.unlink(missing_ok=True)
        sync_folder(path.parent)


def destroy(folder: Path, names: Iterable[str]) -> int:
    """Overwrite files with random bytes, then unlink them; return how many were there.

    One that cannot be overwritten is unlinked all the same, and the others too, before anybody is told.
    """
    gone, failed = 0, None
    with disk_in_our_words(folder):
        for path in (folder / name for name in names):
            try:
                with suppress(FileNotFoundError):
                    _destroy(path)
                    gone += 1
            except OSError as caught:
                failed = caught
        if gone or failed:
            sync_folder(folder)
        if failed is not None:
            raise failed
    return gone


def _destroy(path: Path) -> None:
    try:
        _overwrite(path)
    finally:
        path.unlink()


def _write(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE)
    with open(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.utime(handle, NO_TIME)
        os.fsync(handle)


def _overwrite(path: Path) -> None:
    with open(path, "r+b") as file:
        file.write(secrets.token_bytes(max(os.fstat(file.fileno()).st_size, 1)))
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path, keep_time: bool = False) -> None:
    """Make what a folder lists durable; its own time tells nothing, unless it is to be kept."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        if not keep_time:
            os.utime(handle, NO_TIME)
        os.fsync(handle)
    finally:
        os.close(handle)


class Claim:
    """The right to serve one data folder; the operating system gives it back if the program dies."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._handle: int | None = None

    def take(self) -> None:
        """Take the right, for as long as this program runs.

        Raises:
            DatabaseUnusable: another program serves this folder.
        """
        if self._handle is not None:
            return
        with disk_in_our_words(self._folder):
            handle = os.open(self._folder / CLAIM, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
            raise DatabaseUnusable(
                f"another portevoix serve uses {self._folder}; stop it first,"
                " or set PORTEVOIX_DATA_DIR to another folder"
            ) from None
        self._handle = handle

    def is_taken(self) -> bool:
        """Say whether a program serves this folder, this one or another."""
        if self._handle is not None:
            return True
        try:
            self.take()
        except DatabaseUnusable:
            return True
        self.give_back()
        return False

    def give_back(self) -> None:
        """Let another program serve this folder."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
