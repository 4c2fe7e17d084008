"""One move of one session: what each button, word and wish makes of it."""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from conversations.asking import changeable, marked
from conversations.errors import StaleReply
from conversations.events import (
    Answered,
    Completed,
    Consented,
    Event,
    LanguageChosen,
    Listened,
    Removed,
    Withdrawn,
)
from conversations.identifiers import Code, base_of, simpler
from conversations.instrument import Instrument
from conversations.moves import Wish
from conversations.prompting import is_choosing, languages, prompt_of
from conversations.prompts import Takes
from conversations.question_types import Reason, Rejection, read_words
from conversations.questionnaire import Question, QuestionType
from conversations.relevance import next_question, path
from conversations.session import Answer, Place, Session, Status
from conversations.sheets import finished
from conversations.steps import Step, ended


class Move:
    """One move of one session; every method returns the step that it makes."""

    def __init__(self, instrument: Instrument, session: Session, today: date) -> None:
        self.instrument = instrument
        self.session = session
        self.today = today

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

    def refuse(self, reason: Reason) -> Step:
        """Ask again, with the reason said kindly."""
        return self._step({"notice": f"reject.{reason.value}"})

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

    def _question(self) -> Question | None:
        """Return the question that the session waits at, if it does."""
        if self.session.place is not Place.QUESTION or self.session.question is None:
            return None
        return self.instrument.questionnaire.question(self.session.question)

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

    def _answer(self, question: Question, answer: Answer) -> Step:
        """Keep an answer, drop those no longer on the path, and go on."""
        if answer.skipped and question.required and question.type is not QuestionType.NOTE:
            return self.refuse(Reason.EMPTY)
        answers = {**self.session.answers, question.id: answer}
        kept = {found.id for found in path(self.instrument.questionnaire, answers)}
        gone = [question_id for question_id in answers if question_id not in kept]
        session = self.session.model_copy(
            update={"answers": {key: value for key, value in answers.items() if key in kept}}
        )
        events: tuple[Event, ...] = (Answered(question.id), *(Removed(question_id) for question_id in gone))
        return self._advance(events, session)

    def _advance(self, events: tuple[Event, ...], session: Session) -> Step:
        """Go to the first question without an answer, or to the review."""
        move = Move(self.instrument, session, self.today)
        following = next_question(self.instrument.questionnaire, session.answers)
        step = move._go(place=Place.REVIEW, question=None) if following is None else move._at(following)
        return Step(step.session, (*events, *step.events), step.prompts)

    def _at(self, question: Question) -> Step:
        """Wait at a question; marks begin with what was answered before."""
        answer = self.session.answers.get(question.id)
        offered = {choice.code for choice in self.instrument.questionnaire.choices_of(question)}
        marks = tuple(code for code in (answer.codes if answer else ()) if code in offered)
        since = self.session.turn + 1
        return self._go(
            place=Place.QUESTION, question=question.id, marks=marks, marking_since=since, aside=None
        )

    def _send(self, wants_code: bool) -> Step:
        """Finish: what was said becomes a sheet and texts without anybody in them."""
        sheet, texts = finished(self.instrument, self.session)
        session = self.session.model_copy(
            update={
                "status": Status.SENT,
                "place": Place.THANKS,
                "wants_code": wants_code,
                "sheet": sheet,
                "texts": texts,
                "answers": {},
                "marks": (),
            }
        )
        return Move(self.instrument, session, self.today)._step({"notice": None}, Completed())

    def _go(self, *events: Event, **changes: Any) -> Step:
        """Take a step to another place; a notice lasts one turn."""
        return self._step({"notice": None, **changes}, *events)

    def _step(self, changes: Mapping[str, Any], *events: Event) -> Step:
        """Make the step: one more turn, with the prompt that it waits at."""
        session = self.session.model_copy(
            update={**changes, "turn": self.session.turn + 1, "touched_on": self.today}
        )
        return Step(session, events, (prompt_of(self.instrument, session),))


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
