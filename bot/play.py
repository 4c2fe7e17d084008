"""The same conversation in a terminal: numbers, labels and words are typed, everything stays in memory."""

from collections.abc import Callable

from bot.dialogue import Dialogue
from bot.hearing import Address, Heard, Phone
from bot.screens import Screen
from conversations.identifiers import RoundId
from conversations.moves import Asked, Pressed, Typed, Wish
from conversations.prompts import ButtonKind

WISHES = {"/start": Wish.START, "/language": Wish.LANGUAGE, "/stop": Wish.STOP}
NOTICES = ("privacy", "help")


def drawn(screen: Screen) -> str:
    """Return a screen as text for a terminal; quiet buttons stand in one line."""
    lines = [f"[{screen.progress}]"] if screen.progress else []
    lines += [("! " if text.role == "notice" else "") + text.text for text in screen.texts]
    lines += [""]
    quiet = []
    for button in screen.buttons:
        mark = "✓ " if button.picked else ""
        if button.kind is ButtonKind.CONTROL:
            quiet.append(button.label)
        else:
            lines.append(f"  {mark}{button.caption}")
    if quiet:
        lines.append("  " + " · ".join(quiet))
    return "\n".join(lines)


class Play:
    """One person at a terminal; `read` returns a line, or None at the end of input."""

    def __init__(
        self,
        dialogue: Dialogue,
        round_id: RoundId,
        phone: Phone,
        read: Callable[[], str | None],
        write: Callable[[str], None],
    ) -> None:
        self._dialogue = dialogue
        self._round = round_id
        self._phone = phone
        self._read = read
        self._write = write
        self._address = Address("terminal", "player", returns=False)

    async def go(self) -> None:
        """Play until everything is sent, erased, or the input ends."""
        heard = await self._dialogue.join(self._address, None, self._round, self._phone)
        while heard.screen is not None:
            self._write((f"({heard.toast})\n" if heard.toast else "") + drawn(heard.screen))
            if heard.ended or heard.screen.name == "thanks":
                return
            line = self._read()
            if line is None:
                return
            heard = await self._hear(line, heard.screen)

    async def _hear(self, line: str, screen: Screen) -> Heard:
        """Take one line: a command, or words; an empty line presses the first button."""
        words = line.strip()
        if words in WISHES:
            return await self._dialogue.hear(self._address, None, Asked(WISHES[words]), self._phone)
        if words.removeprefix("/") in NOTICES and words.startswith("/"):
            told = await self._dialogue.notice(self._address, None, words.removeprefix("/"), self._phone)
            if told.screen is not None:
                self._write(drawn(told.screen))
            return Heard(lambda: screen)
        if not words and screen.buttons and screen.turn is not None:
            press = Pressed(screen.buttons[0].token, screen.turn)
            return await self._dialogue.hear(self._address, None, press, self._phone, screen.mark)
        return await self._dialogue.hear(self._address, None, Typed(line), self._phone)
