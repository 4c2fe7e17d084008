"""What is read aloud, from what, and what is wrong with recordings."""

import asyncio
import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot.__main__ import main
from bot.aloud import NotNow, Synthesiser
from bot.aloud.coverage import Coverage
from bot.aloud.opus import MAX_BYTES, NotOpus, seconds_of
from bot.aloud.reader import AT_ONCE, IN_LINE
from bot.aloud.recordings import Recordings, file_name
from bot.aloud.spoken import spoken
from bot.aloud.synthesis import SynthesisError
from bot.definitions import Definitions
from bot.i18n import OFFERABLE, Said
from tests.bot.telegram_side import until
from tests.bot.voices import Machine, aloud_with
from tests.journeys.household import ROOT, all_words

HELLO = [Said("Hello.", "en")]


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


@pytest.fixture
def coverage():
    return covering(Recordings())


def covering(recordings: Recordings) -> Coverage:
    return Coverage(Definitions(ROOT / "conversations"), all_words(), recordings)


def an_instrument():
    return covering(Recordings())._instruments[0]


async def a_sound(machine: Machine) -> bytes:
    return await machine.synthesiser().speak(HELLO, "en")


def recorded(folder: Path, tag: str, name: str, content: bytes) -> None:
    audio = folder / tag / "audio"
    audio.mkdir(parents=True, exist_ok=True)
    (audio / name).write_bytes(content)


# What is spoken


def test_a_question_is_spoken_as_it_stands_on_the_screen_each_choice_with_its_number():
    instrument = an_instrument()
    question = instrument.questionnaire.question("service_known")

    lines = spoken(instrument, question, all_words().voice("ar")).text.split("\n")

    assert lines[0].endswith("؟")
    assert [line.split(":")[0] for line in lines[1:]] == ["١", "٢", "٣", "٤", "٥", "٦"]
    assert not any(sign in line for line in lines for sign in "\u200f\u2067\u2068\u2069")


def test_words_have_a_fingerprint_of_their_own_in_each_language(coverage):
    prints = [words.fingerprint for tag in ("en", "fr", "ar") for words in coverage.words(tag)]

    assert len(set(prints)) == len(prints)
    assert all(len(one) == 16 and set(one) <= set("0123456789abcdef") for one in prints)


# Recordings


async def test_the_length_of_a_sound_is_read_from_its_pages(machine):
    assert seconds_of(await a_sound(machine)) == pytest.approx(0.5, abs=0.03)


async def test_what_is_no_opus_cut_off_too_long_or_too_large_is_told_apart(machine):
    sound = await a_sound(machine)
    last = sound.rindex(b"OggS")
    long = sound[: last + 6] + (48_000 * 200).to_bytes(8, "little") + sound[last + 14 :]

    for content, reason in [
        (b"", "is no Opus"),
        (b"RIFF and so on, which is no Opus at all", "is no Opus"),
        (sound.replace(b"OpusHead", b"\x01vorbis\0"), "is no Opus"),
        (sound[:-9], "cut off"),
        (sound + b"more", "broken"),
        (sound[: sound.index(b"OggS", 4)], "holds no sound"),
        (long, "longer than 180 seconds"),
        (sound + bytes(MAX_BYTES), "larger than"),
    ]:
        with pytest.raises(NotOpus, match=reason):
            seconds_of(content)


async def test_a_recording_of_these_words_is_played_and_said_to_be_a_persons(tmp_path, machine, coverage):
    words, sound = coverage.words("fr")[0], await a_sound(machine)
    recorded(tmp_path, "fr", file_name(words), sound)
    aloud = await aloud_with(tmp_path)
    instrument = an_instrument()

    reading = aloud.reading(instrument, words.key.split(".")[1], "fr")

    assert aloud.heard(instrument) >= {("fr", reading.question)}
    assert reading.by_person
    assert await aloud.sound(reading) == sound


async def test_a_recording_of_other_words_is_not_played(tmp_path, machine, coverage):
    words = coverage.words("fr")[0]
    recorded(tmp_path, "fr", f"{words.key}.{'0' * 16}.ogg", await a_sound(machine))

    silent, spoken_by_machine = await aloud_with(tmp_path), await aloud_with(tmp_path, machine)

    question = words.key.split(".")[1]
    assert silent.reading(an_instrument(), question, "fr") is None
    assert not spoken_by_machine.reading(an_instrument(), question, "fr").by_person


