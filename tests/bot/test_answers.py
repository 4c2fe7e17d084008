"""What a city answers: the file, who may open, what is carried on, the letter, the commands."""

import asyncio
import gzip
import tomllib
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from bot.answer_file import against, as_file, skeleton, taken
from bot.answering import answer_notice, answered, since_last, unanswered
from bot.freezing import asked_in
from bot.gates import waits_for
from bot.rendering import render_notice
from bot.telegram.speaking import speak
from conversations.city_answers import MAX_ANSWER
from conversations.errors import DefinitionError, RoundError
from conversations.identifiers import RoundId
from conversations.ports import TABLES
from conversations.rounds import RoundState
from reports.planned import default_plan
from storage.opening import open_stores
from tests.bot.houses import MovableClock, a_house
from tests.bot.programs import refused
from tests.bot.test_command_line import portevoix
from tests.conftest import NOON
from tests.gallery.shelving import add_round
from tests.instruments import shipped
from tests.reports.population import released

__all__ = ["portevoix"]

SPRING, AUTUMN = RoundId("spring"), RoundId("autumn")
FROZEN = Path(__file__).parents[1] / "reports" / "frozen" / "schema-2-300.json.gz"
ANSWER = """
round = "spring"
reviewed = ["fr"]
[[answer]]
factor = "L3"
said = { en = "Many of you waited.", fr = "Beaucoup ont attendu." }
did = { en = "A course begins each month.", fr = "Un cours commence chaque mois.", ar = "دورة كل شهر." }
[[answer]]
factor = "L6"
said = "Mornings do not fit."
not_possible_because = "The schools are closed on Sundays."
"""


async def fill(stores, **changes):
    """Put a released round there, of real people, and one after it that is planned."""
    await add_round(stores, SPRING, RoundState.RELEASED, demonstration=False, **changes)
    await stores.releases.freeze(SPRING, gzip.decompress(FROZEN.read_bytes()), TABLES)
    later = await add_round(stores, AUTUMN, RoundState.CLOSED, demonstration=False)
    return replace(later, opens_at=later.closes_at, state=RoundState.PLANNED)


@pytest.fixture
async def house(tmp_path):
    async with a_house("memory", tmp_path, MovableClock()) as house:
        yield house


@pytest.fixture
async def autumn(house):
    return await fill(house.stores)


async def test_the_next_round_waits_until_the_one_before_is_answered(house, autumn):
    owed = await unanswered(house.registry, autumn)
    assert owed is not None
    assert owed.id == SPRING
    why = await waits_for(house.registry, replace(autumn, state=RoundState.PLANNED))
    assert "portevoix answer write spring" in why
    assert "\n" not in why
    assert (
        await unanswered(house.registry, replace(autumn, without_answer="The council has changed.")) is None
    )
    assert await unanswered(house.registry, replace(autumn, demonstration=True)) is None
    assert await unanswered(house.registry, replace(autumn, conduct={"listening": True})) is None

    await taken(house.registry, SPRING, ANSWER, "answer.toml", NOON)

    assert await unanswered(house.registry, autumn) is None


async def test_the_first_round_of_a_series_waits_for_nobody(house, autumn):
    assert await unanswered(house.registry, replace(autumn, series="another")) is None


async def test_the_next_release_is_told_what_was_answered_and_what_changed(house, autumn):
    await taken(house.registry, SPRING, ANSWER, "answer.toml", NOON)
    noted = replace(autumn, note={"en": "Two questions are new."})

    told = await since_last(house.registry, noted)

    assert (told.round, told.name, told.benchmark) == (
        "spring",
        "Learning the language, spring",
        "language-learning",
    )
    assert told.factors == {"L3": "An early and easy start", "L6": "Times, places and childcare that fit"}
    assert told.note == noted.note
    assert told.answer.answers[0].did["ar"] == "دورة كل شهر."
    plan = default_plan(shipped().questionnaire).model_dump(mode="json")
    assert (await asked_in(house.registry, replace(noted, plan=plan))).since_last == told


