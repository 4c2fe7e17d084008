"""The command line as staff meet it: one clear line for what is wrong, exit code 1, never a traceback."""

import json
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from tests.bot.programs import ROOT, command, logs_as_before, refused

PLAN = [
    "round",
    "plan",
    "--benchmark",
    "language-learning",
    "--name",
    "Winter",
    "--timezone",
    "Europe/Brussels",
]


@pytest.fixture
def portevoix(tmp_path, monkeypatch, capsys):
    """Run a command in this process, in a folder of its own."""
    monkeypatch.chdir(tmp_path)

    def run(*words, **settings):
        with monkeypatch.context() as environment:
            environment.setenv("PORTEVOIX_DATA_DIR", str(tmp_path / "data"))
            for key, value in settings.items():
                environment.setenv(f"PORTEVOIX_{key}", value)
            return command(capsys, *words)

    with logs_as_before():
        yield run


def test_a_round_from_plan_to_release(portevoix, tmp_path):
    assert (
        portevoix(
            "simulate", "--people", "30", "--seed", "5", "--write-answers", str(tmp_path / "a.csv")
        ).returncode
        == 0
    )
    rounds = json.loads(portevoix("round", "list", "--format", "json").stdout)
    assert [(round_["state"], round_["demonstration"]) for round_ in rounds] == [("open", True)]
    name = rounds[0]["id"]
    assert (tmp_path / "a.csv").read_text("utf-8").count("\n") == 31

    refused(portevoix("round", "release", name), "still open", "round close")
    assert portevoix("round", "close", name).returncode == 0

    shown = portevoix("release", "show", name, "--format", "json")
    document = json.loads(shown.stdout)
    assert document["format"] == "portevoix-release/1"
    assert document["tables"][0]["groups"][0]["people"] == 30
    page = tmp_path / "page.html"
    assert (
        portevoix("release", "show", name, "--format", "html", "--lang", "ar", "--out", str(page)).returncode
        == 0
    )
    assert 'dir="rtl"' in page.read_text("utf-8")
    assert "people" in portevoix("release", "show", name).stdout
    assert portevoix("release", "show", name, "--format", "csv").stdout.startswith(
        "round,demonstration,table"
    )
    releases = json.loads(portevoix("release", "list", "--format", "json").stdout)
    assert [release["round"] for release in releases] == [name]
    refused(portevoix("simulate", "--round", name), "released")


def test_the_same_people_given_as_a_file_give_the_same_tables(portevoix, tmp_path):
    file = str(tmp_path / "people.csv")
    portevoix("simulate", "--people", "40", "--seed", "9", "--write-answers", file)
    first = json.loads(portevoix("round", "list", "--format", "json").stdout)[0]["id"]
    portevoix("round", "close", first)
    portevoix("simulate", "--answers", file)
    second = json.loads(portevoix("round", "list", "--format", "json").stdout)[0]["id"]
    portevoix("round", "close", second)

    tables = [
        json.loads(portevoix("release", "show", name, "--format", "json").stdout)["tables"]
        for name in (first, second)
    ]

    assert first != second
    assert tables[0] == tables[1]


@pytest.mark.parametrize(
    "words,said",
    [
        ([*PLAN, "--opens", "soon", "--open-for", "3weeks"], ("soon", "2027-01-18T09:00")),
        ([*PLAN, "--opens", "2027-03-28T02:30", "--open-for", "3weeks"], ("clock change", "01:30", "03:30")),
        ([*PLAN, "--opens", "2027-01-18T09:00", "--open-for", "0days"], ("0days", "3weeks")),
        ([*PLAN, "--opens", "2027-01-18T09:00", "--open-for", "1day", "--city", "x"], ("'x'", "port-saule")),
        ([*PLAN, "--opens", "2027-01-18T09:00", "--open-for", "1day", "--drafts", "xx"], ("xx", "fr")),
        ([*PLAN[:2], "--benchmark", "no", "--name", "n", "--opens", "2027-01-18T09:00", "--open-for", "1day"],
         ("'no'", "language-learning")),
        ([*PLAN, "--opens", "2027-01-18T09:00", "--open-for", "1day", "--purpose", "draft"],
         ("draft", "monitor")),
        (["play", "--lang", "xx"], ("'xx'", "fr")),
        (["round", "open", "nowhere"], ("nowhere", "round list")),
        (["round", "progress", "nowhere"], ("nowhere", "round list")),
        (["release", "show", "nowhere"], ("nowhere", "round list")),
        (["simulate", "--round", "nowhere"], ("nowhere", "round list")),
        (["simulate", "--answers", "nowhere.csv"], ("nowhere.csv",)),
    ],
)  # fmt: skip
def test_what_staff_get_wrong_is_said_in_one_line(portevoix, words, said):
    refused(portevoix(*words), *said)


