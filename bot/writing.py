"""Writes letters: what a parcel says now, and to whom."""

from collections.abc import Collection

from bot.letters import Letter, Renderer
from bot.screens import Screen
from conversations.errors import ChannelDown
from conversations.ports import Draft, Parcel
from conversations.session import Status


class Writer:
    """Puts parcels into words for the channels that are switched on."""

    def __init__(self, render: Renderer, channels: Collection[str]) -> None:
        self._render = render
        self._channels = channels

    def letter(self, parcel: Parcel, draft: Draft | None) -> Letter | None:
        """Write what a parcel says now and to whom, or None when there is nothing to say, or nobody.

        `draft` is that of the parcel's session, if it has one.

        Raises:
            ChannelDown: its channel is not switched on.
        """
        if parcel.notice is not None:
            notice = parcel.notice
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
