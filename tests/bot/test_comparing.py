"""Staff set a release beside something else: residents, earlier rounds, another city's frozen file."""

import contextlib
import io
import json
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from bot.__main__ import main
from tests.bot.programs import command, logs_as_before, refused

pytestmark = pytest.mark.slow

MARGINS = "group,code,residents\ngender,woman,32600\ngender,man,31300\n"


@dataclass(frozen=True)
class Series:
    """A folder with two released rounds of one series, the older first."""

    data: Path
    older: str
    newer: str
    content: bytes


@pytest.fixture(scope="module")
def series(tmp_path_factory):
    """Two demonstration rounds, simulated, closed and released."""
    folder = tmp_path_factory.mktemp("series")

    def run(*words):
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("PORTEVOIX_DATA_DIR", str(folder))
            with pytest.raises(SystemExit) as ended:
                main(words)
        assert not ended.value.code, words

    names = []
    with logs_as_before():
        for seed, page in ((3, folder / "1.json"), (4, folder / "2.json")):
            run("simulate", "--people", "40", "--seed", str(seed))
            names.append(_open_round(folder))
            run("round", "close", names[-1])
            run("release", "show", names[-1], "--format", "json", "--out", str(page))
    return Series(folder, *names, (folder / "2.json").read_bytes())


def _open_round(folder):
    """The one round that is open in a folder."""
    said = io.StringIO()
    with pytest.MonkeyPatch.context() as environment, contextlib.redirect_stdout(said):
        environment.setenv("PORTEVOIX_DATA_DIR", str(folder))
        with pytest.raises(SystemExit):
            main(["round", "list", "--format", "json"])
    return next(found["id"] for found in json.loads(said.getvalue()) if found["state"] == "open")


@pytest.fixture
def portevoix(series, tmp_path, monkeypatch, capsys):
    """Run a command on that folder, standing in a folder of one's own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PORTEVOIX_DATA_DIR", str(series.data))
    (tmp_path / "margins.csv").write_text(MARGINS, "utf-8")

    with logs_as_before():
        yield partial(command, capsys)


def changed(series, tmp_path, change, name="other.json"):
    """A file with the newer release, changed, written as the program writes one."""
    document = json.loads(series.content)
    change(document)
    file = tmp_path / name
    file.write_text(json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")
    return str(file)


def riverton(document):
    document["round"] |= {"city": "riverton", "city_name": {"en": "Riverton"}}


def test_who_answered_is_shown_beside_the_city_file_or_a_csv_file(portevoix, series):
    own = portevoix("release", "beside", series.newer)
    given = portevoix("release", "beside", series.newer, "--margins", "margins.csv", "--rake", "gender")

    assert (own.returncode, given.returncode) == (0, 0), own.stderr + given.stderr
    assert "city.toml" in own.stdout
    assert "margins.csv" in given.stdout
    assert "If each group counted as it does in the city" in given.stdout


def test_the_page_is_written_in_a_language(portevoix, series, tmp_path):
    words = ("--margins", "margins.csv", "--format", "html", "--lang", "ar", "--out", "page.html")

    assert portevoix("release", "beside", series.newer, *words).returncode == 0
    assert 'dir="rtl"' in (tmp_path / "page.html").read_text("utf-8")


def test_a_round_is_shown_beside_the_earlier_one_of_its_series(portevoix, series, tmp_path):
    shown = portevoix("release", "trends", series.newer)
    page = portevoix("release", "trends", series.newer, "--format", "html", "--lang", "fr", "--out", "t.html")

    assert (shown.returncode, page.returncode) == (0, 0), shown.stderr + page.stderr
    assert shown.stdout.count("SHA-256") == 2
    assert 'class="trends"' in (tmp_path / "t.html").read_text("utf-8")


def test_the_oldest_round_has_nothing_before_it(portevoix, series):
    refused(portevoix("release", "trends", series.older), "two rounds")


def test_two_cities_have_a_learning_brief_with_either_as_mentor(portevoix, series, tmp_path):
    other = changed(series, tmp_path, riverton)

    shown = portevoix("release", "compare", series.newer, other)
    turned = portevoix("release", "compare", series.newer, other, "--mentor", "b")
    page = portevoix("release", "compare", other, series.newer, "--format", "html", "--out", "brief.html")

    assert (shown.returncode, turned.returncode, page.returncode) == (0, 0, 0), shown.stderr
    assert "Port-Saule (mentor)" in shown.stdout
    assert "Riverton (mentor)" in turned.stdout
    assert "Riverton (mentor)" in (tmp_path / "brief.html").read_text("utf-8")
    assert shown.stdout.count("SHA-256") == 2


def test_a_file_that_does_not_verify_is_refused(portevoix, series, tmp_path):
    (tmp_path / "broken.json").write_bytes(series.content.replace(b'"count":10', b'"count":11', 1))
    (tmp_path / "empty.json").write_bytes(b"")
    (tmp_path / "bare.json").write_bytes(b'{"format":"portevoix-release/1"}\n')

    for name in ("broken.json", "empty.json", "bare.json"):
        refused(portevoix("release", "compare", series.newer, name), name)


def test_one_changed_byte_is_found(portevoix, series, tmp_path):
    spaced = series.content.replace(b",", b", ", 1)
    (tmp_path / "spaced.json").write_bytes(spaced)

    refused(portevoix("release", "compare", series.newer, "spaced.json"), "spaced.json", "bytes were changed")


def test_another_version_of_the_benchmark_is_refused(portevoix, series, tmp_path):
    def later(document):
        riverton(document)
        document["benchmark"]["version"] = 9

    refused(portevoix("release", "compare", series.newer, changed(series, tmp_path, later)), "same version")


def test_two_rounds_of_one_city_are_no_pair(portevoix, series):
    refused(portevoix("release", "compare", series.newer, series.older), "two cities")


@pytest.mark.parametrize(
    "words, said",
    [
        (("beside", "nowhere"), "nowhere"),
        (("compare", "nowhere", "elsewhere"), "nowhere"),
        (("compare", "nowhere.json", "elsewhere.json"), "nowhere.json"),
        (("beside", "NEWER", "--margins", "missing.csv"), "missing.csv"),
        (("beside", "NEWER", "--margins", "."), "cannot be read"),
        (("beside", "NEWER", "--rake", "shoe_size"), "shoe_size"),
        (("beside", "NEWER", "--lang", "xx"), "'xx'"),
        (("beside", "NEWER", "--out", "nowhere/page.html"), "nowhere/page.html"),
    ],
)
def test_what_staff_get_wrong_is_said_in_one_line(portevoix, series, words, said):
    refused(portevoix("release", *(series.newer if word == "NEWER" else word for word in words)), said)


def test_a_wrong_margins_file_is_said_in_one_line(portevoix, series, tmp_path):
    (tmp_path / "wrong.csv").write_bytes(b"group,code,residents\ngender,women,3\n")

    refused(portevoix("release", "beside", series.newer, "--margins", "wrong.csv"), "wrong.csv", "line 2")
