"""The results for everybody: a light list, pages that are read twice for nothing, and no damaged figure."""

import gzip
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest

from conversations.engine import Beginning, start
from conversations.errors import ReleaseError
from conversations.prompting import prompt_of
from conversations.session import Place
from tests.conftest import NOON
from tests.instruments import shipped
from tests.web.house import House, Shelf, serving
from tests.web.reading import Page, Reader

PLAIN = {"Accept-Encoding": "identity"}
FILES = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class FullShelf(Shelf):
    """Many released rounds; counts how often a form is made."""

    def __init__(self, rounds=1, **figures):
        self.rounds, self.figures, self.made = rounds, figures, []

    async def list(self, skip, most):
        (one,) = await super().list(0, 1)
        found = replace(one, figures=replace(one.figures, **self.figures))
        places = range(self.rounds)[skip : skip + most]
        return [
            replace(found, round_id=f"round-{place}", name=f"A round with a long name, {place}")
            for place in places
        ]

    async def edition(self, round_id):
        return "first" if round_id.startswith("round-") else None

    async def content(self, round_id, form, tag):
        self.made.append((round_id, form, tag))
        return await super().content(round_id, form, tag)


class DamagedShelf(Shelf):
    """A release that does not verify: known before the list is made, or only when its page is asked for."""

    def __init__(self, listed):
        self.listed = listed

    async def list(self, skip, most):
        (one,) = await super().list(0, 1)
        return [one if self.listed else replace(one, figures=None)]

    async def content(self, round_id, form, tag):
        raise ReleaseError("the release breaks its rules in table gender: 303 people")


class Waiting(Shelf):
    """Nothing released yet, and three rounds to come."""

    async def list(self, skip, most):
        return []

    async def expected(self):
        (one,) = await super().expected()
        return [
            one,
            replace(one, name="by hand", by_hand=True),
            replace(one, name="over", closed=True, closes_on=(NOON - timedelta(days=9)).date()),
        ]


async def fetched(reader, path, **headers):
    """An answer as it came over the wire: status, headers, bytes."""
    async with reader.session.get(reader.base + path, headers=headers, auto_decompress=False) as answer:
        return answer.status, answer.headers, await answer.read()


@pytest.fixture
async def read():
    """Readers of a shelf; each call serves another one."""
    opened = []

    async def start(shelf):
        house = House()
        served = serving(house.new_app(releases=shelf))
        reader = Reader(await served.__aenter__())
        opened.append((served, reader))
        return reader

    yield start
    for served, reader in opened:
        await reader.session.close()
        await served.__aexit__(None, None, None)


@pytest.mark.parametrize(
    "tag, said",
    [
        ("en", ("About 300 people answered.", "Open from January 5, 2026", "until March 22, 2026")),
        ("fr", ("Environ 300 personnes ont répondu.", "Ouverte du 5 janvier 2026", "jusqu’au 22 mars 2026")),
        ("ar", ("أجاب نحو", "بور سول", "٢٢ مارس ٢٠٢٦")),
    ],
)
async def test_the_list_says_where_when_how_many_and_when_the_next_come(reader, tag, said):
    page = await reader.get(f"/results?lang={tag}")
    text = page.text.replace("\u2068", "").replace("\u2069", "").replace("\u00a0", " ")

    assert [words for words in said if words not in text] == []
    assert (page.language, page.direction) == (tag, "rtl" if tag == "ar" else "ltr")
    for form in FILES:
        assert page.links[f"/results/spring.{form}?lang={tag}"] == form.upper()
    others = {"en", "fr", "ar"} - {tag}
    assert {f"?lang={other}" for other in others} <= set(page.links)


async def test_the_list_says_how_heavy_the_page_is_and_whether_it_holds_texts(read):
    with_texts = await read(FullShelf(texts=True))
    without = await read(FullShelf(people=None))

    assert "the page has 1\u00a0KB" in (await with_texts.get("/results")).text
    assert "their own words" in (await with_texts.get("/results")).text
    assert "their own words" not in (await without.get("/results")).text
    assert "How many answered is not shown" in (await without.get("/results")).text


async def test_a_list_of_many_rounds_stays_under_thirty_kilobytes_and_makes_no_page_twice(read):
    shelf = FullShelf(rounds=45)
    reader = await read(shelf)

    for path, links in (("/results", 20), ("/results?page=2", 20), ("/results?page=3", 5)):
        for _ in range(2):
            _, _, content = await fetched(reader, path, **PLAIN)
            page = Page(content.decode())
            assert len(content) < 30_000
            assert sum("&v=" in link for link in page.links) == links
            _, headers, small = await fetched(reader, path, **{"Accept-Encoding": "gzip"})
            assert headers["Content-Encoding"] == "gzip"
            assert len(small) < 6_000
            assert Page(gzip.decompress(small).decode()).links == page.links

    assert len(shelf.made) == len(set(shelf.made)) == 45
    assert "/results?lang=en&page=2" in (await reader.get("/results")).links
    assert "/results?lang=en&page=1" in (await reader.get("/results?page=2")).links
    assert "/results?lang=en&page=4" not in (await reader.get("/results?page=3")).links


async def test_a_page_of_the_list_that_cannot_be_is_the_first(reader):
    for page in ("0", "-1", "x", "٢", "1" * 5000, "1.5", ""):
        status, _, content = await fetched(reader, f"/results?page={page}", **PLAIN)

        assert status == 200
        assert "spring" in content.decode()


