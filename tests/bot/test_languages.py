"""Choosing a language by its name, and screens on which another language stands in."""

from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from bot.hearing import Phone
from bot.i18n import LANGUAGES, OFFERABLE, Catalogues, State
from bot.i18n.catalogue import Catalogue
from bot.i18n.names import meant
from bot.i18n.voice import Entry
from bot.programme import Programme
from bot.rendering import render, render_notice
from bot.telegram.speaking import speak
from conversations.identifiers import Locale
from conversations.moves import Asked, Wish
from conversations.ports import Notice, Outcome
from conversations.prompts import Button, ButtonKind, Paragraph, Prompt
from conversations.wording import city_key, say
from tests.bot.somebody import ON_PAGE, ON_PHONE, Somebody
from tests.journeys.household import a_round, all_words, household, in_memory, open_round

NAMES = {
    "ar": "عربي|العربية|عربى|اللغة العربية|arabe|arabic|Arabisch|αραβικά|арабский|ārābu|arapça",
    "fa": "فارسی|فارسي|فارسی دری|دری|dari|Farsi|persian|persan|زبان فارسی|персидский|ফার্সি",
    "kmr": "kurdî|Kurdish|KURMANCÎ|kurmanji|kürtçe|kurde|курдский|الكردية|zimanê kurdî",
    "bn": "bangla|বাংলা|বাংলা ভাষা|bengali|βεγγαλικά|البنغالية",
    "ro": "română|romana|roumain|moldovean|moldovenească|Moldovan|молдавский",
    "nl": "Nederlands|Flemish|vlaams|flamand|dutch|هلندی",
    "es": "español|espanol|Castilian|castellano|spagnolo|Ισπανικά",
    "tr": "türkçe|TÜRKÇE|turkce|TURKCE|turkish|Türk dili",
    "el": "ελληνικά|ΕΛΛΗΝΙΚΑ|greek|grec|يونانية|اليونانية",
    "uk": "українська|українська мова|ukrainian|ukraynaca",
    "ru": "русский|русский язык|russe|RUSSIAN|rusça",
    "bg": "български|bulgarski|bulgarian|βουλγαρικά",
    "lv": "latviešu|latviesu valoda|letton|latvian",
    "it": "italiano|italien|italian|ইতালীয়",
    "en": "English|anglais|INGILIZCE|İngilizce|الإنجليزية|ইংরেজি",
    "fr": "français|francais|french|فرانسوی|الفرنسية",
}
NOBODYS = "Klingon|hello|Tajik|тоҷикӣ|Sorani|Kurdish (Sorani)|romani|42|?|Deutsch|latin|darija|عبرية"
ORDER = "fr nl ar en tr es it el ro bg ru uk fa bn kmr lv"
SIXTEEN = tuple(map(Locale, ORDER.split()))


@pytest.mark.parametrize(
    "tag, name", [(tag, name) for tag, names in NAMES.items() for name in names.split("|")]
)
def test_a_language_is_found_by_its_name_in_any_script(tag, name):
    assert meant(name, OFFERABLE) == tag


@pytest.mark.parametrize("name", NOBODYS.split("|"))
def test_what_names_no_language_or_another_one_finds_none(name):
    assert meant(name, OFFERABLE) is None


@pytest.mark.parametrize("tag", OFFERABLE)
def test_every_language_is_found_by_the_name_that_its_button_has_and_by_its_tag(tag):
    assert meant(LANGUAGES[tag].own_name, OFFERABLE) == tag
    assert meant(tag, OFFERABLE) == tag


def test_a_language_that_the_city_does_not_offer_is_not_found():
    assert meant("Türkçe", ("fr", "ar", "en")) is None


@asynccontextmanager
async def a_house_of_sixteen():
    async with household(in_memory()) as house:
        await open_round(house, a_round(languages=SIXTEEN))
        yield house


