"""Texts: what is marked for the reviewer, which may enter a release, and what a frozen part must keep."""

import copy
import gzip
import json
from collections import Counter
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from random import Random
from time import perf_counter

import pytest
from jsonschema import Draft202012Validator

from conversations.errors import ReleaseError
from conversations.identifiers import Code, FactorKey, Locale
from conversations.questionnaire import QuestionType
from conversations.session import WrittenText
from conversations.texts import ReviewedText
from reports.disclosure.texts import WRITERS, first_part, release_texts, reopen_texts, writers
from reports.planned import Frame, default_plan
from reports.reviewing import CLAIM, REDACTED, Kind, capitalised, marks, plain, redacted
from tests.instruments import shipped

FACTOR = FactorKey("L11")
SCHEMA = json.loads((Path(__file__).parents[2] / "reports/render/texts.schema.json").read_text("utf-8"))


def marked(text):
    return [(text[mark.start : mark.end], mark.kind) for mark in marks(text)]


# What is marked


@pytest.mark.parametrize(
    "text, found",
    [
        ("Call +32 478 12 34 56 please", ("+32 478 12 34 56", Kind.PHONE)),
        ("Call 0478/12.34.56 please", ("0478/12.34.56", Kind.PHONE)),
        ("Appelez le 01 23 45 67 89.", ("01 23 45 67 89", Kind.PHONE)),
        ("رقمي ٠٤٧٨١٢٣٤٥٦ شكرا", ("٠٤٧٨١٢٣٤٥٦", Kind.PHONE)),
        ("رقمي +٣٢ ٤٧٨ ١٢ ٣٤ ٥٦", ("+٣٢ ٤٧٨ ١٢ ٣٤ ٥٦", Kind.PHONE)),
        ("شماره ۰۹۱۲۳۴۵۶۷۸۹", ("۰۹۱۲۳۴۵۶۷۸۹", Kind.PHONE)),
        ("0\ufe0f\u20e34\ufe0f\u20e37\ufe0f\u20e38\ufe0f\u20e31\ufe0f\u20e32\ufe0f\u20e33\ufe0f\u20e3", None),
        ("on ①②③④⑤⑥⑦⑧", ("①②③④⑤⑥⑦⑧", Kind.PHONE)),
        ("4\u200d7\u200d8\u200d1\u200d2", ("4\u200d7\u200d8\u200d1\u200d2", Kind.NUMBER)),
        ("my file is 12345", ("12345", Kind.NUMBER)),
        ("ملفي ١٢٣٤٥", ("١٢٣٤٥", Kind.NUMBER)),
        ("write to anna.h+x@example.org.", ("anna.h+x@example.org", Kind.EMAIL)),
        ("anna＠example．org", ("anna＠example．org", Kind.EMAIL)),
        ("I am @anna_h, hello", ("@anna_h", Kind.HANDLE)),
        ("see https://example.org/a?b=c now", ("https://example.org/a?b=c", Kind.ADDRESS)),
        ("see www.example.org", ("www.example.org", Kind.ADDRESS)),
        ("see t.me/anna_h now", ("t.me/anna_h", Kind.ADDRESS)),
        ("see example.org/anna now", ("example.org/anna", Kind.ADDRESS)),
    ],
)
def test_what_may_name_somebody_is_marked(text, found):
    assert marked(text) == [found or (text, Kind.PHONE)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I paid 1200 euros in 2024",
        "in 2019, 2020 and 2021",
        "at 9:30, room 12",
        "1. cost\n2. time\n3. distance\n4. children\n5. work\n6. bus\n7. fear",
        "I waited.Then I left, e.g. early, p.ex. hier",
        "10 000 people",
    ],
)
def test_ordinary_words_and_short_numbers_are_not_marked(text):
    assert marked(text) == []


def test_a_handle_inside_an_email_is_one_mark():
    assert marked("write to me@anna_h.example.org or @anna_h") == [
        ("me@anna_h.example.org", Kind.EMAIL),
        ("@anna_h", Kind.HANDLE),
    ]


def test_a_number_inside_an_address_is_one_mark():
    assert marked("https://wa.me/32478123456 is mine") == [("https://wa.me/32478123456", Kind.ADDRESS)]


def test_marks_never_overlap_and_stand_in_order():
    text = "me@x.org https://a.b/@c 0478 12 34 56 +32478123456 99999 @d.e"

    places = [(mark.start, mark.end) for mark in marks(text)]

    assert len(places) >= 5
    assert all(end <= start for (_, end), (start, _) in pairwise(places))


