"""What is said outside a questionnaire: when nothing is open, after stopping, privacy, help, news."""

from collections.abc import Iterable, Mapping
from datetime import date

from bot.hearing import Address
from bot.i18n import Catalogues, Voice
from conversations.identifiers import Locale
from conversations.instrument import Instrument
from conversations.ports import Notice, NoticeButton
from conversations.wording import Words, city_key

ROUND = "n.round."
"""Begins the token of a button that chooses one of several open rounds."""


class Notices:
    """Makes notices for one address in one language; values are put in words here, once."""

    def __init__(self, catalogues: Catalogues, address: Address, locale: str) -> None:
        self._address = str(address)
        self._voice: Voice = catalogues.voice(locale)
        self._locale = Locale(locale)

    def plain(self, key: str, buttons: Iterable[tuple[str, str]] = (), **values: str | int) -> Notice:
        """Return the notice under `notice.<key>`; `buttons` are (token, message key) pairs."""
        return self._notice(key, values, tuple(NoticeButton(token, name) for token, name in buttons))

    def on_day(self, key: str, day: date) -> Notice:
        """Return a notice that names a day."""
        return self._notice(key, {"day": self._voice.day(day)}, ())

    def which_round(self, instruments: Iterable[Instrument], numbered: bool = True) -> Notice:
        """Return the question which of several open rounds it shall be.

        Not `numbered` where a typed number answers the question of a session that waits.
        """
        buttons = tuple(
            NoticeButton(f"{ROUND}{instrument.round}", "notice.round", {"name": instrument.name})
            for instrument in instruments
        )
        return self._notice("which_round" if numbered else "which_round_unnumbered", {}, buttons)

    def again(self, key: str) -> Notice:
        """Return a notice with a button to start again."""
        return self.plain(key, [("n.start", "notice.start_again")])

    def news_ask(self) -> Notice:
        """Return the question whether to write when the next round opens."""
        return self.plain(
            "news_ask", [("n.news.yes", "notice.news_yes_button"), ("n.news.no", "notice.news_no_button")]
        )

    def privacy(self, instrument: Instrument | None) -> Notice:
        """Return what is kept and what is not, and who is responsible."""
        if instrument is None:
            return self.plain("privacy_alone")
        contact = instrument.city.data_protection_contact
        responsible = self._voice.say(instrument.city_words("responsible"))
        return self._notice("privacy", {"responsible": responsible, "contact": contact}, ())

    def help(self, instrument: Instrument | None) -> Notice:
        """Return how to answer, and where help is to be found in the city."""
        if instrument is None:
            return self.plain("help_alone")
        city = instrument.city
        contacts = ", ".join(
            self._voice.say(Words(city_key(city.key, f"help.{place}"), contact.name.get("en", "")))
            + f" ({contact.reach})"
            for place, contact in enumerate(city.help_contacts)
        )
        name = self._voice.say(instrument.city_words("name"))
        return self._notice("help", {"city": name, "contacts": contacts}, ())

    def _notice(self, key: str, values: Mapping[str, str | int], buttons: tuple[NoticeButton, ...]) -> Notice:
        return Notice(self._address, self._locale, f"notice.{key}", dict(values), buttons)