async def test_the_reason_for_no_answer_is_told_instead(house, autumn):
    told = await since_last(house.registry, replace(autumn, without_answer=" The council has changed. "))

    assert told.answer is None
    assert told.without_answer == "The council has changed."
    assert await since_last(house.registry, replace(autumn, series="another")) is None


async def test_only_what_was_published_is_answered(house, autumn):
    held = await against(house.registry, SPRING)
    assert held.shown <= set(held.factors)
    assert len(held.shown) == len(held.factors) == 11

    with pytest.raises(RoundError, match="autumn is closed, not released"):
        await against(house.registry, AUTUMN)
    with pytest.raises(RoundError, match="there is no round nowhere"):
        await against(house.registry, RoundId("nowhere"))


async def test_a_key_factor_of_which_nothing_is_shown_cannot_be_answered(house, autumn):
    await add_round(house.stores, "few", RoundState.RELEASED)
    await house.stores.releases.freeze(RoundId("few"), released(11).content, TABLES)
    held = await against(house.registry, RoundId("few"))
    hidden = next(factor for factor in held.factors if factor not in held.shown)
    text = f'round = "few"\n[[answer]]\nfactor = "{hidden}"\nsaid = "You said."\ndid = "We did."\n'

    with pytest.raises(DefinitionError, match="D034"):
        await taken(house.registry, RoundId("few"), text, "answer.toml", NOON)

    assert await house.registry.city_answers.get(RoundId("few")) is None
    assert f"# {hidden}: nothing is shown of it" in await skeleton(house.registry, RoundId("few"))


async def test_the_skeleton_has_each_key_factor_with_its_published_figures(house, autumn):
    text = await skeleton(house.registry, SPRING)
    document = tomllib.loads(text)

    assert document["round"] == "spring"
    assert [one["factor"] for one in document["answer"]] == [f"L{number}" for number in range(1, 12)]
    assert "#   Do you know a city office or service here" in text
    assert "about 175 people:" in text
    filled = text.replace('said = ""', 'said = "You said."').replace('did = ""', 'did = "We did."')
    assert len((await taken(house.registry, SPRING, filled, "answer.toml", NOON)).answers) == 11


async def test_an_answer_that_is_kept_can_be_written_out_and_in_again(house, autumn):
    answer = await taken(house.registry, SPRING, ANSWER, "answer.toml", NOON)

    assert await taken(house.registry, SPRING, as_file(answer), "answer.toml", NOON) == answer


async def test_the_letter_fits_one_message_in_every_language(house, autumn):
    whole = "Words of many letters. " * 26
    parts = [f'[[answer]]\nfactor = "L{n}"\nsaid = "{whole}"\ndid = "{whole}"\n' for n in range(1, 12)]
    assert len(whole.strip()) <= MAX_ANSWER
    await taken(house.registry, SPRING, 'round = "spring"\n' + "".join(parts), "answer.toml", NOON)
    found = await answered(house.registry, SPRING)
    for tag in house.catalogues.tags:
        for instrument in (
            found.instrument,
            replace(found.instrument, results_at="https://city.example/a/long/way/results"),
        ):
            here = replace(found, instrument=instrument)
            notice = answer_notice(here, house.catalogues, "telegram:1:2", tag)
            speech = speak(render_notice(notice, house.catalogues.voice(tag)))
            assert len(speech.parts) == 1, tag
            assert "Words of many letters." in speech.parts[0]
            assert "…" in speech.parts[0]
            assert "n.news.no" in speech.keyboard
            assert (f"{here.place}" in speech.parts[0]) if here.place else notice.key.endswith("_cut")


