"""Series of rounds from the command line: planned, prepared, shown, ended; what is wrong is one line."""

import pytest

from tests.bot.eight_rounds import CITY, own_city
from tests.bot.programs import command, logs_as_before, refused


@pytest.fixture
def portevoix(tmp_path, monkeypatch, capsys):
    """Run a command in this process, in a folder of its own with a city of its own."""
    monkeypatch.chdir(tmp_path)
    own_city(tmp_path / "data")

    def run(*words):
        with monkeypatch.context() as environment:
            environment.setenv("PORTEVOIX_DATA_DIR", str(tmp_path / "data"))
            return command(capsys, *words)

    with logs_as_before():
        yield run


PLAN = ["round", "plan", "--benchmark", "language-learning", "--city", CITY, "--name", "Round {number}"]
TIMES = ["--opens", "2127-01-31T09:00", "--open-for", "3weeks"]


@pytest.mark.slow
def test_a_series_from_the_command_line(portevoix, tmp_path):
    planned = portevoix(*PLAN, *TIMES, "--every", "3months", "--rounds", "8")
    assert planned.returncode == 0, planned.stderr
    assert "Round 2: opens 2127-04-30 09:00 Europe/Brussels (2127-04-30 07:00 UTC)" in planned.stdout
    assert planned.stdout.count(": opens ") == 4
    assert "portevoix answer template" in planned.stdout
    assert "next    2127-01-31 09:00 Europe/Brussels" in portevoix("round", "series").stdout

    (tmp_path / "note.toml").write_text('en = "New."\nfr = "Nouveau."\n', "utf-8")
    assert portevoix("round", "prepare", "language-learning-2127-01", "--note", "note.toml").returncode == 0
    assert "note    in en, fr" in portevoix("round", "list").stdout
    assert "every 3months, open for 3weeks, 8 rounds" in portevoix("round", "series").stdout
    assert portevoix("round", "cancel", "language-learning-2127-01", "--reason", "a flood").returncode == 0
    history = portevoix("round", "history", "language-learning-2127-01").stdout
    assert "prepared by staff: note" in history
    assert "cancelled by staff: a flood" in history
    assert portevoix("round", "end", "language-learning").returncode == 0
    assert "ended" in portevoix("round", "series").stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    "words, said",
    [
        (["--every", "2weeks"], ("3weeks", "2weeks", "overlap")),
        (["--every", "1fortnight"], ("1fortnight", "3months")),
        (["--every", "11years"], ("11years", "ten years")),
        (["--opens", "2027-03-28T02:30"], ("does not exist", "2027-03-28T01:30", "2027-03-28T03:30")),
        (["--opens", "2027-10-31T02:30"], ("exists twice", "2027-10-31T01:30", "2027-10-31T03:30")),
        (["--opens", "2020-01-31T09:00", "--every", "3months"], ("over by now", "--opens")),
        (["--opens", "2020-01-31T09:00", "--name", "Once"], ("over by now", "--opens")),
        (["--name", "Round {nummer}", "--every", "3months"], ("{nummer}", "{number}")),
        ([], ("{number}", "only a series")),
        (["--name", " "], ("1 to 80",)),
        (["--name", "x" * 81], ("81", "80")),
        (["--name", "one\ntwo"], ("one line",)),
        (["--without-answer", "  "], ("says nothing",)),
        (["--open-for", "0days"], ("0days", "3weeks")),
        (["--note", "x" * 601], ("601", "600")),
        (["--note", "Call 0476 12 34 56."], ("note in", "phone number", "leave it out")),
        (["--without-answer", "Ask desk@port-saule.example"], ("the reason", "e-mail address")),
        (["--note", "note.toml"], ("note.toml",)),
        (["--without-answer", "x" * 301], ("301", "300")),
    ],
)
def test_what_is_wrong_with_a_plan_is_one_clear_line(portevoix, words, said):
    refused(portevoix(*PLAN, *TIMES, *words), *said)


@pytest.mark.slow
@pytest.mark.parametrize(
    "words, said",
    [
        (["--every", "3months", "--staff-key"], "passphrase typed for each"),
        (["--rounds", "8"], "--every"),
        (["--every", "3months", "--rounds", "-1"], "--rounds"),
    ],
)
def test_what_does_not_go_together_is_refused(portevoix, words, said):
    done = portevoix(*PLAN, *TIMES, *words)

    assert done.returncode == 2
    assert said in " ".join(done.stderr.replace("│", " ").split())


def test_a_round_that_was_closed_early_is_listed_with_its_real_end(portevoix):
    assert portevoix(*PLAN, *TIMES, "--every", "3months").returncode == 0
    assert "    closes  2127-02-21" in portevoix("round", "list").stdout

    assert portevoix("round", "open", "language-learning-2127-01").returncode == 0
    assert portevoix("round", "close", "language-learning-2127-01").returncode == 0

    listed = portevoix("round", "list").stdout
    assert "    closed  20" in listed
    assert "    closes  " not in listed
    assert "next    2127-04-30" in portevoix("round", "series").stdout
    looked = portevoix("doctor").stdout
    assert "good  next round  of language-learning opens 2127-04-30" in looked
    written = portevoix("answer", "template", "language-learning-2127-01").stdout
    assert "--without-answer" in written


def test_help_shows_words_in_square_brackets(portevoix):
    assert "[conduct] of the round" in " ".join(
        portevoix("round", "plan", "--help").stdout.replace("│", " ").split()
    )
