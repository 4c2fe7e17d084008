"""Several rounds are open: which one it shall be, and whose answers go where."""

from datetime import timedelta

import pytest

from conversations.identifiers import RoundId
from conversations.moves import Asked, Pressed, Wish
from conversations.session import Place
from tests.bot.somebody import ENGLISH, FIRST_QUESTION, ON_PAGE, ON_PHONE, Somebody
from tests.conftest import NOON
from tests.journeys.household import ROOT, ROUND, a_round, household, in_memory, open_round


@pytest.fixture
async def two_rounds(tmp_path):
    """A house with two open rounds: one in each of two cities."""
    text = (ROOT / "conversations/cities/port-saule/city.toml").read_text("utf-8")
    folder = tmp_path / "cities/port-lune"
    folder.mkdir(parents=True)
    (folder / "city.toml").write_text(text.replace('key = "port-saule"', 'key = "port-lune"'), "utf-8")
    async with household(in_memory(), own=tmp_path) as house:
        await open_round(house)
        await open_round(house, a_round("summer", city="port-lune", opens_at=NOON - timedelta(hours=12)))
        yield house


@pytest.mark.parametrize("address", [ON_PHONE, ON_PAGE])
@pytest.mark.parametrize(
    "typed, chosen",
    [("1", "spring"), ("٢", "summer"), ("learning the language, SUMMER", "summer"), ("2.", "summer")],
)
async def test_of_several_rounds_one_is_chosen_by_its_number_or_name(two_rounds, address, typed, chosen):
    somebody = Somebody(two_rounds, address)
    seen = await two_rounds.dialogue.look(address, ENGLISH)

    await somebody.type(typed)

    captions = [button.caption for button in seen.screen.buttons]
    assert captions == ["1. Learning the language, spring", "2. Learning the language, summer"]
    assert somebody.screen.name == "language"
    assert (await somebody.session(RoundId(chosen))).place is Place.LANGUAGE
    assert len(two_rounds.stores.keyring.drafts) == 1


@pytest.mark.parametrize("address", [ON_PHONE, ON_PAGE])
async def test_words_that_name_no_round_bring_the_question_again(two_rounds, address):
    somebody = Somebody(two_rounds, address)

    for words in ("hello", "3", "0", "", "x" * 5000):
        await somebody.type(words)
        assert somebody.screen.name == "which_round"

    assert not two_rounds.stores.keyring.drafts


async def test_each_waiting_session_keeps_its_own_place_and_typed_words_go_to_the_chosen_one(two_rounds):
    somebody = Somebody(two_rounds)
    join = two_rounds.dialogue.join
    await somebody.type("1")
    for token in ("l0", "g", "y", "a0"):
        await somebody.press(token)
    spring = somebody.screen
    await somebody.hear(Asked(Wish.START))
    lobby = somebody.screen
    await somebody.type("Learning the language, summer")
    for token in ("l0", "g"):
        await somebody.press(token)

    await somebody.type("1")
    summer = await somebody.session(RoundId("summer"))
    heard = await join(ON_PHONE, None, ROUND, ENGLISH)
    somebody.screen = heard.screen
    await somebody.type("3")

    assert [button.number for button in lobby.buttons] == [None, None]  # a number answers the open question
    assert summer.place is Place.QUESTION
    assert heard.screen.texts[1:] == spring.texts
    assert (await somebody.session(RoundId("summer"))) == summer
    assert (await somebody.session()).answers["service_known"].codes == ("know_none",)


async def test_a_button_finds_its_own_session_whichever_is_in_focus(two_rounds):
    somebody = Somebody(two_rounds)
    await somebody.type("1")
    for token in FIRST_QUESTION:
        await somebody.press(token)
    spring = somebody.screen
    await two_rounds.dialogue.join(ON_PHONE, None, RoundId("summer"), ENGLISH)

    await somebody.hear(Pressed("a1", spring.turn), spring.mark)

    assert (await somebody.session()).answers["relation"].codes == ("always_here",)
    assert (await somebody.session(RoundId("summer"))).turn == 1


async def test_after_one_round_was_answered_start_begins_the_other(two_rounds):
    somebody = Somebody(two_rounds)
    await somebody.type("1")
    for _ in range(40):
        if somebody.screen.name == "thanks":
            break
        await somebody.press(somebody.screen.buttons[0].token)

    await somebody.hear(Asked(Wish.START))

    assert somebody.screen.name == "language"
    assert await somebody.session(RoundId("summer")) is not None


async def test_after_the_thanks_a_page_leads_on_to_the_other_round(two_rounds):
    somebody = Somebody(two_rounds, ON_PAGE)
    await somebody.type("1")
    for _ in range(60):
        if somebody.screen.name == "thanks":
            break
        await somebody.press(somebody.screen.buttons[0].token)

    ways = [(button.token, button.label) for button in somebody.screen.buttons]

    assert ways == [("n.round.summer", "Learning the language, summer")]
    seen = await two_rounds.dialogue.look(ON_PAGE, ENGLISH)
    assert seen.screen == somebody.screen
