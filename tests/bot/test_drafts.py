"""A real round is asked in signed words only, unless drafts are named; its release says which were drafts."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot.freezing import asked_in
from bot.i18n import Catalogues, Source, State
from bot.i18n.catalogue import Catalogue
from bot.i18n.languages import LANGUAGES
from bot.planning import with_drafts
from conversations.errors import RoundError
from conversations.identifiers import Locale
from tests.bot.houses import MovableClock, a_house, answer, opened, plan

ROOT = Path(__file__).parents[2]


def words(**states):
    """Catalogues of these languages, in these states."""
    return Catalogues({}, [Catalogue(LANGUAGES[tag], {}, state) for tag, state in states.items()])


@pytest.fixture
async def house(tmp_path):
    city = tmp_path / "cities" / "wellbrook"
    city.mkdir(parents=True)
    text = (ROOT / "conversations/cities/port-saule/city.toml").read_text("utf-8")
    text = text.replace('"port-saule"', '"wellbrook"').replace(
        "demonstration = true", "demonstration = false"
    )
    (city / "city.toml").write_text(text, "utf-8")
    async with a_house("memory", tmp_path, MovableClock()) as house:
        yield house


@pytest.fixture
async def real(house):
    """A planned round of a real city, in French, Arabic and English."""
    planned = await plan(house, city="wellbrook")
    return replace(planned, languages=(Locale("fr"), Locale("ar"), Locale("en")), draft_languages=())


def test_a_signed_language_is_offered_and_is_no_draft(real):
    opening = with_drafts(real, words(fr=State.REVIEWED, ar=State.REVIEWED), (), leave_out=False)

    assert opening.languages == ("fr", "ar", "en")
    assert opening.draft_languages == ()


@pytest.mark.parametrize("state", [State.DRAFT, State.PARTLY])
def test_a_language_that_is_not_reviewed_needs_to_be_named(real, state):
    found = words(fr=State.REVIEWED, ar=state)

    with pytest.raises(RoundError, match=r"in ar; sign them .*--drafts ar"):
        with_drafts(real, found, (), leave_out=False)
    opening = with_drafts(real, found, ["ar"], leave_out=False)
    assert (opening.languages, opening.draft_languages) == (("fr", "ar", "en"), ("ar",))


def test_what_was_named_when_the_round_was_planned_need_not_be_named_again(real):
    planned = replace(real, draft_languages=(Locale("ar"),))
    opening = with_drafts(planned, words(fr=State.REVIEWED, ar=State.DRAFT), (), leave_out=False)

    assert opening.draft_languages == ("ar",)


def test_a_draft_that_was_signed_since_is_none_any_more(real):
    planned = replace(real, draft_languages=(Locale("ar"),))
    opening = with_drafts(planned, words(fr=State.REVIEWED, ar=State.REVIEWED), (), leave_out=False)

    assert opening.draft_languages == ()


def test_a_questionnaire_that_nobody_translated_makes_a_draft_of_a_signed_language(real):
    """A city's own benchmark comes without translations, however well the program's words are signed."""
    found = words(fr=State.REVIEWED, ar=State.REVIEWED)
    asked = [Source("own.question.q.label", "Where do you meet people?")]

    with pytest.raises(RoundError, match="in fr, ar"):
        with_drafts(real, found, (), leave_out=False, asked=asked)
    opening = with_drafts(real, found, ["fr", "ar"], leave_out=False, asked=asked)
    assert opening.draft_languages == ("fr", "ar")


def test_a_round_that_opens_by_itself_leaves_out_what_nobody_can_be_asked_about(real, caplog):
    opening = with_drafts(real, words(fr=State.REVIEWED, ar=State.PARTLY), (), leave_out=True)

    assert (opening.languages, opening.draft_languages) == (("fr", "en"), ())
    assert "opens without ar" in caplog.text


def test_a_language_that_the_round_has_not_is_not_taken(real):
    with pytest.raises(RoundError, match="is not offered in bn"):
        with_drafts(real, words(), ["bn"], leave_out=False)


@pytest.mark.slow
async def test_a_real_round_of_drafts_opens_in_english_alone_and_a_demonstration_in_all(house):
    assert (await house.campaigns.open((await plan(house, city="wellbrook")).id)).languages == ("en",)
    shown = await opened(house)
    assert set(shown.draft_languages) == set(shown.languages) - {"en"}


@pytest.mark.slow
async def test_the_release_records_how_far_each_language_was_signed(house):
    round_ = await opened(house)
    await answer(house, round_, 12)
    await house.campaigns.close(round_.id)
    await house.campaigns.release(round_.id)

    document = json.loads(await house.publisher.show(round_.id, "json", "en"))
    offered = {one["tag"]: one for one in document["manifest"]["languages_offered"]}
    assert offered["fr"]["state"] == "draft"
    assert offered["en"] == {"tag": "en", "reviewed": True, "state": "reviewed", "missing": 0}
    page = (await house.publisher.show(round_.id, "html", "en")).decode()
    assert "Français (draft translation)" in page
    assert "A machine translated the words of this page" not in page
    assert "drafts" in (await house.publisher.show(round_.id, "html", "fr")).decode()


async def test_sentences_in_which_another_language_stood_in_are_counted(house):
    round_ = await opened(house)
    bare = Catalogues(house.catalogues.sources, [Catalogue(LANGUAGES["ar"], {}, State.DRAFT)])

    asked = await asked_in(replace(house.registry, catalogues=bare), round_)
    lacking = {offered.tag: offered.missing for offered in asked.languages}

    assert lacking["ar"] > 200
    assert lacking["en"] == 0
    counted = (await asked_in(house.registry, round_)).languages
    assert [offered.missing for offered in counted if offered.tag == "en"] == [0]