async def test_the_letter_speaks_the_language_of_its_reader_and_says_what_stands_in(house, autumn):
    await taken(house.registry, SPRING, ANSWER, "answer.toml", NOON)
    found = await answered(house.registry, SPRING)

    arabic = answer_notice(found, house.catalogues, "telegram:1:2", "ar")
    english = answer_notice(found, house.catalogues, "telegram:1:2", "en")

    assert arabic.key == english.key == "notice.city_answered"
    assert "دورة كل شهر." in arabic.values["answer"]
    assert "\u2068Mornings do not fit.\u2069" in arabic.values["answer"]
    assert "English" in arabic.values["answer"]
    assert english.values["answer"].startswith("An early and easy start\nYou said:\nMany of you waited.\n")
    assert english.values["answer"].endswith(
        "This was not possible, because:\nThe schools are closed on Sundays."
    )


@pytest.fixture
def folder(tmp_path):
    async def begin():
        stores = await open_stores(tmp_path / "data")
        await fill(stores)
        await stores.close()

    asyncio.run(begin())
    (tmp_path / "answer.toml").write_text(ANSWER, "utf-8")
    return tmp_path


@pytest.mark.slow
def test_staff_write_show_and_translate_an_answer(portevoix, folder):
    template = portevoix("answer", "template", "spring")
    assert template.returncode == 0
    assert tomllib.loads(template.stdout)["round"] == "spring"
    assert "2 key factors of spring answered" in portevoix("answer", "check", "answer.toml").stdout
    written = portevoix("answer", "write", "spring", "--file", "answer.toml")
    assert "the answer to spring is written: 2 key factors" in written.stdout
    assert "/results/spring/answer" in written.stdout
    assert "fr: some of it, read by somebody who grew up with it" in written.stdout
    shown = portevoix("answer", "show", "spring", "--lang", "fr").stdout
    assert "Beaucoup ont attendu." in shown
    assert "Mornings do not fit." in shown
    assert tomllib.loads(portevoix("answer", "show", "spring", "--toml").stdout)["reviewed"] == ["fr"]

    exported = portevoix("answer", "export", "spring", "ar", "--xlsx", "arabic.xlsx")
    assert exported.returncode == 0, exported.stderr
    book = openpyxl.load_workbook(folder / "arabic.xlsx")
    heads = {cell.value.split(":")[0]: cell.column for cell in book["Words"][1]}
    for row in range(2, book["Words"].max_row + 1):
        book["Words"].cell(row, heads["Translation"]).value = f"كلام {row}"
    book.save(folder / "arabic.xlsx")
    taken_in = portevoix("answer", "import", "spring", "ar", "arabic.xlsx", "--reviewed")
    assert "ar: all of it, read by somebody who grew up with it" in taken_in.stdout, taken_in.stderr
    assert "كلام" in portevoix("answer", "show", "spring", "--lang", "ar").stdout
    assert "answered again by staff" in portevoix("round", "history", "spring").stdout


@pytest.mark.slow
def test_what_cannot_be_written_is_refused_in_clear_lines(portevoix, folder):
    refused(portevoix("answer", "template", "nowhere"), "there is no round nowhere")
    refused(portevoix("answer", "write", "autumn", "--file", "answer.toml"), "closed, not released")
    refused(portevoix("answer", "show", "spring"), "has not answered spring yet")
    (folder / "broken.toml").write_text("round = ", "utf-8")
    refused(portevoix("answer", "check", "broken.toml"), "broken.toml: D001")
    (folder / "wrong.toml").write_text(
        ANSWER.replace("L6", "L66").replace("Mornings", "Call +32 2 555 12 34"), "utf-8"
    )
    wrong = portevoix("answer", "write", "spring", "--file", "wrong.toml")
    assert wrong.returncode == 1
    assert "D006" in wrong.stderr
    assert "D035" in wrong.stderr
    assert "phone number" in wrong.stderr
    refused(portevoix("answer", "show", "spring"), "has not answered spring yet")
    portevoix("answer", "write", "spring", "--file", "answer.toml")
    refused(portevoix("answer", "show", "spring", "--lang", "xx"), "there are no words in 'xx'")
    refused(portevoix("answer", "export", "spring", "en", "--xlsx", "en.xlsx"), "is written in en")
    (folder / "sheet.xlsx").write_bytes(b"no sheet")
    refused(portevoix("answer", "import", "spring", "ar", "sheet.xlsx"), "sheet.xlsx")
