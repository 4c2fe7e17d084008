"""The command line as staff meet it: one clear line for what is wrong, exit code 1, never a traceback."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
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
def portevoix(tmp_path):
    def run(*words, **settings):
        environment = {key: value for key, value in os.environ.items() if not key.startswith("PORTEVOIX_")}
        environment["PORTEVOIX_DATA_DIR"] = str(tmp_path / "data")
        environment |= {f"PORTEVOIX_{key}": value for key, value in settings.items()}
        return subprocess.run(
            [sys.executable, "-m", "bot", *words],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
        )

    return run


def refused(done, *words):
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    last = done.stderr.strip().splitlines()
    assert len(last) == 1
    for word in words:
        assert word in last[0]


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
    assert portevoix("release", "show", name, "--format", "csv").stdout.startswith("table")
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
