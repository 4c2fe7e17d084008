"""Commands about texts: review them one at a time, say how they stand, release them."""

import asyncio
import shutil
import sys
import textwrap
import unicodedata
from collections import Counter
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from typing import Annotated, Any, Protocol, TypeVar

import typer

from bot.app import House, open_house
from bot.commands.passphrases import PassphraseFile, passphrase_of
from bot.commands.rounds import Form, ListForm, RoundName
from bot.commands.running import out, out_json, settings_at_the_door, with_house
from bot.reviewing import Prospect
from bot.sitting import Shown, Sitting
from conversations.errors import ReleaseError
from conversations.identifiers import RoundId
from reports.reviewing import CLAIM, marks, plain, redacted

texts_app = typer.Typer(no_args_is_help=True, help="Texts in people's own words: review, status, release.")

Given = TypeVar("Given")
Language = Annotated[
    str, typer.Option(help="Language of the publication and of paraphrases (default: the city's own).")
]

WIDTH = 76  # characters of a line of text; wrapped here, so that no line of it can begin at the margin
NEW_SCREEN, OLD_SCREEN, CLEAR = "\x1b[?1049h", "\x1b[?1049l", "\x1b[2J\x1b[H"
"""A screen of its own, so that nothing stays in the terminal's history. Source: xterm, "Alternate Screen"."""
ISOLATE, END_OF_ISOLATE = "\u2068", "\u2069"
OPEN_MARK, CLOSE_MARK = "⟦", "⟧"


class Run(Protocol):
    """Runs one piece of work in the open house; between two of them, whoever sits there is asked."""

    def __call__(self, work: Coroutine[Any, Any, Given], /) -> Given:
        """Return what `work` returns."""


@contextmanager
def house_between_questions() -> Iterator[tuple[House, Run]]:
    """Open the house; whoever is asked in between sits outside of the event loop, so that Ctrl-C ends it."""
    settings = settings_at_the_door()
    with asyncio.Runner() as runner:
        doors = AsyncExitStack()
        try:
            yield runner.run(doors.enter_async_context(open_house(settings))), runner.run
        finally:
            runner.run(doors.aclose())


@texts_app.command(epilog="Example: portevoix texts review language-learning-2027-01")
def review(round_id: RoundName, language: Language = "", passphrase_file: PassphraseFile = "") -> None:
    """Review the texts of a closed round, one at a time, in random order; each decision is kept at once."""
    with house_between_questions() as (house, run):
        passphrase = run(_held(house, round_id, passphrase_file))
        sitting = run(house.reviewing.review(RoundId(round_id), passphrase, language))
        with _own_screen():
            finished = _sit(sitting, run)
    out("nothing is left to review but what you put off" if finished else "the rest waits for you")
    out(f"how it stands: portevoix texts status {round_id}")


@texts_app.command(epilog="Example: portevoix texts status language-learning-2027-01")
def status(round_id: RoundName, form: ListForm = Form.TABLE) -> None:
    """Say in coarse steps how many texts wait for review, and how many days are left."""
    found = with_house(lambda house: house.reviewing.status(RoundId(round_id)))
    if form is Form.JSON:
        out_json(
            {
                "id": round_id,
                "released": found.released,
                "any_waiting": found.any_waiting,
                "more_than": found.waiting,
                "days_left": found.days_left,
            }
        )
        return
    if found.released:
        out(f"{round_id}: its texts are released")
    elif found.days_left is None:
        out(f"{round_id}: its texts were shut for good")
    else:
        out(f"{round_id}: {_step(found.any_waiting, found.waiting)} wait for review")
        out(f"in {found.days_left} days they are shut for good, reviewed or not, unless they are released")


@texts_app.command(epilog="Example: portevoix texts release language-learning-2027-01")
def release(
    round_id: RoundName,
    language: Language = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask: drop what nobody reviewed.")] = False,
    passphrase_file: PassphraseFile = "",
) -> None:
    """Release the reviewed texts of a round, once; all texts and their key are destroyed."""
    with house_between_questions() as (house, run):
        passphrase = run(_held(house, round_id, passphrase_file))
        prospect = run(house.reviewing.prospect(RoundId(round_id), passphrase, language))
        drop = yes or prospect is None or _agrees(prospect)
        sha256 = run(house.reviewing.release(RoundId(round_id), passphrase, language, drop=drop))
    out(f"the texts of {round_id} are released, SHA-256 {sha256}")
    out(f"see them: portevoix release show {round_id}")


async def _held(house: House, round_id: str, passphrase_file: str) -> str | None:
    """Return the passphrase of a round whose texts it shuts, asked for; None for any other round."""
    round_ = await house.stores.rounds.get(RoundId(round_id))
    if round_ is None or not round_.staff_key or (await house.reviewing.status(RoundId(round_id))).released:
        return None
    return passphrase_of(passphrase_file)


def _step(some: bool, step: int) -> str:
    if not some:
        return "no texts"
    return f"more than {step} texts" if step else "10 texts or fewer"


def _agrees(prospect: Prospect) -> bool:
    """Say what would be lost, and ask."""
    if prospect.any_unread:
        out(f"{_step(True, prospect.unread)} were not reviewed: they are dropped for good")
    if prospect.any_unfit:
        out("some reviewed texts cannot enter: too few people wrote like them, now that others were refused")
    if not prospect.entering:
        out("no text can enter at all")
    if prospect.entering and not prospect.loses:
        return True
    return (_ask("release all the same? (y/n) ") or "").lower() == "y"


