"""How sure one can be, in words: tenths beside shares, intervals, differences that are clear."""

from conversations.wording import Words, say
from reports.render.reading import SIDE, Answer, Difference, Reading

TENTHS = 10


def in_ten(answer: Answer) -> Words | None:
    """Return a share as a part of ten people, "about 4 in 10"; None where no share is shown."""
    if answer.share is None:
        return None
    if answer.count is None:
        return say("sure.or_more_in_ten", n=round(answer.share * TENTHS), of=TENTHS)
    if answer.count == 0:
        return say("release.hardly_any")
    return _near(round(answer.share * 100))


def _near(percents: int) -> Words:
    """Return the nearest tenth of whole percents; a half goes up."""
    tenths = (percents + 5) // TENTHS
    if tenths == 0:
        return say("sure.fewer_in_ten", n=1, of=TENTHS)
    if tenths == TENTHS:
        return say("sure.more_in_ten", n=TENTHS - 1, of=TENTHS)
    if tenths == TENTHS // 2:
        return say("sure.half")
    return say("sure.in_ten", n=tenths, of=TENTHS)


def between(answer: Answer) -> Words | None:
    """Return the interval of a share, "between 30 % and 52 %"; None where the release has none."""
    if answer.low is None or answer.high is None or answer.count is None:
        return None
    return say("sure.between", low=answer.low, high=answer.high)


def told(reading: Reading, question: str, difference: Difference) -> Words | None:
    """Return a clear difference as a sentence: the answer, and how many of each side gave it."""
    table = reading.table(question, (SIDE,))
    if table is None:
        return None
    one, other = difference.sides
    near = [in_ten(group.answer(difference.code)) for side in (one, other) for group in table.of_side(side)]
    if len(near) != len(difference.sides) or near[0] is None or near[1] is None:
        return None
    return say(
        "sure.difference",
        answer=reading.answer(question, difference.code),
        side=say(f"side.{one}"),
        share=near[0],
        other_side=say(f"side.{other}"),
        other_share=near[1],
    )
