"""What people wrote, on the page: reviewed texts, side by side, each in its own language and direction."""

import re

import pytest

from tests.reports.pages import page_of, quoted
from tests.reports.population import released

HOST = {"key_factor": "L1", "side": "host", "texts": [{"text": "Nobody told us.", "lang": "en"}]}
MIGRANT = {
    "key_factor": "L1",
    "side": "migrant",
    "texts": [
        {"text": "لا أعرف أين أسأل (A2).", "lang": "ar", "paraphrase": False},
        {"text": "The list is long.", "lang": "en", "paraphrase": True},
        {"text": "<b>6 mois</b>", "lang": "fr", "paraphrase": False},
    ],
}


def quotes(page):
    """The (language, direction) of every quotation."""
    return [(found["lang"], found["dir"]) for tag, found in page.tags if tag == "blockquote"]


def test_without_texts_the_page_says_that_they_may_follow():
    text = page_of(released(300)).text

    assert "is not on this page yet. A person reads it first" in text
    assert "What people wrote stands" not in text


def test_each_text_has_its_own_language_and_direction():
    shown = page_of(released(300), texts=quoted([HOST, MIGRANT]))

    assert quotes(shown) == [("ar", "rtl"), ("en", "ltr"), ("fr", "ltr"), ("en", "ltr")]


@pytest.mark.parametrize("tag", ["en", "ar"])
def test_what_migrants_wrote_stands_before_what_host_residents_wrote(tag):
    text = page_of(released(300), tag, texts=quoted([HOST, MIGRANT])).text

    assert text.index("The list is long.") < text.index("Nobody told us.")


def test_a_paraphrase_is_marked_and_is_not_put_between_quotation_marks():
    shown = page_of(released(300), texts=quoted([HOST, MIGRANT]))

    assert re.search(r"The list is long\.\s+in other words", shown.text)
    assert shown.text.count("in other words") == 1
    assert [tag for tag, _ in shown.tags].count("q") == 3


def test_a_text_cannot_break_out_of_the_page():
    tags = [tag for tag, _ in page_of(released(300), texts=quoted([MIGRANT])).tags]
    plain = [tag for tag, _ in page_of(released(300)).tags]

    assert tags.count("b") == plain.count("b")


def test_the_page_carries_the_hash_of_the_texts_and_says_how_many_writers_were_needed():
    texts = quoted([HOST])
    text = page_of(released(300), texts=texts).text

    assert texts.sha256 in text
    assert "at least 10 people of one side wrote about a key factor" in text
    assert "A person read every text first" in text


def test_where_nothing_can_be_shown_the_page_says_so():
    text = page_of(released(300), texts=quoted([])).text

    assert "Nothing of it can be shown" in text
    assert "What people wrote stands" not in text


def test_a_text_in_no_known_language_finds_its_direction_by_itself():
    unknown = {"key_factor": "L2", "side": "host", "texts": [{"text": "…", "lang": None}]}

    assert quotes(page_of(released(300), texts=quoted([unknown]))) == [("und", "auto")]
