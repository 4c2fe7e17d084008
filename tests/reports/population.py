"""Rounds for tests of releases: people made of dice, and the frame they are counted in."""

from copy import copy
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

from bot.i18n import Catalogues, Voice
from bot.i18n.sources import benchmark_sources, questionnaire_sources
from bot.people import throw_people
from conversations.relevance import side
from conversations.rounds import Round, RoundState
from conversations.session import Answer, Sheet
from reports.disclosure import Asked, Offered, Publishable, release
from reports.planned import Frame, Plan, default_plan
from tests.instruments import shipped

LOCALES = Path(__file__).parents[2] / "locales"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def sheets(people: int, seed: int = 1) -> list[Sheet]:
    """The finished answers of people made of dice."""
    asked = shipped()
    found = []
    for person in throw_people(asked, people, seed):
        given = {question: Answer(codes=codes) for question, codes in person.answers.items()}
        kept = {key: codes for key, codes in person.answers.items() if key != "which_questions"}
        found.append(Sheet(side=side(asked.questionnaire, given), answers=kept))
    return found


def asked(plan: Plan | None = None) -> Asked:
    """The demonstration round with the default plan, as it was asked."""
    instrument = shipped()
    return Asked(
        round_=Round(
            id="demo",
            name="Spring",
            city="port-saule",
            series="demonstration",
            purpose="monitor",
            benchmark="language-learning",
            state=RoundState.CLOSED,
            opens_at=NOON,
            closes_at=NOON + timedelta(days=21),
            timezone="Europe/Brussels",
            languages=("fr", "ar", "en"),
            demonstration=True,
        ),
        closed_on=date(2026, 3, 22),
        benchmark=instrument.benchmark,
        questionnaire=instrument.questionnaire,
        city=instrument.city,
        plan=plan or default_plan(instrument.questionnaire),
        languages=[Offered("fr", "draft"), Offered("ar", "partly", 2), Offered("en", "reviewed")],
        version="0.1.0",
    )


def frame(plan: Plan | None = None) -> Frame:
    """What the round's tables have: sides, levels, codes."""
    of = asked(plan)
    return Frame(of.plan, of.questionnaire, of.city)


@cache
def released(people: int, seed: int = 1) -> Publishable:
    """The release of a round in which so many people answered."""
    return release(sheets(people, seed), asked())


def lacking(tag: str, *keys: str) -> Voice:
    """The voice of a language in which these sentences were never translated."""
    found = copy(voice(tag))
    (language, entries, city), *rest = found._chain
    left = {key: entry for key, entry in entries.items() if key not in keys}
    found._chain, found._filled = ((language, left, city), *rest), {}
    return found


@cache
def voice(tag: str = "en") -> Voice:
    """The shipped words in one language, with those of the demonstration."""
    instrument = shipped()
    catalogues = Catalogues.read(LOCALES)
    catalogues.add_city(instrument.city)
    catalogues.add_sources(questionnaire_sources(instrument.questionnaire))
    catalogues.add_sources(benchmark_sources(instrument.benchmark))
    return catalogues.voice(tag)
