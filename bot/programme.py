"""The programme of rounds: which are open now, and with which instrument each is asked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.i18n import Catalogues
from bot.i18n.sources import pack_sources
from conversations.benchmark import Benchmark
from conversations.city import City
from conversations.conduct import Conduct
from conversations.errors import RoundError
from conversations.identifiers import Locale, QuestionId, RoundId, simpler
from conversations.instrument import Instrument, for_city
from conversations.ports import RoundStore
from conversations.questionnaire import Questionnaire
from conversations.rounds import Round, RoundState

LASTS = timedelta(seconds=1)  # so long what was read of the rounds counts


class Programme:
    """Knows the rounds, and builds each one's instrument from the definitions it was opened with.

    The rounds are read anew every second, since another process may open or close one (a turn in a round that
    closed meanwhile is refused by the store), and after each move that this process makes. What a round was
    opened with never changes, so instruments are kept. `heard` says which questions can be read aloud.
    """

    def __init__(
        self,
        rounds: RoundStore,
        catalogues: Catalogues,
        public_url: str,
        heard: Callable[[Instrument], frozenset[tuple[Locale, QuestionId]]] = lambda _: frozenset(),
    ) -> None:
        self._rounds = rounds
        self._catalogues = catalogues
        self._public_url = public_url
        self._heard = heard
        self._instruments: dict[RoundId, Instrument] = {}
        self._read: Sequence[Round] = ()
        self._read_at: datetime | None = None

    def forget(self) -> None:
        """Read the rounds anew the next time: one of them has moved on."""
        self._read_at = None

    async def open_now(self, now: datetime) -> Mapping[RoundId, Instrument]:
        """Return the instruments of the rounds in which answers are taken at `now`, oldest opening first."""
        rounds = [
            round_
            for round_ in reversed(await self._all(now))
            if round_.state is RoundState.OPEN and round_.opens_at <= now < round_.closes_at
        ]
        return {round_.id: await self.instrument(round_) for round_ in rounds}

    async def next_opening(self, now: datetime) -> Round | None:
        """Return the planned monitoring round that opens next, or None."""
        planned = [
            round_
            for round_ in await self._all(now)
            if round_.state is RoundState.PLANNED and not round_.is_listening
        ]
        return min(planned, key=lambda round_: round_.opens_at, default=None)

    def next_day_of(self, city: str, series: str) -> date | None:
        """Return the day on which the next round of a series opens, as far as was read last, or None."""
        days = [
            round_.opens_at.astimezone(ZoneInfo(round_.timezone)).date()
            for round_ in self._read
            if round_.state is RoundState.PLANNED and (round_.city, round_.series) == (city, series)
        ]
        return min(days, default=None)

    async def _all(self, now: datetime) -> Sequence[Round]:
        """Return every round, newest opening first, as it was within the last second."""
        if self._read_at is None or not self._read_at <= now < self._read_at + LASTS:
            self._read, self._read_at = await self._rounds.all(), now
        return self._read

    def is_listening(self, now: datetime) -> bool:
        """Say whether people can write outside rounds at `now`, as far as was read last."""
        return any(
            round_.is_listening
            and round_.state is RoundState.OPEN
            and round_.opens_at <= now < round_.closes_at
            for round_ in self._read
        )

    def newest(self) -> Instrument | None:
        """Return the instrument that was built last, or None: whom to name when no round is open."""
        return next(reversed(self._instruments.values()), None)

    def known(self, round_id: RoundId) -> Instrument | None:
        """Return the instrument of a round that was asked for before, or None."""
        return self._instruments.get(round_id)

    async def prepare(self) -> None:
        """Build the instruments of rounds that have something to say; without any, of the last released."""
        rounds = list(reversed(await self._rounds.all()))
        speaking = [one for one in rounds if one.state in (RoundState.OPEN, RoundState.CLOSED)]
        released = [one for one in rounds if one.state is RoundState.RELEASED]
        for round_ in speaking or released[-1:]:
            await self.instrument(round_)

    async def instrument(self, round_: Round) -> Instrument:
        """Return the instrument of a round that has been opened.

        Raises:
            RoundError: the round has no definitions yet.
        """
        if round_.id not in self._instruments:
            self._instruments[round_.id] = await self._build(round_)
        return self._instruments[round_.id]

    async def _build(self, round_: Round) -> Instrument:
        """Build an instrument from the stored definitions, and make their words known."""
        asked = Questionnaire.model_validate_json(await self._document(round_, "questionnaire"))
        benchmark = Benchmark.model_validate_json(await self._document(round_, "benchmark"))
        city = City.model_validate_json(await self._document(round_, "city"))
        self._catalogues.add_sources(pack_sources(benchmark, asked))
        self._catalogues.add_city(city)
        instrument = Instrument(
            round=round_.id,
            name=round_.name,
            questionnaire=for_city(asked, city),
            benchmark=benchmark,
            city=city,
            languages=round_.languages,
            closes_on=round_.closes_at.astimezone(ZoneInfo(round_.timezone)).date(),
            results_at=f"{self._public_url.rstrip('/')}/results" if self._public_url else "",
            by_hand=round_.staff_key,
            demonstration=round_.demonstration,
            variants=frozenset(filter(self._catalogues.has, map(simpler, round_.languages))),
            series=round_.series,
            conduct=Conduct.model_validate(round_.conduct),
        )
        return replace(instrument, heard=self._heard(instrument))

    async def _document(self, round_: Round, name: str) -> str:
        """Return one of the definitions that a round was opened with."""
        fingerprint = round_.definitions.get(name)
        document = await self._rounds.definition(fingerprint) if fingerprint else None
        if document is None:
            raise RoundError(f"round {round_.id} has no {name}; it was never opened")
        return document
