"""Everything that is asked of the stores, each as one deed: done whole, or not at all."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from conversations.errors import Conflict
from conversations.identifiers import ParticipantKey, UpdateId
from conversations.ports import Contact, Known, Notice, Outcome
from conversations.progress import Step
from conversations.rounds import RoundState
from conversations.texts import ReviewedText
from storage.opening import Stores
from tests.faults.folder import (
    BOXED,
    KEYLESS,
    LEAVER,
    PLANNED,
    SOMEBODY,
    SOMEBODY_ELSE,
    code_of,
)
from tests.storage.people import (
    KEY,
    OTHER_KEY,
    OTHER_ROUND,
    ROUND,
    TODAY,
    TOMORROW,
    YESTERDAY,
    a_draft,
    a_notice,
    a_round,
    a_sent_draft,
    key_of,
)

Deed = Callable[[Stores], Awaitable[Any]]
DEEDS: dict[str, Deed] = {}
NEWCOMER = key_of(20)
HEARD = datetime(2026, 3, 2, 12, tzinfo=UTC)


def deed(doing: Deed) -> Deed:
    DEEDS[doing.__name__] = doing
    return doing


async def turn(
    stores: Stores,
    outcome: Outcome,
    update: str | None = None,
    key: ParticipantKey = KEY,
    today: Any = TODAY,
) -> Outcome | None:
    """One turn that leaves this behind, whatever it finds."""

    def decide(known: Known) -> Outcome:
        return outcome

    name = None if update is None else UpdateId(update)
    return await stores.conversations.take_turn(name, {ROUND: key}, today, decide)


@deed
async def begin_a_session(stores: Stores) -> None:
    await turn(stores, Outcome(save=a_draft(NEWCOMER), speak=True), "telegram:1", NEWCOMER)


@deed
async def answer_a_question(stores: Stores) -> None:
    notices: tuple[Notice, ...] = (a_notice(),)
    await turn(stores, Outcome(save=a_draft(turn=2), speak=True, notices=notices), "telegram:2")


@deed
async def answer_the_next_day(stores: Stores) -> None:
    await turn(stores, Outcome(save=a_draft(turn=2), speak=True), "telegram:3", today=TOMORROW)


@deed
async def answer_on_the_web(stores: Stores) -> None:
    await turn(stores, Outcome(save=a_draft(turn=2, address="")), "web-1")


@deed
async def send_the_answers(stores: Stores) -> None:
    await turn(stores, Outcome(save=a_sent_draft(turn=2), speak=True), "telegram:4")


@deed
async def stop_and_erase(stores: Stores) -> None:
    await turn(stores, Outcome(erase=KEY, notices=(a_notice(),)), "telegram:5")


@deed
async def answer_though_the_key_is_gone(stores: Stores) -> None:
    await turn(stores, Outcome(save=a_draft(KEYLESS), speak=True), "telegram:6", KEYLESS)


@deed
async def two_at_once_of_whom_one_is_late(stores: Stores) -> None:
    late = turn(stores, Outcome(save=a_draft(turn=1)), "telegram:7")
    good = turn(stores, Outcome(save=a_draft(OTHER_KEY, turn=2)), "telegram:8", OTHER_KEY)
    met, done = await asyncio.gather(late, good, return_exceptions=True)
    if isinstance(done, BaseException):
        raise done
    if not isinstance(met, Conflict):
        assert isinstance(met, Exception), "a turn that came too late was kept"
        raise met


@deed
async def a_turn_is_said(stores: Stores) -> None:
    for parcel in await stores.outbox.waiting():
        if parcel.notice is None:
            await stores.outbox.said(parcel, "message 14")


@deed
async def a_notice_is_said(stores: Stores) -> None:
    for parcel in await stores.outbox.waiting():
        if parcel.notice is not None:
            await stores.outbox.said(parcel, "message 15")


@deed
async def old_words_are_dropped(stores: Stores) -> None:
    await stores.outbox.drop_old(TODAY + timedelta(days=1))


@deed
async def ask_again_after_an_outage(stores: Stores) -> None:
    await stores.conversations.prompt_again(YESTERDAY, TODAY)


@deed
async def forget_who_lay_idle(stores: Stores) -> None:
    await stores.conversations.forget_idle(YESTERDAY)


@deed
async def forget_somebody_who_left(stores: Stores) -> None:
    await stores.conversations.forget_address(LEAVER)


@deed
async def forget_the_address_of_somebody_who_sent(stores: Stores) -> None:
    await stores.conversations.forget_address(key_of(BOXED))


@deed
async def erase_what_was_not_sent(stores: Stores) -> None:
    await stores.conversations.erase_round(ROUND)


@deed
async def forget_old_updates(stores: Stores) -> None:
    await stores.conversations.forget_updates(TODAY)


@deed
async def flush(stores: Stores) -> None:
    await stores.answers.flush(ROUND, 1)


@deed
async def withdraw(stores: Stores) -> None:
    assert await stores.answers.withdraw(ROUND, code_of(3), key_of(3))


@deed
async def withdraw_before_the_flush(stores: Stores) -> None:
    assert await stores.answers.withdraw(ROUND, code_of(BOXED), key_of(BOXED))


@deed
async def destroy_the_answers(stores: Stores) -> None:
    await stores.answers.destroy(ROUND)


@deed
async def destroy_all_but_the_boxes(stores: Stores) -> None:
    await stores.answers.destroy(ROUND, keep_boxes=True)


@deed
async def review_a_text(stores: Stores) -> None:
    opened = await stores.texts.open_all(ROUND)
    if not opened.reviewed:
        text = ReviewedText(side="migrant", key_factor="offer", text="In other words", text_language="en")  # type: ignore[arg-type]
        assert await stores.texts.decide(ROUND, next(iter(opened.waiting)), text)


@deed
async def destroy_the_texts(stores: Stores) -> None:
    await stores.answers.destroy_texts(ROUND)


@deed
async def opt_in(stores: Stores) -> None:
    await stores.contacts.opt_in(Contact("telegram:7300099777777", SOMEBODY.locale), TODAY)


@deed
async def opt_out(stores: Stores) -> None:
    await stores.contacts.opt_out(SOMEBODY.address)


@deed
async def opt_out_and_in_again(stores: Stores) -> None:
    await stores.contacts.opt_out(SOMEBODY_ELSE.address)
    await stores.contacts.opt_in(SOMEBODY_ELSE, TODAY)


@deed
async def forget_contacts_that_nobody_used(stores: Stores) -> None:
    await stores.contacts.forget_unused(YESTERDAY)


@deed
async def plan_a_round(stores: Stores) -> None:
    if await stores.rounds.get(a_round().id) is not None and len(await stores.rounds.all()) < 4:
        await stores.rounds.add(replace(a_round(), id="2028-spring"))  # type: ignore[arg-type]


@deed
async def open_a_round(stores: Stores) -> None:
    stores.keyring.make_round(PLANNED)
    await stores.rounds.keep_definition("f" * 64, "{}")
    await stores.rounds.advance(a_round(PLANNED), a_round(PLANNED, state=RoundState.OPEN))


@deed
async def freeze_a_release(stores: Stores) -> None:
    await stores.releases.freeze(ROUND, b"{}")


@deed
async def count_an_open_round(stores: Stores) -> None:
    await stores.progress.keep(ROUND, [Step("", 10, 20, TODAY), Step("host", 0, 10, TODAY)])


@deed
async def forget_how_a_round_was_counted(stores: Stores) -> None:
    await stores.progress.forget(OTHER_ROUND)


@deed
async def destroy_the_secret_of_a_round(stores: Stores) -> None:
    stores.keyring.destroy_pseudonyms(OTHER_ROUND)


@deed
async def destroy_the_keys_of_a_round(stores: Stores) -> None:
    stores.keyring.destroy_round(OTHER_ROUND)
    stores.keyring.destroy_texts(OTHER_ROUND)


@deed
async def mark_when_we_heard(stores: Stores) -> None:
    stores.last_heard.mark(HEARD)


HARMLESS = {"truncate_log"}
"""What may fail without anybody having to know: it is tried again by whoever comes next."""


SEVERAL_UNITS = {
    *("two_at_once_of_whom_one_is_late", "opt_out", "opt_out_and_in_again", "open_a_round", "withdraw"),
    "forget_contacts_that_nobody_used",
}
"""Deeds of more than one unit of work: what came before the failure is stored."""
