"""What every keeper of cities' answers promises."""

from datetime import UTC, date, datetime, timedelta

from conversations.city_answers import CityAnswer
from tests.storage.people import OTHER_ROUND, ROUND, a_round

AT = datetime(2026, 5, 4, 9, tzinfo=UTC)


def an_answer(did, round_id=ROUND):
    one = {"factor": "L1", "said": {"en": "You said."}, "did": {"en": did, "ar": "فعلنا"}}
    return CityAnswer(round=round_id, answer=(one,), reviewed=("ar",))


async def test_an_answer_comes_out_as_it_was_kept(stores):
    await stores.city_answers.keep(an_answer("We did."), AT)

    kept = await stores.city_answers.get(ROUND)

    assert (kept.answer, kept.written_on) == (an_answer("We did."), date(2026, 5, 4))
    assert await stores.city_answers.get(OTHER_ROUND) is None


async def test_written_again_it_stands_in_place_of_the_old_one_and_keeps_its_day(stores):
    await stores.city_answers.keep(an_answer("We did."), AT)
    await stores.city_answers.keep(an_answer("We did more."), AT + timedelta(days=9))

    kept = await stores.city_answers.get(ROUND)

    assert kept.answer == an_answer("We did more.")
    assert await stores.city_answers.all() == {ROUND: date(2026, 5, 4)}


async def test_each_writing_is_a_change_in_the_life_of_the_round(stores):
    await stores.rounds.add(a_round())
    await stores.city_answers.keep(an_answer("We did."), AT)
    await stores.city_answers.keep(an_answer("We did more."), AT + timedelta(days=9))

    planned, *changes = await stores.rounds.history(ROUND)

    assert planned.change == "planned"
    assert [(change.change, change.at, change.by) for change in changes] == [
        ("answered", AT, "staff"),
        ("answered again", AT + timedelta(days=9), "staff"),
    ]
