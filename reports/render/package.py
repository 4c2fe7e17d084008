"""A release as a data package: its bytes, the tidy table, and a description of every column."""

import json
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from reports.disclosure import Publishable
from reports.render.reading import Reading
from reports.render.tidy import COLUMNS, Column, csv_of
from reports.render.voice import Voice

RELEASE, TABLE, DESCRIPTION = "release.json", "release.csv", "datapackage.json"
LICENCE = {
    "name": "CC-BY-4.0",
    "title": "Creative Commons Attribution 4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
}
"""Under which anybody may use the figures. Source: what European open data is published under by default,
Commission Decision C(2019) 1655; a city that publishes under other terms says so beside the package."""
LIMITS: Mapping[str, Mapping[str, Any]] = {
    "part": {"minimum": 1},
    "people": {"minimum": 0},
    "count": {"minimum": 0},
    **{name: {"minimum": 0, "maximum": 1} for name in ("share", "low", "high")},
    **{name: {"required": True} for name in ("round", "table", "question", "code")},
    "release_sha256": {"required": True, "pattern": "[0-9a-f]{64}"},
}
"""What the values of a column keep to."""


def package_of(release: Publishable, voice: Voice | None = None) -> dict[str, bytes]:
    """Return a release as the files of a Frictionless data package, version 1, by name."""
    table = csv_of(release, voice)
    described = _description(Reading(release), release.content, table, voice.tag if voice else "en")
    text = json.dumps(described, ensure_ascii=False, indent=2) + "\n"
    return {RELEASE: release.content, TABLE: table, DESCRIPTION: text.encode()}


def _description(reading: Reading, content: bytes, table: bytes, tag: str) -> dict[str, Any]:
    """Return the description of the package. Source: specs.frictionlessdata.io, Data Package 1."""
    city = reading.city().source
    return {
        "profile": "data-package",
        "name": _name(reading.round["id"]),
        "title": f"{city}: {reading.round['name']}",
        "description": f"{reading.benchmark['theme']}, {reading.round['opened_on']} to"
        f" {reading.round['closed_on']}. An empty cell is withheld to protect people.",
        "languages": [tag],
        "licenses": [LICENCE],
        "sources": [
            {
                "title": f"Release of round {reading.round['id']}",
                "path": RELEASE,
                "sha256": reading.sha256,
            }
        ],
        "resources": [_table(table), _frozen(content)],
    }


def _table(table: bytes) -> dict[str, Any]:
    return {
        "profile": "tabular-data-resource",
        "name": "answers",
        "path": TABLE,
        "title": "A row for every answer of every group",
        **_file(table, "csv", "text/csv"),
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True},
        "schema": {"fields": [_field(column) for column in COLUMNS], "missingValues": [""]},
    }


def _frozen(content: bytes) -> dict[str, Any]:
    return {
        "profile": "data-resource",
        "name": "release",
        "path": RELEASE,
        "title": "The frozen release that the table was computed from",
        **_file(content, "json", "application/json"),
    }


def _file(content: bytes, form: str, media: str) -> dict[str, Any]:
    return {
        "format": form,
        "mediatype": media,
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{sha256(content).hexdigest()}",
    }


def _field(column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {"name": column.name, "type": column.type, "description": column.meaning}
    if column.type == "boolean":
        field |= {"trueValues": ["yes"], "falseValues": ["no"]}
    if column.name in LIMITS:
        field["constraints"] = dict(LIMITS[column.name])
    return field


def _name(round_id: str) -> str:
    """Return a package's name: what the profile allows of the round's id."""
    return re.sub(r"[^-a-z0-9._/]+", "-", round_id.lower()) or "release"
