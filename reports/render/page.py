"""A release as one page to read and to print: key factor by key factor, each side beside the other."""

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from conversations.wording import Value, Words, say
from reports.disclosure import Publishable
from reports.render.chart import chart, crosses, notes, who
from reports.render.reading import Reading
from reports.render.voice import Voice

PAGES = Environment(
    loader=PackageLoader("reports.render"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def html_of(release: Publishable, voice: Voice) -> bytes:
    """Return a release as one self-contained HTML page: no script, nothing from elsewhere."""
    reading = Reading(release)

    def told(key: str, **values: Value) -> str:
        return voice.say(say(f"release.{key}", **values))

    return (
        PAGES.get_template("page.html.jinja")
        .render(
            reading=reading,
            voice=voice,
            t=told,
            say=voice.say,
            factors=_factors(reading),
            who=who(reading),
            notes=notes,
            rules=_rules(reading),
            languages=_languages(reading),
            prints=_prints(reading),
            attack=Words("release.manifest.attack_not_part", reading.manifest["attack"]),
        )
        .encode()
    )


def _factors(reading: Reading) -> list[dict[str, Any]]:
    """Return the key factors in order, numbered, with their questions drawn."""
    listed: list[Mapping[str, Any]] = reading.benchmark["key_factors"]
    numbers = {factor["key"]: number for number, factor in enumerate(listed, 1)}
    names = {factor["key"]: reading.of_factor(factor, "name") for factor in listed}
    return [
        {
            "key": factor["key"],
            "number": numbers[factor["key"]],
            "name": names[factor["key"]],
            "statement": reading.of_factor(factor, "statement"),
            "why": reading.of_factor(factor, "why"),
            "basis": reading.of_factor(factor, "basis"),
            "charts": [
                (chart(reading, id_), crosses(reading, id_)) for id_ in reading.asked_for(factor["key"])
            ],
            "interlocks": [(key, numbers[key], names[key]) for key in factor["interlocks"] if key in names],
            "guides": reading.listed(factor, "guide"),
            "evidence": [
                (words, say(f"release.evidence.{kind}")) for words, kind in reading.listed(factor, "evidence")
            ],
        }
        for factor in listed
    ]


def _rules(reading: Reading) -> list[tuple[Words, int]]:
    """Return why groups were withheld, or how they are to be read, and how many of them."""
    counted: Mapping[str, int] = reading.manifest["withheld_by_rule"]
    return [(say(f"release.rule.{rule}"), number) for rule, number in counted.items()]


def _languages(reading: Reading) -> list[Words]:
    """Return the languages that were offered, drafts marked."""
    found = []
    for offered in reading.manifest["languages_offered"]:
        name = say("language.name", tag=offered["tag"])
        found.append(name if offered["reviewed"] else say("release.manifest.draft", language=name))
    return found


def _prints(reading: Reading) -> list[tuple[str, str]]:
    """Return the fingerprints of the definitions that were asked with."""
    benchmark = reading.benchmark
    named = {f"{reading.key}, version {benchmark['version']}": str(benchmark["fingerprint"])}
    named.update({key: str(value) for key, value in reading.manifest["definitions"].items()})
    return list(named.items())
