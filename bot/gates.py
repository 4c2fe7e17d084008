"""What a planned round waits for before it may open: a note on what changed, and the city's answer."""

from bot.answering import unanswered
from bot.registry import Registry
from conversations.city_answers import round_before
from conversations.errors import RoundError
from conversations.rounds import Round, RoundState


async def waits_for(registry: Registry, round_: Round) -> str:
    """Return what a planned round waits for, in words for staff, or nothing if it may open.

    From the second round of a series on it needs a note, and the city's answer to what was said before, or a
    reason why there is none. Demonstrations and rounds that only listen wait for nothing.
    """
    if round_.state is not RoundState.PLANNED or round_.demonstration or round_.is_listening:
        return ""
    before = round_before(round_, await registry.rounds.all())
    if before is None:
        return ""
    waits = []
    if not round_.note:
        waits.append(
            f"a note on what changed since last time (portevoix round prepare {round_.id} --note TEXT)"
        )
    if (silent := await unanswered(registry, round_)) is not None:
        released = silent.state is RoundState.RELEASED
        first = "" if released else f"portevoix round release {silent.id}, then "
        waits.append(
            f"the city's answer to {silent.id} ({first}portevoix answer write {silent.id}, or portevoix"
            f" round prepare {round_.id} --without-answer REASON)"
        )
    return ", and ".join(waits)


async def check_ready(registry: Registry, round_: Round) -> None:
    """Refuse to open a round that waits for something.

    Raises:
        RoundError: it does; names the commands that help.
    """
    if waits := await waits_for(registry, round_):
        raise RoundError(f"round {round_.id} cannot open yet: it waits for {waits}")
