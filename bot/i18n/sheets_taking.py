"""Takes a filled-in sheet into the catalogues: every row is held against today's sources; all or nothing."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Message

from bot.i18n.inspecting import Wanted, WordsRule, faults
from bot.i18n.languages import Language
from bot.i18n.pofiles import CatalogueError, PoFile, StringState, forms_of, sources_of
from bot.i18n.sheets import STILL_RIGHT, as_cell, english_of, limit_of, plurals_of, words_of_today
from bot.i18n.sheets_filled import RIGHT, Filled, filled_rows
from bot.i18n.sheets_keeping import keep
from bot.i18n.sheets_opening import shown

LINE_ENDS = re.compile("[\u2028\u2029]")
"""Signs that end a line in a catalogue's file. Source: The Unicode Standard, table 5-1."""


@dataclass(slots=True)
class Taken:
    """What an import did, or would do: counts of sentences; `notes` name rows not taken, and why."""

    notes: list[str]
    changed: int = 0
    unchanged: int = 0
    emptied: int = 0
    unsigned: int = 0
    """Changed ones that were signed: they are drafts again."""
    kept: int = 0
    """Empty cells over a translation that stays."""
    still_stale: int = 0


def take(
    root: Path, language: Language, file: Path, *, allow_empty: bool = False, dry_run: bool = False
) -> Taken:
    """Take a sheet into the catalogues of a language, whole or not at all.

    Raises:
        CatalogueError: the file cannot be read, or some rows are not sound; the words name every row.
    """
    rows = filled_rows(file, language)
    today = words_of_today(root, language)
    taking = _Taking(language, today, allow_empty)
    for key, together in _by_key(rows).items():
        taking.take(key, together)
    if taking.findings:
        count = len(taking.findings)
        first = f"{file}: nothing was taken; {count} {'thing' if count == 1 else 'things'} to mend:"
        raise CatalogueError("\n".join((first, *taking.findings)))
    keep([po for po in today if id(po) in taking.touched], language, dry_run=dry_run)
    return taking.taken


def _by_key(rows: Sequence[Filled]) -> dict[str, list[Filled]]:
    """Return the rows of each sentence."""
    found: dict[str, list[Filled]] = {}
    for row in rows:
        found.setdefault(row.key, []).append(row)
    return found


class _Taking:
    """Puts rows into messages as they are held in memory, and gathers what is wrong with them."""

    def __init__(self, language: Language, today: Sequence[PoFile], allow_empty: bool) -> None:
        self.taken = Taken([])
        self.findings: list[str] = []
        self.touched: set[int] = set()
        self._language = language
        self._allow_empty = allow_empty
        self._known = {str(message.context): (po, message) for po in today for message in po.messages()}

    def take(self, key: str, rows: Sequence[Filled]) -> None:
        """Take the rows of one sentence."""
        po, message = self._known.get(key, (None, None))
        wrong = [shown(line) for line in _strange(key, rows, message, self._language)]
        self.findings += wrong
        if wrong:
            return
        if po is None or message is None or not _of_today(rows, message, self._language):
            said = "the English sentence is another one by now" if message else "is not used any more"
            self.taken.notes.append(shown(f"{_at(rows)}: {key[:60]}: not taken, {said}; export it again"))
            return
        self._fill(po, message, rows)

    def _fill(self, po: PoFile, message: Message, rows: Sequence[Filled]) -> None:
        """Put words into one message, if they differ and are sound."""
        before, state = forms_of(message), po.state(message)
        after = self._after(before, message, rows)
        confirmed = state is StringState.STALE and any(row.still_right in RIGHT for row in rows)
        if after == before and not confirmed:
            self.taken.unchanged += 1
            self.taken.still_stale += state is StringState.STALE
            return
        places = plurals_of(message, self._language)
        changed = [row for row in rows if after[places.index(row.plural)] != before[places.index(row.plural)]]
        if wrong := list(self._unsound(message, after, changed or rows)):
            self.findings += wrong
            return
        message.string = after if len(sources_of(message)) > 1 else after[0]
        message.flags.discard("fuzzy")
        message.previous_id = []
        self.touched.add(id(po))
        self.taken.emptied += any(before) and not any(after)
        self.taken.changed += any(after)
        self.taken.unsigned += state is StringState.REVIEWED

    def _after(self, before: Sequence[str], message: Message, rows: Sequence[Filled]) -> tuple[str, ...]:
        """Return the forms as the sheet has them; what it leaves empty stays, unless that is allowed."""
        after, places = list(before), plurals_of(message, self._language)
        for row in rows:
            place = places.index(row.plural)
            if row.translation.strip():
                if row.translation != as_cell(before[place]):
                    after[place] = row.translation
            elif before[place].strip():
                after[place] = "" if self._allow_empty else before[place]
                self.taken.kept += not self._allow_empty
        return tuple(after)

    def _unsound(self, message: Message, forms: Sequence[str], rows: Sequence[Filled]) -> Iterator[str]:
        """Yield what is wrong with the words of one message."""
        wanted = Wanted(str(message.context), sources_of(message), limit_of(message))
        there = [form for form in forms if form.strip()]
        # So that all is said at once, the last form there is stands for empty ones in what else is checked.
        whole = [form if form.strip() else there[-1] for form in forms] if there else []
        wrong = [fault for said in (forms, whole) if there for fault in faults(wanted, said, self._language)]
        for rule, advice in dict.fromkeys(wrong):
            yield shown(f"{_at(rows)}: {wanted.key}: {rule.value} {advice}")
        if any(LINE_ENDS.search(form) for form in forms):
            rule = WordsRule.CONTROL_SIGNS
            yield f"{_at(rows)}: {wanted.key}: {rule.value} holds a hidden line end; write the words anew"


def _strange(key: str, rows: Sequence[Filled], message: Message | None, language: Language) -> Iterator[str]:
    """Yield what is wrong with rows besides their words: double ones, and cells that cannot be changed."""
    seen: dict[str, int] = {}
    for row in rows:
        if (first := seen.setdefault(row.plural, row.number)) != row.number:
            yield f"row {row.number}: {key[:60]}: stands in row {first} as well; keep one of them"
        if row.still_right and row.still_right not in RIGHT:
            advice = f"{row.still_right[:20]!r} under '{STILL_RIGHT}'; write x there, or nothing"
            yield f"row {row.number}: {key[:60]}: {advice}"
        if row.is_ours or (message is not None and _is_of(row, message, language)):
            continue
        if message is None:
            rule = WordsRule.UNKNOWN_KEY.value
            yield f"row {row.number}: {key[:60]}: {rule} is no key of ours; keys cannot be changed here"
        elif row.plural not in plurals_of(message, language):
            forms = ", ".join(plurals_of(message, language)) or "none"
            rule = WordsRule.PLURAL_FORMS.value
            yield f"row {row.number}: {key}: {rule} {row.plural[:20]!r} is none of its plural forms ({forms})"
        else:
            yield f"row {row.number}: {key}: the source cannot be changed here; export the sheet again"


def _of_today(rows: Sequence[Filled], message: Message, language: Language) -> bool:
    """Say whether all rows are of today's English text."""
    return all(_is_of(row, message, language) for row in rows)


def _is_of(row: Filled, message: Message, language: Language) -> bool:
    if row.plural not in plurals_of(message, language):
        return False
    return row.english == as_cell(english_of(message, row.plural))


def _at(rows: Sequence[Filled]) -> str:
    """Say in which rows."""
    numbers = ", ".join(str(row.number) for row in rows)
    return f"row {numbers}" if len(rows) == 1 else f"rows {numbers}"