@pytest.mark.parametrize(
    "text, words",
    [
        ("the teacher Anna Haddad in Gent", ("Anna", "Haddad", "Gent")),
        ("Anna helped. Haddad came! Then Peter", ("Peter",)),
        ("Thanks to Dr. Haddad and J. Dupont", ("Dr", "Haddad", "J", "Dupont")),
        ("à l'Hôpital d'Anvers avec al-Haddad", ("l'Hôpital", "d'Anvers", "al-Haddad")),
        ("first line\nAnna second line", ()),
        ("— Anna said", ()),
        ("I think I'm fine and I’ll stay", ()),
        ("с Анной в Генте", ("Анной", "Генте")),
        ("όταν η Άννα", ("Άννα",)),
        ("مع آنا حداد في غنت", ()),
        ("ask Anna, ask Anna again", ("Anna",)),
        ("", ()),
    ],
)
def test_words_with_a_capital_inside_a_sentence_are_listed(text, words):
    assert capitalised(text) == words


def test_it_is_said_that_names_at_the_start_of_a_sentence_are_not_listed():
    assert capitalised("Anna is my neighbour.") == ()
    assert "start of a sentence" in " ".join(CLAIM.split())
    assert "scripts without capitals" in CLAIM


def test_pieces_and_words_are_taken_out_wherever_they_stand():
    text = "Anna and ANNA at 0478123456 or anna@x.org"

    assert (
        redacted(text, marks(text), [" anna ", ""])
        == f"{REDACTED} and {REDACTED} at {REDACTED} or {REDACTED}"
    )
    assert redacted(text, ()) == text


def test_words_to_take_out_are_plain_words_not_patterns():
    assert redacted("a.c abc", (), ["a.c"]) == f"{REDACTED} abc"


@pytest.mark.parametrize(
    "hostile, left",
    [
        ("a\x1b[31mred\x1b[0m", "ared"),
        ("a\x1b]0;title\x07b", "a0;titleb"),
        ("\x9b2Jgone", "gone"),
        ("user\u202egnp.exe\u202c", "usergnp.exe"),
        ("\u2066a\u2069\u200e\u200f\u061cb", "ab"),
        ("a\rb\r\nc\u2028d\x0be", "a\nb\nc\nd\ne"),
        ("\x00\x08\x7f\ufeff\u200b\u2060x\ud800", "x"),
        ("tab\there", "tab here"),
        ("\U000e0041flag", "flag"),
        ("می\u200cخواهم \U0001f468\u200d\U0001f469", "می\u200cخواهم \U0001f468\u200d\U0001f469"),
        ("\u200b \u202e", ""),
    ],
)
def test_nothing_is_left_that_acts_on_a_screen(hostile, left):
    assert plain(hostile) == left
    assert plain(left) == left


@pytest.mark.parametrize(
    "piece", ["0 ", "a@", "a.", "+", "@", "aaaa-", "1.", "A. ", "\U0001f468\u200d", "(", "٠", "http://", "a/"]
)
def test_2000_hostile_characters_are_read_at_once(piece):
    text = (piece * 2_000)[:2_000]
    before = perf_counter()

    marks(text)
    capitalised(text)
    plain(text)

    assert perf_counter() - before < 2


# Which texts may enter


def frame(**changes):
    instrument = shipped()
    plan = default_plan(instrument.questionnaire).model_copy(update=changes)
    return Frame(plan, instrument.questionnaire, instrument.city)


def wrote(people, side="migrant", language="fr", factor=FACTOR):
    return [
        WrittenText(
            side=Code(side), key_factor=factor, question="", text=f"text {number}", language=Locale(language)
        )
        for number in range(people)
    ]


def read(text, words=None, lang=None, paraphrase=False):
    return ReviewedText(
        side=text.side,
        key_factor=text.key_factor,
        language=text.language,
        text=words or text.text,
        text_language=lang or text.language,
        paraphrase=paraphrase,
    )


def part(texts, reviewed, of=None, publication="fr", seed=1, k=10):
    return release_texts(
        reviewed,
        writers(texts, of or frame()),
        tables(k),
        publication=Locale(publication),
        version="1.0",
        shuffled=lambda things: Random(seed).sample(things, len(things)),
    )


FROZEN = Path(__file__).parent / "frozen" / "schema-2-26.json.gz"


