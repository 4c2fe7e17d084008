"""All subjects of a release together, and the attack on them: each is told of by the others."""

from dataclasses import dataclass, field

from conversations.errors import ReleaseError
from reports.disclosure.attack import Attacked, Leak, attack
from reports.disclosure.bounds import Bounds
from reports.disclosure.links import narrower, people_of, told_of
from reports.disclosure.subject import Subject

LINKS = 4
"""Times that people and questions tell of each other; what they tell settles after one or two."""


class NoWayOut(ReleaseError):
    """Something is told, and nothing is left that could be withheld."""

    def __init__(self, subject: Subject, leak: Leak) -> None:
        super().__init__("the tables cannot be protected")
        self.subject, self.leak = subject, leak


@dataclass(slots=True)
class Picture:
    """All subjects of a release together: who answered, and every question."""

    who: Subject
    questions: list[Subject]
    found: dict[str, Attacked] = field(default_factory=dict)
    told_before: frozenset[tuple[str, Leak]] = frozenset()
    """What other rounds' releases tell by themselves, whatever this one shows."""
    told_by_questions: Bounds | None = None
    """What the last attack on people took from questions."""

    @property
    def subjects(self) -> list[Subject]:
        """Who answered first, then each question."""
        return [self.who, *self.questions]

    def attack_all(self) -> None:
        """Attack every subject, with what the others tell of it, until none tells anything new."""
        self.attack_people(None)
        for _ in range(LINKS):
            found = self.found[self.who.id]
            questions = [(question, self._attack_question(question)) for question in self.questions]
            people = told_of(self.who, questions)
            if not narrower(people, found):
                return
            self.attack_people(people)

    def attack_people(self, people: Bounds | None) -> Attacked:
        """Attack who answered, with or without what questions tell of them."""
        self.told_by_questions = people
        return self._found(self.who, attack(self.who, people))

    def _attack_question(self, question: Subject) -> Attacked:
        return self._found(question, attack(question, self.people_of(question)))

    def people_of(self, question: Subject) -> Bounds:
        """Return what is known of the people of each node of a question."""
        return people_of(self.who, self.found[self.who.id], question)

    def _found(self, subject: Subject, found: Attacked) -> Attacked:
        found.leaks = [leak for leak in found.leaks if (subject.id, leak) not in self.told_before]
        self.found[subject.id] = found
        return found

    def attack_again(self, subject: Subject) -> Attacked:
        """Attack one subject again after something of it was withheld or shown."""
        if subject is self.who:
            self.attack_all()
        else:
            self._attack_question(subject)
        return self.found[subject.id]

    def leaks(self) -> list[tuple[Subject, Leak]]:
        """Return everything that is told and must not be."""
        return [(subject, leak) for subject in self.subjects for leak in self.found[subject.id].leaks]

    @property
    def looked_at(self) -> int:
        """How many bounds the attack looked at."""
        return sum(found.looked_at for found in self.found.values())
