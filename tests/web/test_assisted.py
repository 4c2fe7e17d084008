"""One browser, somebody who helps, several people: on the wire, where nobody comes to another's words."""

from dataclasses import replace
from datetime import timedelta

import aiohttp
import pytest

from conversations.lettering import in_groups
from conversations.session import Place, Status
from conversations.wording import say
from tests.journeys.household import in_memory
from tests.web.evenings import an_evening
from tests.web.reading import Reader


@pytest.fixture
async def evening():
    async with an_evening(in_memory()) as evening:
        yield evening


@pytest.fixture
async def helper(evening):
    async with Reader(evening.base) as reader:
        yield Helper(reader, evening)


class Helper:
    """Somebody who helps with a browser."""

    def __init__(self, reader, evening):
        self.reader, self.evening, self.page = reader, evening, None

    async def begin(self, code=None):
        self.page = await self.reader.get("/assist")
        return await self.send({"code": code or self.evening.code})

    async def send(self, fields):
        form = next(form for form in self.page.forms if form.action != "/leave")
        self.page = await self.reader.send(form.action, {**form.hidden, **fields})
        return self.page

    async def press(self, *captions):
        for caption in captions:
            found = [one for one in self.page.controls if caption in (one.value, one.caption)]
            found += [one for one in self.page.controls if one.caption.endswith(caption)]
            self.page = await self.reader.press(self.page, found[0].value)
        return self.page

    async def answer(self, language):
        """Begin, choose a language, and answer everything; the page is the review then."""
        await self.press("n.start", language, "g", "y")
        for _ in range(40):
            if any(choice.value == "z" for choice in self.page.choices):
                return
            if any(choice.kind == "box" for choice in self.page.choices):
                await self.send({"done": "1"})
            else:
                await self.press(self.page.choices[0].value)
        raise AssertionError("the review never came")

    @property
    def cookie(self):
        (cookie,) = self.reader.session.cookie_jar
        return cookie.value

    async def sessions(self):
        keyring = self.evening.house.stores.keyring
        stores = self.evening.house.stores.conversations
        return [(await stores.draft(key)).session for key in keyring.drafts]


async def test_each_person_has_a_new_account_an_own_session_and_all_languages_to_choose_from(helper):
    page = await helper.begin()
    assert page.paragraphs[1].startswith("You can now help one person after another")
    accounts = [helper.cookie]

    for language in ("Français", "العربية"):
        await helper.answer(language)
        voice = helper.evening.house.catalogues.voice(helper.page.language)
        assert helper.page.paragraphs[0] == voice.say(say("assisted.hand_over"))
        await helper.press("z")
        assert len(helper.page.choices) == 1
        page = await helper.press("j")
        assert page.paragraphs == [
            "Give the phone to the next person.",
            "What the person before answered is no longer on this page.",
        ]
        assert page.language == "en"
        accounts.append(helper.cookie)

    marks = {account.partition(".")[2] for account in accounts}
    assert len(set(accounts)) == 3
    assert len(marks) == 1
    await helper.press("n.start")
    assert len([choice for choice in helper.page.choices if choice.value.startswith("l")]) == 5
    sent = [session for session in await helper.sessions() if session.status is Status.SENT]
    assert {session.locale for session in sent} == {"fr", "ar"}
    assert all((one.assisted, one.relay, one.came_by) == (True, "r0001", "association") for one in sent)


async def test_the_button_to_press_next_stands_out_and_nothing_leads_aside(helper):
    page = await helper.begin()
    assert {one.value: one.kind for one in page.controls if one.value.startswith("n.")} == {
        "n.start": "forward",
        "n.end": "answer",
    }
    await helper.answer("Français")
    page = await helper.press("y")

    assert [one.value for one in page.choices] == ["j"]
    assert not [
        link for link in page.links if link.startswith("/results?")
    ]  # the one at the foot has no language


async def test_an_old_form_another_tab_and_a_second_press_change_nothing_of_anybody(helper):
    await helper.begin()
    await helper.press("n.start", "Français", "g", "y")
    question = helper.page
    for caption in ("x", "y"):
        await helper.press(caption)
    between = helper.page
    assert between.paragraphs[0] == "Give the phone to the next person."

    await helper.press("n.start", "English", "g", "y")
    before = await helper.sessions()
    for old, caption in ((question, question.choices[0].value), (question, "x"), (between, "n.end")):
        page = await helper.reader.press(old, caption)
        assert caption == "n.end" or page.status == 403
        assert (await helper.sessions())[-1].question == before[-1].question


