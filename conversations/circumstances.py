"""Circumstances: groups that nobody is asked about: how people came, and whether somebody helped."""

from collections.abc import Mapping

from conversations.identifiers import Code, QuestionId
from conversations.questionnaire import Choice, Question, Questionnaire, QuestionType, Role
from conversations.relays import DIRECTLY, KINDS
from conversations.session import Sheet
from conversations.wording import CIRCUMSTANCES

CAME_BY, ASSISTED, RELAY = (QuestionId(name) for name in CIRCUMSTANCES)
"""How people came; whether a facilitator sat beside; by which association they came."""
HELPED, ALONE = Code("helped"), Code("alone")
BY_NAME_FROM = 51
"""People from which an association is named: more than fifty came by it. Source: docs/relays.md."""

LABELS: Mapping[QuestionId, str] = {
    CAME_BY: "How people came to this survey",
    ASSISTED: "With a facilitator or alone",
    RELAY: "The association that people came through",
}
CHOICES: Mapping[QuestionId, Mapping[str, str]] = {
    CAME_BY: {
        "association": "Through an association",
        "library": "Through a library",
        "school": "Through a school or a course",
        "street": "Through people in the street",
        "online": "Through the internet",
        DIRECTLY: "By themselves",
    },
    ASSISTED: {HELPED: "With a facilitator", ALONE: "Alone"},
}
"""Their English words; a test holds them to `locales/source/circumstances.toml`, and the kinds to `KINDS`."""


def with_circumstances(
    questionnaire: Questionnaire, associations: Mapping[str, str] | None = None
) -> Questionnaire:
    """Return a questionnaire as releases see it: with the circumstances as groups that a plan may name.

    `associations` are names by code: those that a round was opened with, where its plan shows them.
    """
    offered = {**CHOICES, RELAY: associations} if associations else CHOICES
    added = tuple(_question(id_, choices) for id_, choices in offered.items())
    return questionnaire.model_copy(update={"questions": (*questionnaire.questions, *added)})


def _question(id_: QuestionId, choices: Mapping[str, str]) -> Question:
    return Question(
        id=id_,
        type=QuestionType.SELECT_ONE,
        role=Role.GROUP,
        since=1,
        label=LABELS[id_],
        choices=tuple(Choice(code=code, label=label) for code, label in choices.items()),
    )


def circumstance(sheet: Sheet, question: QuestionId) -> tuple[Code, ...] | None:
    """Return the level at which a sheet stands, none where that was not kept; None for a real question."""
    if question == CAME_BY:
        return (sheet.came_by,) if sheet.came_by in (*KINDS, DIRECTLY) else ()
    if question == ASSISTED:
        return (HELPED if sheet.assisted else ALONE,)
    if question == RELAY:
        return (code_of(sheet.relay),) if sheet.relay else ()
    return None


def code_of(relay: str) -> Code:
    """Return the code under which an association stands in a release."""
    return Code("r_" + relay.replace("-", "_"))
