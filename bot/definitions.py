"""The benchmarks, questionnaires and cities of this installation, read from their files."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar
from zoneinfo import available_timezones

from conversations.benchmark import Benchmark
from conversations.circumstances import with_circumstances
from conversations.city import City
from conversations.conduct import Conduct, split_plan
from conversations.errors import DefinitionError, Finding, RoundError, Rule
from conversations.inspecting_cities import inspect_in_city
from conversations.instrument import for_city
from conversations.loading import decode, read_benchmark, read_city, read_pack, read_questionnaire
from conversations.modules import check_modules, put_to_people
from conversations.questionnaire import Questionnaire
from conversations.rounds import Round
from reports.planned import read_plan

Read = TypeVar("Read")

MAX_FILE = 1_000_000
"""Bytes of one definition: fifty times what a rich one takes; a larger file was put there by mistake."""

READERS: Mapping[str, Callable[[str, str], object]] = MappingProxyType(
    {"benchmark.toml": read_benchmark, "questionnaire.toml": read_questionnaire}
)
"""The files of one pack, and what reads each of them by itself."""


class Definitions:
    """Knows the definitions that are shipped, and those that the people of this installation wrote.

    A pack or city of one's own stands in for a shipped one of the same name. Files are read anew at every
    call, so that mended ones are seen without a restart.
    """

    def __init__(self, shipped: Path, own: Path | None = None) -> None:
        self._homes = [(home, prefix) for home, prefix in ((own, "own"), (shipped, "")) if home is not None]

    def packs(self) -> list[str]:
        """Return the names of all benchmarks, in alphabetical order."""
        return self._names("benchmarks")

    def cities(self) -> list[str]:
        """Return the keys of all cities, in alphabetical order."""
        return self._names("cities")

    def pack(self, name: str) -> tuple[Benchmark, Questionnaire]:
        """Return a benchmark with its questionnaire.

        Raises:
            DefinitionError: there is none of this name, or with every finding about it.
        """
        folder, where = self._folder("benchmarks", name)
        texts, findings = _texts(folder, where)
        if findings:
            raise DefinitionError([*findings, *_findings_alone(texts, where)])
        benchmark, questionnaire = read_pack(texts["benchmark.toml"], texts["questionnaire.toml"], where)
        _expect(benchmark.key, name, f"{where}/benchmark.toml key")
        return benchmark, questionnaire

    def asked(self, round_: Round) -> tuple[Benchmark, Questionnaire]:
        """Return a round's benchmark, and what is asked of it: all, a core and one module, or free texts.

        Raises:
            DefinitionError: there is none of this name, or with every finding about it.
        """
        benchmark, questionnaire = self.pack(round_.benchmark)
        conduct = Conduct.model_validate(round_.conduct)
        return benchmark, put_to_people(questionnaire, benchmark, conduct, round_.number)

    def plan_text(self, name: str) -> str | None:
        """Return the release plan that a benchmark comes with, as TOML, or None where it has none.

        Raises:
            DefinitionError: the file cannot be read.
        """
        folder, where = self._folder("benchmarks", name)
        file = folder / "plan.toml"
        return _text(file, f"{where}/plan.toml") if file.exists() else None

    def city(self, key: str) -> City:
        """Return a city.

        Raises:
            DefinitionError: there is none with this key, or with every finding about it.
        """
        folder, where = self._folder("cities", key)
        place = f"{where}/city.toml"
        city = read_city(_text(folder / "city.toml", place), place, available_timezones())
        _expect(city.key, key, f"{place} key")
        return city

    def findings(self) -> list[Finding]:
        """Return everything that is wrong with any definition, alone or together with others."""
        findings: list[Finding] = []
        packs = list(_sound(self.pack, self.packs(), findings))
        cities = list(_sound(self.city, self.cities(), findings))
        for name, (_, questionnaire) in packs:
            findings += self._plan_findings(name, questionnaire, [city for _, city in cities])
            asked_in = f"{self._folder('benchmarks', name)[1]}/questionnaire.toml"
            for key, city in cities:
                where = f"{self._folder('cities', key)[1]}/city.toml"
                findings += inspect_in_city(questionnaire, city, where, asked_in)
        return list(dict.fromkeys(findings))

    def _plan_findings(self, name: str, questionnaire: Questionnaire, cities: list[City]) -> list[Finding]:
        """Return what is wrong with the release plan of a benchmark, in any city."""
        where = f"{self._folder('benchmarks', name)[1]}/plan.toml"
        try:
            text = self.plan_text(name)
            for city in cities if text is not None else ():
                tables, conduct = split_plan(text or "")
                check_modules(questionnaire, conduct)
                read_plan(tables, with_circumstances(for_city(questionnaire, city)))
        except DefinitionError as fault:
            return list(fault.findings)
        except RoundError as fault:
            return [Finding(Rule.WRONG_VALUE, where, str(fault))]
        return []

    def _names(self, kind: str) -> list[str]:
        """Return the names of the folders of one kind; hidden ones are left alone."""
        found: set[str] = set()
        for home, _ in self._homes:
            if (home / kind).is_dir():
                found |= {entry.name for entry in (home / kind).iterdir() if _is_pack(entry)}
        return sorted(found)

    def _folder(self, kind: str, name: str) -> tuple[Path, str]:
        """Return where the files of a name lie, and how that place is called in findings."""
        for home, prefix in self._homes:
            if name in self._names(kind) and (home / kind / name).is_dir():
                return home / kind / name, "/".join(filter(None, (prefix and home.name, kind, name)))
        known = ", ".join(self._names(kind)) or "none"
        advice = f"is not there; there are: {known}"
        raise DefinitionError([Finding(Rule.UNREADABLE, f"{kind}/{name[:40]}", advice)])


def _is_pack(entry: Path) -> bool:
    """Say whether a folder can hold definitions: editors and Python leave folders with a mark before them."""
    return entry.is_dir() and not entry.name.startswith((".", "_"))


def _text(file: Path, where: str) -> str:
    """Return the text of a file, or say in one finding why that cannot be."""
    try:
        if file.stat().st_size > MAX_FILE:
            advice = f"is larger than {MAX_FILE:,} bytes, which no definition is; replace it"
            raise DefinitionError([Finding(Rule.UNREADABLE, where, advice)])
        raw = file.read_bytes()
    except OSError as caught:
        advice = f"cannot be read ({caught.strerror}); put the file there, with leave to read it"
        raise DefinitionError([Finding(Rule.UNREADABLE, where, advice)]) from caught
    return decode(raw, where)


def _texts(folder: Path, where: str) -> tuple[dict[str, str], list[Finding]]:
    """Return the texts of a pack's files, and why some of them cannot be read."""
    texts: dict[str, str] = {}
    findings: list[Finding] = []
    for file in READERS:
        try:
            texts[file] = _text(folder / file, f"{where}/{file}")
        except DefinitionError as fault:
            findings += fault.findings
    return texts, findings


def _findings_alone(texts: Mapping[str, str], where: str) -> Iterator[Finding]:
    """Give what is wrong with each text of a pack that is not complete."""
    for file, text in texts.items():
        try:
            READERS[file](text, f"{where}/{file}")
        except DefinitionError as fault:
            yield from fault.findings


def _expect(key: str, folder: str, place: str) -> None:
    """Make sure that a definition is called like its folder, since rounds name it by that."""
    if key != folder:
        advice = f"is '{key}', but the folder is called '{folder[:40]}'; use one name for both"
        raise DefinitionError([Finding(Rule.WRONG_VALUE, place, advice)])


def _sound(
    read: Callable[[str], Read], names: list[str], findings: list[Finding]
) -> Iterator[tuple[str, Read]]:
    """Give each definition that can be read, and put down what is wrong with the others."""
    for name in names:
        try:
            yield name, read(name)
        except DefinitionError as fault:
            findings += fault.findings