async def test_every_file_that_is_not_played_is_found_with_its_question_and_the_cure(
    tmp_path, machine, coverage
):
    first, second, third = coverage.words("ar")[:3]
    sound = await a_sound(machine)
    recorded(tmp_path, "ar", file_name(first), sound)
    recorded(tmp_path, "ar", f"{second.key}.{'0' * 16}.ogg", sound)
    recorded(tmp_path, "ar", f"language-learning.nobody_asks.{'1' * 16}.ogg", sound)
    recorded(tmp_path, "ar", file_name(third), b"ID3 and so on")
    recorded(tmp_path, "ar", "my recording.mp3", b"ID3 and so on")
    recorded(tmp_path, "ar", "README.md", b"who lent their voices")
    recordings = Recordings.read(tmp_path)

    found = covering(recordings).findings()

    place = "locales/ar/audio/"
    assert len(found) == 4
    assert (
        f"{place}my recording.mp3: is no name of a recording; portevoix audio list ar prints the names"
        in found
    )
    assert any(line.startswith(f"{place}{file_name(third)}: {third.key}: is no Opus") for line in found)
    assert any(
        f"{second.key}: its words have changed" in line and file_name(second) in line for line in found
    )
    assert any("nobody_asks: no questionnaire asks this" in line for line in found)
    row = covering(recordings).covered("ar", Synthesiser(tmp_path / "not-there"))
    assert (row.recorded, row.stale, row.machine) == (1, 2, 0)
    assert row.recorded + row.silent == row.questions


# The machine voice


async def test_words_go_to_the_program_on_its_input_and_nothing_of_ours_with_them(machine, monkeypatch):
    monkeypatch.setenv("PORTEVOIX_TELEGRAM_TOKEN", "1:secret")

    synthesiser = machine.synthesiser()
    await synthesiser.prepare()
    await synthesiser.speak([Said("١: نعم", "ar"), Said("[[Yes]]", "en")], "ar")

    arabic, english = machine.calls
    assert (arabic["words"][:2], arabic["text"]) == (["-v", "ar"], "1: نعم")
    assert (english["words"][:2], english["text"]) == (["-v", "en"], "[Yes]")
    assert not any(name.startswith("PORTEVOIX") for name in arabic["names"])


@pytest.mark.parametrize("mood", ["broken", "odd"])
async def test_a_program_that_fails_gives_an_error_and_no_sound(machine, mood):
    machine.set(mood)

    with pytest.raises(SynthesisError):
        await machine.synthesiser().speak(HELLO, "en")


@pytest.mark.parametrize("mood", ["wait", "flood"])
async def test_a_program_that_hangs_or_never_ends_is_ended(machine, mood):
    machine.set(mood)

    with pytest.raises(SynthesisError, match="too long"):
        async with asyncio.timeout(10):
            await machine.synthesiser(patience=0.3).speak(HELLO, "en")


@pytest.mark.parametrize("mood", ["wait", "flood"])
async def test_who_goes_away_meanwhile_leaves_no_program_behind(machine, mood):
    machine.set(mood)
    speaking = asyncio.create_task(machine.synthesiser(patience=60).speak(HELLO, "en"))
    await until(lambda: machine.calls)

    speaking.cancel()
    done, _ = await asyncio.wait([speaking], timeout=10)

    assert done, "it still waits for the program"
    assert not Path(f"/proc/{machine.calls[0]['process']}").exists()


async def test_without_the_program_nothing_is_heard_and_nothing_goes_wrong(tmp_path):
    aloud = await aloud_with(tmp_path)

    assert aloud.heard(an_instrument()) == frozenset()


async def test_nothing_is_heard_in_a_language_that_the_round_does_not_offer(tmp_path, machine):
    aloud = await aloud_with(tmp_path, machine)

    offered = replace(an_instrument(), languages=("ar",), variants=frozenset({"fr-x-simple"}))

    assert {tag for tag, _ in aloud.heard(offered)} == {"ar", "fr-x-simple"}


