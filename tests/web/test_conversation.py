"""A whole conversation over HTTP, without a browser: nothing is lost, doubled or answered by an old page."""

import asyncio

import aiohttp

from bot.web.visitor import account_of
from tests.web.house import House, serving
from tests.web.reading import Reader


async def at_first_question(reader, page=None):
    page = page or await reader.get()
    for token in ("l0", "g", "y"):
        page = await reader.press(page, token)
    return page


async def to_the_review(reader, page):
    """Answer everything by its second choice, by a tick, by words."""
    for _ in range(40):
        answers = [control for control in page.choices if control.kind == "answer"]
        boxes = [control.caption for control in page.choices if control.kind == "box"]
        if any(control.value == "z" for control in page.choices):
            return page
        if boxes:
            page = await reader.press(page, "1", ticked=boxes[:1])
        elif answers:
            page = await reader.press(page, answers[1].caption)
        else:
            page = await reader.write(page, "More courses in the evening")
    raise AssertionError("the review never came")


async def test_a_whole_conversation_ends_in_thanks(house, reader):
    page = await to_the_review(reader, await at_first_question(reader))
    assert any("More courses in the evening" in text for text in page.paragraphs)

    thanks = await reader.press(page, "z")

    assert len(house.drafts.sent()) == 1
    assert any("8765 4321 8765 4321" in text for text in thanks.paragraphs)
    assert thanks.links["/results?lang=en"] == "See where the results will be"


async def test_typed_numbers_and_labels_answer_in_any_script(address):
    async with Reader(address, "ar") as reader:
        page = await at_first_question(reader)
        assert (page.language, page.direction) == ("ar", "rtl")

        after = await reader.write(page, "٢")

        assert after.paragraphs != page.paragraphs


async def test_sending_a_page_twice_answers_once(house, reader):
    page = await at_first_question(reader)
    choice = page.choices[0].value

    once, again = await asyncio.gather(reader.press(page, choice), reader.press(page, choice))

    (draft,) = house.drafts.drafts.values()
    assert len(draft.session.answers) == 1
    assert once.paragraphs == again.paragraphs


async def test_words_sent_twice_answer_one_question(house, reader):
    page = await at_first_question(reader)

    await asyncio.gather(reader.write(page, "1"), reader.write(page, "1"))

    (draft,) = house.drafts.drafts.values()
    assert len(draft.session.answers) == 1


async def test_words_from_an_old_page_are_not_taken_for_an_answer(house, reader):
    old = await at_first_question(reader)
    await reader.press(old, old.choices[0].value)
    (draft,) = house.drafts.drafts.values()
    old.forms[-2].hidden["once"] = "another"

    page = await reader.write(old, "1")

    assert "no longer new" in page.paragraphs[0]
    assert house.drafts.drafts[draft.session.key].session == draft.session


async def test_an_old_button_is_refused_kindly(house, reader):
    old = await at_first_question(reader)
    await reader.press(old, old.choices[0].value)
    for form in old.forms:
        form.hidden["once"] = "another"

    page = await reader.press(old, old.choices[1].value)

    assert page.status == 200
    assert "earlier question" in page.paragraphs[0]


async def test_a_button_that_we_never_made_is_an_old_one(house, reader):
    page = await at_first_question(reader)
    before = dict(house.drafts.drafts)

    for token in ("n.privacy", "n.withdraw 1234567812345678", "n.news.maybe", "n."):
        page.forms[-2].hidden["once"] = token
        told = await reader.send("/", {**page.forms[-2].hidden, "press": token})
        assert "no longer new" in told.paragraphs[0]
        assert told.captions == page.captions

    assert house.drafts.drafts == before
    assert house.codes.__dict__ == House().codes.__dict__


async def test_a_page_outlasts_a_restart_of_the_program(house, address):
    async with Reader(address) as reader:
        page = await at_first_question(reader)
        async with serving(house.new_app()) as moved:
            reader.base = moved  # cookies know no ports, just as after a restart
            after = await reader.press(page, page.choices[0].value)

    assert after.status == 200
    assert after.paragraphs != page.paragraphs


