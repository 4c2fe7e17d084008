"""When rounds of a series open and close: a calendar that never drifts, on any night, in any zone."""

import calendar
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.errors import RoundError
from conversations.rounds import ALLOWED, RoundState, check_move
from conversations.schedule import Schedule, Span, check_beside, check_schedule, moment
from tests.storage.people import a_round

ZONES = (
    *("Europe/Brussels", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca"),
    *("Asia/Tehran", "Asia/Kathmandu", "America/Sao_Paulo", "Pacific/Chatham", "UTC"),
)
ONE_DAY = Span(1, "day")
UNITS = ("minute", "hour", "day", "week", "month", "year")


def local(text):
    """A naive local time, as staff write it."""
    return datetime.fromisoformat(text)


def a_schedule(first, every, open_for=ONE_DAY, zone="Europe/Brussels", **facts):
    usual = {"id": "town/learning", "city": "town", "series": "learning", "benchmark": "learning"}
    return Schedule(
        **{**usual, "name": "Round", "timezone": zone, "first": first, "open_for": open_for, "every": every}
        | facts
    )


def local_openings(schedule, rounds):
    openings = [schedule.opening(nth).astimezone(schedule.zone) for nth in range(rounds)]
    return [f"{opening:%Y-%m-%d %H:%M}" for opening in openings]


def test_the_last_day_of_a_month_comes_back_after_shorter_months():
    schedule = a_schedule(local("2027-01-31T09:00"), Span(1, "month"))

    assert local_openings(schedule, 6) == [
        *("2027-01-31 09:00", "2027-02-28 09:00", "2027-03-31 09:00"),
        *("2027-04-30 09:00", "2027-05-31 09:00", "2027-06-30 09:00"),
    ]
    assert local_openings(a_schedule(local("2028-01-31T09:00"), Span(1, "month")), 2)[1] == "2028-02-29 09:00"


def test_a_leap_day_comes_back_every_fourth_year():
    schedule = a_schedule(local("2028-02-29T09:00"), Span(1, "year"))

    assert [opening[:10] for opening in local_openings(schedule, 5)] == [
        *("2028-02-29", "2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"),
    ]


def test_a_time_in_the_gap_of_a_spring_night_is_the_first_moment_after_it():
    schedule = a_schedule(local("2027-03-27T02:30"), Span(1, "day"), Span(12, "hour"))

    assert local_openings(schedule, 3) == ["2027-03-27 02:30", "2027-03-28 03:00", "2027-03-29 02:30"]
    assert schedule.opening(1) == datetime(2027, 3, 28, 1, tzinfo=UTC)


def test_a_time_that_an_autumn_night_has_twice_is_the_first_of_both():
    schedule = a_schedule(local("2027-10-30T02:30"), Span(1, "day"), Span(12, "hour"))

    assert schedule.opening(1) == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert schedule.opening(2) - schedule.opening(1) == timedelta(hours=25)


def test_half_an_hour_of_clock_change_on_lord_howe_island():
    spring = a_schedule(local("2027-10-02T02:15"), Span(1, "day"), zone="Australia/Lord_Howe")
    autumn = a_schedule(local("2027-04-03T01:45"), Span(1, "day"), zone="Australia/Lord_Howe")

    assert local_openings(spring, 2)[1] == "2027-10-03 02:30"
    assert autumn.opening(1) == datetime(2027, 4, 3, 14, 45, tzinfo=UTC)


def test_a_day_that_a_country_skipped_has_no_round_of_its_own():
    schedule = a_schedule(local("2011-12-28T09:00"), Span(1, "day"), Span(8, "hour"), zone="Pacific/Apia")
    whole_days = a_schedule(local("2011-12-28T00:00"), Span(1, "day"), zone="Pacific/Apia")

    assert local_openings(schedule, 4)[2] == "2011-12-31 00:00"
    assert schedule.closing(2) == datetime(2011, 12, 30, 18, tzinfo=UTC)
    assert [whole_days.next_after(nth) for nth in (-1, 0, 1, 2, 3)] == [0, 1, 3, 3, 4]
    assert not whole_days.has(2)


def test_clocks_that_go_back_for_ramadan_and_a_country_that_gave_them_up():
    ramadan = a_schedule(local("2027-01-20T02:30"), Span(1, "week"), zone="Africa/Casablanca")
    tehran = a_schedule(local("2022-03-15T00:00"), Span(1, "week"), zone="Asia/Tehran")

    assert {opening[11:] for opening in local_openings(ramadan, 20)} <= {"02:30", "03:00"}
    assert local_openings(tehran, 3) == ["2022-03-15 00:00", "2022-03-22 01:00", "2022-03-29 00:00"]
    assert {opening[11:] for opening in local_openings(tehran, 80)[2:]} == {"00:00"}


def test_open_for_a_month_every_month_leaves_no_gap_and_no_overlap():
    schedule = a_schedule(local("2027-01-31T09:00"), Span(1, "month"), Span(1, "month"))

    check_schedule(schedule)
    for nth in range(40):
        assert schedule.closing(nth) == schedule.opening(nth + 1)


@pytest.mark.parametrize(
    "every, open_for",
    [
        (Span(3, "week"), Span(22, "day")),
        (Span(1, "month"), Span(5, "week")),
        (Span(1, "month"), Span(29, "day")),
        (Span(30, "day"), Span(1, "month")),
        (Span(1, "year"), Span(13, "month")),
        (Span(1, "year"), Span(366, "day")),
    ],
)
def test_rounds_that_would_overlap_are_refused_with_both_spans(every, open_for):
    with pytest.raises(RoundError, match=f"{open_for}.*{every}"):
        check_schedule(a_schedule(local("2027-01-31T09:00"), every, open_for))


@pytest.mark.parametrize(
    "every, open_for",
    [
        (Span(3, "week"), Span(21, "day")),
        (Span(1, "month"), Span(28, "day")),
        (Span(31, "day"), Span(1, "month")),
        (Span(1, "year"), Span(365, "day")),
        (Span(1, "day"), Span(24, "hour")),
    ],
)
def test_rounds_that_just_fit_are_taken(every, open_for):
    check_schedule(a_schedule(local("2027-02-01T09:00"), every, open_for))


@pytest.mark.parametrize(
    "facts, words",
    [
        ({"count": 0}, "--rounds is 0"),
        ({"open_for": Span(0, "day")}, "--open-for"),
        ({"every": Span(0, "week")}, "--every"),
        ({"id": "x" * 65}, "--series"),
    ],
)
def test_a_schedule_of_nothing_is_refused(facts, words):
    schedule = a_schedule(**{"first": local("2027-01-01T00:00"), "every": Span(1, "month"), **facts})

    with pytest.raises(RoundError, match=words):
        check_schedule(schedule)


def test_two_series_of_one_questionnaire_in_one_city_may_not_meet_even_years_later():
    yearly = a_schedule(local("2027-01-01T09:00"), Span(1, "year"), Span(3, "week"))
    weekly = a_schedule(local("2027-02-01T09:00"), Span(16, "week"), Span(1, "week"), series="other")
    beside = a_schedule(local("2027-02-01T09:00"), Span(1, "year"), Span(3, "week"), series="other")

    with pytest.raises(RoundError, match="round end learning"):
        check_beside(weekly, yearly)
    check_beside(beside, yearly)
    check_beside(a_schedule(yearly.first, yearly.every, city="elsewhere"), yearly)
    check_beside(a_schedule(yearly.first, yearly.every, conduct={"listening": True}), yearly)


def test_a_series_ends_after_its_last_round():
    schedule = a_schedule(local("2027-01-01T00:00"), Span(1, "month"), count=2)

    assert [schedule.next_after(nth) for nth in (-1, 0, 1)] == [0, 1, None]


def test_ids_and_names_tell_rounds_apart():
    monthly = a_schedule(local("2027-01-31T09:00"), Span(1, "month"), name="Round {number} of many")
    daily = a_schedule(local("2027-01-31T09:00"), Span(1, "week"))
    hourly = a_schedule(local("2027-01-31T09:00"), Span(6, "hour"), Span(2, "hour"))

    assert (monthly.round_id(1), monthly.name_of(1)) == ("learning-2027-02", "Round 2 of many")
    assert (daily.round_id(1), daily.name_of(1)) == ("learning-2027-02-07", "Round 2")
    assert hourly.round_id(1) == "learning-2027-01-31-1500"


spans = st.builds(Span, st.integers(1, 40), st.sampled_from(UNITS))
firsts = st.datetimes(local("2010-01-01T00:00"), local("2060-01-01T00:00")).map(
    lambda at: at.replace(second=0, microsecond=0)
)


@settings(max_examples=150, deadline=None)
@given(firsts, spans, spans, st.sampled_from(ZONES), st.integers(0, 60))
def test_no_round_opens_before_the_one_before_has_closed(first, every, open_for, zone, nth):
    schedule = a_schedule(first, every, open_for, zone)

    assert schedule.opening(nth) <= schedule.closing(nth) <= schedule.opening(nth + 1)
    if schedule.has(nth):
        assert schedule.opening(nth) < schedule.closing(nth)


@settings(max_examples=150, deadline=None)
@given(firsts, st.integers(1, 30), st.sampled_from(ZONES), st.integers(0, 200))
def test_months_are_those_of_the_calendar_however_many_have_passed(first, every, zone, nth):
    opening = a_schedule(first, Span(every, "month"), zone=zone).opening(nth)

    year, month = divmod(first.year * 12 + first.month - 1 + every * nth, 12)
    day = min(first.day, calendar.monthrange(year, month + 1)[1])
    wanted = first.replace(year=year, month=month + 1, day=day)
    here = opening.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    assert here == wanted or wanted < here <= wanted + timedelta(days=1, hours=1)


@settings(max_examples=200, deadline=None)
@given(firsts, st.sampled_from(ZONES))
def test_a_moment_is_the_first_that_the_local_clock_shows_or_the_first_after_the_gap(local, zone):
    here = ZoneInfo(zone)
    found = moment(local, here)

    shown = found.astimezone(here).replace(tzinfo=None)
    before = (found - timedelta(seconds=1)).astimezone(here).replace(tzinfo=None)
    assert shown >= local
    assert before < local
    if shown == local:
        assert found.astimezone(here).fold == 0


def test_a_round_moves_only_as_the_table_says():
    may = {(here, there) for here, theres in ALLOWED.items() for there in theres}
    named = {
        ("planned", "open"),
        ("planned", "cancelled"),
        ("open", "closed"),
        ("closed", "released"),
    }

    assert {(here.value, there.value) for here, there in may} == named
    for here in RoundState:
        for there in RoundState:
            if (here, there) in may:
                check_move(a_round(state=here), there)
            else:
                with pytest.raises(RoundError, match=f"is {here}; it cannot become {there}"):
                    check_move(a_round(state=here), there)