async def test_the_same_words_are_spoken_once_however_many_ask(tmp_path, machine):
    aloud = await aloud_with(tmp_path, machine)
    reading = aloud.reading(an_instrument(), "service_known", "en")

    sounds = await asyncio.gather(*(aloud.sound(reading) for _ in range(20)))

    assert len(machine.calls) == 1
    assert len(set(sounds)) == 1
    assert not reading.by_person


async def test_two_voices_are_at_work_at_once_and_who_comes_when_the_line_is_full_is_told_at_once(
    tmp_path, machine
):
    aloud, instrument = await aloud_with(tmp_path, machine, patience=30), an_instrument()
    asked = [
        aloud.reading(instrument, question.id, tag)
        for question in instrument.questionnaire.questions
        for tag in ("en", "fr")
    ]
    machine.set("wait")
    waiting = [asyncio.create_task(aloud.sound(one)) for one in asked[: AT_ONCE + IN_LINE]]
    await until(lambda: len(machine.calls) == AT_ONCE)

    with pytest.raises(NotNow, match="too many"):
        await aloud.sound(asked[AT_ONCE + IN_LINE])

    assert len(machine.calls) == AT_ONCE
    machine.set("wait", on=False)
    assert all(await asyncio.gather(*waiting))


async def test_who_waits_too_long_in_line_is_told(tmp_path, machine):
    aloud, instrument = await aloud_with(tmp_path, machine, patience=0.05), an_instrument()
    machine.set("wait")
    asked = [aloud.reading(instrument, "service_known", tag) for tag in ("en", "fr", "ar")]
    at_work = [asyncio.create_task(aloud.sound(one)) for one in asked[:AT_ONCE]]
    await until(lambda: len(machine.calls) == AT_ONCE)

    with pytest.raises(NotNow, match="too many"):
        await aloud.sound(asked[AT_ONCE])

    machine.set("wait", on=False)
    await asyncio.gather(*at_work)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
async def test_espeak_ng_speaks_every_language_on_offer():
    synthesiser = Synthesiser()
    await synthesiser.prepare()
    languages = [tag for tag in OFFERABLE if tag in all_words().tags]
    coverage = covering(Recordings())

    for tag in languages:
        words = coverage.words(tag)[0]
        sound = await synthesiser.speak(words.lines[:1], tag)
        assert seconds_of(sound) > 0.8, tag

    assert all(synthesiser.speaks(tag) for tag in OFFERABLE)
    assert synthesiser.speaks("fr-x-simple")
    assert not synthesiser.speaks("xx")


# The commands


@pytest.mark.slow
def test_a_wrong_recording_ends_the_commands_with_a_finding(tmp_path):
    for name in ("bot", "conversations", "reports", "storage"):
        (tmp_path / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "locales", tmp_path / "locales")
    recorded(tmp_path / "locales", "fr", "bonjour.ogg", b"nothing")

    status, check = _run(tmp_path, "audio", "status", "--format", "json"), _run(tmp_path, "check")

    finding = "locales/fr/audio/bonjour.ogg: is no name of a recording"
    assert (status.returncode, check.returncode) == (1, 1)
    assert json.loads(status.stdout)["findings"][0].startswith(finding)
    assert finding in check.stdout


def test_the_words_to_be_recorded_are_listed_under_the_names_of_their_files(capsys, coverage):
    with pytest.raises(SystemExit) as ended:
        main(["audio", "list", "fr"])

    listed = capsys.readouterr().out
    assert not ended.value.code
    for words in coverage.words("fr"):
        assert f"\n{file_name(words)}\n{words.text}\n" in listed
    with pytest.raises(SystemExit):
        main(["audio", "list", "xx"])
    assert "'xx' is no language here; there are: en, fr" in capsys.readouterr().err


def test_the_status_shows_each_language(capsys):
    with pytest.raises(SystemExit):
        main(["audio", "status"])

    rows = {line.split()[0]: line.split()[1:] for line in capsys.readouterr().out.splitlines()}
    assert rows["language"] == ["recorded", "stale", "machine", "silent", "questions"]
    for tag in ("en", "fr", "ar"):
        recorded_, _, machine, silent, questions = map(int, rows[tag])
        assert recorded_ + machine + silent == questions > 0


def _run(folder: Path, *words: str) -> SimpleNamespace:
    command = [sys.executable, "-m", "bot", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)
