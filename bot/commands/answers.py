"""Commands about what a city answers: a skeleton to fill in, check, write, show, translators' sheets."""

import tomllib
from pathlib import Path
from typing import Annotated

import typer

from bot.answer_file import against, as_file, released_round, skeleton, taken
from bot.answer_sheets import filled, sheet_of
from bot.answering import answered
from bot.app import House, now, program_version
from bot.commands.passphrases import content_of
from bot.commands.rounds import RoundName
from bot.commands.running import out, with_house
from bot.i18n.pofiles import CatalogueError
from bot.i18n.sheets_making import write_new
from conversations.city_answers import HEADS, CityAnswer, Kept, cautions, told
from conversations.errors import DefinitionError, Finding, RoundError, Rule
from conversations.identifiers import RoundId
from conversations.loading import read_city_answer
from conversations.wording import say

answers_app = typer.Typer(
    no_args_is_help=True, help="What the city answers to what people said: template, check, write, show."
)

AnswerFile = Annotated[Path, typer.Option("--file", help="The answer, a TOML file.")]
Tag = Annotated[str, typer.Argument(help="The language's tag, such as fr or ar.")]


@answers_app.command(epilog="Example: portevoix answer template language-learning-2027-01 > answer.toml")
def template(round_id: RoundName) -> None:
    """Print a file to fill in: each key factor, with what was published about it beside it."""
    out(with_house(lambda house: skeleton(house.registry, RoundId(round_id))).rstrip("\n"))


@answers_app.command(epilog="Example: portevoix answer check answer.toml")
def check(file: Annotated[Path, typer.Argument(help="The answer, a TOML file.")]) -> None:
    """Check an answer's file against the release that it answers; nothing is kept."""
    text = content_of(file)

    async def act(house: House) -> CityAnswer:
        held = await against(house.registry, _round_of(text, file.name))
        return read_city_answer(text, file.name, held)

    answer = with_house(act)
    out(f"nothing is wrong with it: {_factors(answer)} of {answer.round} answered")
    _say_languages(answer)
    out(f"take it in: portevoix answer write {answer.round} --file {file.name}")


def _round_of(text: str, where: str) -> RoundId:
    """Return the round that a file names.

    Raises:
        DefinitionError: it is no TOML, or names none.
    """
    try:
        named = tomllib.loads(text).get("round")
    except (ValueError, RecursionError) as error:
        advice = f"cannot be read: {error}; correct the TOML here or just before"
        raise DefinitionError([Finding(Rule.BROKEN_TOML, where, advice)]) from None
    if not isinstance(named, str) or not named:
        advice = "'round' is missing; add the id of the round that is answered"
        raise DefinitionError([Finding(Rule.MISSING_KEY, f"{where} round", advice)])
    return RoundId(named)


@answers_app.command(epilog="Example: portevoix answer write language-learning-2027-01 --file answer.toml")
def write(round_id: RoundName, file: AnswerFile) -> None:
    """Take in what the city answers to a released round; written again, it stands in place of the old one."""
    text, at = content_of(file), now()

    async def act(house: House) -> tuple[CityAnswer, bool, str]:
        before = await house.registry.city_answers.get(RoundId(round_id))
        answer = await taken(house.registry, RoundId(round_id), text, file.name, at)
        found = await answered(house.registry, answer.round)
        return answer, before is not None, found.place if found else ""

    _say_kept(*with_house(act))


def _say_kept(answer: CityAnswer, again: bool, place: str) -> None:
    """Say what was kept, and what becomes of it."""
    out(f"the answer to {answer.round} is {'written again' if again else 'written'}: {_factors(answer)}")
    _say_languages(answer)
    out(f"everybody can read it now: {place or f'/results/{answer.round}/answer'}")
    out("it goes to everybody who asked to be written to, as one letter each; what was sent stays as it was")
    out("it will stand in the next release of the series, whose round may open now")


def _factors(answer: CityAnswer) -> str:
    count = len(answer.answers)
    return "1 key factor" if count == 1 else f"{count} key factors"


