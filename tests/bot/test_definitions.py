"""Definitions from the folders of an installation, shipped and its own."""

import shutil
from pathlib import Path

import pytest

from bot.definitions import Definitions
from conversations.errors import DefinitionError, Rule

SHIPPED = Path(__file__).parents[2] / "conversations"
FAULTS = Path(__file__).parents[1] / "conversations/faults"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A data folder with a pack and a city of one's own."""
    (tmp_path / "benchmarks/demo").mkdir(parents=True)
    (tmp_path / "cities/nowhere").mkdir(parents=True)
    for name in ("benchmark", "questionnaire"):
        shutil.copy(FAULTS / f"sound-{name}.toml", tmp_path / f"benchmarks/demo/{name}.toml")
    shutil.copy(FAULTS / "sound-city.toml", tmp_path / "cities/nowhere/city.toml")
    return tmp_path


def test_what_is_shipped_is_found_and_sound():
    definitions = Definitions(SHIPPED, None)

    assert definitions.packs() == ["language-learning"]
    assert definitions.cities() == ["port-saule"]
    assert definitions.findings() == []


def test_ones_own_definitions_stand_beside_the_shipped_ones(own):
    definitions = Definitions(SHIPPED, own)

    assert definitions.packs() == ["demo", "language-learning"]
    assert definitions.cities() == ["nowhere", "port-saule"]
    assert definitions.pack("demo")[1].key == "demo"
    assert definitions.city("nowhere").host_language == "fr"


def test_ones_own_stands_in_for_a_shipped_one_of_the_same_name(own):
    text = (SHIPPED / "cities/port-saule/city.toml").read_text("utf-8")
    (own / "cities/port-saule").mkdir()
    (own / "cities/port-saule/city.toml").write_text(
        text.replace("minimum_age = 18", "minimum_age = 16"), "utf-8"
    )

    assert Definitions(SHIPPED, own).city("port-saule").minimum_age == 16


def test_a_missing_data_folder_is_no_fault(tmp_path):
    assert Definitions(SHIPPED, tmp_path / "nothing").findings() == []


def test_a_name_that_is_not_there_is_told_with_those_that_are():
    with pytest.raises(DefinitionError, match="there are: language-learning"):
        Definitions(SHIPPED).pack("../../storage")


def test_files_that_are_missing_or_not_utf_8_are_findings_beside_the_others(own):
    (own / "benchmarks/demo/benchmark.toml").unlink()
    questionnaire = own / "benchmarks/demo/questionnaire.toml"
    questionnaire.write_text(questionnaire.read_text("utf-8").replace('"more5"', '"more4"'), "utf-8")
    (own / "cities/nowhere/city.toml").write_bytes('name = "Liège"'.encode("latin-1"))

    findings = Definitions(SHIPPED, own).findings()

    assert [(finding.rule, finding.where.partition(" ")[0]) for finding in findings] == [
        (Rule.UNREADABLE, f"{own.name}/benchmarks/demo/benchmark.toml"),
        (Rule.DUPLICATE_KEY, f"{own.name}/benchmarks/demo/questionnaire.toml"),
        (Rule.UNREADABLE, f"{own.name}/cities/nowhere/city.toml"),
    ]


def test_a_definition_is_called_like_its_folder(own):
    (own / "cities/nowhere").rename(own / "cities/somewhere")

    (finding,) = Definitions(SHIPPED, own).findings()[-1:]

    assert finding.rule is Rule.WRONG_VALUE
    assert "folder is called 'somewhere'" in finding.advice


def test_a_file_far_too_large_is_not_read(own):
    (own / "cities/nowhere/city.toml").write_bytes(b"#" * 1_000_001)

    with pytest.raises(DefinitionError, match="D031 is larger"):
        Definitions(SHIPPED, own).city("nowhere")
