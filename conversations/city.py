"""A city: who asks, whom to turn to, which lists and margins are its own."""

from typing import Annotated

from pydantic import Field, StringConstraints

from conversations.questionnaire import Choice, Key, PackName, Part

Local = dict[str, str]
"""The city's own words: one text per BCP-47 tag, `en` always among them."""


class HelpContact(Part):
    """Where somebody can turn to for help in this city."""

    name: Local
    reach: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class LocalChoice(Part):
    """One entry of a city's own list, such as a district or a world region."""

    code: Key
    label: Local


class Margin(Part):
    """How many residents stand in one level of a group, from the city's register or census."""

    group: Key
    code: Key
    residents: int = Field(ge=0)


class City(Part):
    """One city of an installation; nothing of it stands in a shared benchmark."""

    key: PackName
    name: Local
    responsible: Local
    data_protection_contact: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    help_contacts: tuple[HelpContact, ...] = Field(default=(), alias="help_contact")
    languages: tuple[str, ...]
    host_language: str
    timezone: str
    minimum_age: int = Field(default=18, ge=13, le=25)
    colour: Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")] = "#1f5f5b"
    demonstration: bool = False
    regions: tuple[LocalChoice, ...] = Field(default=(), alias="region")
    districts: tuple[LocalChoice, ...] = Field(default=(), alias="district")
    margins: tuple[Margin, ...] = Field(default=(), alias="margin")

    def list_of(self, name: str) -> tuple[LocalChoice, ...]:
        """Return the city's own list called `name`: regions or districts."""
        return {"regions": self.regions, "districts": self.districts}[name]


def english(words: Local) -> str:
    """Return the English words, or the first there are."""
    return words.get("en") or next(iter(words.values()), "")


def as_choices(city: City, name: str) -> tuple[Choice, ...]:
    """Return a city's list as the choices of a question, with their English words as source."""
    return tuple(Choice(code=entry.code, label=english(entry.label)) for entry in city.list_of(name))