async def test_a_code_brings_one_back_on_another_phone(address, reader):
    page = await at_first_question(reader)
    pause = await reader.press(page, "p")
    code = (await reader.press(pause, "Give me a code to come back")).paragraphs[1]
    assert account_of(code) is not None

    async with Reader(address) as elsewhere:
        form = (await elsewhere.get("/resume")).forms[0]
        found = await elsewhere.send("/resume", {**form.hidden, "code": code.lower().replace("-", " ")})

    assert found.paragraphs == pause.paragraphs


async def test_a_mistyped_code_is_noticed(reader):
    form = (await reader.get("/resume")).forms[0]

    page = await reader.send(form.action, {**form.hidden, "code": "0000-0000-0000-0001"})

    assert page.status == 422
    assert "cannot be right" in page.text


async def test_a_withdrawal_code_takes_answers_out_once(house, reader):
    form = (await reader.get("/withdraw")).forms[0]

    taken = await reader.send(form.action, {**form.hidden, "code": "1234 5678 ١٢٣٤ 5678"})
    form = (await reader.get("/withdraw")).forms[0]
    again = await reader.send(form.action, {**form.hidden, "code": "1234567812345678"})

    assert "taken out" in taken.paragraphs[0]
    assert "no answers under this code" in again.text


async def test_stopping_erases_and_says_so_and_starts_again(house, reader):
    page = await reader.press(await at_first_question(reader), "x")

    erased = await reader.press(page, "y")

    assert house.drafts.drafts == {}
    assert "erased" in erased.paragraphs[0]
    assert (await reader.press(erased, "n.start")).captions[0] == "1. English"


async def test_leaving_forgets_the_place_and_leads_away(reader):
    page = await at_first_question(reader)
    form = next(form for form in page.forms if form.action == "/leave")

    async with reader.session.post(reader.base + form.action, allow_redirects=False) as answer:
        assert answer.status == 303
        assert answer.headers["Location"] == "https://www.wikipedia.org/"
        assert "storage" in answer.headers["Clear-Site-Data"]

    assert (await reader.get()).captions[0] == "1. English"


async def test_several_open_rounds_are_offered_first():
    async with serving(House("summer", "winter").app) as base, Reader(base) as reader:
        lobby = await reader.get()
        assert lobby.captions == ["1. Learning the language, winter", "2. Learning the language, summer"]

        page = await reader.press(lobby, "n.round.winter")

        assert page.captions[0] == "1. English"
        assert (await reader.get()).captions[0] == "1. English"


async def test_empty_and_very_long_words_get_a_kind_sentence(house, reader):
    page = await at_first_question(reader)

    for words in ("", "word " * 1000, "كلمة " * 1000, "\x00\ud83d".encode("utf-8", "replace").decode()):
        page = await reader.write(page, words)
        assert page.status == 200
        assert page.paragraphs[0].startswith(("There was nothing", "That is a little", "Sorry", "Please"))

    (draft,) = house.drafts.drafts.values()
    assert not draft.session.answers


async def test_a_press_without_the_cookie_changes_nothing(house, address, reader):
    page = await at_first_question(reader)
    async with Reader(address, jar=aiohttp.DummyCookieJar()) as stranger:
        refused = await stranger.press(page, page.choices[0].value)

    assert refused.status == 403
    assert not next(iter(house.drafts.drafts.values())).session.answers


async def test_a_form_of_another_site_is_refused(house, reader):
    page = await at_first_question(reader)
    form = next(form for form in page.forms if form.action == "/" and not form.writes)
    fields = {**form.hidden, "press": page.choices[0].value}

    for headers in ({"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert (await reader.send("/", fields, headers)).status == 403
    assert (await reader.send("/", {**fields, "proof": "0" * 32})).status == 403

    assert not next(iter(house.drafts.drafts.values())).session.answers