async def test_who_stops_is_asked_first_and_nothing_of_their_answers_stays(helper):
    await helper.begin()
    await helper.press("n.start", "Français", "g", "y")
    await helper.press(helper.page.choices[0].value)
    (session,) = await helper.sessions()
    assert session.answers
    helper.page = await helper.reader.get("/assist")

    await helper.press("j")
    (session,) = await helper.sessions()
    assert session.aside == "stop"
    await helper.press("y")

    assert await helper.sessions() == []
    assert helper.page.paragraphs[0] == "Give the phone to the next person."


async def test_who_leaves_at_once_leaves_no_unsent_answers_that_nobody_can_come_back_to(helper):
    await helper.begin()
    await helper.press("n.start", "English", "g", "y")
    assert len(await helper.sessions()) == 1

    async with helper.reader.session.post(helper.reader.base + "/leave", allow_redirects=False) as answer:
        assert answer.status == 303

    assert await helper.sessions() == []


async def test_ending_the_evening_leaves_a_browser_like_any_other(helper):
    await helper.begin()

    await helper.press("n.end")

    assert "The evening is over on this phone" in helper.page.text
    assert "." not in helper.cookie
    page = await helper.reader.get("/")
    assert len([choice for choice in page.choices if choice.value.startswith("l")]) == 5
    await helper.reader.press(page, "l0")
    (session,) = await helper.sessions()
    assert not session.assisted


@pytest.mark.parametrize(
    "code, said",
    [
        ("8RA5-6ZT2-0MMB", "Please check each letter"),
        ("0000-0000-0000", "This code does not work"),
        ("", "each letter"),
    ],
)
async def test_a_wrong_code_is_told_so_beside_the_field(helper, code, said):
    page = await helper.begin(code or " ")

    assert page.status == 422
    assert said in page.text
    assert "." not in helper.cookie


@pytest.mark.parametrize("change", [{"revoked": True}, {"facilitator": None}, {"facilitator": b"n" * 32}, {}])
async def test_an_evening_ends_with_its_code_or_after_half_a_day_but_nobody_is_interrupted(helper, change):
    await helper.begin()
    await helper.press("n.start", "English", "g")
    evening = helper.evening
    await evening.house.stores.relays.change(replace(await evening.relay(), **change))
    evening.clock.advance(timedelta(seconds=2) if change else timedelta(hours=12))

    await helper.press("y")
    (session,) = await helper.sessions()
    assert (session.place, session.assisted) == (Place.QUESTION, True)
    await helper.press("x", "y")

    assert "The time for helping on this phone is over" in helper.page.text
    assert "." not in helper.cookie
    assert await helper.sessions() == []


async def test_an_evening_that_nobody_goes_on_with_is_over_at_the_next_look(helper):
    await helper.begin()
    helper.evening.clock.advance(timedelta(hours=13))

    page = await helper.reader.get("/")

    assert "The time for helping on this phone is over" in page.text


async def test_a_link_of_a_relay_and_a_code_to_come_back_do_not_end_the_evening(helper):
    await helper.begin()
    marker = helper.cookie.partition(".")[2]

    await helper.reader.get("/r/rfoolish")
    assert helper.cookie.partition(".")[2] == marker
    helper.page = await helper.reader.get("/resume")
    await helper.send({"code": in_groups(helper.cookie.partition(".")[0])})

    assert helper.cookie.partition(".")[2] == marker


def _other_end(marker):
    return marker[:-1] + ("A" if marker[-1] != "A" else "B")


@pytest.mark.parametrize("spoilt", [lambda marker: marker[:-1], _other_end, lambda _: "f" * 29])
async def test_a_forged_marker_helps_nobody(helper, spoilt):
    await helper.begin()
    account, _, marker = helper.cookie.partition(".")
    jar = aiohttp.CookieJar(unsafe=True)
    async with Reader(helper.evening.base, jar=jar) as stranger:
        stranger.headers["Cookie"] = f"place={account}.{spoilt(marker)}"
        page = await stranger.get("/assist")

        assert 'name="code"' in page.text


async def test_who_helps_nobody_cannot_call_a_next_person(evening):
    async with Reader(evening.base) as reader:
        somebody = Helper(reader, evening)
        somebody.page = await reader.get("/")
        await somebody.press("English", "g", "y")
        before = await somebody.sessions()

        page = await reader.send("/", {**somebody.page.forms[0].hidden, "press": "j"})

        assert await somebody.sessions() == before
        assert page.status == 200
