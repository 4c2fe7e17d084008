"""A thousand invented people, every one of whom can be recognised by what they are and say."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address
from random import Random

from bot.people import Person, throw_people
from conversations.identifiers import QuestionId
from conversations.questionnaire import Question, QuestionType
from conversations.relevance import path
from conversations.session import Answer
from tests.canaries.forms import LONGEST, in_base64, of_digests, of_number, of_text
from tests.canaries.scanner import Scanner
from tests.instruments import shipped

SYLLABLES = [first + vowel for first in "bdfgklmnprstvz" for vowel in "aeiouéø"]
SAID_IN_A_ROW = 3  # so many answers in a row tell one person from another


@dataclass(frozen=True)
class Step:
    """One thing somebody does: a choice, number, marks, text, skip, or `first` for the way forward."""

    kind: str
    value: str = ""
    places: tuple[int, ...] = ()


@dataclass
class Somebody:
    """Everything about one person that must never be found."""

    account: int
    username: str
    first_name: str
    last_name: str
    phone: str
    addresses: tuple[str, str]  # of their device, as a proxy would name it
    text: str
    answers: tuple[tuple[QuestionId, tuple[str, ...]], ...] = ()
    steps: tuple[Step, ...] = ()
    cookies: set[str] = field(default_factory=set)


def crowd(count: int, finish: int, seed: int) -> list[Somebody]:
    """People made of dice, the first of whom finish; the same seed makes the same people."""
    dice = Random(seed)
    thrown = throw_people(shipped(), finish, seed)
    return [_somebody(dice, person) for person in [*thrown, *[Person({})] * (count - finish)]]


def _somebody(dice: Random, person: Person) -> Somebody:
    name, family = _word(dice, 4).capitalize(), _word(dice, 5).capitalize()
    phone = f"+{dice.randrange(10**11, 10**12)}"
    words = f"{_word(dice, 6)} {_word(dice, 5)}"
    answered = tuple(_answered(person)) if person.answers else ()
    text = f"Please ask {name} {family} ({phone}): {words} <b>&amp; {_word(dice, 4)}"
    return Somebody(
        account=dice.randrange(2**40, 2**47),
        username=f"{_word(dice, 3)}_{_word(dice, 3)}{dice.randrange(1000)}",
        first_name=name,
        last_name=family,
        phone=phone,
        addresses=(str(IPv4Address(dice.getrandbits(32))), str(IPv6Address(2**125 + dice.getrandbits(120)))),
        text=text,
        answers=tuple((question.id, codes) for question, codes in answered if codes),
        steps=tuple(_step(question, codes, text) for question, codes in answered),
    )


def _word(dice: Random, syllables: int) -> str:
    return "".join(dice.choice(SYLLABLES) for _ in range(syllables))


def _answered(person: Person) -> Iterator[tuple[Question, tuple[str, ...]]]:
    """Every question on this person's way, in order, with the codes of the answer; none if it is skipped."""
    questionnaire = shipped().questionnaire
    given: dict[QuestionId, Answer] = {}
    for question in questionnaire.questions:
        if question.id not in {asked.id for asked in path(questionnaire, given)}:
            continue
        codes = tuple(person.answers.get(question.id, ()))
        if question.type is QuestionType.INTEGER:
            codes = tuple(code for code in codes if code.isdecimal())
        if question.type is QuestionType.INTEGER and codes:
            given[question.id] = Answer(number=int(codes[0]))
        else:
            given[question.id] = Answer(codes=codes)
        yield question, codes


def _step(question: Question, codes: Sequence[str], text: str) -> Step:
    instrument = shipped()
    if question.type is QuestionType.TEXT:
        return Step("text", text)
    if question.type is QuestionType.NOTE:
        return Step("first")
    if not codes:
        return Step("choice", places=(0,)) if question.required else Step("skip")
    if question.type is QuestionType.INTEGER:
        return Step("number", codes[0])
    offered = [str(choice.code) for choice in instrument.questionnaire.choices_of(question)]
    offered += [str(code) for code in instrument.specials(question)]
    places = tuple(offered.index(code) for code in codes)
    marks = question.type is QuestionType.SELECT_MULTIPLE and codes[0] not in instrument.specials(question)
    return Step("marks" if marks else "choice", places=places)


def scanner_for(people: Sequence[Somebody]) -> Scanner:
    """A scanner that knows everything about all of them."""
    scanner = Scanner()
    for person in people:
        _plant_account(scanner, str(person.account), "telegram")
        scanner.plant("account", of_number(person.account))
        for order in ("big", "little"):
            scanner.plant("account", of_digests([person.account.to_bytes(8, order)]))
        for kind, word in (
            ("user name", person.username),
            ("display name", f"{person.first_name} {person.last_name}"),
            ("display name", person.last_name),
            ("phone number", person.phone.removeprefix("+")),
            ("address", person.addresses[0]),
            ("address", person.addresses[1]),
            ("text", person.text.rpartition("): ")[2].partition(" <b>")[0]),
            ("text", person.text.rpartition(" ")[2]),
        ):
            scanner.plant(kind, of_text(word))
            scanner.plant(kind, of_digests([word.encode()]))
        scanner.plant("text", of_digests([person.text.encode()]))
        for cookie in person.cookies:
            _plant_account(scanner, cookie, "web")
        for combination in _combinations(person):
            utf8, utf16 = combination.encode()[:LONGEST], combination.encode("utf-16-le")[:LONGEST]
            scanner.plant("answers", {"utf-8": {utf8}, "utf-16-le": {utf16}, **in_base64(utf8)})
    return scanner


def _plant_account(scanner: Scanner, account: str, channel: str) -> None:
    kind = "account" if channel == "telegram" else "cookie"
    scanner.plant(kind, of_text(account))
    spellings = (account, f"{channel}:{account}", f"{channel}:{account}:0", f"{channel}{account}")
    scanner.plant(kind, of_digests(spelling.encode() for spelling in spellings))


def _combinations(person: Somebody) -> Iterator[str]:
    """Answers in a row, as a program might write them: JSON of a sheet or a session, lists, rows."""
    for answers in (person.answers, tuple(sorted(person.answers))):
        for first in range(len(answers) - SAID_IN_A_ROW + 1):
            row = answers[first : first + SAID_IN_A_ROW]
            lists = [[f'"{code}"' for code in codes] for _, codes in row]
            names = [question for question, _ in row]
            for comma, colon in ((",", ":"), (", ", ": ")):
                parts = [
                    f'"{name}"{colon}[{comma.join(codes)}]' for name, codes in zip(names, lists, strict=True)
                ]
                yield comma.join(parts)
            for joint in (",", ";", '","', '"],["'):
                yield joint.join(" ".join(codes) for _, codes in row)
        for name, codes in answers[:-1]:
            listed = ",".join(f'"{code}"' for code in codes)
            yield f'"{name}":{{"codes":[{listed}],"number":null,"text":null}}'
