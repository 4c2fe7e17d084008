"""Gathers every sentence, brings each catalogue up to date with it, and counts what is there."""

from collections.abc import Iterator
from pathlib import Path, PurePath

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg

from bot.i18n.languages import LANGUAGES, Language
from bot.i18n.pofiles import STILL, UNSIGNED, forms_of, read, review_of, sources_of, write

HEADER = """\
# Porte-voix: words of {name}.
# Texts written by machine are drafts until a person who speaks the language as a mother tongue signs them.
# Apache-2.0
"""
SHIPPED = "portevoix"
"""The domain of the program's own words; each benchmark is a domain of its own, named after it."""


def gather(root: Path) -> dict[str, Catalog]:
    """Return the template of each domain: every sentence, with its key as context and comments."""
    with (root / "locales" / "babel.cfg").open(encoding="utf-8") as opened:
        methods, options = parse_mapping_cfg(opened)  # type: ignore[no-untyped-call]  # Babel has no types for it
    found: dict[str, Catalog] = {}
    for name, line, words, comments, key in extract_from_dir(root, methods, options):
        domain = _domain(PurePath(name))
        template = found.setdefault(domain, empty_template(domain))
        place = [(PurePath(name).as_posix(), line)]
        template.add(words, locations=place, auto_comments=comments, context=key)
    return found


def _domain(file: PurePath) -> str:
    return SHIPPED if "source" in file.parts else file.parent.name


def empty_template(domain: str) -> Catalog:
    """Return a template of a domain without any sentence yet."""
    return Catalog(
        project="porte-voix",
        header_comment=HEADER.format(name=domain),
        creation_date=STILL,
        fuzzy=False,
        charset="utf-8",
    )


def refresh(folder: Path, domain: str, template: Catalog) -> None:
    """Write `domain`.pot, and bring every language that has a folder up to date with it."""
    write(folder / f"{domain}.pot", template, review="")
    for language in LANGUAGES.values():
        if language.tag != "en" and (folder / language.folder).is_dir():
            _refresh_one(
                folder / language.folder / "LC_MESSAGES" / f"{domain}.po", language, domain, template
            )


def _refresh_one(file: Path, language: Language, domain: str, template: Catalog) -> None:
    """Bring one catalogue up to date; what no source has any more is left out.

    Raises:
        CatalogueError: it cannot be read; nothing is written.
    """
    write(file, *refreshed(file, language, domain, template))


def refreshed(file: Path, language: Language, domain: str, template: Catalog) -> tuple[Catalog, str]:
    """Return a catalogue as it is with today's sources, and what it says of its review; writes nothing.

    Raises:
        CatalogueError: it cannot be read.
    """
    fresh = Catalog(
        locale=language.rules,
        project="porte-voix",
        header_comment=HEADER.format(name=domain),
        creation_date=STILL,
        revision_date=STILL,
        fuzzy=False,
        charset="utf-8",
    )
    fresh.mime_headers = [("Plural-Forms", language.plurals)]
    review, known = UNSIGNED, dict[str, Message]()
    if file.exists():
        old = read(file, language)
        review = review_of(file.read_text("utf-8"))
        known = {str(message.context): message for message in old.messages()}
        fresh.header_comment = old.catalog.header_comment
        fresh.last_translator = old.catalog.last_translator
        fresh.language_team = old.catalog.language_team
    for message in template:
        if message.id:
            _carry(fresh, message, known.get(str(message.context)))
    return fresh, review


def _carry(fresh: Catalog, message: Message, known: Message | None) -> None:
    """Put a message of the template into a catalogue, with the translation its key had.

    Where the source text is another one by now, the translation is kept as a stale one (gettext's `fuzzy`).
    """
    forms: tuple[str, ...] = ("",) * (fresh.num_plurals if len(sources_of(message)) > 1 else 1)
    if known is None or len(sources_of(known)) != len(sources_of(message)):
        known = None
    old = forms_of(known) if known is not None else ()
    changed = known is not None and sources_of(known) != sources_of(message)
    if any(old):
        # A form more or less than there was: the last one, "other", stands for those that lack.
        forms = tuple(old[min(place, len(old) - 1)] for place in range(len(forms)))
    stale = any(old) and (changed or len(old) != len(forms) or (known is not None and known.fuzzy))
    fresh.add(
        message.id,
        forms if len(sources_of(message)) > 1 else forms[0],
        locations=message.locations,
        flags=("fuzzy",) if stale else (),
        auto_comments=message.auto_comments,
        user_comments=known.user_comments if known is not None else (),
        previous_id=_previous(known, changed),
        context=message.context,
    )


def _previous(known: Message | None, changed: bool) -> tuple[str, ...]:
    """Return the source text that a stale translation is of."""
    if known is None:
        return ()
    return sources_of(known) if changed else tuple(known.previous_id)


def refresh_all(root: Path) -> Iterator[str]:
    """Gather all sentences, bring all catalogues up to date, and yield the names of the domains."""
    for domain, template in sorted(gather(root).items()):
        refresh(root / "locales", domain, template)
        yield domain
