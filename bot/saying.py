"""What waits in the outbox, put into words at the moment it is said."""

from dataclasses import replace

from bot.aloud import Aloud, key_of
from bot.i18n import Catalogues
from bot.letters import is_read_aloud
from bot.programme import Programme
from bot.rendering import render, render_notice
from bot.screens import Reading, Screen
from conversations.identifiers import RoundId
from conversations.ports import Draft, Notice
from conversations.prompting import prompt_of


class Saying:
    """Renders drafts and notices for delivery."""

    def __init__(self, programme: Programme, catalogues: Catalogues, aloud: Aloud | None = None) -> None:
        self._programme = programme
        self._catalogues = catalogues
        self._aloud = aloud

    def render_draft(self, draft: Draft) -> Screen | None:
        """Return what a session says now, or None if its round is not known here."""
        instrument = self._programme.known(draft.session.round)
        if instrument is None:
            return None
        voice = self._catalogues.voice(draft.session.locale, instrument.city.host_language)
        return render(prompt_of(instrument, draft.session), voice, draft.session.mark)

    def render_notice(self, notice: Notice) -> Screen | None:
        """Return what a notice says, or None where it is a question that cannot be heard any more."""
        voice = self._catalogues.voice(notice.locale)
        if not is_read_aloud(notice):
            return render_notice(notice, voice)
        reading = self._reading(notice)
        if reading is None:
            return None
        said = replace(notice, key=key_of(reading))
        return replace(render_notice(said, voice), reading=reading)

    def _reading(self, notice: Notice) -> Reading | None:
        """Return how the question of a notice is read aloud now."""
        instrument = self._programme.known(RoundId(str(notice.values.get("round", ""))))
        if instrument is None or self._aloud is None:
            return None
        return self._aloud.reading(instrument, str(notice.values.get("question", "")), notice.locale)