@cache
def tables(k=10):
    document = json.loads(gzip.decompress(FROZEN.read_bytes()))
    return first_part(written(document | {"k": k}))


def entries(published):
    return [
        (group["key_factor"], group["side"], len(group["texts"])) for group in published.document["texts"]
    ]


def test_nine_writers_are_too_few_and_ten_are_enough():
    nine, ten = wrote(9), wrote(10, side="host")
    texts = [*nine, *ten]

    published = part(texts, [read(text) for text in texts])

    assert WRITERS == 10
    assert entries(published) == [("L11", "host", 10)]


def test_ten_who_wrote_are_company_for_one_who_enters():
    texts = wrote(10)

    assert entries(part(texts, [read(texts[0])])) == [("L11", "migrant", 1)]


def test_a_refused_text_counts_no_more():
    texts = wrote(10)

    assert entries(part(texts[1:], [read(texts[1])])) == []


def test_a_higher_threshold_of_the_plan_holds_for_texts_too():
    for people, shown in [(14, []), (15, [("L11", "migrant", 15)])]:
        texts = wrote(people)
        assert entries(part(texts, [read(text) for text in texts], frame(k=15), k=15)) == shown


def test_both_counts_for_the_side_that_the_plan_merges_it_into():
    texts = [*wrote(6), *wrote(6, side="both")]
    reviewed = [read(text) for text in texts]

    assert entries(part(texts, reviewed)) == [("L11", "migrant", 12)]
    assert entries(part(texts, reviewed, frame(merge_both_into_migrant=False))) == []


def test_side_not_stated_is_a_side_like_others():
    texts = [*wrote(10, side="not_stated"), *wrote(3, side="nonsense")]

    assert entries(part(texts, [read(text) for text in texts])) == [("L11", "not_stated", 13)]


def test_key_factors_are_counted_apart():
    texts = [*wrote(9), *wrote(9, factor=FactorKey("L1"))]

    assert entries(part(texts, [read(text) for text in texts])) == []


def test_where_one_person_may_write_twice_two_texts_count_as_one_writer():
    instrument = shipped()
    question = next(q for q in instrument.questionnaire.questions if q.type is QuestionType.TEXT)
    again = question.model_copy(update={"id": "again"})
    twice = instrument.questionnaire.model_copy(
        update={"questions": (*instrument.questionnaire.questions, again)}
    )
    of = replace(frame(), questionnaire=twice)

    for people, shown in [(18, []), (19, [("L11", "migrant", 19)])]:
        texts = wrote(people)
        assert entries(part(texts, [read(text) for text in texts], of)) == shown


def test_a_rare_language_enters_as_a_paraphrase_only():
    french, arabic = wrote(10), wrote(9, language="ar")
    texts = [*french, *arabic]
    reviewed = [read(text) for text in texts] + [
        read(arabic[0], "En d'autres mots", "fr", paraphrase=True),
        read(arabic[1], "In other words", "en", paraphrase=True),
    ]

    published = part(texts, reviewed)

    (group,) = published.document["texts"]
    assert Counter(entry["lang"] for entry in group["texts"]) == {"fr": 11}
    assert [entry["text"] for entry in group["texts"] if entry["paraphrase"]] == ["En d'autres mots"]
    assert published.document["manifest"]["languages"] == ["fr"]


def test_ten_writers_of_a_language_may_be_named_with_it():
    texts = [*wrote(10), *wrote(10, language="ar")]

    (group,) = part(texts, [read(text) for text in texts]).document["texts"]

    assert Counter(entry["lang"] for entry in group["texts"]) == {"fr": 10, "ar": 10}


def test_a_language_is_rare_where_few_of_that_side_wrote_in_it():
    texts = [*wrote(10, language="ar"), *wrote(10, side="host"), *wrote(1, side="host", language="ar")]

    published = part(texts, [read(text) for text in texts])

    assert entries(published) == [("L11", "migrant", 10), ("L11", "host", 10)]


def test_a_text_of_unknown_language_is_in_another_language():
    texts = wrote(12, language="")

    assert not any(writers(texts, frame()).is_common(text) for text in texts)


def test_paraphrasing_does_not_make_a_language_rare():
    texts = wrote(10, language="ar")
    decided = [read(texts[0], "Autrement", "fr", paraphrase=True), *map(read, texts[1:])]

    assert entries(part(decided, decided)) == [("L11", "migrant", 10)]


