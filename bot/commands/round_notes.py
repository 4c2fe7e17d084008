"""What staff say of a planned round: what changed since last time, and why it opens without an answer."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from bot.answer_file import signs
from bot.app import House
from bot.commands.passphrases import content_of
from conversations.errors import RoundError
from conversations.identifiers import RoundId

LONGEST_NOTE = 600
"""Characters of a note in one language: it stands above a release, and on one screen of a phone."""
LONGEST_REASON = 300
"""Characters of a reason; it is published beside the release."""


def read_note(said: str, host_language: str, known: tuple[str, ...]) -> dict[str, str]:
    """Return a note by language: a TOML file with one text for each language, or a text in the city's own.

    Raises:
        RoundError: it is empty, too long or looks personal, or is in a language that there is not.
    """
    texts: Mapping[str, object] = {host_language: said}
    if said.endswith(".toml"):
        try:
            texts = tomllib.loads(content_of(Path(said)))
        except tomllib.TOMLDecodeError as error:
            raise RoundError(f"the note {said} is no TOML: {error}") from None
    if not texts:
        raise RoundError(f'the note {said} is empty; write one text for each language, like en = "..."')
    return {tag: _checked(tag, text, known) for tag, text in texts.items()}


def _checked(tag: str, text: object, known: tuple[str, ...]) -> str:
    """Return the text of a note in one language, without space around it."""
    if tag not in known:
        raise RoundError(f"the note is in '{tag}', which is none of the languages: {', '.join(known)}")
    if not isinstance(text, str) or not text.strip():
        raise RoundError(f"the note says nothing in {tag}; write what changed since last time")
    if len(text.strip()) > LONGEST_NOTE:
        raise RoundError(
            f"the note has {len(text.strip())} characters in {tag}; shorten it to {LONGEST_NOTE}"
        )
    _insist_on_nobody(text, f"the note in {tag}")
    return text.strip()


def _insist_on_nobody(text: str, what: str) -> None:
    """Refuse published words that hold a number or an address of somebody, or look as if they did."""
    if found := signs(text):
        raise RoundError(
            f"{what} holds what looks like: {', '.join(found)}; everybody can read it, so leave it out"
        )


def read_reason(said: str) -> str:
    """Return a reason, without space around it.

    Raises:
        RoundError: it is too long, says nothing, or looks personal.
    """
    if said and not said.strip():
        raise RoundError("the reason says nothing; it is published, so write why")
    if len(said.strip()) > LONGEST_REASON:
        raise RoundError(f"the reason has {len(said.strip())} characters; shorten it to {LONGEST_REASON}")
    _insist_on_nobody(said, "the reason")
    return " ".join(said.split())


def note_in(house: House, said: str, city: str) -> dict[str, str]:
    """Return a note for a round in a city, or none where nothing is said."""
    if not said:
        return {}
    return read_note(said, house.definitions.city(city).host_language, tuple(house.catalogues.tags))


async def city_of(house: House, round_id: str) -> str:
    """Return the city of a round.

    Raises:
        RoundError: there is no such round.
    """
    round_ = await house.stores.rounds.get(RoundId(round_id))
    if round_ is None:
        raise RoundError(f"there is no round {round_id}; `portevoix round list` names them")
    return round_.city
