"""Writes letters: what a parcel says now, and to whom."""

from collections.abc import Collection

from bot.letters import Letter, Renderer, is_read_aloud
from bot.pacing import Now
from bot.screens import Screen
from conversations.errors import ChannelDown
from conversations.letters import Timing, timing
from conversations.ports import Draft, Notice, Parcel
from conversations.session import Status


class NotYet(Exception):
    """A letter may not be said at this hour."""


class Writer:
    """Puts parcels into words for the channels that are switched on."""

    def __init__(self, render: Renderer, channels: Collection[str], now: Now | None = None) -> None:
        self._render = render
        self._channels = channels
        self._now = now

    def timing(self, parcel: Parcel) -> Timing:
        """Say whether a parcel may be said now: letters keep to their hours, if there is a clock."""
        if self._now is None or parcel.notice is None:
            return Timing.NOW
        return timing(parcel.notice, self._now())

    def letter(self, parcel: Parcel, draft: Draft | None) -> Letter | None:
        """Write what a parcel says now and to whom, or None when there is nothing to say, or nobody.

        `draft` is that of the session that the parcel is about, if there is one.

        Raises:
            ChannelDown: its channel is not switched on.
            NotYet: it is a letter, and its hours have not begun, or are over.
        """
        if self.timing(parcel) is not Timing.NOW:
            raise NotYet
        if parcel.notice is not None:
            notice = parcel.notice
            if is_read_aloud(notice) and not _is_still_asked(notice, draft):
                return None
            screen = self._render.render_notice(notice)
            return self._addressed(notice.address, screen, notice.shown, notice.clears)
        if draft is None or not draft.address:
            return None
        sent = draft.session.status is Status.SENT  # with the thanks everything else is taken off the phone
        clears = tuple(trace.note for trace in draft.traces) if sent else ()
        return self._addressed(draft.address, self._render.render_draft(draft), draft.shown, clears)

    def _addressed(
        self, address: str, screen: Screen | None, shown: str, clears: tuple[str, ...]
    ) -> Letter | None:
        channel, account = address.split(":")[:2]
        if screen is None:
            return None
        if channel not in self._channels:
            raise ChannelDown("not switched on")
        return Letter(address, channel, account, screen, shown, clears)


def _is_still_asked(notice: Notice, draft: Draft | None) -> bool:
    """Say whether somebody still stands at the question that they wanted to hear."""
    if draft is None or draft.session.status is not Status.WAITING or draft.session.aside is not None:
        return False
    session, asked_at = draft.session, notice.values.get("turn", 0)
    if not isinstance(asked_at, int) or not session.marking_since <= asked_at <= session.turn:
        return False
    return (session.question, session.locale) == (notice.values.get("question"), notice.locale)
