"""Texts from the close of a round to their release: read one at a time, released once, then gone."""

import asyncio
import gzip
import io
import json
import logging
import shutil
import sys
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.commands.texts import _columns, _done, _show
from bot.reviewing import PART, Reviewing
from bot.sitting import ANOTHER_LANGUAGE, Shown
from conversations.errors import ReleaseError, RoundError, StorageError
from conversations.identifiers import Locale
from conversations.session import LONGEST_TEXT, Sheet, WrittenText
from conversations.texts import TextId
from reports.disclosure.texts import first_part, reopen_texts
from reports.reviewing import capitalised, marks, plain
from storage.opening import open_stores
from tests.bot.houses import MovableClock, a_house, opened
from tests.conftest import NOON
from tests.storage.disk import rows
from tests.storage.people import a_sent_draft, key_of, save

CANARY = "Zwaluwstraat"
FROZEN = Path(__file__).parents[1] / "reports" / "frozen" / "schema-2-26.json.gz"
TABLES = gzip.decompress(FROZEN.read_bytes())


def written(text="The course is full", side="migrant", language="fr"):
    return WrittenText(
        side=side, key_factor="L11", question="not_asked", text=text, language=Locale(language)
    )


ENOUGH = [written(f"{CANARY} {number} and 0478 12 34 56") for number in range(10)]


async def closed(house, texts, first=0):
    """A round in which each of these was written by somebody, closed but not released."""
    round_ = await opened(house)
    for number, text in enumerate(texts, first):
        sheet = Sheet(side=text.side, answers={})
        await save(house.stores, a_sent_draft(key_of(number), round=round_.id, texts=(text,), sheet=sheet))
    return await house.campaigns.close(round_.id)


async def released(house, texts):
    """A round whose tables are frozen; they are those of another one, which takes no time to make."""
    round_ = await closed(house, texts)
    await house.stores.releases.freeze(round_.id, TABLES)
    return round_


