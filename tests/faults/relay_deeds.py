"""What is asked of the stores for relays, letters, series and answers of the city, each as one deed."""

from dataclasses import replace

from conversations.identifiers import RelayId
from conversations.ports import Outcome
from storage.opening import Stores
from tests.faults.deeds import DEEDS, deed, turn
from tests.faults.folder import (
    BUNDLE,
    EVENING,
    SERIES,
    SOMEBODY,
    SOMEBODY_ELSE,
    TOLD,
    UNSPENT,
    WOMEN,
    WRITTEN_AT,
    a_letter,
    an_answer,
)
from tests.storage.people import TODAY, a_sent_draft

__all__ = ["DEEDS"]


@deed
async def send_with_a_code(stores: Stores) -> None:
    await turn(stores, Outcome(save=a_sent_draft(turn=2), speak=True, spend=UNSPENT[0]), "telegram:9")


@deed
async def print_codes(stores: Stores) -> None:
    await stores.codes.add(["000000000007", "000000000008"], BUNDLE)


@deed
async def destroy_codes_that_nobody_used(stores: Stores) -> None:
    await stores.codes.drop(BUNDLE)


@deed
async def redeem_a_receipt(stores: Stores) -> None:
    assert await stores.receipts.redeem("another receipt", WOMEN.id, "2026-W10") in (None, "2026-W10")


@deed
async def make_a_relay_known(stores: Stores) -> None:
    relay = replace(WOMEN, id=RelayId("r0002"), number=2, name="Library", kind="library")
    await stores.relays.add(relay)


@deed
async def revoke_a_relay(stores: Stores) -> None:
    await stores.relays.change(replace(WOMEN, revoked=True, generation=2))


@deed
async def hand_the_phone_to_the_next(stores: Stores) -> None:
    await stores.facilitating.keep(replace(EVENING, person=13, leaving=11))


@deed
async def end_an_evening(stores: Stores) -> None:
    await stores.facilitating.end(EVENING.chat)


@deed
async def forget_evenings_that_nobody_ended(stores: Stores) -> None:
    await stores.facilitating.forget_before(TODAY)


@deed
async def tell_people_that_a_round_is_open(stores: Stores) -> None:
    letters = {one.address: a_letter(one.address) for one in (SOMEBODY, SOMEBODY_ELSE)}
    await stores.told.tell(TOLD, letters, TODAY)


@deed
async def forget_who_was_told_of_rounds_that_are_over(stores: Stores) -> None:
    await stores.told.keep_only([TOLD], TODAY)


@deed
async def plan_a_series(stores: Stores) -> None:
    await stores.schedules.add(replace(SERIES, id="demo-work"))


@deed
async def end_a_series(stores: Stores) -> None:
    await stores.schedules.end(SERIES.id)


@deed
async def write_again_what_the_city_did(stores: Stores) -> None:
    await stores.city_answers.keep(an_answer("We did more."), WRITTEN_AT)
