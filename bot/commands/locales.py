"""Commands about languages: how the words stand, sheets for translators out and in, signatures."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from bot.app import LOCALES, ROOT, now, program_version
from bot.commands.languages_table import listing, not_begun, rows_for_programs, table
from bot.commands.rounds import Form, ListForm
from bot.commands.running import out, out_json
from bot.i18n.compiling import compile_all
from bot.i18n.languages import LANGUAGES
from bot.i18n.pofiles import CatalogueError, StringState
from bot.i18n.sheets import chosen, rows_of, usual_words, words_of_today
from bot.i18n.sheets_making import About, workbook_of, write_new
from bot.i18n.sheets_taking import Taken, take
from bot.i18n.signing import sign_language, signature, withdraw
from bot.i18n.standing import survey

locales_app = typer.Typer(
    no_args_is_help=True, help="Languages: how the words stand, translators' sheets, signatures."
)

Tag = Annotated[str, typer.Argument(help="The language's tag, such as ar or fr-x-simple.")]


@locales_app.command(epilog="Example: portevoix locales status ar --missing")
def status(
    tag: Annotated[str, typer.Argument(help="One language only, by its tag.")] = "",
    missing: Annotated[bool, typer.Option("--missing", help="Name all that is missing or stale.")] = False,
    form: ListForm = Form.TABLE,
) -> None:
    """Show how each language stands: what is missing, stale, a draft or reviewed, and who signed it."""
    show_status(LOCALES, tag, missing=missing, form=form)


def show_status(locales: Path, tag: str = "", *, missing: bool = False, form: Form = Form.TABLE) -> None:
    """Print how the languages under a folder of catalogues stand.

    Raises:
        CatalogueError: there is no such language.
    """
    wanted = [chosen(tag).tag] if tag else [known for known in LANGUAGES if known != "en"]
    standings = [standing for standing in survey(locales) if standing.tag in wanted]
    if form is Form.JSON:
        out_json(list(rows_for_programs(standings)))
        return
    lines = (*table(standings), *listing(standings, everything=missing), *not_begun(locales, wanted))
    for line in lines:
        out(line)


@locales_app.command(epilog="Example: portevoix locales sign ar --by 'Association of Newcomers'")
def sign(
    tag: Tag,
    by: Annotated[
        str,
        typer.Option(help="Who read every sentence; an association's name is enough. It becomes public."),
    ] = "",
    on: Annotated[str, typer.Option(help="The day of the reading: 2027-01-10 (default: today).")] = "",
    withdrawn: Annotated[
        bool, typer.Option("--withdraw", help="Take the signature back: all is a draft again.")
    ] = False,
) -> None:
    """Sign all words of a language, once somebody who grew up with it has read them where they stand."""
    today = now().date()
    if withdrawn:
        take_back(LOCALES, tag)
    else:
        put_signature(LOCALES, tag, by, _day(on) or today, today)


def put_signature(locales: Path, tag: str, by: str, on: date, today: date) -> None:
    """Sign the catalogues of a language and say what that means.

    Raises:
        CatalogueError: there is no such language, a catalogue has faults, or the name cannot be written.
    """
    language = chosen(tag)
    signed = signature(by, on, today)
    states = sign_language(locales, language, signed)
    reviewed, missing, stale = (
        states[state] for state in (StringState.REVIEWED, StringState.MISSING, StringState.STALE)
    )
    out(f"{language.tag}: {_strings(reviewed)} signed by {signed.by} on {signed.on.isoformat()}")
    if missing or stale:
        out(f"{missing + stale} left unsigned: {missing} missing, {stale} stale")
        out(f"so {language.tag} is partly reviewed: a real round offers it only if its planner names it")
        out(f"see them: portevoix locales status {language.tag} --missing")
    else:
        out(f"{language.tag} is reviewed; a changed sentence loses its mark until somebody signs again")


def _strings(count: int) -> str:
    return f"{count} string" if count == 1 else f"{count} strings"


def take_back(locales: Path, tag: str) -> None:
    """Take the signature of a language back, and say so.

    Raises:
        CatalogueError: there is no such language, or a catalogue has faults.
    """
    language = chosen(tag)
    states = withdraw(locales, language)
    out(f"{language.tag} is a draft again: {_strings(states[StringState.DRAFT])} to be signed")


def _day(said: str) -> date | None:
    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        raise CatalogueError(f"--on: {said[:20]!r} is no day; write it like 2027-01-10") from None


@locales_app.command(epilog="Example: portevoix locales export ar --xlsx arabic.xlsx --only missing,stale")
def export(
    tag: Tag,
    xlsx: Annotated[Path, typer.Option("--xlsx", help="The file to write; it must not be there yet.")],
    only: Annotated[str, typer.Option(help="Only strings in these states: missing,stale,draft.")] = "",
) -> None:
    """Write a sheet for translators, to be filled in with any spreadsheet program."""
    export_sheet(ROOT, tag, xlsx, only)


def export_sheet(root: Path, tag: str, file: Path, only: str = "") -> None:
    """Write the sheet of a language.

    Raises:
        CatalogueError: no such language or state, a catalogue cannot be read, or the file is there already.
    """
    language = chosen(tag)
    states, today = _states(only), words_of_today(root, language)
    rows = rows_of(today, language, states, usual_words(root, language))
    if not rows:
        raise CatalogueError(
            f"{language.tag}: nothing is {' or '.join(sorted(states))}; no sheet was written"
        )
    signatures = {str(po.signature or StringState.DRAFT) for po in today}
    about = About("; ".join(sorted(signatures)), program_version())
    write_new(file, workbook_of(rows, language, about))
    strings = _strings(len({row.key for row in rows}))
    out(f"{strings} of {language.tag}, in rows 2 to {len(rows) + 1}, written to {file}")
    out(f"when it comes back: portevoix locales import {language.tag} {file.name}")


def _states(only: str) -> frozenset[StringState]:
    """Read a list of states."""
    try:
        return frozenset(StringState(word.strip()) for word in only.split(",") if word.strip())
    except ValueError:
        known = ", ".join(StringState)
        raise CatalogueError(f"--only: {only[:40]!r} is no list of states; there are: {known}") from None


@locales_app.command("import", epilog="Example: portevoix locales import ar arabic.xlsx --dry-run")
def import_(
    tag: Tag,
    file: Annotated[Path, typer.Argument(help="The filled-in sheet, an .xlsx file.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check all rows; write nothing.")] = False,
    allow_empty: Annotated[
        bool, typer.Option("--allow-empty", help="An empty cell takes a translation out.")
    ] = False,
) -> None:
    """Take a filled-in sheet: every row is checked first, and all are taken or none."""
    import_sheet(ROOT, tag, file, allow_empty=allow_empty, dry_run=dry_run)


def import_sheet(
    root: Path, tag: str, file: Path, *, allow_empty: bool = False, dry_run: bool = False
) -> None:
    """Take a sheet into the catalogues of a language, compile them, and say what changed.

    Raises:
        CatalogueError: the file or some of its rows are not sound; the words name every row.
    """
    language = chosen(tag)
    taken = take(root, language, file, allow_empty=allow_empty, dry_run=dry_run)
    _say_taken(language.tag, taken)
    if dry_run:
        out("this was a trial: nothing was written")
    elif wrong := [*map(str, compile_all(root / "locales"))] if taken.changed or taken.emptied else []:
        raise CatalogueError("\n".join(("written; but some catalogues do not compile:", *wrong)))


def _say_taken(tag: str, taken: Taken) -> None:
    """Say what an import did."""
    for note in taken.notes:
        out(note)
    out(f"{tag}: {taken.changed} changed, {taken.unchanged} unchanged, {taken.emptied} emptied")
    if taken.notes:
        out(f"not taken, see above: {len(taken.notes)}")
    if taken.kept:
        out(f"empty cells over a translation, which stays (--allow-empty takes it out): {taken.kept}")
    if taken.still_stale:
        out(f"still stale (change them, or write x under 'Still right?'): {taken.still_stale}")
    if taken.unsigned:
        out(f"drafts again, until somebody signs the changed words: {taken.unsigned}")
