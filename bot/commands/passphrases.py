"""Passphrases and codes: typed hidden, or read from a file; never an argument, which others can see."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from conversations.errors import SettingsError

SHORTEST = 12  # characters of a passphrase; each guess costs half a second and 256 MiB

PassphraseFile = Annotated[
    str, typer.Option("--passphrase-file", help="Read the passphrase from this file; - reads standard input.")
]


def new_passphrase(file: str) -> str:
    """Return a passphrase for a new file: typed twice, or read from a file.

    Raises:
        SettingsError: it is too short, or there is neither a terminal nor a file.
    """
    passphrase = passphrase_of(file, twice=True)
    if len(passphrase) < SHORTEST:
        raise SettingsError(
            f"the passphrase has {len(passphrase)} characters; take at least {SHORTEST}, such as five words"
        )
    return passphrase


def passphrase_of(file: str, twice: bool = False) -> str:
    """Return a passphrase, typed or read from a file, without the line's end."""
    if not file:
        return hidden("Passphrase", "--passphrase-file", twice)
    return (sys.stdin.read() if file == "-" else content_of(Path(file))).rstrip("\r\n")


def hidden(what: str, option: str, twice: bool = False) -> str:
    """Ask at the terminal, without showing what is typed."""
    if not sys.stdin.isatty():
        raise SettingsError(f"nobody can be asked here; name a file that holds it with {option} FILE")
    return str(typer.prompt(what, hide_input=True, confirmation_prompt=twice, err=True))


def content_of(file: Path) -> str:
    """Return what stands in a file of staff."""
    try:
        return file.read_text("utf-8")
    except OSError as error:
        raise SettingsError(f"{file} cannot be read ({error.strerror}); name another file") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{file} is no text in UTF-8; write it anew") from None
