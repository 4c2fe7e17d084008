"""Posters, hand cards and code cards: squares lead where they say, every word is there, nothing is cut."""

import io
import re
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

import pytest
from pypdf import PdfReader

from bot.i18n import OFFERABLE, Catalogues, State
from bot.i18n.catalogue import Catalogue
from bot.i18n.languages import LANGUAGES
from bot.i18n.voice import Entry
from bot.posters import CodeCard, Poster, cards, sheets
from bot.posters.telling import poster_in
from bot.relays import Relays
from bot.web.site import SiteLook
from conversations.city import City
from conversations.errors import RelayError
from conversations.relays import LONGEST_NAME, Arrival, Relay
from conversations.wording import Words
from tests.bot.photographs import A6, addresses, edge, margins, one_bit, photographs, sides
from tests.bot.programs import refused
from tests.bot.test_command_line import portevoix
from tests.conftest import NOON
from tests.journeys.household import a_round, household, in_memory, open_round
from tests.web.house import CITY, all_words, app_of, read, serving
from tests.web.reading import Reader

__all__ = ["portevoix"]

pytestmark = pytest.mark.slow
KEY = b"relays"  # that of the household, so that its links are the same
HERE, BOT = "https://voices.port-saule.example", "port_saule_voices_bot"
IN_ORDER = [tag for tag in OFFERABLE if tag not in ("ar", "fa", "bn")]
"""Languages whose words stand in a PDF letter by letter, in the order in which they are read."""
DAY = (NOON + timedelta(days=90)).date()
MARKUP = '#panic() *a* _b_ $x$ @c <d> `e` #read("/etc/passwd") &amp; {f}'


class Known:
    """Keeps one relay."""

    def __init__(self, relay):
        self.relay = relay

    async def all(self):
        return [self.relay]


def a_relay(tags=OFFERABLE):
    return Relay(
        id="r0001", number=1, name="Maison des Langues", kind="association", city="port-saule",
        series="language-learning", languages=tuple(tags), ends_on=DAY,
    )  # fmt: skip


def a_poster(tags=OFFERABLE, public_url=HERE, username=BOT, **changed):
    links = Relays(Known(a_relay(tags)), KEY, public_url).links(a_relay(tags), username)
    made = Poster(
        relay="Maison des Langues",
        city=read(City, CITY),
        theme=Words("language-learning.theme", "Learning the language of the city"),
        languages=tuple(tags),
        web={link.locale: link.address for link in links if link.channel == "web"},
        telegram={link.locale: link.address for link in links if link.channel == "telegram"},
        typed=public_url or f"https://t.me/{username}",
        ends_on=DAY,
    )
    return replace(made, **changed)


@cache
def known_words():
    """The catalogues, with the city's own words."""
    words = all_words()
    words.add_city(read(City, CITY))
    return words


@cache
def printed():
    """The sheets of all languages: a poster and a page of hand cards for each."""
    return sheets(a_poster(), known_words())


@cache
def posters():
    """Photographs of all posters."""
    return dict(zip(OFFERABLE, photographs(printed(), range(1, 2 * len(OFFERABLE), 2), 72), strict=True))


@cache
def hands():
    """Photographs of one hand card of each language."""
    pages = range(2, 2 * len(OFFERABLE) + 1, 2)
    return dict(zip(OFFERABLE, photographs(printed(), pages, 90, A6), strict=True))


@cache
def opened(content):
    return PdfReader(io.BytesIO(content))


@cache
def text_of(content, page):
    return opened(content).pages[page].extract_text()


def bare(text):
    return re.sub(r"[\s\u2066-\u2069\u200c-\u200f-]", "", text)


def strings(value):
    """Every word of a paper, without its squares and what a typesetter alone needs."""
    match value:
        case str():
            yield value
        case list() | tuple():
            for part in value:
                yield from strings(part)
        case dict():
            for name, part in value.items():
                if name not in ("lang", "families", "square", "svg", "address", "opens"):
                    yield from strings(part)


def with_words(change, tags=OFFERABLE):
    """The catalogues with the words of posters changed; what is not translated is changed from English."""
    kept = known_words()
    made = []
    for tag in tags:
        have = kept._catalogues[tag].entries if tag in kept._catalogues else {}
        wanted = [key for key in kept.sources if key.startswith(("poster.", "intro.", "web.banner."))]
        english = {
            key: Entry(kept.sources[key].text, (kept.sources[key].text,), lambda _: 0) for key in wanted
        }
        entries = {
            key: replace(entry, forms=tuple(map(change, entry.forms)))
            for key, entry in (english | {key: have[key] for key in wanted if key in have}).items()
        }
        made.append(Catalogue(LANGUAGES[tag], entries, State.REVIEWED))
    changed = Catalogues(kept.sources, made)
    changed.add_city(read(City, CITY))
    return changed


