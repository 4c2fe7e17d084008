"""What is said outside a questionnaire: when nothing is open, after stopping, privacy, help, news."""

from collections.abc import Iterable, Mapping
from datetime import date

from bot.hearing import Address
from bot.i18n import Catalogues, Voice
from conversations.identifiers import Locale, RoundId
from conversations.instrument import Instrument
from conversations.ports import Notice, NoticeButton
from conversations.wording import Words, city_key, say

ROUND = "n.round."
"""Begins the token of a button that chooses one of several open rounds."""
TELL = (("n.tell", "notice.tell_button"),)
"""The button that leads to where one can write outside rounds, as (token, message key)."""


BETWEEN = (("n.start", "notice.assisted_begin"), ("n.end", "assisted.end"))
"""The buttons between two people on one phone: the next one begins, or the evening ends."""
LONGEST_TOKEN = 64
"""Bytes that the button of a letter may carry. Source: Bot API, InlineKeyboardButton.callback_data."""


class Notices:
    """Makes notices for one address in one language; values are put in words here, once."""

    def __init__(self, catalogues: Catalogues, address: Address | str, locale: str) -> None:
        self._address = str(address)
        self._voice: Voice = catalogues.voice(locale)
        self._locale = Locale(locale)

    def plain(self, key: str, buttons: Iterable[tuple[str, str]] = (), **values: str | int) -> Notice:
        """Return the notice under `notice.<key>`; `buttons` are (token, message key) pairs."""
        return self._notice(key, values, tuple(NoticeButton(token, name) for token, name in buttons))

    def on_day(self, key: str, day: date, buttons: Iterable[tuple[str, str]] = ()) -> Notice:
        """Return a notice that names a day."""
        return self.plain(key, buttons, day=self._voice.day(day))

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

    def news_ask(self, ways: Iterable[tuple[str, str]] = ()) -> Notice:
        """Return the question whether to write when the next round opens; `ways` lead elsewhere."""
        asked = (("n.news.yes", "notice.news_yes_button"), ("n.news.no", "notice.news_no_button"))
        return self.plain("news_ask", [*asked, *ways])

    def tell(
        self, key: str, instrument: Instrument | None, buttons: Iterable[tuple[str, str]] = ()
    ) -> Notice:
        """Return a notice about writing in one's own words, with the places that help in the city."""
        if instrument is None:
            return self.plain(f"{key}_alone", buttons)
        contacts = self._contacts(instrument)
        day = self._voice.day(instrument.closes_on)
        return self.plain(key if contacts else f"{key}_alone", buttons, contacts=contacts, day=day)

    def letter(self, key: str, round_id: RoundId, day: date) -> Notice:
        """Return an invitation or a reminder to one round, with the way there, its last day, and the way out.

        It names neither city nor topic: somebody may look at the phone's screen.
        """
        token = f"{ROUND}{round_id}"
        way_in = token if len(token.encode()) <= LONGEST_TOKEN else "n.start"
        buttons = (
            NoticeButton(way_in, "notice.answer_now"),
            NoticeButton("n.news.no", "notice.news_end_button"),
        )
        return Notice(self._address, self._locale, f"letter.{key}", {"day": self._voice.day(day)}, buttons)

    def between(self, key: str) -> Notice:
        """Return a notice to who helps several people with one phone; some lead to the next person."""
        leads_on = key in ("assisted_begun", "assisted_next")
        return self.plain(key, BETWEEN if leads_on else ())

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
        name = self._voice.say(instrument.city_words("name"))
        return self._notice("help", {"city": name, "contacts": self._contacts(instrument)}, ())

    def _contacts(self, instrument: Instrument) -> str:
        """Return the places that help in a city, as words."""
        city = instrument.city
        contacts = (
            say(
                "listening.help_contact",
                name=Words(city_key(city.key, f"help.{place}"), contact.name.get("en", "")),
                reach=contact.reach,
            )
            for place, contact in enumerate(city.help_contacts)
        )
        return ", ".join(map(self._voice.say, contacts))

    def _notice(self, key: str, values: Mapping[str, str | int], buttons: tuple[NoticeButton, ...]) -> Notice:
        return Notice(self._address, self._locale, f"notice.{key}", dict(values), buttons)
