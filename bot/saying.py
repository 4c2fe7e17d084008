"""What waits in the outbox, put into words at the moment it is said."""

from bot.i18n import Catalogues
from bot.programme import Programme
from bot.rendering import render, render_notice
from bot.screens import Screen
from conversations.ports import Draft, Notice
from conversations.prompting import prompt_of


class Saying:
    """Renders drafts and notices for delivery."""

    def __init__(self, programme: Programme, catalogues: Catalogues) -> None:
        self._programme = programme
        self._catalogues = catalogues

    def render_draft(self, draft: Draft) -> Screen | None:
        """Return what a session says now, or None if its round is not known here."""
        instrument = self._programme.known(draft.session.round)
        if instrument is None:
            return None
        voice = self._catalogues.voice(draft.session.locale, instrument.city.host_language)
        return render(prompt_of(instrument, draft.session), voice, draft.session.mark)

    def render_notice(self, notice: Notice) -> Screen:
        """Return what a notice says."""
        return render_notice(notice, self._catalogues.voice(notice.locale))