def longer(text):
    """Words that need 60 % more room."""
    words = [re.sub(r"\W", "", word) for word in text.split() if "{" not in word]
    return " ".join([text, *words[: round(0.6 * len(text.split()))]])


# Squares


@pytest.mark.parametrize("tag", OFFERABLE)
@pytest.mark.parametrize("as_seen", [lambda page: page, one_bit], ids=["grey", "black and white"])
def test_every_square_leads_to_the_page_and_to_the_bot(tag, as_seen):
    poster = a_poster()
    both = [poster.web[tag], poster.telegram[tag]]
    if LANGUAGES[tag].direction == "rtl":
        both.reverse()

    assert addresses(as_seen(posters()[tag])) == both
    assert addresses(as_seen(hands()[tag])) == both


def test_there_are_four_hand_cards_on_a_page():
    page = photographs(printed(), [2])[0]

    assert addresses(page) == [a_poster().web["en"], a_poster().telegram["en"]] * 4


async def test_every_address_shows_the_way_of_this_relay_in_this_language():
    relays = Relays(Known(a_relay()), KEY, HERE)
    await relays.refresh(NOON)

    for tag, page in posters().items():
        for address in addresses(page):
            channel = "web" if address.startswith(f"{HERE}/r/") else "telegram"
            start = f"{HERE}/r/" if channel == "web" else f"https://t.me/{BOT}?start="
            assert address.startswith(start)
            arrival = relays.arrival(address.removeprefix(start), NOON, channel)
            assert isinstance(arrival, Arrival)
            assert (arrival.relay, arrival.locale) == ("r0001", tag)


def test_a_phone_that_sees_the_whole_poster_at_once_can_read_it():
    small = photographs(printed(), [1], dots_per_inch=60)[0]

    assert small.shape[1] < 500
    assert addresses(small) == [a_poster().web["en"], a_poster().telegram["en"]]


def test_squares_are_large_enough_to_be_read_from_where_one_stands():
    assert min(side for page in posters().values() for side in sides(page)) >= 30
    assert min(side for page in hands().values() for side in sides(page, A6[0])) >= 22


def test_around_a_square_there_is_room_of_four_of_its_points():
    for page in (posters()["en"], hands()["ar"]):
        for around in margins(page):
            assert around.min() > 200


async def test_every_web_address_opens_the_page_in_its_language():
    """The squares of all sixteen posters, read from the paper and opened on a running program."""
    async with household(in_memory()) as house:
        await open_round(house, replace(a_round(), languages=OFFERABLE, draft_languages=OFFERABLE))
        await house.stores.relays.add(a_relay())
        await house.relays.refresh(NOON)
        look = SiteLook(names={"en": "Port-Saule"}, colour="#205080", demonstration=True, offered=OFFERABLE)
        async with serving(app_of(house, look=look)) as base:
            opened = {tag: await shown(page, base) for tag, page in posters().items()}

    assert opened == {tag: (tag, LANGUAGES[tag].direction) for tag in OFFERABLE}


async def shown(photograph, base):
    """The language and direction of the page that a square opens, were the program at its address."""
    (address,) = (one for one in addresses(photograph) if one.startswith(HERE))
    async with Reader(base) as somebody:
        page = await somebody.get(address.removeprefix(HERE))
    assert page.status == 200
    return page.language, page.direction


# Words


@pytest.mark.parametrize("tag", IN_ORDER)
def test_every_word_stands_on_the_poster(tag):
    at = 2 * OFFERABLE.index(tag)
    paper = poster_in(known_words().voice(tag, "fr"), a_poster())
    found = bare(text_of(printed(), at))

    assert len(paper.pop("languages")) == len(OFFERABLE)
    assert [text for text in strings(paper) if bare(text) not in found] == []


@pytest.mark.parametrize("tag", ["en", "el"])
def test_every_word_of_a_hand_card_stands_on_all_four(tag):
    paper = poster_in(known_words().voice(tag, "fr"), a_poster())
    found = bare(text_of(printed(), 2 * OFFERABLE.index(tag) + 1))

    for name in ("both", "scan", "help", "honest", "languages"):
        paper.pop(name)
    assert [text for text in strings(paper) if found.count(bare(text)) < 4] == []