@asynccontextmanager
async def on_disk(folder, texts, clock=None):
    async with a_house("sqlite", folder, clock or MovableClock()) as house:
        yield house, await released(house, texts)


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A house in memory, in which each test has a round of its own."""
    doors = AsyncExitStack()
    in_memory = a_house("memory", tmp_path_factory.mktemp("nothing"), MovableClock())
    yield asyncio.run(doors.enter_async_context(in_memory))
    asyncio.run(doors.aclose())


@pytest.fixture
async def round_(house):
    """A round in which ten people wrote, whose tables are released."""
    return await released(house, ENOUGH)


async def part_of(house, round_):
    content = await house.stores.releases.read(round_.id, PART)
    return None if content is None else reopen_texts(content).document


async def accept_all(house, round_, **named):
    sitting = await house.reviewing.review(round_.id, **named)
    count = 0
    while (shown := sitting.next()) is not None:
        await sitting.accept(shown, shown.text)
        count += 1
    return count


async def test_a_round_that_is_open_cannot_be_reviewed(house):
    round_ = await opened(house)

    for deed in (house.reviewing.review, house.reviewing.status, house.reviewing.release):
        with pytest.raises(RoundError, match="round close"):
            await deed(round_.id)
    with pytest.raises(RoundError, match="round list"):
        await house.reviewing.status("no-such-round")
    await house.campaigns.close(round_.id)


async def test_one_text_after_the_other_is_shown_with_key_factor_and_side_only(house, round_):
    sitting = await house.reviewing.review(round_.id)

    shown = sitting.next()

    assert shown.key_factor == (await house.programme.instrument(round_)).benchmark.factor("L11").name
    assert shown.side == "People who came from another country"
    assert (shown.language, shown.rare) == ("fr", False)
    assert [shown.text[mark.start : mark.end] for mark in shown.marks] == ["0478 12 34 56"]
    assert sitting.publication == "fr"
    assert CANARY not in repr(shown)


async def test_stopping_in_the_middle_loses_nothing(house, round_):
    sitting = await house.reviewing.review(round_.id)
    texts = set()
    for _ in range(4):
        shown = sitting.next()
        texts.add(shown.text)
        await sitting.accept(shown, shown.text)

    again = await house.reviewing.review(round_.id)
    while (shown := again.next()) is not None:
        assert shown.text not in texts
        texts.add(shown.text)

    assert len(texts) == 10


async def test_what_is_put_off_comes_again_at_the_next_sitting(house, round_):

    first = await house.reviewing.review(round_.id)
    second = await house.reviewing.review(round_.id)

    assert [len(list(iter(sitting.next, None))) for sitting in (first, second)] == [10, 10]


async def test_texts_are_shown_in_random_order(house, round_):

    orders = set()
    for _ in range(4):
        sitting = await house.reviewing.review(round_.id)
        orders.add(tuple(sitting.next().text for _ in range(10)))

    assert len(orders) > 1


async def test_what_was_decided_is_what_is_released(house, round_):
    sitting = await house.reviewing.review(round_.id)
    await sitting.accept(sitting.next(), "with […] taken out")
    await sitting.paraphrase(sitting.next(), "en d'autres mots")

    sha256 = await house.reviewing.release(round_.id, drop=True)

    (group,) = (await part_of(house, round_))["texts"]
    assert (group["key_factor"], group["side"]) == ("L11", "migrant")
    assert sorted((entry["text"], entry["lang"], entry["paraphrase"]) for entry in group["texts"]) == [
        ("en d'autres mots", "fr", True),
        ("with […] taken out", "fr", False),
    ]
    assert await house.stores.releases.parts(round_.id) == [
        ("tables", first_part(TABLES).sha256),
        (PART, sha256),
    ]


async def test_the_part_belongs_to_its_tables(house, round_):
    await accept_all(house, round_)
    await house.reviewing.release(round_.id)

    assert reopen_texts(await house.stores.releases.read(round_.id, PART), first_part(TABLES))


async def test_texts_are_released_once(house, round_):
    await accept_all(house, round_)

    first = await house.reviewing.release(round_.id)
    content = await house.stores.releases.read(round_.id, PART)

    assert await house.reviewing.prospect(round_.id) is None
    assert await house.reviewing.release(round_.id) == first
    assert await house.stores.releases.read(round_.id, PART) == content
    with pytest.raises(RoundError, match="are released"):
        await house.reviewing.review(round_.id)
    assert (await house.reviewing.status(round_.id)).released


async def test_unreviewed_texts_are_not_dropped_unasked(house, round_):
    sitting = await house.reviewing.review(round_.id)
    await sitting.accept(sitting.next(), "kept")

    prospect = await house.reviewing.prospect(round_.id)
    with pytest.raises(RoundError, match="texts review"):
        await house.reviewing.release(round_.id)

    assert (prospect.entering, prospect.any_unread, prospect.unread) == (True, True, 0)
    assert await part_of(house, round_) is None
    assert await house.stores.texts.waiting(round_.id) == 9


async def test_the_tables_come_first(house):
    round_ = await closed(house, ENOUGH)

    assert await accept_all(house, round_) == 10
    with pytest.raises(RoundError, match="tables come first"):
        await house.reviewing.release(round_.id)


async def test_a_round_without_texts_has_none_to_release(house):
    round_ = await released(house, [])
    with pytest.raises(RoundError, match="no texts"):
        await house.reviewing.release(round_.id)


async def test_texts_of_too_few_writers_are_shown_to_nobody_and_never_enter(house):
    few = [written(side="host") for _ in range(9)]
    round_ = await released(house, [*ENOUGH, *few])
    assert await accept_all(house, round_) == 10

    await house.reviewing.release(round_.id)

    assert [group["side"] for group in (await part_of(house, round_))["texts"]] == ["migrant"]


async def test_a_rare_language_is_another_language_and_enters_as_a_paraphrase_only(house):
    rare = written("واحد فقط", language="ar")
    round_ = await released(house, [*ENOUGH, rare])
    sitting = await house.reviewing.review(round_.id)
    found = [sitting.next() for _ in range(11)]
    (shown,) = [shown for shown in found if shown.rare]

    assert shown.language == ANOTHER_LANGUAGE
    with pytest.raises(ReleaseError, match="own words"):
        await sitting.accept(shown, shown.text)
    assert await sitting.paraphrase(shown, "un seul")
    await house.reviewing.release(round_.id, drop=True)

    (group,) = (await part_of(house, round_))["texts"]
    assert group["texts"] == [{"text": "un seul", "lang": "fr", "paraphrase": True}]
    assert "ar" not in (await part_of(house, round_))["manifest"]["languages"]


async def test_when_refusals_make_a_language_rare_its_texts_come_back(house):
    arabic = [written(f"نص {number}", language="ar") for number in range(10)]
    round_ = await released(house, [*ENOUGH, *arabic])
    await accept_all(house, round_)
    opened_texts = await house.stores.texts.open_all(round_.id)
    (id_, *_) = [id_ for id_, text in opened_texts.reviewed.items() if text.language == "ar"]
    await house.stores.texts.decide(round_.id, id_, None)

    assert (await house.reviewing.prospect(round_.id)).any_unfit
    with pytest.raises(RoundError, match="would be lost"):
        await house.reviewing.release(round_.id)
    sitting = await house.reviewing.review(round_.id)
    again = list(iter(sitting.next, None))

    assert len(again) == 9
    assert all(shown.rare for shown in again)


async def test_a_refused_text_is_gone_at_once(house, round_):
    sitting = await house.reviewing.review(round_.id)
    shown = sitting.next()

    assert await sitting.refuse(shown)

    opened_texts = await house.stores.texts.open_all(round_.id)
    assert shown.text not in [text.text for text in opened_texts.waiting.values()]
    assert opened_texts.reviewed == {}


async def test_two_reviewers_do_not_decide_twice(house, round_):
    one, other = [await house.reviewing.review(round_.id) for _ in range(2)]
    shown = one.next()
    assert await one.refuse(shown)
    (same,) = [found for found in iter(other.next, None) if found.id == shown.id]

    assert not await other.accept(same, "twice")

    assert (await house.stores.texts.open_all(round_.id)).reviewed == {}


@pytest.mark.parametrize("words", ["", " \u200b\u202e ", "a" * (LONGEST_TEXT + 1)])
async def test_empty_and_overlong_words_are_refused(house, round_, words):
    sitting = await house.reviewing.review(round_.id)
    shown = sitting.next()

    for deed in (sitting.accept, sitting.paraphrase):
        with pytest.raises(ReleaseError):
            await deed(shown, words)

    assert await house.stores.texts.waiting(round_.id) == 10


async def test_what_acts_on_a_screen_never_enters(house):
    round_ = await released(house, ENOUGH)
    sitting = await house.reviewing.review(round_.id)
    await sitting.accept(sitting.next(), "a\x1b[2Jb\u202ec\x07")
    await house.reviewing.release(round_.id, drop=True)

    (group,) = (await part_of(house, round_))["texts"]
    assert [entry["text"] for entry in group["texts"]] == ["abc"]


async def test_the_status_tells_steps_and_days(house):
    round_ = await released(house, [written()] * 30)
    later = Reviewing(house.registry, MovableClock(NOON + timedelta(days=80, hours=1)), list)

    first = await house.reviewing.status(round_.id)

    assert (first.any_waiting, first.waiting, first.days_left) == (True, 25, 90)
    assert (await later.status(round_.id)).days_left == 10


async def test_the_publication_may_be_in_another_language_of_the_round(house):
    round_ = await released(house, ENOUGH)
    with pytest.raises(RoundError, match="xx"):
        await house.reviewing.review(round_.id, language="xx")
    sitting = await house.reviewing.review(round_.id, language="en")
    await sitting.paraphrase(sitting.next(), "in other words")

    await house.reviewing.release(round_.id, language="en", drop=True)

    assert (await part_of(house, round_))["manifest"]["publication_language"] == "en"


@pytest.mark.slow
@pytest.mark.parametrize("tables", [True, False])
async def test_texts_are_shut_ninety_days_after_the_close_reviewed_or_not(tmp_path, tables):
    clock = MovableClock()
    async with a_house("sqlite", tmp_path, clock) as house:
        round_ = await closed(house, ENOUGH)
        clock.advance(timedelta(days=30))
        if tables:
            await house.stores.releases.freeze(round_.id, TABLES)
            await house.campaigns.release(round_.id)
        sitting = await house.reviewing.review(round_.id)
        await sitting.accept(sitting.next(), "kept")
        clock.advance(timedelta(days=59))
        await house.campaigns.tidy()
        assert len(rows(tmp_path, "SELECT id FROM text_boxes")) == 10

        clock.advance(timedelta(days=2))
        with pytest.raises(RoundError, match="90 days"):
            await house.reviewing.review(round_.id)
        await house.campaigns.tidy()

        assert rows(tmp_path, "SELECT id FROM text_boxes") == []
        assert not list((tmp_path / "keys" / "rounds" / round_.id).glob("texts.*"))
        assert (await house.reviewing.status(round_.id)).days_left is None


# A kill between any two steps


class Killed(BaseException):
    """The program is no more."""


class Dying:
    """A store that dies before one call; it shares its count of calls with others."""

    def __init__(self, store, calls, at):
        self._store, self._calls, self._at = store, calls, at

    def __getattr__(self, name):
        self._calls.append(name)
        if len(self._calls) == self._at:
            raise Killed
        return getattr(self._store, name)


KINDS = ("releases", "texts", "answers", "keyring")


async def run_until(house, folder, round_, at, deed):
    """Do `deed` over a folder with the program dying at one call; return the calls that were made."""
    stores = await open_stores(folder)
    calls = []
    dying = {kind: Dying(getattr(stores, kind), calls, at) for kind in KINDS}
    registry = replace(house.registry, rounds=stores.rounds, **dying)
    try:
        await deed(Reviewing(registry, MovableClock(), list))
    except Killed:
        pass
    finally:
        await stores.close()
    return calls


@pytest.mark.slow
async def test_a_kill_between_any_two_steps_of_the_release_leaves_what_can_go_on(tmp_path):
    template = tmp_path / "template"
    async with on_disk(template, ENOUGH) as (house, round_):
        await accept_all(house, round_)

        async def release(reviewing):
            await reviewing.release(round_.id)

        whole = tmp_path / "whole"
        shutil.copytree(template, whole)
        steps = await run_until(house, whole, round_, 0, release)
        assert {"open_all", "freeze", "destroy_texts"} <= set(steps)
        for at in range(1, len(steps) + 2):
            folder = tmp_path / str(at)
            shutil.copytree(template, folder)
            await run_until(house, folder, round_, at, release)
            await run_until(house, folder, round_, 0, release)

            (content,) = rows(folder, "SELECT content FROM releases WHERE part = 'texts'")[0]
            (group,) = reopen_texts(content).document["texts"]
            assert sorted(entry["text"] for entry in group["texts"]) == [text.text for text in ENOUGH]
            assert rows(folder, "SELECT id FROM text_boxes") == []
            assert not list((folder / "keys" / "rounds" / round_.id).glob("texts.*"))


@pytest.mark.slow
async def test_a_kill_during_a_sitting_leaves_every_text_whole_and_once(tmp_path):
    template = tmp_path / "template"
    async with on_disk(template, ENOUGH) as (house, round_):

        async def sit(reviewing):
            sitting = await reviewing.review(round_.id)
            await sitting.accept(sitting.next(), "kept")
            await sitting.refuse(sitting.next())

        for at, decided in [(1, 0), (2, 0), (3, 0), (4, 1), (0, 2)]:
            folder = tmp_path / str(at)
            shutil.copytree(template, folder)
            calls = await run_until(house, folder, round_, at, sit)

            kept = rows(folder, "SELECT reviewed FROM text_boxes")
            assert calls == ["read", "open_all", "decide", "decide"][: at or 4]
            assert len(kept) == 10 - (decided == 2)
            assert sum(reviewed for (reviewed,) in kept) == min(decided, 1)


@pytest.mark.slow
async def test_nothing_is_destroyed_before_the_part_is_frozen(tmp_path):
    async with on_disk(tmp_path / "data", ENOUGH) as (house, round_):
        await accept_all(house, round_)

        async def release(reviewing):
            await reviewing.release(round_.id)

        calls = await run_until(house, tmp_path / "data", round_, 0, release)

        assert calls.index("freeze") < calls.index("destroy_texts")
        assert "read" in calls[calls.index("freeze") : calls.index("destroy_texts")]


# At the terminal


def a_shown(text, rare=False):
    words = plain(text)
    return Shown(
        id=TextId(b"0" * 16),
        key_factor="Offer",
        side="Side",
        language="fr",
        rare=rare,
        text=words,
        marks=marks(words),
        capitalised=capitalised(words),
    )


@pytest.mark.parametrize(
    "hostile",
    [
        "red \x1b[31m\x1b]0;title\x07 \x9b2J",
        "fake\r(a)ccept as it is",
        "\u202eoverride\u2066",
        "\U0001f468\u200d\U0001f469" * 500,
        "ا" * LONGEST_TEXT,
        "one\n(a)ccept as it is  (q)uit: a\nthree",
        "word " * 400,
        "x" * LONGEST_TEXT,
        "文" * 39 + "(a)ccept as it is " * 9,
        "☎\ufe0f" * 200,
    ],
)
def test_a_text_cannot_act_on_the_terminal_nor_play_the_program(capsys, hostile):
    _show(a_shown(hostile))

    said = capsys.readouterr().out
    assert not set(said) & set("\x1b\x07\x9b\r\u202e\u202d\u2066\u2067\x00")
    text = said.split("language:   fr\n\n")[1].split("\n\nMarked: ")[0].split("\nwords with")[0]
    lines = [line for line in text.split("\n") if not line.startswith("marked ")]
    assert all(line.startswith("│ \u2068") and line.endswith("\u2069") for line in lines)
    assert max(sum(map(_columns, line)) for line in lines) <= 80


def test_marks_and_capitals_are_shown_with_the_claim_and_no_more(capsys):
    _show(a_shown("Ask my friend Anna on ٠٤٧٨١٢٣٤٥٦"))

    said = capsys.readouterr().out
    assert "⟦٠٤٧٨١٢٣٤٥٦⟧" in said
    assert "marked ⟦⟧: phone number (1)" in said
    assert "words with a capital letter:\n  \u2068Anna\u2069" in said
    assert "Nothing else was looked for" in " ".join(said.split())


@pytest.fixture
def terminal(tmp_path, monkeypatch, capsys):
    """The program over a folder, with what is typed."""
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    monkeypatch.setenv("PORTEVOIX_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("PORTEVOIX_LOG_LEVEL", "DEBUG")
    monkeypatch.chdir(tmp_path)

    def run(*words, typed=""):
        capsys.readouterr()
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        with pytest.raises(SystemExit) as ended:
            main(words)
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    yield run
    root.handlers[:], root.level = before


async def _filled(folder, texts):
    """Fill a data folder as it would be today; the commands read the real clock."""
    from bot.app import now

    async with a_house("sqlite", folder, MovableClock(now())) as house:
        return (await released(house, texts)).id


@pytest.fixture
async def name(tmp_path):
    return await _filled(tmp_path / "data", [*ENOUGH, *ENOUGH[:2]])


@pytest.mark.slow
def test_the_commands_review_and_release(terminal, name):
    code, said, err = terminal("texts", "status", name)
    assert (code, err) == (0, "")
    assert "more than 10 texts wait for review" in said
    assert "in 90 days" in said

    later, redact, paraphrase = "l\n", "a\nn\nr\nand\n\ny\n", "p\nun mot\ny\n"
    code, said, err = terminal("texts", "review", name, typed=later + redact + paraphrase + "x\nq\n")
    assert (code, err) == (0, "")
    assert "marked pieces are still in it" in said
    assert "the rest waits for you" in said
    assert json.loads(terminal("texts", "status", name, "--format", "json")[1])["any_waiting"]

    code, said, err = terminal("texts", "release", name, typed="n\n")
    assert code == 1, err
    assert "10 texts or fewer were not reviewed: they are dropped for good" in said
    assert CANARY not in said + err
    code, said, err = terminal("texts", "release", name, "--yes")
    assert code == 0, err
    assert "SHA-256" in said
    assert CANARY not in said + err
    code, said, err = terminal("texts", "review", name)
    assert (code, err.count("\n")) == (1, 1)
    assert json.loads(terminal("texts", "status", name, "--format", "json")[1])["released"]


async def test_a_rare_text_is_not_accepted_at_the_terminal_either(house):
    round_ = await released(house, [written(language="ar"), *ENOUGH])
    sitting = await house.reviewing.review(round_.id)
    (shown,) = [found for found in iter(sitting.next, None) if found.rare]

    assert [_done(answer, sitting, shown, asyncio.run) for answer in ("a", "r", "?", "")] == [None] * 4


@pytest.mark.slow
def test_errors_and_logs_never_hold_a_text(terminal, name, tmp_path):
    for typed in ("", "p\n\nl\nz\nq\n", "x\nq\n"):
        code, _, err = terminal("texts", "review", name, typed=typed)
        assert (code, err) == (0, ""), err
        assert CANARY not in err
    shutil.rmtree(tmp_path / "data" / "keys" / "rounds" / name)

    code, said, err = terminal("texts", "review", name)

    assert code == 1, err
    assert CANARY not in said + err
    assert err.count("\n") == 1


async def test_a_damaged_box_is_named_without_its_words(tmp_path):
    async with on_disk(tmp_path, ENOUGH) as (house, round_):
        database = house.stores.texts._database
        await database.write(
            lambda db: db.execute(
                "UPDATE text_boxes SET reviewed = 1 WHERE id = (SELECT min(id) FROM text_boxes)"
            )
        )

        with pytest.raises(StorageError) as refused:
            await house.reviewing.review(round_.id)

    assert CANARY not in str(refused.value)
