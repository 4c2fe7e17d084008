"""Staff take a release with them: in every form, part by part; what cannot be is said in one line."""

import asyncio
import io
import json
import logging
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass

import openpyxl
import pytest

from bot.__main__ import main
from bot.app import open_house
from bot.config import Settings
from conversations.identifiers import RoundId
from conversations.rounds import RoundState
from reports.disclosure.publishable import publishable
from tests.gallery.shelving import add_round
from tests.reports.few import few

RELEASE = few(60)
WORDS = [f"text {number}" for number in range(10)]


def texts():
    """What ten migrants wrote."""
    document = RELEASE.document
    return publishable(
        {
            "format": "portevoix-texts/1",
            "round": document["round"],
            "benchmark": {key: document["benchmark"][key] for key in ("key", "version", "fingerprint")},
            "release_sha256": RELEASE.sha256,
            "k": 10,
            "texts": [
                {
                    "key_factor": "L11",
                    "side": "migrant",
                    "texts": [{"text": text, "lang": "fr", "paraphrase": False} for text in WORDS],
                }
            ],
            "manifest": {
                "software": "porte-voix 0.2.0",
                "writers_needed": 10,
                "publication_language": "fr",
                "languages": ["fr"],
                "reviewed": "a person has read each text",
                "marked": [],
                "order": "random",
            },
        }
    )


@dataclass(frozen=True)
class Done:
    """How a command ended, and what it wrote."""

    code: int
    out: bytes
    error: str


@pytest.fixture(scope="module")
def released_in(tmp_path_factory):
    """A data folder in which one round is released, with texts, and another is still open."""
    folder = tmp_path_factory.mktemp("house") / "data"

    async def fill():
        async with open_house(Settings(data_dir=folder)) as house:
            await add_round(house.stores, "demo", RoundState.RELEASED)
            await add_round(house.stores, "later", RoundState.OPEN)
            await house.stores.releases.freeze(RoundId("demo"), RELEASE.content)
            await house.stores.releases.freeze(RoundId("demo"), texts().content, "texts")

    asyncio.run(fill())
    return folder


@pytest.fixture
def release(released_in, tmp_path, monkeypatch, capfdbinary):
    """Run `portevoix release` in this process."""
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    monkeypatch.chdir(tmp_path)

    def run(*words, folder=released_in):
        with monkeypatch.context() as environment:
            environment.setenv("PORTEVOIX_DATA_DIR", str(folder))
            capfdbinary.readouterr()
            with pytest.raises(SystemExit) as ended:
                main(["release", *words])
        written = capfdbinary.readouterr()
        return Done(int(ended.value.code or 0), written.out, written.err.decode())

    yield run
    root.handlers[:], root.level = before


def refused(done, *words):
    assert done.code == 1
    assert done.out == b""
    assert done.error.count("\n") == 1
    for word in words:
        assert word in done.error


def test_every_part_is_listed_with_its_hash(release):
    listed = json.loads(release("list", "--format", "json").out)

    assert [(one["round"], one["part"], one["sha256"]) for one in listed] == [
        ("demo", "tables", RELEASE.sha256),
        ("demo", "texts", texts().sha256),
    ]
    assert f"demo  texts  SHA-256 {texts().sha256}" in release("list").out.decode()


def test_the_frozen_bytes_come_out_as_they_are(release):
    assert release("show", "demo", "--format", "json").out == RELEASE.content
    assert release("show", "demo", "--format", "json", "--part", "texts").out == texts().content


def test_texts_are_told_in_words(release):
    told = release("show", "demo", "--part", "texts").out.decode()

    assert all(f"– {text}\n" in told for text in WORDS)
    assert "People who came from another country" in told
    assert texts().sha256 in told


def test_the_page_shows_the_texts_with_the_tables(release):
    page = release("show", "demo", "--format", "html", "--lang", "fr").out.decode()

    assert "text 8" in page
    assert RELEASE.sha256 in page


def test_a_table_comes_with_hashtags_on_request_and_in_the_language_asked_for(release):
    plain = release("show", "demo", "--format", "csv", "--lang", "fr").out.decode().splitlines()
    tagged = release("show", "demo", "--format", "csv", "--lang", "fr", "--hxl").out.decode().splitlines()

    assert len(tagged) == len(plain) + 1
    assert tagged[1].startswith("#activity+code,")
    assert any("Oui, j" in line for line in plain)