@pytest.mark.parametrize("tag", ["ar", "fa", "bn"])
def test_every_letter_of_other_scripts_is_printed(tag):
    at = 2 * OFFERABLE.index(tag)
    paper = poster_in(known_words().voice(tag, "fr"), a_poster())

    found = text_of(printed(), at)
    wanted = {sign for text in strings(paper["title"]) for sign in bare(text)}
    assert wanted <= set(found)
    assert "\ufffd" not in found


def test_a_poster_says_who_asks_that_it_is_anonymous_without_effect_and_until_when():
    text = " ".join(text_of(printed(), 0).split())

    wanted = (
        "Port-Saule would like to hear from you", "Learning the language of the city", "You give no name",
        "has no effect on your papers, your aid", "about five minutes, in your language",
        "voices.port-saule.example", "Web page", "more private", "Telegram", "Maison des Langues",
        "Office for Living Together", "privacy@port-saule.example", "You must be 18 or older",
    )  # fmt: skip
    for said in wanted:
        assert said in text
    assert known_words().voice("en").day(DAY) in text


def test_the_web_page_comes_first_where_reading_begins():
    text = text_of(printed(), 0)

    assert text.index("Web page") < text.index("Telegram")


# Pages


def test_each_language_has_one_poster_and_one_page_of_hand_cards():
    document = opened(printed())

    assert len(document.pages) == 2 * len(OFFERABLE)
    assert {tuple(round(float(side)) for side in page.mediabox[2:]) for page in document.pages} == {
        (595, 842)
    }
    assert document.metadata.title == "Maison des Langues"


def test_nothing_stands_outside_the_margins():
    assert min(min(edge(page)) for page in posters().values()) > 11.9
    assert min(min(edge(photographs(printed(), [page])[0])) for page in (2, 2 * len(OFFERABLE))) > 3.5


def test_words_sixty_percent_longer_still_fit_on_one_page():
    tags = ("en", "fr", "el", "ar", "bn", "uk")
    content = sheets(a_poster(tags), with_words(longer))

    assert len(opened(content).pages) == 2 * len(tags)
    for page in photographs(content, (1, 5, 9), dots_per_inch=60):
        assert min(edge(page)) > 11.9


def test_the_longest_name_that_a_relay_may_have_fits():
    long = "Association of women and men from everywhere who learn together in the old harbour"[:LONGEST_NAME]
    longest = a_poster(["en", "ar"], relay=long)

    assert len(opened(sheets(longest, known_words())).pages) == 4


@pytest.mark.parametrize("name", ["Verein" * 40, "We help everybody who lives here " * 150])
def test_a_name_that_fits_on_no_card_is_refused_and_never_cut(name):
    with pytest.raises(RelayError, match="the words do not fit on a card; shorten the names"):
        sheets(a_poster(["en"], relay=name), known_words())


def test_the_same_poster_is_always_the_same_bytes():
    assert sheets(a_poster(["fr"]), known_words()) == sheets(a_poster(["fr"]), known_words())


def test_names_are_printed_as_they_are():
    content = sheets(a_poster(["en", "ar"], relay=MARKUP), known_words())

    assert bare(f"This sheet comes from {MARKUP}.") in bare(text_of(content, 0))


def test_the_templates_ask_for_nothing_but_what_they_are_given():
    folder = files("bot.posters") / "templates"
    code = {name: (folder / name).read_text("utf-8") for name in ("sheets.typ", "codes.typ", "pieces.typ")}
    together = "".join(code.values())

    assert re.findall(
        r"\b(?:read|eval|image|include|plugin|csv|xml|yaml|toml|cbor)\s*[(\"]|@preview", together
    ) == ["image("]
    assert "image(bytes(code.svg)" in together
    assert together.count("sys.inputs") == together.count("json(") == 2


# What cannot be printed


def test_a_language_without_letters_is_refused_in_one_line_that_names_it():
    tamil = with_words(lambda _: "யார் கேட்கிறார்கள்?", ["bn"])

    with pytest.raises(
        RelayError, match=r"^sheet: no font here has these letters of 'bn': ய ா ர .* --languages$"
    ):
        sheets(a_poster(["bn"]), tamil)


def test_a_name_with_a_sign_that_no_font_has_is_refused():
    with pytest.raises(RelayError, match="these letters of 'en': 🏠; write the name without them"):
        sheets(a_poster(["en"], relay="House 🏠"), known_words())


