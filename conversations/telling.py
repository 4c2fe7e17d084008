"""What a listening round says before and after: where help is, who reads, when one can write again."""

from conversations.instrument import Instrument
from conversations.prompts import Paragraph
from conversations.session import Session
from conversations.wording import Words, city_key, say


def intro_of_listening(instrument: Instrument) -> list[Paragraph]:
    """Return what is said before anything is asked: places that help first, then who reads, what is kept.

    Source of the promises: ANONYMITY.md, "What a person is told first"; docs/rounds.md, "Always open".
    """
    city = instrument.city
    words = [
        say("listening.why"),
        say("listening.kept"),
        say("listening.shown"),
        say("listening.names"),
        say("intro.no_effect"),
        say("intro.free"),
        say("intro.telegram"),
        say("intro.final"),
        say("listening.once", day=instrument.closes_on),
        say(
            "intro.contact",
            responsible=instrument.city_words("responsible"),
            contact=city.data_protection_contact,
        ),
    ]
    lead = Paragraph(say("listening.who", city=instrument.city_words("name")), "lead")
    first = [*_help(instrument), Paragraph(say("listening.urgent"), "body")]
    demonstration = [Paragraph(say("intro.demonstration"), "hint")] if instrument.demonstration else []
    return [lead, *first, *demonstration, *(Paragraph(part, "body") for part in words)]


def has_words(session: Session) -> bool:
    """Say whether somebody has written anything: without words there is nothing to send."""
    return any(answer.text for answer in session.answers.values())


def thanks_of_listening(instrument: Instrument) -> list[Paragraph]:
    """Return what is said after a text was sent: who reads it, and when one can write again."""
    demonstration = [Paragraph(say("intro.demonstration"), "hint")] if instrument.demonstration else []
    return [
        Paragraph(say("listening.thanks"), "lead"),
        *demonstration,
        Paragraph(say("listening.shown"), "body"),
        Paragraph(say("listening.again", day=instrument.closes_on), "body"),
    ]


def _help(instrument: Instrument) -> list[Paragraph]:
    """Return where help is to be found in the city, if its file says so."""
    city = instrument.city
    contacts = tuple(
        say(
            "listening.help_contact",
            name=Words(city_key(city.key, f"help.{place}"), contact.name.get("en", "")),
            reach=contact.reach,
        )
        for place, contact in enumerate(city.help_contacts)
    )
    return [Paragraph(say("listening.help", contacts=contacts), "body")] if contacts else []
