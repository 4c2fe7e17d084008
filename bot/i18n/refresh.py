"""Refreshes templates and catalogues from the sources, and reports what is missing or stale."""

import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from bot.i18n.languages import LANGUAGES, Language
from bot.i18n.sources import Source

HEADER = """\
# Porte-voix: words of {name}.
# Texts written by machine are drafts until a person who speaks the language as a mother tongue signs them.
# Apache-2.0
"""
STILL = datetime(2026, 1, 1, tzinfo=UTC)
"""The date in every header: a real one would make each refresh a change."""


def template(name: str, sources: Iterable[Source]) -> Catalog:
    """Return the template of a domain: every sentence with its key as context, and what translators need."""
    catalog = Catalog(
        project="porte-voix",
        header_comment=HEADER.format(name=name),
        creation_date=STILL,
        fuzzy=False,
        charset="utf-8",
    )
    for source in sources:
        about = [f"{source.where}"] if source.where else []
        about += [f"at most {source.limit} characters"] if source.limit else []
        words = (source.text, source.plural) if source.plural else source.text
        catalog.add(words, auto_comments=about, context=source.key)
    return catalog


def refresh(folder: Path, domain: str, sources: Iterable[Source]) -> dict[str, tuple[int, int]]:
    """Write `domain`.pot and bring every catalogue of it up to date; return (missing, stale) by language."""
    pot = template(domain, sources)
    _write(folder / f"{domain}.pot", pot)
    counts = {}
    for language in LANGUAGES.values():
        if language.tag != "en" and (folder / language.folder).is_dir():
            counts[language.tag] = _refresh_one(folder, domain, language, pot)
    return counts


def _refresh_one(folder: Path, domain: str, language: Language, pot: Catalog) -> tuple[int, int]:
    """Bring one catalogue up to date, and count what is missing and what is stale."""
    file = folder / language.folder / "LC_MESSAGES" / f"{domain}.po"
    review = '"X-Review: draft\\n"'
    if file.exists():
        with file.open("rb") as opened:
            catalog = read_po(opened, locale=language.rules)
        lines = file.read_text("utf-8").splitlines()
        review = next((line for line in lines if line.startswith('"X-Review:')), review)
    else:
        catalog = Catalog(locale=language.rules, header_comment=HEADER.format(name=domain), fuzzy=False)
    if language.plurals:
        catalog.mime_headers = [("Plural-Forms", language.plurals)]
    catalog.update(pot, no_fuzzy_matching=False)
    catalog.obsolete.clear()
    catalog.revision_date = STILL
    _write(file, catalog, review)
    messages = [message for message in catalog if message.id]
    return sum(1 for m in messages if not _is_full(m.string)), sum(1 for m in messages if m.fuzzy)


def _is_full(string: object) -> bool:
    """Say whether every form of a translation is there."""
    return all(string) if isinstance(string, (tuple, list)) else bool(string)


def _write(file: Path, catalog: Catalog, review: str = "") -> None:
    """Write a catalogue; its state of review stands in the header."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as opened:
        write_po(opened, catalog, width=100, sort_output=False, include_previous=True)
    if review:
        text = file.read_text("utf-8")
        file.write_text(text.replace('"MIME-Version:', review + '\n"MIME-Version:', 1), "utf-8")


def report(counts: dict[str, dict[str, tuple[int, int]]]) -> bool:
    """Print what is missing and stale, by domain and language, and say whether all is there."""
    whole = True
    for domain, languages in counts.items():
        for tag, (missing, stale) in languages.items():
            whole = whole and not missing and not stale
            sys.stdout.write(f"{domain:20} {tag:5} missing {missing:4}  stale {stale:4}\n")
    return whole