def test_a_language_without_a_link_is_refused():
    with pytest.raises(RelayError, match="there is no link in 'fr'"):
        sheets(a_poster(["en"], languages=("en", "fr")), known_words())


def test_where_there_is_one_channel_there_is_one_square():
    for changed in ({"username": ""}, {"public_url": ""}):
        poster = a_poster(["en"], **changed)
        page, hands = photographs(sheets(poster, known_words()), [1, 2])
        only = [*poster.web.values(), *poster.telegram.values()]

        assert len(only) == 1
        assert addresses(page) == only
        assert addresses(hands) == only * 4
    assert "address, which opens Telegram" in text_of(sheets(poster, known_words()), 0)


# Codes


def a_bundle(many):
    return [
        CodeCard(code=f"K7MQ 2X{n:02} 9WRT", address=f"{HERE}/c/K7MQ2X{n:02}9WRT", typed=f"{HERE}/c")
        for n in range(many)
    ]


@pytest.mark.parametrize("tag", ["en", "ar"])
def test_ten_codes_stand_on_a_page_each_with_its_own_square(tag):
    bundle = a_bundle(13)
    content = cards(bundle, a_poster([tag]), known_words().voice(tag, "fr"))
    pages = photographs(content, [1, 2], dots_per_inch=100)

    assert len(opened(content).pages) == 2
    assert [sorted(addresses(page)) for page in pages] == [
        [card.address for card in bundle[:10]],
        [card.address for card in bundle[10:]],
    ]
    assert min(side for page in pages for side in sides(page)) >= 22
    for card in bundle[:10]:
        assert card.code in text_of(content, 0)
    assert text_of(content, 0).count("voices.port-saule.example/c") == 10


def test_a_code_shows_itself_in_no_log():
    assert "K7MQ" not in repr(a_bundle(1))


def test_long_words_on_code_cards_still_fit():
    content = cards(a_bundle(1), a_poster(["en"]), with_words(longer, ["el"]).voice("el"))

    assert len(opened(content).pages) == 1


def test_a_poster_ends_on_its_last_day():
    text = text_of(sheets(a_poster(["en"], ends_on=date(2028, 2, 29)), known_words()), 0)

    assert "February 29, 2028" in text


# The command


@pytest.fixture
def association(portevoix):
    for words in (
        ("round", "plan", "--benchmark", "language-learning", "--opens", "2099-01-18T09:00",
         "--open-for", "3weeks", "--name", "Winter", "--drafts", "fr,ar", "--city", "port-saule"),
        ("relay", "add", "House of Women", "--languages", "ar,fr", "--series", "language-learning",
         "--city", "port-saule", "--ends", "2099-12-31"),
    ):  # fmt: skip
        done = portevoix(*words)
        assert done.returncode == 0, done.stderr
    return portevoix


def test_the_sheets_of_a_relay_are_written_for_all_or_some_of_its_languages(association, tmp_path):
    here = {"PUBLIC_URL": HERE}
    done = association("relay", "sheet", "house of women", "--out", "sheets.pdf", **here)
    content = (tmp_path / "sheets.pdf").read_bytes()

    assert "4 pages, in ar, fr" in done.stdout
    assert "nobody has signed all words in ar, fr" in done.stdout
    assert "no links for Telegram" in done.stdout
    assert len(opened(content).pages) == 4
    assert all(
        re.fullmatch(rf"{HERE}/r/r[\w-]{{48}}", address)
        for page in photographs(content, [1, 3])
        for address in addresses(page)
    )

    association("relay", "sheet", "r0001", "--out", "one.pdf", "--languages", "fr", **here)
    assert len(opened((tmp_path / "one.pdf").read_bytes()).pages) == 2


def test_sheets_that_cannot_be_are_one_clear_line(association):
    here = {"PUBLIC_URL": HERE}
    sheet = ("relay", "sheet", "r0001", "--out", "sheets.pdf")

    refused(association(*sheet), "set PORTEVOIX_PUBLIC_URL")
    refused(association(*sheet, "--languages", "el", **here), "has no links in el; it has ar, fr")
    refused(association("relay", "sheet", "Nobody", "--out", "x.pdf", **here), "there is no relay “Nobody”")
    refused(association(*sheet[:3], "--out", "nowhere/x.pdf", **here), "cannot be written")
    association("relay", "revoke", "r0001")
    refused(association(*sheet, **here), "was revoked: it has no links")
