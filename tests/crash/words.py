"""What a prompt on a phone is about, read as people read it: from its words and buttons."""

from dataclasses import dataclass

from bot.i18n import Catalogues
from bot.telegram.buttons import Press, read_button
from conversations.identifiers import QuestionId
from conversations.instrument import Instrument
from conversations.questionnaire import Question, QuestionType
from conversations.wording import say
from tests.crash.record import prompt_shown
from tests.fake_bot_api import Shown

LANGUAGE = {"l", "m", "e", "u", "h"}
"""Tokens of the buttons about the words themselves, which stand under many prompts."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt of a session as it stands on a phone."""

    shown: Shown
    mark: str
    turn: int
    tokens: tuple[str, ...]
    labels: tuple[str, ...]

    @property
    def name(self) -> str:
        """Which kind of prompt it is, by its buttons."""
        tokens = set(self.tokens) - LANGUAGE
        if all(token[0] == "l" and token[1:] for token in tokens):
            return "language"
        if "z" in tokens:
            return "review"
        if "q0" in tokens:
            return "change"
        if "o" in tokens:
            return "consent"
        if tokens == {"g", "y"}:
            return "stop"
        if tokens == {"g"}:
            return "aside"
        return "intro" if tokens == {"g", "b", "x"} else "question"


def read_prompt(shown: Shown) -> Prompt | None:
    """Read a message, or return None if it is no prompt of a session."""
    if (found := prompt_shown(shown)) is None:
        return None
    buttons = [button for row in shown.buttons for button in row]
    presses = [(read_button(button.data or ""), button.label) for button in buttons]
    own = [(press.token, label) for press, label in presses if isinstance(press, Press)]
    return Prompt(shown, *found, tuple(token for token, _ in own), tuple(label for _, label in own))


class Words:
    """The words of one round in one language, as they arrive on a phone."""

    def __init__(self, instrument: Instrument, catalogues: Catalogues, tag: str) -> None:
        self.instrument = instrument
        self._voice = catalogues.voice(tag, instrument.city.host_language)
        questions = instrument.questionnaire.questions
        self._labels = {question.id: self._voice.say(instrument.label(question)) for question in questions}

    def of(self, key: str) -> str:
        """Return what stands under a key, up to its first placeholder."""
        return self._voice.say(say(key)).split("{")[0]

    def label(self, name: str) -> str:
        """Return the words of a question."""
        return self._labels[QuestionId(name)]

    def question(self, text: str) -> Question | None:
        """Return the question that a text asks, or None."""
        found = max((name for name, label in self._labels.items() if label in text), key=len, default=None)
        return None if found is None else self.instrument.questionnaire.question(found)

    def tokens(self, question: Question, codes: tuple[str, ...], prompt: Prompt) -> tuple[str, str]:
        """Return what to do for an answer: ("press", token) or ("write", words)."""
        specials = self.instrument.specials(question)
        if not codes:
            return "press", "s"
        if codes[0] in specials:
            return "press", f"d{specials.index(codes[0])}"
        if question.type in (QuestionType.TEXT, QuestionType.INTEGER):
            return "write", codes[0]
        offered = [choice.code for choice in self.instrument.questionnaire.choices_of(question)]
        if question.type is QuestionType.SELECT_ONE:
            return "press", f"a{offered.index(codes[0])}"
        for place, code in enumerate(offered):
            token = f"{'+' if code in codes else '-'}{place}"
            if token in prompt.tokens:
                return "press", token
        return "press", "g"
