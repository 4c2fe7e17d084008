"""What a city answered: whether the next round may open, what its release tells of that, and the letter."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.i18n import Catalogues, Voice
from bot.registry import Registry
from conversations.city_answers import HEADS, Kept, SinceLast, Told, cautions, round_before, told
from conversations.identifiers import Locale, RoundId, base_of
from conversations.instrument import Instrument
from conversations.ports import Notice, NoticeButton
from conversations.rounds import Round
from conversations.wording import Words, factor_key, say

ROOM = 3_000
"""UTF-16 units of a city's words in one letter: of Telegram's 4,096, a quarter is left for the words around
them, names, the address of the page, and a direction mark on each line. Source: Bot API, sendMessage."""
NO_MORE = NoticeButton("n.news.no", "notice.news_end_button")
ISOLATE, END_ISOLATE = "\u2068", "\u2069"
CUT = "…"


@dataclass(frozen=True, slots=True)
class Answered:
    """A round with what its city answered."""

    round_: Round
    kept: Kept
    instrument: Instrument

    def name_of(self, factor: str) -> Words:
        """Return the name of a key factor."""
        benchmark = self.instrument.benchmark
        name = next((one.name for one in benchmark.key_factors if one.key == factor), factor)
        return Words(factor_key(benchmark.key, factor, "name"), name)

    @property
    def place(self) -> str:
        """The address at which everybody can read it, or empty where none is known."""
        results_at = self.instrument.results_at
        return f"{results_at}/{self.round_.id}/answer" if results_at else ""


async def answered(registry: Registry, round_id: RoundId) -> Answered | None:
    """Return what the city answered to a round, or None."""
    round_, kept = await registry.rounds.get(round_id), await registry.city_answers.get(round_id)
    if round_ is None or kept is None:
        return None
    return Answered(round_, kept, await registry.programme.instrument(round_))


async def unanswered(registry: Registry, round_: Round) -> Round | None:
    """Return the round before one in its series, where the city owes it an answer before this one may open.

    Where a reason is given, which is published, it owes none.
    """
    if round_.demonstration or round_.without_answer.strip() or round_.is_listening:
        return None
    before = round_before(round_, await registry.rounds.all())
    if before is None or await registry.city_answers.get(before.id) is not None:
        return None
    return before


async def since_last(registry: Registry, round_: Round) -> SinceLast | None:
    """Return what a release tells of the round before; None where there is nothing to tell."""
    before = round_before(round_, await registry.rounds.all())
    note = dict(round_.note)
    if before is None:
        return SinceLast(round=RoundId(""), name="", benchmark="", note=note) if note else None
    found = await answered(registry, before.id)
    instrument = await registry.programme.instrument(before)
    return SinceLast(
        round=before.id,
        name=before.name,
        benchmark=instrument.benchmark.key,
        factors={one.factor: found.name_of(one.factor).source or "" for one in found.kept.answer.answers}
        if found
        else {},
        note=note,
        answer=found.kept.answer if found else None,
        without_answer=round_.without_answer.strip(),
    )


def answer_notice(found: Answered, catalogues: Catalogues, address: str, locale: Locale) -> Notice:
    """Return the letter that tells somebody what the city answered, with the way out beside it.

    The city's own words stand in it as they are, in the language of the letter or in what stands in for it,
    as many key factors as one message holds; the page has all.
    """
    voice = catalogues.voice(locale, found.instrument.city.host_language)
    blocks = list(_blocks(found, voice))
    words, whole = _fitting(blocks)
    values = {
        "city": voice.say(found.instrument.city_words("name")),
        "round": found.round_.name,
        "answer": words,
    }
    if found.place:
        return Notice(address, locale, "notice.city_answered_at", values | {"place": found.place}, (NO_MORE,))
    key = "notice.city_answered" if whole else "notice.city_answered_cut"
    return Notice(address, locale, key, values, (NO_MORE,))


def _blocks(found: Answered, voice: Voice) -> Iterator[str]:
    """Yield what is said of the translation, if anything is, and then of each key factor."""
    answer = found.kept.answer
    if warned := [voice.say(words) for words in cautions(answer, voice.tag)]:
        yield "\n".join(warned)
    for one in answer.answers:
        lines = [voice.say(found.name_of(one.factor))]
        for part, words in one.parts():
            here = told(words, voice.tag, answer.written_in)
            lines.append(f"{voice.say(say(HEADS[part]))}:\n{_isolated(here, voice)}")
        yield "\n".join(lines)


def _isolated(here: Told, voice: Voice) -> str:
    """Return a city's words, kept to themselves where they are in another language than the letter."""
    return here.text if base_of(here.tag) == voice.base else f"{ISOLATE}{here.text}{END_ISOLATE}"


def _fitting(blocks: Sequence[str]) -> tuple[str, bool]:
    """Return as many blocks as one letter holds, and whether these are all; at least a part of one."""
    taken: list[str] = []
    left = ROOM
    for block in blocks:
        left -= _units(block) + 2
        if left < 0:
            break
        taken.append(block)
    return "\n\n".join([*taken, *([CUT] if len(taken) < len(blocks) else [])]), len(taken) == len(blocks)


def _units(text: str) -> int:
    """Return the UTF-16 units of a text. Source: Bot API, "Message entities"."""
    return len(text.encode("utf-16-le")) // 2