@pytest.mark.parametrize("address", [ON_PHONE, ON_PAGE], ids=["telegram", "web"])
async def test_a_name_typed_at_the_beginning_chooses_at_once_also_what_is_not_shown(address):
    async with a_house_of_sixteen() as house:
        somebody = Somebody(house, address, Phone(("fr",)))
        await somebody.hear(Asked(Wish.START))
        assert "বাংলা" not in [button.label for button in somebody.screen.buttons]

        await somebody.type("bangla")

    assert (somebody.screen.name, somebody.screen.tag) == ("intro", "bn")


async def test_a_name_that_nobody_knows_shows_all_languages_with_a_kind_word():
    async with a_house_of_sixteen() as house:
        somebody = Somebody(house, phone=Phone(("en",)))
        await somebody.hear(Asked(Wish.START))
        await somebody.type("Klingon")
        screen = somebody.screen
        await somebody.type("۷")

    assert screen.name == "languages"
    assert screen.texts[0].text == "We could not find that language. Please choose one of these."
    assert len([button for button in screen.buttons if button.token[0] == "l"]) == 16
    assert somebody.screen.tag == [button.tag or "en" for button in screen.buttons][6]


async def test_the_language_changes_in_the_middle_and_the_answers_stay():
    async with a_house_of_sixteen() as house:
        somebody = Somebody(house, phone=Phone(("fr",)))
        await somebody.begin("l0", "g", "y", "a0", "a1")
        before = await somebody.session()
        await somebody.hear(Asked(Wish.LANGUAGE))
        await somebody.type("فارسی دری")
        after = await somebody.session()

    assert (after.locale, somebody.screen.tag, somebody.screen.direction) == ("fa", "fa", "rtl")
    assert (after.answers, after.question) == (before.answers, before.question)


async def test_who_wants_news_is_written_to_in_their_language_and_not_in_a_variant_of_it():
    async with household(in_memory()) as house:
        await open_round(house)
        somebody = Somebody(house, phone=Phone(("fr",)))
        await somebody.answer_everything()
        (draft,) = [await house.stores.conversations.draft(key) for key in house.stores.keyring.drafts]
        simple = draft.session.model_copy(update={"locale": "fr-x-simple", "turn": draft.session.turn + 1})
        keys = {simple.round: simple.key}

        await house.stores.conversations.take_turn(
            None, keys, simple.touched_on, lambda _: Outcome(save=replace(draft, session=simple))
        )
        await somebody.ask("news_yes")

        assert [contact.locale for contact in await house.stores.contacts.all()] == ["fr"]


async def test_simpler_words_are_offered_in_the_languages_of_a_round_that_have_them():
    async with household(in_memory()) as house:
        round_ = await open_round(house)
        variants = []
        for tag in ("fr-x-simple", "en-x-simple", "nl"):
            programme = Programme(house.stores.rounds, few_words(tag, "review.lead"), "")
            variants.append((await programme.instrument(round_)).variants)

    assert variants == [{"fr-x-simple"}, {"en-x-simple"}, set()]


# What stands in


def few_words(tag, *keys):
    """Catalogues in which a language has the words of a few keys only: its tag, then the key."""
    sources = all_words().sources
    entries = {key: Entry(sources[key].text, (f"{tag} {key}",), lambda _: 0) for key in keys}
    return Catalogues(sources, [Catalogue(LANGUAGES[tag], entries, State.DRAFT)])


def a_prompt(tag):
    return Prompt(
        name="consent",
        turn=3,
        locale=Locale(tag),
        paragraphs=(Paragraph(say("review.lead"), "lead"), Paragraph(say("review.final"), "body")),
        buttons=(
            Button("y", say("review.send"), ButtonKind.FORWARD, 1),
            Button("c", say("review.change"), ButtonKind.ANSWER, 2),
        ),
    )


def test_a_sentence_that_stands_in_carries_its_own_language_and_a_hint_names_it():
    words = few_words("fa", "review.lead", "review.change", "language.stands_in")

    screen = render(a_prompt("fa"), words.voice("fa"))

    assert [text.tag for text in screen.texts] == ["", "en", ""]
    assert [button.tag for button in screen.buttons] == ["en", ""]
    assert [screen.direction_of(text) for text in screen.texts] == ["rtl", "ltr", "rtl"]
    assert screen.texts[-1].role == "hint"
    assert screen.texts[-1].text == "fa language.stands_in"


