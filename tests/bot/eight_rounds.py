"""Eight rounds over two years on SQLite: restarts, downtime, a clock change, beside a plain model."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.app import House
from conversations.city_answers import CityAnswer
from conversations.rounds import Round
from conversations.schedule import Schedule, Span
from tests.bot.houses import MovableClock, a_house
from tests.series.model import Calendar, Model

ROOT = Path(__file__).parents[2]
CITY, PACK = "wellbrook", "language-learning"
FIRST = datetime.fromisoformat("2027-01-31T02:30")
"""Its fourth round falls on 31 October 2027, when 02:30 comes twice in Brussels."""
CALENDAR = Calendar("Europe/Brussels", FIRST, months=3, days=0, open_days=21, rounds=8)
SCHEDULE = Schedule(
    id="",
    city=CITY,
    series="language-learning",
    benchmark=PACK,
    name="Round {number}",
    timezone=CALENDAR.zone,
    first=FIRST,
    open_for=Span(CALENDAR.open_days, "day"),
    every=Span(CALENDAR.months, "month"),
    count=CALENDAR.rounds,
    plan='questions = ["service_known"]\ngroups = []\nwho = []\n',
)
BEGINS, ENDS = datetime(2027, 1, 1, 3, tzinfo=UTC), datetime(2029, 1, 1, 3, tzinfo=UTC)
LOOKS_EVERY = timedelta(days=2)
DOWN = (
    (datetime(2027, 4, 28, tzinfo=UTC), datetime(2027, 5, 5, tzinfo=UTC)),  # the second round opens late
    (datetime(2027, 6, 1, tzinfo=UTC), datetime(2027, 9, 15, tzinfo=UTC)),  # the third passes altogether
    (datetime(2028, 2, 10, tzinfo=UTC), datetime(2028, 3, 10, tzinfo=UTC)),  # the fifth closes late
)
NOTED = frozenset({0, 1, 2, 3, 4, 6, 7})
"""Nobody writes a note for the sixth round, so it never opens."""
ANSWERED = 3
"""Before this round (from 0) the city answers; before the others it says why not."""


def own_city(folder: Path, key: str = CITY) -> None:
    """Put a city of its own beside the shipped ones, which is no demonstration."""
    text = (ROOT / "conversations/cities/port-saule/city.toml").read_text("utf-8")
    text = text.replace('"port-saule"', f'"{key}"').replace("demonstration = true", "demonstration = false")
    (folder / "cities" / key).mkdir(parents=True, exist_ok=True)
    (folder / "cities" / key / "city.toml").write_text(text, "utf-8")


async def awake(folder: Path, clock: MovableClock) -> AsyncIterator[House]:
    """Give the house of each look for which somebody is awake; after each downtime it is opened anew."""
    own_city(folder)
    async with AsyncExitStack() as opened:
        house: House | None = None
        clock.at = BEGINS
        while clock.at < ENDS:
            if any(start <= clock.at < end for start, end in DOWN):
                await opened.aclose()
                house = None
            else:
                house = house or await opened.enter_async_context(a_house("sqlite", folder, clock))
                yield house
            clock.advance(LOOKS_EVERY)


async def nothing_more(house: House) -> None:
    """Do nothing besides: a place for what else happens on a day."""


async def live(
    folder: Path, clock: MovableClock, besides: Callable[[House], Awaitable[None]] = nothing_more
) -> tuple[dict[int, tuple[Round, list[tuple[str, datetime, str]]]], Model]:
    """Live through two years; return what became of each round (number from 0), and the model of it."""
    model = Model(CALENDAR, NOTED)
    lived: dict[int, tuple[Round, list[tuple[str, datetime, str]]]] = {}
    async for house in awake(folder, clock):
        if not model.rows:
            await house.campaigns.series.plan(SCHEDULE)
            model.plan(clock.at)
        await house.campaigns.advance_due()
        model.look(clock.at)
        row = model.staff(clock.at)
        if row is not None:
            await _prepare(house, row.nth)
        await besides(house)
        lived = await _lives(house)
    return lived, model


async def _prepare(house: House, nth: int) -> None:
    """Write the note of a round, and an answer to the one before it, or why there is none."""
    rounds = {round_.number - 1: round_ for round_ in await house.stores.rounds.all()}
    reason = "the council votes on it in spring"
    if nth == ANSWERED:
        reason = ""
        said = {"factor": "L11", "said": {"en": "You said"}, "did": {"en": "We did"}}
        answer = CityAnswer(round=rounds[nth - 1].id, answer=(said,))
        await house.stores.city_answers.keep(answer, house.campaigns.now())
    await house.campaigns.prepare(rounds[nth].id, {"en": f"What changed before round {nth + 1}."}, reason)


async def _lives(house: House) -> dict[int, tuple[Round, list[tuple[str, datetime, str]]]]:
    """Return every round with its own changes; what the city answered is none of them."""
    own = {"planned", "prepared", "opened", "closed", "released", "cancelled"}
    return {
        round_.number - 1: (
            round_,
            [
                (change.change, change.at, change.by)
                for change in await house.stores.rounds.history(round_.id)
                if change.change in own
            ],
        )
        for round_ in await house.stores.rounds.all()
    }