def test_a_workbook_goes_into_a_file(release, tmp_path):
    done = release("show", "demo", "--format", "xlsx", "--lang", "ar", "--out", "new/release.xlsx")

    assert done.out.decode() == "written to new/release.xlsx\n"
    book = openpyxl.load_workbook(io.BytesIO((tmp_path / "new/release.xlsx").read_bytes()))
    assert book.worksheets[0].sheet_view.rightToLeft


@pytest.mark.slow
def test_one_question_comes_as_a_picture(release):
    assert release("show", "demo", "--format", "svg", "--question", "service_known").out.startswith(b"<svg")


def test_a_data_package_is_a_folder_of_three_files(release, tmp_path):
    release("show", "demo", "--format", "datapackage", "--out", "package")

    described = json.loads((tmp_path / "package/datapackage.json").read_bytes())
    assert {file.name for file in (tmp_path / "package").iterdir()} == {
        "datapackage.json",
        *(resource["path"] for resource in described["resources"]),
    }


@pytest.mark.slow
def test_all_files_are_written_at_once(release, tmp_path):
    done = release("files", "demo", "--out", "results", "--lang", "fr")

    found = {str(file.relative_to(tmp_path / "results")) for file in (tmp_path / "results").rglob("*.*")}
    wholes = {f"release.{form}" for form in ("json", "csv", "xlsx", "html", "pdf")}
    assert wholes | {"datapackage.json", "texts.json"} <= found
    charts = {name for name in found if name.startswith("charts/")}
    assert found - charts == wholes | {"datapackage.json", "texts.json"}
    assert {"charts/service_known.svg", "charts/service_known.png", "charts/gender.png"} <= charts
    assert done.out.decode() == f"{len(found)} files written to results\n"


def test_the_schemas_are_printed(release):
    assert json.loads(release("schema").out)["$id"] == "urn:portevoix:release:1"
    assert json.loads(release("schema", "--part", "texts").out)["$id"] == "urn:portevoix:texts:1"


@pytest.mark.parametrize(
    "words, said",
    [
        (["show", "nowhere"], ("no round nowhere", "round list")),
        (["show", "later"], ("later is open", "round close")),
        (["show", "demo", "--format", "docx"], ("'docx'", "xlsx", "datapackage")),
        (["show", "demo", "--lang", "xx"], ("'xx'", "fr")),
        (["show", "demo", "--part", "tables-9"], ("'tables-9'", "tables, texts")),
        (["show", "demo", "--part", "nonsense"], ("'nonsense'", "tables, texts")),
        (["show", "demo", "--part", "texts", "--format", "csv"], ("texts", "table and json")),
        (["show", "demo", "--format", "svg"], ("--question",)),
        (["show", "demo", "--format", "png", "--question", "nonsense"], ("'nonsense'", "service_known")),
        (["show", "demo", "--format", "csv", "--question", "age"], ("--question", "svg")),
        (["show", "demo", "--hxl"], ("--hxl", "csv")),
        (["show", "demo", "--format", "datapackage"], ("--out",)),
        (["show", "demo", "--format", "json", "--out", "/dev/null/x.json"], ("/dev/null/x.json", "written")),
        (["files", "demo", "--out", "/dev/null/x"], ("/dev/null/x", "written")),
        (["files", "demo", "--out", "results", "--lang", "xx"], ("'xx'",)),
        (["schema", "--part", "nonsense"], ("nonsense", "texts")),
    ],
)
def test_what_cannot_be_shown_is_said_in_one_line(release, words, said):
    refused(release(*words), *said)


@pytest.mark.parametrize("part", ["tables", "texts"])
def test_a_part_whose_bytes_were_changed_is_never_shown(release, released_in, tmp_path, part):
    folder = tmp_path / "data"
    shutil.copytree(released_in, folder)
    with closing(sqlite3.connect(folder / "portevoix.db")) as database, database:
        content = database.execute("SELECT content FROM releases WHERE part = ?", [part]).fetchone()[0]
        changed = content.replace(b'"k":10', b'"k":11', 1)
        assert changed != content
        database.execute("UPDATE releases SET content = ? WHERE part = ?", [changed, part])

    for words in (
        ["show", "demo", "--part", part],
        ["show", "demo", "--format", "html"],
        ["files", "demo", "--out", "x"],
    ):
        refused(release(*words, folder=folder), "changed", "demo")
    assert not (tmp_path / "x").exists()