def test_the_hint_names_the_language_that_stands_in_by_its_own_name():
    screen = render(a_prompt("ar"), few_words("ar", "review.lead").voice("ar"))

    assert "English" in screen.texts[-1].text
    assert screen.texts[-1].tag == "en"


def test_where_nothing_stands_in_there_is_no_hint_and_no_tag():
    for tag in ("en", "fr"):
        screen = render(a_prompt(tag), all_words().voice(tag))

        assert [text.role for text in screen.texts] == ["lead", "body"]
        assert not any(part.tag for part in (*screen.texts, *screen.buttons))


def test_the_names_of_languages_and_of_the_city_are_nobodys_translation():
    prompt = replace(
        a_prompt("fr"),
        paragraphs=(Paragraph(say("intro.who", city=say(city_key("port-saule", "name"))), "lead"),),
        buttons=(Button("l0", say("language.name", tag="ar"), ButtonKind.ANSWER, 1),),
    )
    words = all_words()
    words.sources[city_key("port-saule", "name")] = replace(
        next(iter(words.sources.values())), key=city_key("port-saule", "name"), text="Port-Saule"
    )

    screen = render(prompt, words.voice("fr"))

    assert [text.role for text in screen.texts] == ["lead"]
    assert [button.tag for button in screen.buttons] == ["ar"]


def test_a_sentence_within_a_sentence_that_stands_in_is_told_of_too():
    item = say("review.item", number=1, question=say("review.lead"), answers=(say("review.skipped"),))
    prompt = replace(a_prompt("ar"), paragraphs=(Paragraph(item, "item"),), buttons=())

    screen = render(prompt, few_words("ar", "review.item", "review.skipped").voice("ar"))

    assert [text.tag for text in screen.texts] == ["", "en"]


def test_simpler_words_that_are_said_in_the_usual_ones_are_no_other_language():
    screen = render(a_prompt("fr-x-simple"), all_words().voice("fr-x-simple"))

    assert [text.role for text in screen.texts] == ["lead", "body"]
    assert not any(part.tag for part in (*screen.texts, *screen.buttons))


def test_on_a_phone_each_line_is_led_by_the_direction_of_its_own_language():
    words = few_words("fa", "review.lead", "review.change", "language.stands_in")

    (text,) = speak(render(a_prompt("fa"), words.voice("fa"))).parts
    keyboard = speak(render(a_prompt("fa"), words.voice("fa"))).keyboard

    assert [line[0] for line in text.split("\n") if line] == ["\u200f", "\u200e", "\u200f"]
    assert '"text": "\u200e۱. Send' in keyboard
    assert '"text": "\u200f۲. fa' in keyboard


def test_help_says_how_to_change_the_words():
    for key in ("notice.help", "notice.help_alone"):
        notice = Notice("telegram:1:0", Locale("en"), key, {"city": "Port-Saule", "contacts": "x"})
        texts = [text.text for text in render_notice(notice, all_words().voice("en")).texts]

        assert texts[1].startswith("You can change the language at any time")


# A scale


@pytest.mark.parametrize("tag", ["ar", "fa"])
async def test_a_scale_keeps_its_order_and_numbers_from_right_to_left(tag):
    async with a_house_of_sixteen() as house:
        somebody = Somebody(house, phone=Phone((tag,)))
        await somebody.begin("l0", "g", "y", "a0")
        for _ in range(40):
            if somebody.screen.question == "level_fit":
                break
            await somebody.press("s" if somebody.screen.button("s") else somebody.screen.buttons[0].token)
        voice = house.catalogues.voice(tag)
        scale = [button for button in somebody.screen.buttons if button.token[0] == "a"]

    assert [button.number for button in scale] == [voice.number(place) for place in range(1, 6)]
    assert [button.token for button in scale] == [f"a{place}" for place in range(5)]
    shown = speak(somebody.screen).keyboard
    places = [shown.index(button.caption) for button in scale]
    assert places == sorted(places)
