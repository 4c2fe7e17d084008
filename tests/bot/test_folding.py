"""Typed words find their button in every script: two spellings of one word are one word."""

import unicodedata

import pytest

from bot.dialogue import digits_of
from bot.i18n.folding import folded, forgiven
from bot.rendering import typed_token
from bot.screens import Screen, ScreenButton
from bot.web.visitor import account_of, new_account, withdrawal_digits
from conversations.lettering import in_groups
from conversations.numerals import plain_digits, whole_number
from conversations.prompts import ButtonKind, Takes

DIGITS = {
    "Arabic-Indic": "٠١٢٣٤٥٦٧٨٩",
    "Persian": "۰۱۲۳۴۵۶۷۸۹",
    "Bengali": "০১২৩৪৫৬৭৮৯",
    "Devanagari": "०१२३४५६७८९",
    "fullwidth": "０１２３４５６７８９",
}
SAME = [
    ("tr", "İYİ", "iyi"),
    ("tr", "ISPARTA", "ısparta"),
    ("fr", "TRÈS BIEN", "tre\u0300s bien"),
    ("de", "STRASSE", "straße"),
    ("el", "Δεν ξέρω", "ΔΕΝ ΞΕΡΩ\u037e"),
    ("el", "Μάιος", "ΜΑΪΟΣ"),
    ("el", "πόλης;", "ΠΟΛΗΣ?"),
    ("fa", "نمی\u200cدانم", "نمی دانم"),
    ("fa", "نمی\u200cدانم", "نميدانم"),
    ("fa", "کم", "كم"),
    ("fa", "هفتهٔ", "هفته"),
    ("ar", "أحيانًا", "احيانا"),
    ("ar", "إجابة", "اجابه"),
    ("ar", "العَرَبِيَّة", "العـربيـة"),
    ("ar", "\u200fنعم\u061c", "نعم"),
    ("ro", "Niciodată și", "NICIODATĂ ŞI"),
    ("ro", "ţară", "țară"),
    ("uk", "п'ять", "пʼять"),
    ("uk", "п’ять", "П`ЯТЬ"),
    ("bn", "য\u09bc", "\u09df"),
    ("bn", "ত\u09cd\u200d", "ৎ"),
    ("bn", "র\u200d্যা", "র্যা"),
    ("en", "I don’t know.", "i don't know"),
    ("kmr", "ÊDÎ", "êdî"),
]
DIFFERENT = [
    ("tr", "kız", "kiz"),
    ("tr", "IL", "il"),
    ("fa", "کم", "گم"),
    ("uk", "і", "и"),
    ("bn", "কম", "কাম"),
]


@pytest.mark.parametrize("tag, one, other", SAME)
def test_two_spellings_of_one_word_are_the_same(tag, one, other):
    assert folded(one, tag) == folded(other, tag)


@pytest.mark.parametrize("tag, one, other", DIFFERENT)
def test_two_words_stay_two(tag, one, other):
    assert folded(one, tag) != folded(other, tag)


@pytest.mark.parametrize("tag", ["en", "tr", "el", "fa", "bn"])
def test_what_was_folded_once_stays_as_it_is(tag):
    for words in [word for _, *pair in SAME for word in pair]:
        assert folded(folded(words, tag), tag) == folded(words, tag)


def a_screen(tag, labels, takes=Takes.BUTTONS):
    buttons = tuple(
        ScreenButton(f"a{place}", label, ButtonKind.ANSWER, str(place + 1))
        for place, label in enumerate(labels)
    )
    return Screen(name="question", tag=tag, direction="ltr", texts=(), buttons=buttons, takes=takes)


def test_accents_are_forgiven_where_one_button_only_can_be_meant():
    french = a_screen("fr", ["Très bien", "Pâté", "Pâte"])

    assert typed_token(french, "tres bien") == "a0"
    assert typed_token(french, "pâte") == "a2"
    assert typed_token(french, "pate") is None


def test_a_dotless_i_is_forgiven_where_one_button_only_can_be_meant():
    turkish = a_screen("tr", ["Kız", "İyi", "Kıl", "Kil"])

    assert [typed_token(turkish, text) for text in ("kiz", "IYI", "KIL", "KİL")] == ["a0", "a1", "a2", "a3"]


@pytest.mark.parametrize("digits", DIGITS.values(), ids=DIGITS)
def test_the_digits_of_every_script_choose_count_and_open(digits):
    screen = a_screen("en", [f"choice {place}" for place in range(12)])
    account = new_account()
    own = str.maketrans("0123456789", digits)

    assert typed_token(screen, "12".translate(own)) == "a11"
    assert typed_token(screen, f"\u200f{'7'.translate(own)}.") == "a6"
    assert whole_number("480".translate(own)) == 480
    assert plain_digits("1a9".translate(own)) == "1a9"
    assert digits_of("1234 5678 9012 3456".translate(own)) == "1234567890123456"
    assert withdrawal_digits("1234 5678-9012 3456".translate(own)) == "1234567890123456"
    assert account_of(in_groups(account).translate(own)) == account


@pytest.mark.parametrize(
    "written, number",
    [
        ("1 000", 1000),
        ("1\u202f000", 1000),
        ("1.000", 1000),
        ("1,000", 1000),
        ("1’000", 1000),
        ("۱٬۲۰۰", 1200),
        ("১,০০,০০০", 100_000),
        ("\u2067١٢\u2069", 12),
        (" 007 ", 7),
    ],
)
def test_a_grouped_number_is_whole(written, number):
    assert whole_number(written) == number


@pytest.mark.parametrize(
    "written",
    ["۱۲٫۰", "12,5", "12.50", "1,000.5", "-3", "+3", "1 2", "²", "Ⅻ", "three", "", "9" * 10, "1,000 000"],
)
def test_what_is_no_whole_number_is_none(written):
    assert whole_number(written) is None


def test_a_long_message_is_no_label_and_costs_nothing():
    assert typed_token(a_screen("en", ["yes"]), "yes " * 1000) is None


def test_every_decimal_digit_of_unicode_is_read():
    signs = [chr(number) for number in range(0x110000) if unicodedata.category(chr(number)) == "Nd"]

    assert len(signs) > 600
    assert all(whole_number(sign) == unicodedata.decimal(sign) for sign in signs)


def test_words_that_sound_like_a_name_are_compared_without_accents():
    assert forgiven("Türkçe", "tr") == forgiven("TURKCE") == "turkce"