def _say_languages(answer: CityAnswer) -> None:
    """Say in which languages it is, and how far."""
    out(f"it is written in {answer.written_in}")
    for tag in answer.languages()[1:]:
        whole = all(words.get(tag) for words in answer.texts())
        state = "read by somebody who grew up with it" if tag in answer.reviewed else "shown as a draft"
        out(f"    {tag}: {'all of it' if whole else 'some of it'}, {state}")
    out(f"    where it is not translated, {answer.written_in} stands in, and says so")


@answers_app.command(epilog="Example: portevoix answer show language-learning-2027-01 --lang ar")
def show(
    round_id: RoundName,
    lang: Annotated[str, typer.Option(help="The language to show it in (default: as it is written).")] = "",
    toml: Annotated[bool, typer.Option("--toml", help="As a file, to change and write again.")] = False,
) -> None:
    """Show what the city answered to a round."""

    async def act(house: House) -> list[str]:
        kept = await _kept(house, round_id)
        if toml:
            return [as_file(kept.answer).rstrip("\n")]
        return await _lines(house, kept, lang or kept.answer.written_in)

    for line in with_house(act):
        out(line)


async def _kept(house: House, round_id: str) -> Kept:
    """Return the answer to a round.

    Raises:
        RoundError: there is no such round, it is not released, or it is not answered.
    """
    round_ = await released_round(house.registry, RoundId(round_id))
    kept = await house.registry.city_answers.get(round_.id)
    if kept is None:
        raise RoundError(
            f"the city has not answered {round_.id} yet; begin with: portevoix answer template {round_.id}"
        )
    return kept


async def _lines(house: House, kept: Kept, tag: str) -> list[str]:
    """Return an answer line by line, in a language.

    Raises:
        RoundError: there are no words in this language.
    """
    if not house.catalogues.has(tag):
        known = ", ".join(house.catalogues.tags)
        raise RoundError(f"there are no words in '{tag[:40]}'; there are {known}")
    found = await answered(house.registry, kept.answer.round)
    voice = house.catalogues.voice(tag)
    lines = [f"{kept.answer.round}, written on {kept.written_on.isoformat()}"]
    lines += [voice.say(words) for words in cautions(kept.answer, tag)]
    for one in kept.answer.answers:
        lines += ["", f"{one.factor}  {voice.say(found.name_of(one.factor)) if found else ''}"]
        for part, words in one.parts():
            here = told(words, tag, kept.answer.written_in)
            lines.append(f"  {voice.say(say(HEADS[part]))}: {here.text}")
    return lines


@answers_app.command(
    epilog="Example: portevoix answer export language-learning-2027-01 ar --xlsx arabic.xlsx"
)
def export(
    round_id: RoundName,
    tag: Tag,
    xlsx: Annotated[Path, typer.Option("--xlsx", help="The file to write; it must not be there yet.")],
) -> None:
    """Write an answer as a sheet for translators, to be filled in with any spreadsheet program."""
    kept = with_house(lambda house: _kept(house, round_id))
    write_new(xlsx, sheet_of(kept.answer, tag, program_version()))
    out(f"the answer to {round_id} for {tag}, written to {xlsx.name}")
    out(f"when it comes back: portevoix answer import {round_id} {tag} {xlsx.name}")


@answers_app.command(
    "import", epilog="Example: portevoix answer import language-learning-2027-01 ar arabic.xlsx --reviewed"
)
def import_(
    round_id: RoundName,
    tag: Tag,
    file: Annotated[Path, typer.Argument(help="The filled-in sheet, an .xlsx file.")],
    reviewed: Annotated[
        bool, typer.Option("--reviewed", help="Somebody who grew up with the language has read all of it.")
    ] = False,
) -> None:
    """Take the translations of a filled-in sheet into an answer; all are taken or none."""
    at = now()

    async def act(house: House) -> CityAnswer:
        kept = await _kept(house, round_id)
        text = as_file(filled(kept.answer, tag, file, reviewed))
        return await taken(house.registry, kept.answer.round, text, file.name, at)

    answer = with_house(act)
    if tag not in answer.languages():
        raise CatalogueError(f"{file.name}: no row has a translation; nothing changed")
    out(f"the answer to {answer.round} has new words in {tag}")
    _say_languages(answer)
