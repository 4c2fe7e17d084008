"""What can be heard in each language, and what is wrong with recordings: file, question, cure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.aloud.recordings import Recording, Recordings, file_name
from bot.aloud.spoken import Spoken, spoken
from bot.aloud.synthesis import LONGEST, Synthesiser
from bot.definitions import Definitions
from bot.i18n import Catalogues
from bot.i18n.sources import pack_sources
from conversations.errors import DefinitionError
from conversations.identifiers import Locale, RoundId
from conversations.instrument import Instrument, for_city


@dataclass(frozen=True, slots=True)
class Covered:
    """How many questions of one language are heard, and how; `stale` have a recording of other words."""

    tag: str
    questions: int
    recorded: int
    stale: int
    machine: int
    silent: int


class Coverage:
    """Holds recordings against the words of every questionnaire here, in every city that is known."""

    def __init__(self, definitions: Definitions, catalogues: Catalogues, recordings: Recordings) -> None:
        self._catalogues = catalogues
        self._recordings = recordings
        self._instruments = tuple(instruments(definitions, catalogues))
        self._keys = {
            f"{asked.questionnaire.key}.{question.id}"
            for asked in self._instruments
            for question in asked.questionnaire.questions
        }

    def words(self, tag: str) -> list[Spoken]:
        """Return what there is to be read aloud in a language, each once, in the order of the questions."""
        found: dict[str, Spoken] = {}
        for instrument in self._instruments:
            voice = self._catalogues.voice(tag, instrument.city.host_language)
            for question in instrument.questionnaire.questions:
                words = spoken(instrument, question, voice)
                found.setdefault(f"{words.key} {words.fingerprint}", words)
        return list(found.values())

    def covered(self, tag: str, synthesiser: Synthesiser) -> Covered:
        """Return what of a language can be heard."""
        old = {recording.key for recording in self._recordings.all if recording.tag == tag}
        counts: Counter[str] = Counter()
        for words in self.words(tag):
            counts["questions"] += 1
            if self._recordings.of(words) is not None:
                counts["recorded"] += 1
                continue
            counts["stale"] += words.key in old
            is_spoken = synthesiser.speaks(tag) and len(words.text) <= LONGEST
            counts["machine" if is_spoken else "silent"] += 1
        names = ("questions", "recorded", "stale", "machine", "silent")
        return Covered(tag, *(counts[name] for name in names))

    def findings(self) -> list[str]:
        """Return a line for each recording that is not played: its file, its question, what to do."""
        by_tag: Mapping[str, list[Recording]] = defaultdict(list)
        for recording in self._recordings.all:
            by_tag[recording.tag].append(recording)
        return [line for tag, found in by_tag.items() for line in self._findings(tag, found)]

    def _findings(self, tag: str, found: Sequence[Recording]) -> Iterator[str]:
        wanted: dict[str, list[Spoken]] = defaultdict(list)
        for words in self.words(tag):
            wanted[words.key].append(words)
        for recording in found:
            if (fault := self._fault(recording, wanted.get(recording.key, ()))) is not None:
                yield f"{recording.place}: {fault}"

    def _fault(self, recording: Recording, wanted: Iterable[Spoken]) -> str | None:
        """Return what is wrong with one recording, or None."""
        key, now = recording.key, list(wanted)
        if recording.fault:
            return f"{key}: {recording.fault}" if key else recording.fault
        if not now:
            return f"{key}: no questionnaire asks this; correct the name, or delete the file"
        if any(words.fingerprint == recording.fingerprint for words in now):
            return None
        names = " or ".join(file_name(words) for words in now[:3])
        return (
            f"{key}: its words have changed, so it is not played; record them as they are now "
            f"(portevoix audio list {recording.tag} prints them) as {names}, and delete this file"
        )


def instruments(definitions: Definitions, catalogues: Catalogues) -> Iterator[Instrument]:
    """Give each sound questionnaire as it is put in each sound city; others have findings of their own."""
    for name in definitions.packs():
        for key in definitions.cities():
            try:
                benchmark, questionnaire = definitions.pack(name)
                city = definitions.city(key)
            except DefinitionError:
                continue
            catalogues.add_sources(pack_sources(benchmark, questionnaire))
            catalogues.add_city(city)
            yield Instrument(
                round=RoundId(""),
                name="",
                questionnaire=for_city(questionnaire, city),
                benchmark=benchmark,
                city=city,
                languages=tuple(Locale(tag) for tag in city.languages),
                closes_on=date.max,
            )
