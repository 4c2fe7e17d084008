"""All subjects of a release together, and the attack on them: each is told of by the others."""

from dataclasses import dataclass, field

from conversations.errors import ReleaseError
from reports.disclosure.attack import Attacked, Leak, attack
from reports.disclosure.bounds import Bounds
from reports.disclosure.links import Shared, narrower, people_of, shared, told_of
from reports.disclosure.subject import Subject

LINKS = 4
"""Times that people and questions tell of each other; what they tell settles after one or two."""
REMEMBERED = 4
"""So many attacks on each subject are remembered: the last steps are often gone back, or made again."""


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
    _attacks: dict[str, dict[object, Attacked]] = field(default_factory=dict)
    """The last attacks on each subject, by all that they depend on."""
    _shared: dict[str, Shared] = field(default_factory=dict)

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
            people = told_of(self.who, [(told, self._shared[question.id]) for question, told in questions])
            if not narrower(people, found):
                return
            self.attack_people(people)

    def attack_people(self, people: Bounds | None) -> Attacked:
        """Attack who answered, with or without what questions tell of them."""
        self.told_by_questions = people
        return self._found(self.who, people)

    def _attack_question(self, question: Subject) -> Attacked:
        return self._found(question, self.people_of(question))

    def people_of(self, question: Subject, known: Bounds | None = None) -> Bounds:
        """Return what is known of the people of each node of a question.

        `known` are bounds of people; without them, those of the last attack.
        """
        if question.id not in self._shared:
            self._shared[question.id] = shared(self.who, question)
        known = known or self.found[self.who.id].bounds
        return people_of(known, question, self._shared[question.id])

    def _found(self, subject: Subject, people: Bounds | None) -> Attacked:
        """Attack a subject, or remember what an attack on the very same came to: nothing else changes it."""
        told = None if people is None else (people.low.tobytes(), people.high.tobytes())
        name = (subject.state(), told, self.told_before)
        attacks = self._attacks.setdefault(subject.id, {})
        found = attacks.pop(name, None)
        if found is None:
            found = attack(subject, people)
            found.leaks = [leak for leak in found.leaks if (subject.id, leak) not in self.told_before]
        attacks[name] = found  # the last one stands last
        if len(attacks) > REMEMBERED:
            del attacks[next(iter(attacks))]
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