@pytest.mark.parametrize("encoding", ["gzip, deflate, br", "identity", "gzip;q=0", "x-gzip"])
async def test_a_second_reading_costs_nothing(read, encoding):
    shelf = FullShelf()
    reader = await read(shelf)
    for form in ("", ".json", ".csv", ".pdf", ".xlsx"):
        await reads_twice(reader, form, encoding)

    assert len(shelf.made) == len(set(shelf.made)) == 5


async def reads_twice(reader, form, encoding):
    """One form, read three times: the second time nothing comes, the third time all of it."""
    asked = {"Accept-Encoding": encoding}
    path = f"/results/round-0{form}?lang=fr"

    status, headers, content = await fetched(reader, path, **asked)
    again = await fetched(reader, path, **asked, **{"If-None-Match": f'"other", W/{headers["ETag"]}'})
    other = await fetched(reader, path, **asked, **{"If-None-Match": '"other"'})

    assert (status, again[0], other[0]) == (200, 304, 200)
    assert (again[2], other[2]) == (b"", content)
    assert again[1]["ETag"] == headers["ETag"]
    assert headers["Cache-Control"] == "public, no-cache"
    assert headers["Vary"] == "Accept-Encoding"
    assert "Set-Cookie" not in headers
    zipped = headers.get("Content-Encoding") == "gzip"
    assert zipped is (encoding.startswith("gzip,") and form != ".xlsx")
    plain = gzip.decompress(content) if zipped else content
    assert headers["ETag"].strip('"').removesuffix("-gzip") == sha256(plain).hexdigest()
    assert headers["ETag"].endswith('-gzip"') is zipped


async def test_an_address_that_names_the_print_holds_for_ever_and_no_other_does(reader):
    page = await reader.get("/results?lang=fr")
    (link,) = [link for link in page.links if "v=" in link]

    _, named, _ = await fetched(reader, link)
    _, wrong, _ = await fetched(reader, link[:-1] + ("0" if link[-1] != "0" else "1"))
    _, short, _ = await fetched(reader, link[:-4])
    _, unnamed, _ = await fetched(reader, "/results/spring")

    assert "immutable" in named["Cache-Control"]
    assert wrong["Cache-Control"] == short["Cache-Control"] == "public, no-cache"
    assert unnamed["Cache-Control"] == "no-store"  # which language it is depends on who asks
    assert "ETag" not in unnamed


async def test_files_carry_their_name_language_and_kind(reader):
    for form, media in FILES.items():
        _, headers, content = await fetched(reader, f"/results/spring.{form}?lang=ar", **PLAIN)

        assert headers["Content-Type"] == media
        assert headers["Content-Disposition"] == f'attachment; filename="spring-ar.{form}"'
        assert content == Shelf.files[form]


async def test_a_rounds_page_leads_back_to_the_list_and_to_other_languages(reader):
    page = await reader.get("/results/spring?lang=ar")

    assert {"/results?lang=ar", "/results/spring?lang=en", "/results/spring?lang=fr"} <= set(page.links)
    assert "/results/spring.pdf?lang=ar" in page.links
    assert (page.language, page.direction) == ("ar", "auto")  # as the frozen page has it


@pytest.mark.parametrize("listed", [True, False])
async def test_a_release_that_does_not_verify_is_never_shown_and_said_kindly(read, listed):
    reader = await read(DamagedShelf(listed))

    page = await reader.get("/results?lang=en")
    assert "cannot be shown right now" in page.text
    assert not any(link.startswith("/results/spring") for link in page.links)
    for path in ("/results/spring", "/results/spring?lang=fr", "/results/spring.json", "/results/spring.pdf"):
        shown = await reader.get(path)
        assert shown.status == 503
        assert "cannot be shown right now" in shown.paragraphs[0]
        assert "303" not in shown.text


async def test_before_the_first_release_the_list_says_when_it_comes(read):
    page = await (await read(Waiting())).get("/results")

    assert "There are no results yet." in page.text
    assert "until March 22, 2026. Its results come here after that day." in page.text
    assert "until March 22, 2026. Its results come here some days after that day." in page.text
    assert "closed on February 21, 2026. Its results come here as soon as they are ready." in page.text


async def test_what_was_never_released_is_not_there(reader):
    for path in ("/results/none", "/results/none.pdf", "/results/none.docx", "/results/.json"):
        assert (await reader.get(f"{path}?lang=en")).status == 404


async def test_nobody_needs_a_cookie_to_read(reader):
    for path in ("/results", "/results/spring?lang=en", "/results/spring.csv?lang=en"):
        status, headers, _ = await fetched(reader, path, Cookie="place=nonsense")
        assert status == 200
        assert "Set-Cookie" not in headers


@pytest.mark.parametrize(
    "by_hand, place, said",
    [
        (False, "", "After that you and everybody else can read the results."),
        (
            False,
            "https://port-saule.example/results",
            "can read the results: https://port-saule.example/results",
        ),
        (True, "", "Some days after that, you and everybody else can read the results."),
        (True, "https://port-saule.example/results", "Some days after that, you and everybody else can read"),
    ],
)
def test_the_thanks_say_when_and_where_the_results_will_be(by_hand, place, said):
    instrument = replace(shipped(), by_hand=by_hand, results_at=place)
    beginning = Beginning(key="k", mark="m", withdrawal_code="1" * 16, locale="en", focus=0)
    session = start(instrument, beginning, NOON).session.model_copy(update={"place": Place.THANKS})

    words = prompt_of(instrument, session).paragraphs[-1].words
    text = House().catalogues.voice("en").say(words)

    assert f"{instrument.closes_on:%B %-d, %Y}" in text
    assert said in text
    assert text.endswith(place)
