"""How the words of each language stand: what is missing, stale, a draft or reviewed, string by string."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.i18n.compiling import po_files, state_of
from bot.i18n.languages import LANGUAGES
from bot.i18n.pofiles import CatalogueError, PoFile, Signature, State, StringState, read, sources_of


@dataclass(frozen=True, slots=True)
class Standing:
    """How one catalogue stands; `strings` is the state of each of its keys, `english` its English text."""

    tag: str
    domain: str
    strings: dict[str, StringState]
    signature: Signature | None
    state: State
    complaint: str = ""
    english: Mapping[str, str] = field(default_factory=dict)

    @property
    def counts(self) -> Counter[StringState]:
        """How many strings are in each state."""
        return Counter(self.strings.values())

    @property
    def share(self) -> float:
        """The share of strings that are said in this language: drafts and reviewed ones, 0 to 1."""
        there = self.counts[StringState.DRAFT] + self.counts[StringState.REVIEWED]
        return there / len(self.strings) if self.strings else 0.0

    def keys(self, *states: StringState) -> list[str]:
        """Return the keys in any of these states, in the catalogue's order."""
        return [key for key, state in self.strings.items() if state in states]


def survey(folder: Path) -> Iterator[Standing]:
    """Yield how each catalogue stands, language by language; one that cannot be read has a complaint."""
    for language, file in po_files(folder):
        try:
            yield _standing(language.tag, read(file, language))
        except CatalogueError as error:
            yield Standing(language.tag, file.stem, {}, None, State.DRAFT, str(error))


def _standing(tag: str, po: PoFile) -> Standing:
    strings = {str(message.context): po.state(message) for message in po.messages()}
    english = {str(message.context): sources_of(message)[-1] for message in po.messages()}
    return Standing(tag, po.file.stem, strings, po.signature, state_of(po), english=english)


def is_whole(standing: Standing) -> bool:
    """Say whether nothing is missing or stale; a plain variant may lack what its language says as well."""
    if standing.complaint:
        return False
    if LANGUAGES[standing.tag].base != standing.tag:
        return not standing.keys(StringState.STALE)
    return not standing.keys(StringState.MISSING, StringState.STALE)