def test_the_order_is_chance_handed_in():
    texts = wrote(30)
    reviewed = [read(text) for text in texts]

    def order(seed, of):
        return [entry["text"] for entry in part(texts, of, seed=seed).document["texts"][0]["texts"]]

    assert order(1, reviewed) == order(1, reviewed) != order(2, reviewed)
    assert order(1, reviewed) != [text.text for text in texts]


# The frozen part


def test_the_part_names_its_tables_and_says_nothing_of_what_was_left_out():
    texts = wrote(12)

    published = part(texts, [read(text) for text in texts[:3]])

    document = published.document
    assert document["release_sha256"] == tables().sha256
    assert document["round"] == tables().document["round"]
    assert set(document["benchmark"]) == {"key", "version", "fingerprint"}
    assert set(document["texts"][0]["texts"][0]) == {"text", "lang", "paraphrase"}
    assert "12" not in json.dumps(document["manifest"])


def test_a_frozen_part_opens_again_with_the_same_bytes():
    texts = wrote(12)
    published = part(texts, [read(text) for text in texts])

    again = reopen_texts(published.content, tables())

    assert again.content == published.content
    assert again.sha256 == published.sha256


def test_a_part_without_texts_is_a_part_too():
    assert part(wrote(3), []).document["texts"] == []


def written(document):
    return (json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def _group(document):
    return document["texts"][0]


CHANGES = {
    "other tables": lambda d: d.update(release_sha256="0" * 64),
    "another round": lambda d: d["round"].update(name="Autumn"),
    "another benchmark": lambda d: d["benchmark"].update(version=9),
    "another threshold": lambda d: d.update(k=9),
    "fewer writers": lambda d: d["manifest"].update(writers_needed=9),
    "an unknown key factor": lambda d: _group(d).update(key_factor="L99"),
    "an unknown side": lambda d: _group(d).update(side="tourist"),
    "a group twice": lambda d: d["texts"].append(d["texts"][0]),
    "an empty group": lambda d: _group(d).update(texts=[]),
    "an empty text": lambda d: _group(d)["texts"][0].update(text=""),
    "a long text": lambda d: _group(d)["texts"][0].update(text="a" * 2_001),
    "an escape": lambda d: _group(d)["texts"][0].update(text="a\x1b[2J"),
    "an override": lambda d: _group(d)["texts"][0].update(text="a\u202eb"),
    "an unnamed language": lambda d: _group(d)["texts"][0].update(lang="ti"),
    "a foreign paraphrase": lambda d: (
        _group(d)["texts"][0].update(paraphrase=True, lang="ar"),
        d["manifest"].update(languages=["ar", "fr"]),
    ),
    "a time": lambda d: _group(d)["texts"][0].update(on="2026-03-01"),
    "a missing key": lambda d: d.pop("manifest"),
    "another format": lambda d: d.update(format="portevoix-texts/2"),
    "nonsense": lambda d: d.update(texts=[1]),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_part_that_breaks_a_rule_does_not_open(change):
    texts = wrote(12)
    document = copy.deepcopy(part(texts, [read(text) for text in texts]).document)
    change(document)

    with pytest.raises(ReleaseError) as refused:
        reopen_texts(written(document), tables())

    assert "text 1" not in str(refused.value)


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff"])
def test_bytes_that_are_no_part_do_not_open(content):
    with pytest.raises(ReleaseError):
        reopen_texts(content)


def test_other_bytes_for_the_same_words_do_not_open():
    texts = wrote(12)
    document = part(texts, [read(text) for text in texts]).document

    with pytest.raises(ReleaseError, match="bytes were changed"):
        reopen_texts(json.dumps(document).encode())


def test_the_schema_describes_the_part_and_refuses_others():
    texts = [*wrote(12), *wrote(10, side="host", language="en")]
    document = json.loads(part(texts, [read(text) for text in texts]).content)
    validator = Draft202012Validator(SCHEMA)
    Draft202012Validator.check_schema(SCHEMA)

    assert list(validator.iter_errors(document)) == []
    for name in (
        "an empty text",
        "a long text",
        "a time",
        "another format",
        "a missing key",
        "an empty group",
    ):
        changed = copy.deepcopy(document)
        CHANGES[name](changed)
        assert list(validator.iter_errors(changed)), name


def test_only_tables_can_be_the_first_part():
    with pytest.raises(ReleaseError, match="portevoix-release/1"):
        first_part(part(wrote(3), []).content)
