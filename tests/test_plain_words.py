"""What people are told about their data is plain English and true: short sentences, no jargon."""

import re
from functools import cache
from pathlib import Path

import pytest

from bot.campaigns import CONTACTS_UNUSED, FLUSH_AT, TEXTS_KEPT
from bot.i18n.sources import Source, read_sources
from bot.rendering import PARTS
from conversations.rounds import IDLE, K

ROOT = Path(__file__).parents[1]
AVERAGE = 14  # words in a sentence, over what is read at one go; plain English (B1)
LONGEST = 20  # words in any one sentence
LONGEST_WORD = 13  # letters: "demonstration" is the longest that people read here
HARD = re.compile(
    r"""
    \b(?: pseudonym | anonymis | encrypt | cryptograph | hash | metadata | database | server | session
    | backup | processor | controller | processing | retention | pursuant | hereby | regarding
    | erasure | consent | utilise | facilitate | consequently | identif | aforementioned | legitimate
    | statutory | revoke | withhold | aggregate | disclos | confidential | terminate | sealed
    | draft | participant | questionnaire | respondent )\w*
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Beginnings of words that somebody who learns the language is unlikely to know."""

READ_AT_ONE_GO = {
    "who asks": ("intro.who", "intro.why", "intro.kept", "intro.no_effect", "intro.free", "intro.telegram",
                 "intro.final", "intro.contact", "intro.demonstration"),
    "the question whether to take part": ("consent.ask", "consent.yes", "consent.no"),
    "privacy": PARTS["notice.privacy"],
    "help": PARTS["notice.help"],
    "before sending": ("review.final", "review.send", "review.send_with_code"),
    "after sending": ("thanks.lead", "thanks.results", "thanks.results_later", "thanks.code"),
    "results": ("web.results.lead", "web.results.body", "results.expected", "results.expected_later",
                "results.closed", "results.texts", "web.error.unverified", "web.error.unverified_body"),
    "stopping": ("stop.lead", "pause.body", "notice.erased", "notice.older_stays", "notice.declined"),
    "withdrawing": ("notice.withdrawn", "notice.withdraw_unknown", "notice.withdraw_how",
                    "notice.sent_before"),
    "telling in one's own words": ("listening.who", "listening.help", "listening.urgent", "listening.why",
                                   "listening.kept", "listening.shown", "listening.names", "listening.once",
                                   "listening.about", "listening.about_hint", "listening.side_hint",
                                   "listening.write", "listening.thanks", "listening.again"),
    "whether one can tell something": ("notice.tell_ask", "notice.tell_already", "notice.tell_off",
                                       "notice.tell_button"),
    "posters": ("poster.about", "poster.both", "poster.easy", "poster.anonymous", "poster.free",
                "poster.until", "poster.scan", "poster.type", "poster.help", "poster.relay",
                "poster.code.how", "poster.code.once"),
    "news": ("notice.news_ask", "notice.news_yes", "notice.news_no"),
    "letters": (*PARTS["letter.invitation"], *PARTS["letter.reminder"], *PARTS["letter.last_reminder"]),
}  # fmt: skip


@cache
def sources() -> dict[str, Source]:
    """Every sentence that there is to say."""
    return read_sources(ROOT / "locales" / "source")


def words_under(key: str) -> str:
    """The English words under a key."""
    return sources()[key].text


def sentences_of(text: str) -> list[list[str]]:
    """The sentences of a text, each as its words; what is put in later counts as one word."""
    plain = re.sub(r"\{\w+\}", "something", text)
    parts = re.split(r"[.!?:]+(?:\s|$)|\n", plain)
    return [words for part in parts if (words := re.findall(r"[\w’'/-]+", part))]


def words_per_sentence(text: str) -> float:
    """How long a text's sentences are on average: the plainest figure of how hard it is to read."""
    sentences = sentences_of(text)
    return sum(map(len, sentences)) / len(sentences)


@pytest.mark.parametrize("page", READ_AT_ONE_GO)
def test_what_people_are_told_is_plain(page):
    text = "\n".join(map(words_under, READ_AT_ONE_GO[page]))

    assert words_per_sentence(text) <= AVERAGE
    assert [" ".join(words) for words in sentences_of(text) if len(words) > LONGEST] == []
    assert HARD.findall(text) == []
    assert [word for word in re.findall(r"[^\W\d_]+", text) if len(word) > LONGEST_WORD] == []


def test_the_figure_tells_plain_from_hard():
    hard = "Pursuant to the aforementioned provisions, data of participants are pseudonymised and retained."

    assert words_per_sentence("You can stop. We erase it.") == 3
    assert words_per_sentence("Questions about your data: {contact}") == 2.5
    assert words_per_sentence(hard) > 11
    assert HARD.findall(hard) == ["Pursuant", "aforementioned", "participants", "pseudonymised"]


def test_the_privacy_text_says_what_is_kept_how_long_and_what_one_can_do():
    text = "\n".join(map(words_under, PARTS["notice.privacy"]))

    assert FLUSH_AT == K == 10
    assert CONTACTS_UNUSED.days == 365
    wanted = (f"{IDLE.days} days", f"{TEXTS_KEPT.days} days", "ten people", "one year", "destroy", "erase",
              "name, number or account", "withdrawal code", "Telegram knows", "“hide”",
              "{responsible}", "{contact}")  # fmt: skip
    assert [said for said in wanted if said not in text] == []


def test_nobody_is_promised_more_than_is_so():
    """While a round is open, whoever holds machine and keys could tell: see docs/threat-model.md."""
    told = "\n".join(words_under(key) for keys in READ_AT_ONE_GO.values() for key in keys)

    assert "Nobody can tell who gave them" not in told
    assert "nobody can join" not in told
    assert "Nobody will ever" not in told
