"""What explains a release: how to read its bars, the method, its limits, how people were protected."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conversations.wording import Words, say
from reports.disclosure import Publishable
from reports.intervals import CONFIDENCE
from reports.render.quoting import Written
from reports.render.reading import Reading

EXAMPLE = (0.3, 0.52)
"""The interval by which the key explains intervals: 16 of 40 people is close to it."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """How people were protected, in words; `rules` are why groups are withheld, with how many.

    `prints` are fingerprints of what was asked and of the parts of the release: what it is of, and its hex.
    """

    lead: Words
    groups: Words
    fallback: Words | None
    rules: tuple[tuple[Words, int], ...]
    attack: tuple[Words, ...]
    languages: tuple[Words, ...]
    responsible: Words
    software: str
    sha256: str
    prints: tuple[tuple[Words, str], ...]


def how_to_read(reading: Reading) -> tuple[Words, ...]:
    """Return the key to the bars and figures."""
    manifest = reading.manifest
    first = (
        say("release.reading.bars"),
        say("release.reading.tenths", of=10),
        say("release.reading.rounded", base=manifest["base"]),
        say("release.reading.shares", **{"from": manifest["shares_from"]}),
        say("release.reading.few", **{"from": manifest["shares_from"], "below": manifest["few_below"]}),
    )
    sure = (
        say("sure.key_between", low=EXAMPLE[0], high=EXAMPLE[1]),
        say("sure.key_differs"),
    )
    return (
        *first,
        *(sure if _has_intervals(reading) else ()),
        say("release.reading.hidden", k=reading.document["k"]),
        say("release.reading.special"),
        say("release.reading.several"),
    )


def method(reading: Reading, quoted: Written) -> tuple[Words, ...]:
    """Return how the round was made and how its figures were computed, with the sources of the methods."""
    found = [
        say("release.method.languages"),
        say("release.method.benchmark", status=reading.of_benchmark("status")),
    ]
    if _has_intervals(reading):
        found.append(say("sure.intervals", confidence=CONFIDENCE))
    if looked_at := reading.manifest.get("looked_at"):
        marked = sum(len(marks) for marks in reading.differences.values())
        found.append(say("sure.differences", n=looked_at, chance=round(1 - CONFIDENCE, 2)))
        found.append(say("sure.marked", n=marked))
    if quoted.writers_needed:
        found.append(say("release.texts.method", writers=quoted.writers_needed))
    return tuple(found)


def limits(reading: Reading) -> tuple[Words, ...]:
    """Return what the figures do not tell."""
    lot = (say("sure.lot"),) if _has_intervals(reading) else ()
    return (say("release.method.chosen"), *lot, say("release.method.causes"))


def _has_intervals(reading: Reading) -> bool:
    return any(
        answer.low is not None
        for table in reading.tables
        for group in table.groups
        for answer in group.answers
    )


def manifest(reading: Reading, texts: Publishable | None = None) -> Manifest:
    """Return the privacy manifest of a release, in words."""
    told = reading.manifest
    withheld: Mapping[str, int] = told["withheld_by_rule"]
    return Manifest(
        lead=_lead(reading),
        groups=say("release.manifest.groups", shown=told["groups_shown"], groups=told["groups"]),
        fallback=say("release.manifest.fallback") if told["fallback"] else None,
        rules=tuple((say(f"release.rule.{rule}"), number) for rule, number in withheld.items()),
        attack=_attack(told["attack"]),
        languages=_languages(reading),
        responsible=reading.city("responsible"),
        software=str(told["software"]),
        sha256=reading.sha256,
        prints=_prints(reading, texts),
    )


def _lead(reading: Reading) -> Words:
    """Return how a release is protected, and what became of the answers: staff's key may keep them shut."""
    told = reading.manifest
    rules: dict[str, int] = {"k": reading.document["k"], "base": told["base"]}
    if months := told["plan"].get("keep_months"):
        return say("release.manifest.lead_kept", months=int(months), **rules)
    return say("release.manifest.lead", **rules)


def _attack(attack: str | Mapping[str, Any]) -> tuple[Words, ...]:
    """Return what was tried in order to break the protection, and how it ended.

    Releases of the first version have a sentence instead: nothing was tried yet.
    """
    if isinstance(attack, str):
        return (Words("release.manifest.attack_not_part", attack),)
    found = [say("release.manifest.attack_bounds", n=int(attack["bounds"]))]
    if programs := attack.get("programs"):
        found.append(say("release.manifest.attack_programs", n=int(programs)))
    if attackers := attack.get("attackers"):
        known = tuple(say(f"release.attacker.{attacker}") for attacker in attackers)
        found.append(say("release.manifest.attack_as", who=known))
    if together := attack.get("together_with"):
        found.append(say("release.manifest.attack_together", rounds=", ".join(map(str, together))))
    broken = int(attack.get("broken", 0))
    ended = say("release.manifest.attack_broken", n=broken) if broken else say("release.manifest.attack_held")
    return (*found, ended)


def _languages(reading: Reading) -> tuple[Words, ...]:
    """Return the languages that were offered: drafts marked, and for how many sentences another stood in."""
    listed = reading.manifest["languages_offered"]
    named = [(offered, say("language.name", tag=offered["tag"])) for offered in listed]
    lacking = tuple(
        say("release.languages.missing", language=name, n=int(offered["missing"]))
        for offered, name in named
        if offered.get("missing")
    )
    return (*(_standing(offered, name) for offered, name in named), *lacking)


def _standing(offered: Mapping[str, Any], name: Words) -> Words:
    """Return a language's name with how far its words were signed; earlier releases say only whether."""
    if offered["reviewed"]:
        return name
    partly = offered.get("state") == "partly"
    return say("release.languages.partly" if partly else "release.manifest.draft", language=name)


def _prints(reading: Reading, texts: Publishable | None) -> tuple[tuple[Words, str], ...]:
    """Return the fingerprints of what was asked, and of the other parts of the release."""
    benchmark = reading.benchmark
    named = {f"{reading.key} ({benchmark['version']})": str(benchmark["fingerprint"])}
    definitions = reading.manifest["definitions"].items()
    named.update({key: str(value) for key, value in definitions if value not in named.values()})
    found = [(say("release.manifest.fingerprint", of=name), value) for name, value in named.items()]
    earlier = reading.document.get("earlier", ())
    found += [(say("release.manifest.earlier", number=n), str(value)) for n, value in enumerate(earlier, 1)]
    if texts is not None:
        found.append((say("release.manifest.texts_sha256"), texts.sha256))
    return tuple(found)
