"""One move of one session: what each button, word and wish makes of it."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from conversations.asking import changeable, marked
from conversations.codes import one_use_code
from conversations.errors import StaleReply
from conversations.events import Consented, LanguageChosen, Listened, Withdrawn
from conversations.identifiers import Code, base_of, simpler
from conversations.moves import Wish
from conversations.prompting import is_choosing, languages, prompt_of
from conversations.prompts import Takes
from conversations.question_types import Reason, Rejection, read_words
from conversations.relays import Arrival
from conversations.relevance import next_question, path
from conversations.session import Answer, Place, Status
from conversations.steps import Step, ended
from conversations.walking import Walk


class Move(Walk):
    """One move of one session; every method returns the step that it makes."""

    def press(self, token: str, turn: int) -> Step:
        """Take a button of the present prompt; marks may come from an earlier turn of the same question."""
        since = self.session.marking_since
        if token[:1] in "+-" and since and since <= turn <= self.session.turn:
            return self._mark(token)
        if turn != self.session.turn or not self._offers(token):
            raise StaleReply
        handler = HANDLERS.get(token) or HANDLERS[token[:1]]
        return handler(self, token)

    def _offers(self, token: str) -> bool:
        """Say whether the present prompt takes a token: where a language is chosen also one not shown yet."""
        if prompt_of(self.instrument, self.session).button(token) is not None:
            return True
        offer = languages(self.instrument, self.session) if is_choosing(self.session) else ()
        return token in {f"l{place}" for place in range(len(offer))}

    def ticking(self, tokens: tuple[str, ...] | None) -> "Move":
        """Return the same move with the boxes of a form ticked: what is pressed beside them keeps them."""
        question = self._question()
        if tokens is None or question is None or not self._takes_marks():
            return self
        marks = marked(self.instrument, question, tokens)
        return Move(self.instrument, self.session.model_copy(update={"marks": marks}), self.today)

    def mark_all(self, tokens: tuple[str, ...], turn: int) -> Step:
        """Take all marks of a form at once, and go on."""
        question = self._question()
        if turn != self.session.turn or question is None or not self._takes_marks():
            raise StaleReply
        return self._answer(question, Answer(codes=marked(self.instrument, question, tokens)))

    def _takes_marks(self) -> bool:
        return prompt_of(self.instrument, self.session).takes is Takes.MARKS

    def write(self, text: str) -> Step:
        """Take words that are no label, no number of a button, and no language that we know."""
        if is_choosing(self.session) and text.strip():
            return self._go(aside="languages", notice="language.not_found")
        if self._is_asking_for_code() and text.strip():
            return self._step({"notice": "code.unknown" if one_use_code(text) else "code.mistyped"})
        question = self._question() if self.session.aside is None else None
        if question is None:
            return self.refuse(Reason.PRESS_A_BUTTON if text.strip() else Reason.EMPTY)
        read = read_words(question, text)
        return self.refuse(read.reason) if isinstance(read, Rejection) else self._answer(question, read)

    def wish(self, wish: Wish) -> Step:
        """Take a wish that every turn offers."""
        if wish is Wish.START:
            return self._go(aside=None, notice="session.go_on" if self.session.turn > 1 else None)
        if wish is Wish.LANGUAGE:
            return self._go(aside=None if self.session.place is Place.LANGUAGE else "language")
        return self._go(aside="stop")

    def take_code(self, arrival: Arrival | None) -> Step:
        """Take a one-use code that was looked up; at the review, one that somebody else has spent."""
        if self.session.place is Place.REVIEW and arrival is None:
            return self._step({"code": "", "notice": "code.used_meanwhile"})
        if not self._is_asking_for_code():
            raise StaleReply
        if arrival is None:
            return self._step({"notice": "code.unknown"})
        came = {} if self.session.relay else {"relay": arrival.relay, "came_by": arrival.came_by}
        return self._advance((), self.session.model_copy(update={**came, "code": arrival.code}))

    def choose_language(self, token: str) -> Step:
        """Take a language; at the beginning it leads on, later back to where one was.

        The one in use stays as it is, also in simpler words.
        """
        locale = languages(self.instrument, self.session)[int(token[1:])]
        if locale == base_of(self.session.locale):
            locale = self.session.locale
        place = Place.INTRO if self.session.place is Place.LANGUAGE else self.session.place
        return self._go(LanguageChosen(locale), locale=locale, place=place, aside=None)

    def all_languages(self, token: str) -> Step:
        """Show all languages."""
        return self._go(aside="languages")

    def reword(self, token: str) -> Step:
        """Say everything in simpler words from here on, or in the usual ones again."""
        used = self.session.locale
        locale = simpler(used) if token == "e" else base_of(used)
        return self._go(LanguageChosen(locale), locale=locale)

    def go(self, token: str) -> Step:
        """Lead forward: out of an aside, to consent, past a note, or on with what is marked."""
        if self.session.aside is not None:
            return self._go(aside=None)
        if self.session.place is Place.INTRO:
            return self._go(place=Place.CONSENT)
        question = self._question()
        assert question is not None
        return self._answer(question, Answer(codes=self.session.marks))

    def agree(self, token: str) -> Step:
        """Say yes: to consent, to stopping, or to sending."""
        if self.session.aside == "stop":
            return ended(self.session, Status.WITHDRAWN, Withdrawn())
        if self.session.place is Place.CONSENT and self._lacks_code():
            return self._go(Consented(), place=Place.CODE)
        if self.session.place is Place.CONSENT:
            return self._advance((Consented(),), self.session)
        return self._send(wants_code=False)

    def decline(self, token: str) -> Step:
        """Say no to consent: nothing is kept."""
        return ended(self.session, Status.WITHDRAWN, Withdrawn())

    def send_with_code(self, token: str) -> Step:
        """Send, and name the withdrawal code."""
        return self._send(wants_code=True)

    def pick(self, token: str) -> Step:
        """Answer with one choice."""
        question = self._question()
        assert question is not None
        choice = self.instrument.questionnaire.choices_of(question)[int(token[1:])]
        return self._answer(question, Answer(codes=(Code(choice.code),)))

    def special(self, token: str) -> Step:
        """Answer with a special code."""
        question = self._question()
        assert question is not None
        return self._answer(question, Answer(codes=(self.instrument.specials(question)[int(token[1:])],)))

    def skip(self, token: str) -> Step:
        """Pass a question over; an earlier answer to it goes."""
        question = self._question()
        assert question is not None
        return self._answer(question, Answer())

    def keep(self, token: str) -> Step:
        """Leave the answer as it is, and go on."""
        return self._advance((), self.session)

    def back(self, token: str) -> Step:
        """Go to what came before; answers stay until they are changed."""
        session = self.session
        if session.aside == "languages":
            return self._go(aside=None if session.place is Place.LANGUAGE else "language")
        if session.place is Place.INTRO:
            return self._go(place=Place.LANGUAGE)
        if session.place is Place.CONSENT:
            return self._go(place=Place.INTRO)
        if session.place is Place.CODE:
            everything = next_question(self.instrument.questionnaire, session.answers) is None
            return self._go(place=Place.REVIEW if everything else Place.CONSENT)
        way = path(self.instrument.questionnaire, session.answers)
        ids = [question.id for question in way]
        before = len(ids) if session.place is Place.REVIEW else ids.index(session.question or ids[0])
        return self._at(way[before - 1]) if before > 0 else self._go(place=Place.CONSENT, question=None)

    def aside(self, token: str) -> Step:
        """Say something beside the way: why, language, pause, stop, or which answer to change."""
        names = {"w": "why", "l": "language", "p": "pause", "x": "stop", "c": "change"}
        return self._go(aside=names[token])

    def listen(self, token: str) -> Step:
        """Have the question read aloud; the session stays as it is."""
        question = self._question()
        assert question is not None
        return Step(self.session, (Listened(question.id),), ())

    def change(self, token: str) -> Step:
        """Go to one question of the review, to answer it anew."""
        return self._at(changeable(self.instrument, self.session)[int(token[1:])])

    def _mark(self, token: str) -> Step:
        """Set or take back one mark of the present question."""
        question = self._question()
        choices = self.instrument.questionnaire.choices_of(question) if question else ()
        if self.session.aside is not None or len(token) > 4 or not token[1:].isdecimal():
            raise StaleReply
        if int(token[1:]) >= len(choices):
            raise StaleReply
        code = Code(choices[int(token[1:])].code)
        marked = {*self.session.marks, code} if token[0] == "+" else {*self.session.marks} - {code}
        marks = tuple(Code(choice.code) for choice in choices if choice.code in marked)
        return self._step({"marks": marks, "notice": None})


HANDLERS: Mapping[str, Callable[[Move, str], Step]] = MappingProxyType(
    {
        "g": Move.go,
        "y": Move.agree,
        "o": Move.decline,
        "z": Move.send_with_code,
        "a": Move.pick,
        "d": Move.special,
        "s": Move.skip,
        "k": Move.keep,
        "b": Move.back,
        "h": Move.listen,
        "w": Move.aside,
        "p": Move.aside,
        "x": Move.aside,
        "c": Move.aside,
        "q": Move.change,
        "l": Move.aside,
        "m": Move.all_languages,
        "e": Move.reword,
        "u": Move.reword,
        **{f"l{place}": Move.choose_language for place in range(64)},
        "+": Move._mark,
        "-": Move._mark,
    }
)
"""What each token does; a token is its first letter and, where it names one of several, a place."""
