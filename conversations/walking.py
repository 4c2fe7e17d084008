"""The steps that moves are made of: to a place, to a question, on with an answer, to the end."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from conversations.events import Answered, Completed, Event, Removed
from conversations.instrument import Instrument
from conversations.prompting import prompt_of
from conversations.question_types import Reason
from conversations.questionnaire import Question, QuestionType
from conversations.relevance import next_question, path
from conversations.session import Answer, Place, Session, Status
from conversations.sheets import finished
from conversations.steps import Step


class Walk:
    """One session on its way; every method returns the step that it makes."""

    def __init__(self, instrument: Instrument, session: Session, today: date) -> None:
        self.instrument = instrument
        self.session = session
        self.today = today

    def refuse(self, reason: Reason) -> Step:
        """Ask again, with the reason said kindly."""
        return self._step({"notice": f"reject.{reason.value}"})

    def _question(self) -> Question | None:
        """Return the question that the session waits at, if it does."""
        if self.session.place is not Place.QUESTION or self.session.question is None:
            return None
        return self.instrument.questionnaire.question(self.session.question)

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

    def _is_asking_for_code(self) -> bool:
        """Say whether the session waits for a one-use code."""
        return self.session.place is Place.CODE and self.session.aside is None

    def _lacks_code(self) -> bool:
        """Say whether nothing can be sent yet for want of a one-use code."""
        return self.instrument.conduct.codes and not self.session.code

    def _advance(self, events: tuple[Event, ...], session: Session) -> Step:
        """Go to the first question without an answer, or to the review."""
        walk = Walk(self.instrument, session, self.today)
        following = next_question(self.instrument.questionnaire, session.answers)
        step = walk._go(place=Place.REVIEW, question=None) if following is None else walk._at(following)
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
        """Finish: what was said becomes a sheet and texts without anybody in them, and the code goes."""
        if self._lacks_code():
            return self._go(place=Place.CODE)
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
                "code": "",
            }
        )
        return Walk(self.instrument, session, self.today)._step({"notice": None}, Completed())

    def _go(self, *events: Event, **changes: Any) -> Step:
        """Take a step to another place; a notice lasts one turn."""
        return self._step({"notice": None, **changes}, *events)

    def _step(self, changes: Mapping[str, Any], *events: Event) -> Step:
        """Make the step: one more turn, with the prompt that it waits at."""
        session = self.session.model_copy(
            update={**changes, "turn": self.session.turn + 1, "touched_on": self.today}
        )
        return Step(session, events, (prompt_of(self.instrument, session),))
