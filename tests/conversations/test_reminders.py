"""When people may be written to: rungs reached, missed and late, and hours on nights of clock change."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.conduct import Hours
from conversations.letters import Timing, as_letter, is_letter, timing
from conversations.ports import Notice
from conversations.reminders import due_rung, is_within, next_within
from tests.storage.people import a_round

BRUSSELS = "Europe/Brussels"
OPENS = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)  # 09:00 in Brussels
ZONES = [
    "Europe/Brussels",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "UTC",
]


def a_plan(*after, lasts=21, opened_at=OPENS, zone=BRUSSELS, hours=("09:00", "20:00")):
    return a_round(
        opens_at=OPENS,
        closes_at=OPENS + timedelta(days=lasts),
        opened_at=opened_at,
        timezone=zone,
        conduct={"remind_after": after, "hours": dict(zip(("first", "last"), hours, strict=True))},
    )


def rungs(round_, days=30, step=timedelta(hours=1)):
    """The rungs that are due over a round's time, hour by hour, each told once with its first moment."""
    found, at = {}, OPENS - timedelta(days=1)
    while at < OPENS + timedelta(days=days):
        if (rung := due_rung(round_, at)) is not None:
            found.setdefault(rung, at)
        at += step
    return found


def test_a_rung_is_due_on_its_day_at_the_first_hour_of_the_local_clock():
    found = rungs(a_plan(7, 14))

    assert found == {1: OPENS + timedelta(days=7), 2: OPENS + timedelta(days=14)}


def test_a_round_without_reminders_has_no_rung():
    assert rungs(a_plan()) == {}


@pytest.mark.parametrize(
    "days, rung", [(7, 1), (10, 1), (11, None), (13, None), (14, 2), (17, 2), (18, None)]
)
def test_only_the_highest_rung_is_due_and_one_that_is_late_by_more_than_three_days_is_skipped(days, rung):
    awake_again = OPENS + timedelta(days=days, hours=2)

    assert due_rung(a_plan(7, 14), awake_again) == rung


def test_nobody_is_reminded_in_the_last_day_of_a_round():
    assert rungs(a_plan(7, 14, lasts=14)) == {1: OPENS + timedelta(days=7)}
    assert due_rung(a_plan(7, lasts=9), OPENS + timedelta(days=8, minutes=1)) is None
    assert due_rung(a_plan(7, lasts=9), OPENS + timedelta(days=8, minutes=-1)) == 1


def test_a_round_that_opened_late_counts_its_rungs_from_that_day():
    late = a_plan(3, opened_at=OPENS + timedelta(days=10, hours=5))

    assert rungs(late) == {1: OPENS + timedelta(days=13)}


def test_a_rung_over_the_spring_change_keeps_the_local_hour():
    """On 28 March 2027 clocks in Brussels go forward: 09:00 is 07:00 UTC from then on."""
    found = rungs(a_plan(28, lasts=40), days=40)

    assert found == {1: datetime(2027, 3, 29, 7, 0, tzinfo=UTC)}


@pytest.mark.parametrize(
    "utc, within",
    [
        (datetime(2027, 3, 28, 0, 59, tzinfo=UTC), False),  # 01:59
        (datetime(2027, 3, 28, 1, 0, tzinfo=UTC), True),  # 03:00, there is no 02:00
        (datetime(2027, 10, 31, 0, 15, tzinfo=UTC), False),  # 02:15 for the first time, hours from 02:30
        (datetime(2027, 10, 31, 0, 45, tzinfo=UTC), True),  # 02:45 for the first time
        (datetime(2027, 10, 31, 1, 15, tzinfo=UTC), False),  # 02:15 for the second time
        (datetime(2027, 10, 31, 1, 45, tzinfo=UTC), True),  # 02:45 for the second time
        (datetime(2027, 10, 31, 3, 0, tzinfo=UTC), False),  # 04:00
    ],
)
def test_on_nights_of_clock_change_the_hours_are_what_clocks_show(utc, within):
    assert is_within(Hours(first=time(2, 30), last=time(4)), BRUSSELS, utc) is within


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(ZONES),
    st.integers(0, 3 * 365 * 24 * 60),
    st.tuples(st.integers(0, 20), st.integers(1, 3)),
)
def test_the_next_moment_within_the_hours_is_within_them_and_not_before_now(zone, minutes, pair):
    hours, now = Hours(first=time(pair[0]), last=time(sum(pair))), OPENS + timedelta(minutes=minutes)

    begins = next_within(hours, zone, now)

    assert begins >= now
    assert is_within(hours, zone, begins)


def test_a_letter_waits_for_its_hours_and_has_an_end():
    plain = Notice("telegram:1:0", "en", "letter.reminder")
    letter = as_letter(plain, Hours(), BRUSSELS, OPENS + timedelta(days=2))

    assert (is_letter(plain), is_letter(letter)) == (False, True)
    assert timing(letter, OPENS) is Timing.NOW
    assert timing(letter, OPENS - timedelta(minutes=1)) is Timing.WAITS
    assert timing(letter, OPENS + timedelta(hours=11)) is Timing.WAITS
    assert timing(letter, OPENS + timedelta(days=2)) is Timing.OVER
    assert timing(plain, OPENS + timedelta(hours=11)) is Timing.NOW