@pytest.mark.parametrize(
    "settings,said",
    [
        ({"NOPE": "1"}, ("PORTEVOIX_NOPE",)),
        ({"PORT": "many"}, ("PORTEVOIX_PORT",)),
        ({"TIMEZONE": "Mars/Olympus"}, ("PORTEVOIX_TIMEZONE",)),
        ({"PUBLIC_URL": "example"}, ("PORTEVOIX_PUBLIC_URL", "http")),
        ({"DATA_DIR": "/dev/null/data"}, ("PORTEVOIX_DATA_DIR",)),
    ],
)
def test_what_an_operator_sets_wrong_is_named_without_its_value(portevoix, settings, said):
    refused(portevoix("round", "list", **settings), *said)


def test_a_token_that_is_none_is_refused_and_not_shown(portevoix):
    done = portevoix("serve", TELEGRAM_TOKEN="not-a-token-at-all", PORT="0")

    assert done.returncode == 1
    assert "PORTEVOIX_TELEGRAM_TOKEN" in done.stderr
    assert "not-a-token-at-all" not in done.stderr + done.stdout


def test_a_threshold_below_ten_is_a_usage_error(portevoix):
    done = portevoix(*PLAN, "--opens", "2027-01-18T09:00", "--open-for", "1day", "--k", "6")

    assert done.returncode == 2


def test_a_file_of_people_with_faults_names_every_place(portevoix, tmp_path):
    file = tmp_path / "people.csv"
    file.write_text("gender,weeks_waited\nwoman,3\nqueen,900\n", "utf-8")

    refused(portevoix("simulate", "--answers", str(file)), "row 3", "gender", "weeks_waited")


def test_definitions_and_catalogues_are_in_order(portevoix):
    done = portevoix("check", "--flow")

    assert done.returncode == 0
    assert "no findings" in done.stdout
    assert "relation" in done.stdout


@pytest.fixture
def own_city(tmp_path):
    """A real city of the installation's own, in the data folder."""
    folder = tmp_path / "data" / "cities" / "wellbrook"
    folder.mkdir(parents=True)
    text = (ROOT / "conversations" / "cities" / "port-saule" / "city.toml").read_text("utf-8")
    text = text.replace('key = "port-saule"', 'key = "wellbrook"').replace(
        "demonstration = true", "demonstration = false"
    )
    (folder / "city.toml").write_text(text, "utf-8")
    return folder / "city.toml"


def test_a_real_round_offers_no_unreviewed_language_unless_it_is_named(portevoix, own_city):
    when = ["--opens", "2027-01-18T09:00", "--open-for", "3weeks"]
    done = portevoix(*PLAN, *when)
    assert "left out" in done.stdout
    named = portevoix(*PLAN, "--opens", "2027-03-01T09:00", "--open-for", "1week", "--drafts", "ar")

    rounds = json.loads(portevoix("round", "list", "--format", "json").stdout)

    assert named.returncode == 0
    assert [(r["city"], r["languages"], r["draft_languages"]) for r in rounds] == [
        ("wellbrook", ["ar", "en"], ["ar"]),
        ("wellbrook", ["en"], []),
    ]


def test_simulated_people_may_not_enter_a_real_round(portevoix, own_city):
    portevoix(*PLAN, "--opens", "2027-01-18T09:00", "--open-for", "3weeks")
    name = json.loads(portevoix("round", "list", "--format", "json").stdout)[0]["id"]
    assert portevoix("round", "open", name).returncode == 0

    refused(portevoix("simulate", "--people", "3", "--round", name), "real round", "demonstration")


def test_every_fault_of_a_city_is_found_with_its_place(portevoix, own_city):
    own_city.write_text(
        own_city.read_text("utf-8").replace("minimum_age = 18", "minimum_age = 3\nmayor = 1"), "utf-8"
    )

    done = portevoix("check")

    assert done.returncode == 1
    assert "D002" in done.stdout
    assert "D004" in done.stdout
    assert done.stdout.count("wellbrook") >= 2


def test_broken_toml_is_said_with_its_line(portevoix, own_city):
    own_city.write_text("name = [\n", "utf-8")

    done = portevoix("check")

    assert done.returncode == 1
    assert "D001" in done.stdout
    refused(
        portevoix(*PLAN, "--opens", "2027-01-18T09:00", "--open-for", "1day", "--city", "wellbrook"),
        "wellbrook",
    )


def test_a_port_in_use_is_said_in_one_line(portevoix):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        refused(portevoix("serve", PORT=str(taken.getsockname()[1])), "PORTEVOIX_PORT", "another port")


def test_a_database_of_a_newer_version_is_left_alone(portevoix, tmp_path):
    portevoix("round", "list")
    with closing(sqlite3.connect(tmp_path / "data" / "portevoix.db")) as database:
        database.execute("INSERT INTO migrations (version, name) VALUES (9999, 'later')")
        database.commit()

    refused(portevoix("round", "list"), "newer")


def test_a_command_loads_no_channel_and_no_solver_that_it_does_not_need():
    slow = ("telegram", "aiohttp", "httpx", "uvicorn", "scipy", "altair", "matplotlib")
    asked = f"import bot.__main__, sys; print(*sorted(sys.modules.keys() & set({slow})))"

    loaded = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, check=True)

    assert loaded.stdout.split() == []
