"""The file of a city's answer: what it is held against, its skeleton, and that of an answer that is kept."""

import asyncio
import json
import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.freezing import tables_of
from bot.i18n import OFFERABLE
from bot.registry import Registry
from conversations.city_answers import MAX_ANSWER, CityAnswer
from conversations.errors import RoundError
from conversations.identifiers import RoundId
from conversations.inspecting_answers import Against
from conversations.loading import read_city_answer
from conversations.ports import TABLES
from conversations.rounds import Round, RoundState
from reports.disclosure import Publishable
from reports.disclosure.texts import reopen_texts
from reports.render.reading import Group, Reading
from reports.reviewing import marks

TEXTS = "texts"
"""The part of a release that holds what people wrote."""
HEAD = """\
# What the city answers to what people said in round {round}.
#
# For each key factor: `said` is what you heard, `did` what the city did, `not_possible_because` why it could
# not. `said` is needed, and one of the other two. Leave out key factors that you do not answer. At most
# {most} characters each, in plain words, for everybody to read: no names, numbers or addresses of people.
# Translations stand beside the text: said = {{ en = "...", fr = "..." }}. Those whose language is not under
# `reviewed` are shown as drafts.
# Then: portevoix answer check FILE, and portevoix answer write {round} --file FILE

round = {id}
written_in = "en"
reviewed = []
"""
NOTHING_SHOWN = """
# Too few people took part for anything to be shown, so there is nothing to answer. Say so instead:
# portevoix round prepare NEXT_ROUND --without-answer "Too few people took part."
"""
EMPTY = """
[[answer]]
factor = {factor}  # {name}
said = ""
did = ""
# not_possible_because = ""
"""
TEXT = re.compile(r"\s+")


async def released_round(registry: Registry, round_id: RoundId) -> Round:
    """Return a round that people can read the release of: an answer is to what was published.

    Raises:
        RoundError: there is no such round, or it is not released.
    """
    round_ = await registry.rounds.get(round_id)
    if round_ is None:
        raise RoundError(f"there is no round {round_id[:60]}; `portevoix round list` names them")
    if round_.state is not RoundState.RELEASED:
        todo = f"; release it first: portevoix round release {round_.id}"
        raise RoundError(
            f"round {round_.id} is {round_.state.value}, not released: nobody can see yet what was said"
            + (todo if round_.state is RoundState.CLOSED else "")
        )
    return round_


async def against(registry: Registry, round_id: RoundId) -> Against:
    """Return what an answer to a released round is held against.

    Raises:
        RoundError: there is no such round, or it is not released.
        ReleaseError: its release does not verify.
    """
    round_ = await released_round(registry, round_id)
    instrument = await registry.programme.instrument(round_)
    shown = {factor for part in await tables_of(registry, round_id) for factor in _shown(Reading(part))}
    texts = await _texts(registry, round_id)
    shown |= {str(part["key_factor"]) for part in texts.document.get("texts", ())} if texts else set()
    return Against(
        round=round_.id,
        factors=[factor.key for factor in instrument.benchmark.key_factors],
        shown=shown,
        languages=OFFERABLE,
        signs=signs,
    )


async def _texts(registry: Registry, round_id: RoundId) -> Publishable | None:
    """Return what people wrote in a round, if that is released."""
    content = await registry.releases.read(round_id, TEXTS)
    first = await registry.releases.read(round_id, TABLES) if content is not None else None
    if content is None or first is None:
        return None
    tables = (await tables_of(registry, round_id))[0]
    return await asyncio.to_thread(reopen_texts, content, tables)


def _shown(reading: Reading) -> Iterator[str]:
    """Yield the key factors of which a part of a release shows anything."""
    for table in reading.tables:
        if not table.who and any(group.people is not None for group in table.groups):
            yield str(reading.questions[table.question]["key_factor"])


def signs(text: str) -> Sequence[str]:
    """Return what in a text looks personal, each kind once."""
    return list(dict.fromkeys(mark.kind.value for mark in marks(text)))


async def taken(registry: Registry, round_id: RoundId, text: str, where: str, at: datetime) -> CityAnswer:
    """Check the file of an answer and keep it in place of the one before.

    Raises:
        RoundError: there is no such round, or it is not released.
        DefinitionError: with every finding about the file.
    """
    answer = read_city_answer(text, where, await against(registry, round_id))
    await registry.city_answers.keep(answer, at)
    return answer


async def skeleton(registry: Registry, round_id: RoundId) -> str:
    """Return a file to fill in: each key factor of which something is published, with its figures beside it.

    Raises:
        RoundError: there is no such round, or it is not released.
    """
    held = await against(registry, round_id)
    parts = [Reading(part) for part in await tables_of(registry, round_id)]
    lines = [_head(round_id)]
    names = {factor["key"]: factor["name"] for factor in parts[0].benchmark["key_factors"]}
    for factor in held.factors:
        if factor in held.shown:
            lines.append(EMPTY.format(factor=_quoted(factor), name=_line(names[factor])))
            lines += [f"#   {line}\n" for part in parts for line in _figures(part, factor)]
        else:
            lines.append(f"\n# {factor}: nothing is shown of it, so it cannot be answered.\n")
    return "".join(lines if held.shown else [*lines, NOTHING_SHOWN])


def _figures(reading: Reading, factor: str) -> Iterator[str]:
    """Yield the published figures of a key factor's questions, as comments."""
    for question in reading.asked_for(factor):
        table = reading.table(question, ("side",)) or reading.table(question)
        yield _line(reading.questions[question]["label"])
        for group in table.groups if table else ():
            if group.people is not None:
                yield f"  {', '.join(group.values.values()) or 'everybody'}, about {group.people} people:"
                yield from (f"    {line}" for line in _answers(reading, question, group))


def _answers(reading: Reading, question: str, group: Group) -> Iterator[str]:
    for answer in group.answers:
        if answer.count is not None:
            label = reading.answer(question, answer.code).source or answer.code
            share = "" if answer.share is None else f", {answer.share:.0%}"
            yield f"{_line(label)}: about {answer.count}{share}"


def as_file(answer: CityAnswer) -> str:
    """Return the file of an answer that is kept, so that it can be changed and written again."""
    lines = [_head(answer.round)]
    lines[0] = lines[0].replace('written_in = "en"', f"written_in = {_quoted(answer.written_in)}")
    lines[0] = lines[0].replace("reviewed = []", f"reviewed = [{', '.join(map(_quoted, answer.reviewed))}]")
    for one in answer.answers:
        lines.append(f"\n[[answer]]\nfactor = {_quoted(one.factor)}\n")
        for part, words in one.parts():
            lines.append(f"[answer.{part}]\n")
            lines += [f"{tag} = {_quoted(text)}\n" for tag, text in words.items()]
    return "".join(lines)


def _head(round_id: str) -> str:
    """Return how a file begins."""
    return HEAD.format(round=round_id, id=_quoted(round_id), most=MAX_ANSWER)


def _quoted(text: str) -> str:
    """Return a text as a string of TOML, whose escapes are those of JSON."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _line(text: str) -> str:
    """Return a text on one line, so that it stays a comment."""
    return TEXT.sub(" ", text).strip()