@contextmanager
def _own_screen() -> Iterator[None]:
    """Write on a screen that leaves nothing in the terminal's history."""
    if not sys.stdout.isatty():
        yield
        return
    sys.stdout.write(NEW_SCREEN)
    try:
        yield
    finally:
        sys.stdout.write(CLEAR + OLD_SCREEN)
        sys.stdout.flush()


def _sit(sitting: Sitting, run: Run) -> bool:
    """Show one text after the other until the reviewer goes; say whether all were shown."""
    while (shown := sitting.next()) is not None:
        if sys.stdout.isatty():
            sys.stdout.write(CLEAR)
        _show(shown)
        if not _decide(sitting, shown, run):
            return False
    return True


def _show(shown: Shown) -> None:
    out("")
    out(f"key factor: {shown.key_factor}")
    out(f"side:       {shown.side}")
    out(f"language:   {shown.language}")
    out("")
    _block(shown.text)
    if shown.capitalised:
        out("words with a capital letter:")
        for part in _wrapped(", ".join(shown.capitalised)):
            out(f"  {_isolated(part)}")
    out("")
    out(textwrap.fill(CLAIM, WIDTH))
    if shown.rare:
        out("Few people of this side wrote in this language: it can enter in your own words only.")


def _block(text: str) -> None:
    """Write a text with its marks, each line behind a bar, its direction kept to itself."""
    found = marks(text)
    marked, end = "", 0
    for mark in found:
        marked += text[end : mark.start] + OPEN_MARK + text[mark.start : mark.end] + CLOSE_MARK
        end = mark.end
    marked += text[end:]
    for line in marked.split("\n"):
        for part in _wrapped(line):
            out(f"│ {_isolated(part)}")
    if found:
        kinds = Counter(mark.kind.value for mark in found)
        said = ", ".join(f"{kind} ({times})" for kind, times in kinds.items())
        out(f"marked {OPEN_MARK}{CLOSE_MARK}: {said}")


def _wrapped(line: str) -> Iterator[str]:
    """Cut a line so that no part of it reaches the margin of the terminal, at a space where there is one."""
    width = min(WIDTH, shutil.get_terminal_size().columns - 4)
    taken = ""
    for sign in line:
        if sum(map(_columns, taken)) + _columns(sign) > width:
            head, gap, tail = taken.rpartition(" ")
            yield head if gap else taken
            taken = tail if gap else ""
        taken += sign
    yield taken


def _columns(sign: str) -> int:
    """Return how many columns a sign takes at most. Source: Unicode Standard Annex 11."""
    if sign == "\ufe0f":  # makes the sign before it an emoji, and wide
        return 1
    if unicodedata.category(sign) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


def _isolated(text: str) -> str:
    return f"{ISOLATE}{text}{END_OF_ISOLATE}"


def _ask(question: str) -> str | None:
    """Ask for one line; None at the end of what is typed."""
    sys.stdout.write(question)
    sys.stdout.flush()
    line = sys.stdin.readline()
    return line.strip() if line else None


def _decide(sitting: Sitting, shown: Shown, run: Run) -> bool:
    """Ask until there is a decision about a text; say whether the reviewer stays."""
    ways = "" if shown.rare else "(a)ccept as it is  (r)edact  "
    while True:
        answer = _ask(f"{ways}(p)araphrase  (x) refuse  (l)ater  (q)uit: ")
        if answer is None or answer == "q":
            return False
        if answer == "l":
            return True
        try:
            done = _done(answer, sitting, shown, run)
        except ReleaseError as refused:
            out(str(refused))
            continue
        if done is None:
            continue
        if not done:
            out("this text is gone: withdrawn, or somebody else decided about it")
        return True


def _done(answer: str, sitting: Sitting, shown: Shown, run: Run) -> bool | None:
    """Do what was answered; None if nothing was done, False if the text was gone."""
    if answer == "x":
        return run(sitting.refuse(shown))
    if answer == "a" and not shown.rare:
        if shown.marks and not _sure("marked pieces are still in it"):
            return None
        return run(sitting.accept(shown, shown.text))
    if answer == "r" and not shown.rare:
        words = _redact(shown)
        return None if words is None else run(sitting.accept(shown, words))
    if answer == "p":
        typed = _ask(f"in your own words, in one line, in '{sitting.publication}' (nothing: back): ")
        if not typed:
            return None
        _block(plain(typed))
        return run(sitting.paraphrase(shown, typed)) if _sure("this would stand in the release") else None
    return None


def _redact(shown: Shown) -> str | None:
    """Take out what is marked and what the reviewer names; None if it is not to be so."""
    words: list[str] = []
    while True:
        left = redacted(shown.text, shown.marks, words)
        _block(left)
        typed = _ask("more words to take out, with commas between (nothing: that is all): ")
        if not typed:
            return left if _sure("this would stand in the release") else None
        words += [word.strip() for word in typed.replace("،", ",").split(",")]


def _sure(what: str) -> bool:
    return (_ask(f"{what}; take it so? (y/n) ") or "").lower() == "y"
