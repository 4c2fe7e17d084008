"""The instrument: a questionnaire as it is put to people in one round of one city."""

from dataclasses import dataclass, field
from datetime import date

from conversations.benchmark import Benchmark
from conversations.circumstances import with_circumstances
from conversations.city import City, as_choices
from conversations.conduct import PLAIN, Conduct
from conversations.identifiers import SPECIAL_CODES, Code, Locale, QuestionId, RoundId
from conversations.listening import ABOUT, hint_of, is_made_here, label_of, topic_of
from conversations.questionnaire import Question, Questionnaire, QuestionType, Role
from conversations.wording import Words, city_key, factor_key, question_key, scale_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """All that a conversation needs to know. `languages` are those offered, the city's order.

    `closes_on` is the local day on which the round closes; `results_at` where its results will stand (an
    address, or empty where none is known). `by_hand` says that staff release them, some days later.
    `heard` says which questions can be read aloud, in which languages; `variants` are the plain variants
    (`fr-x-simple`) of offered languages that there are words for: never offered beside their language.
    `conduct` says whether codes are asked, receipts given, or free texts taken instead of answers.
    """

    round: RoundId
    name: str
    questionnaire: Questionnaire
    benchmark: Benchmark
    city: City
    languages: tuple[Locale, ...]
    closes_on: date
    results_at: str = ""
    by_hand: bool = False
    demonstration: bool = False
    heard: frozenset[tuple[Locale, QuestionId]] = frozenset()
    variants: frozenset[Locale] = frozenset()
    series: str = ""
    conduct: Conduct = PLAIN
    _labels: dict[tuple[str, str], Words] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def in_release(self) -> Questionnaire:
        """The questionnaire as its releases see it: with the groups that nobody is asked about."""
        return with_circumstances(self.questionnaire, self.conduct.associations)

    def label(self, question: Question) -> Words:
        """Return a question's words."""
        if is_made_here(question):
            return label_of(question, self.benchmark)
        return Words(question_key(self.questionnaire.key, question.id, "label"), question.label)

    def hint(self, question: Question) -> Words | None:
        """Return a question's hint, if it has one."""
        if self.conduct.listening:
            return hint_of(question)
        if question.hint is None:
            return None
        return Words(question_key(self.questionnaire.key, question.id, "hint"), question.hint)

    def choice_label(self, question: Question, code: Code) -> Words:
        """Return the words of one code of a question, be it of a scale, a list, the city's, or special."""
        words = self._labels.get((question.id, code))
        if words is None:
            words = self._labels[question.id, code] = self._choice_label(question, code)
        return words

    def _choice_label(self, question: Question, code: Code) -> Words:
        if code in SPECIAL_CODES:
            return Words(f"special.{code}")
        if question.id == ABOUT:
            return topic_of(self.benchmark, code)
        source = self.questionnaire.choice_labels[question.id][code]
        if question.city_list is not None:
            return Words(city_key(self.city.key, f"{question.city_list}.{code}"), source)
        if question.scale is not None:
            return Words(scale_key(self.questionnaire.key, question.scale, code), source)
        return Words(question_key(self.questionnaire.key, question.id, f"choice.{code}"), source)

    def specials(self, question: Question) -> tuple[Code, ...]:
        """Return the special codes that a question offers: none where it only steers or takes free words."""
        if question.role in (Role.PATH, Role.OPEN) or question.type is QuestionType.NOTE:
            return ()
        return SPECIAL_CODES

    def factor_words(self, question: Question, part: str) -> Words | None:
        """Return the `part` (name, statement, why) of the key factor a question speaks to."""
        if question.key_factor is None:
            return None
        factor = self.benchmark.factor(question.key_factor)
        return Words(factor_key(self.benchmark.key, factor.key, part), getattr(factor, part))

    def city_words(self, part: str) -> Words:
        """Return the city's own words: name or responsible."""
        local = {"name": self.city.name, "responsible": self.city.responsible}[part]
        return Words(city_key(self.city.key, part), local.get("en", ""))


def for_city(questionnaire: Questionnaire, city: City) -> Questionnaire:
    """Return the questionnaire with the city's own lists in the places that ask for them."""
    questions = tuple(
        question
        if question.city_list is None
        else question.model_copy(update={"choices": as_choices(city, question.city_list)})
        for question in questionnaire.questions
    )
    return questionnaire.model_copy(update={"questions": questions})
