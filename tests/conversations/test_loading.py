"""Every finding about a definition, at once, with its place and what to do."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from conversations.errors import DefinitionError, Finding, Rule
from conversations.loading import decode, read_benchmark, read_city, read_pack, read_questionnaire

ROOT = Path(__file__).parents[2]
FAULTS = Path(__file__).parent / "faults"
PACK = ROOT / "conversations/benchmarks/language-learning"
CITY = ROOT / "conversations/cities/port-saule/city.toml"

BENCHMARK = (FAULTS / "sound-benchmark.toml").read_text("utf-8")
QUESTIONNAIRE = (FAULTS / "sound-questionnaire.toml").read_text("utf-8")
SOUND_CITY = (FAULTS / "sound-city.toml").read_text("utf-8")


def findings_of(benchmark: str = BENCHMARK, questionnaire: str = QUESTIONNAIRE) -> list[Finding]:
    """What is wrong with a pack; nothing, if it can be read."""
    try:
        read_pack(benchmark, questionnaire, "demo")
    except DefinitionError as fault:
        return list(fault.findings)
    return []


def city_findings(city: str) -> list[Finding]:
    """What is wrong with a city; nothing, if it can be read."""
    try:
        read_city(city, "city.toml", {"Europe/Brussels"})
    except DefinitionError as fault:
        return list(fault.findings)
    return []


def rules(findings: Iterable[Finding]) -> set[Rule]:
    return {finding.rule for finding in findings}


def spoilt(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new, 1)


def asking(old: str, new: str) -> list[Finding]:
    """What is wrong once one thing of the sound questionnaire is spoilt."""
    return findings_of(questionnaire=spoilt(QUESTIONNAIRE, old, new))


def learning(old: str, new: str) -> list[Finding]:
    """What is wrong once one thing of the sound benchmark is spoilt."""
    return findings_of(benchmark=spoilt(BENCHMARK, old, new))


def without_factor() -> list[Finding]:
    """What is wrong once the last key factor, and what hangs on it, is gone."""
    benchmark = BENCHMARK.partition('[[key_factor]]\nkey = "L8"')[0].replace('["L8"]', '["L1"]')
    return findings_of(benchmark, QUESTIONNAIRE.replace('"L8"', '"L7"'))


def many(count: int) -> str:
    """Many more questions for everybody."""
    return "".join(
        f'\n[[question]]\nid = "extra{n}"\ntype = "select_one"\nkey_factor = "L1"\nscale = "often"\n'
        f'since = 1\nlabel = "Extra {n}?"\n'
        for n in range(count)
    )


def crowd(count: int, width: int) -> str:
    entries = [f'{{ code = "c{"x" * width}{n}", label = "Choice {n}" }}' for n in range(count)]
    return f"choices = [{', '.join(entries)}]"


KINDS = 'choices = [\n    { code = "red", label = "Red" },\n    { code = "blue", label = "Blue" },\n]'
WEEKS = 'relevant = { question = "first", any_of = ["always"] }'
MARGIN = '\ngroup = "region"\ncode = "near"\nresidents = 1\n'
LATIN = 'label = "caf\xe9"'.encode("latin-1")


def unreadable() -> list[Finding]:
    """What is wrong with a file in an old encoding."""
    with pytest.raises(DefinitionError) as caught:
        decode(LATIN, "questionnaire.toml")
    return list(caught.value.findings)


SMALLEST = {
    Rule.BROKEN_TOML: lambda: asking("version = 1", "version = "),
    Rule.UNKNOWN_KEY: lambda: asking("since = 1", "since = 1\nsinse = 1"),
    Rule.MISSING_KEY: lambda: asking('label = "Which?"\n', ""),
    Rule.WRONG_VALUE: lambda: asking("since = 1", 'since = "early"'),
    Rule.DUPLICATE_KEY: lambda: asking('id = "more5"', 'id = "more4"'),
    Rule.UNKNOWN_FACTOR: lambda: asking(
        'role = "open"\nkey_factor = "L8"', 'role = "open"\nkey_factor = "L9"'
    ),
    Rule.UNSPOKEN_FACTOR: lambda: asking('key_factor = "L4"', 'key_factor = "L5"'),
    Rule.TOO_FEW_FACTORS: without_factor,
    Rule.TOO_FEW_GUIDE_QUESTIONS: lambda: learning('    { key = "who1", text = "Who?" },\n', ""),
    Rule.TOO_FEW_EVIDENCE: lambda: learning(
        '    { key = "plan1", kind = "document", text = "A plan" },\n', ""
    ),
    Rule.UNKNOWN_SCALE: lambda: asking('L4"\nscale = "often"', 'L4"\nscale = "rarely"'),
    Rule.NO_CHOICES: lambda: asking(KINDS, ""),
    Rule.UNKNOWN_QUESTION: lambda: asking('question = "first"', 'question = "zeroth"'),
    Rule.UNKNOWN_CODE: lambda: asking('any_of = ["always"]', 'any_of = ["sometimes"]'),
    Rule.LOOKS_FORWARD: lambda: asking(WEEKS, 'relevant = { question = "more4", any_of = ["always"] }'),
    Rule.UNREACHABLE: lambda: asking(
        WEEKS,
        'relevant = { all = [{ question = "first", any_of = ["always"] }, '
        '{ question = "first", any_of = ["never"] }] }',
    ),
    Rule.LOOP: lambda: asking(WEEKS, 'relevant = { question = "weeks", answered = true }'),
    Rule.LABEL_TOO_LONG: lambda: asking('"Which?"', f'"{"Which " * 60}?"'),
    Rule.PATH_TOO_LONG: lambda: findings_of(questionnaire=QUESTIONNAIRE + many(8)),
    Rule.NO_SIDE_QUESTION: lambda: asking('stayed = "host"', 'stayed = "elsewhere"'),
    Rule.UNKNOWN_INTERLOCK: lambda: learning('interlocks = ["L2"]', 'interlocks = ["L20"]'),
    Rule.WRONG_PURPOSE: lambda: asking('purposes = ["monitor"]', 'purposes = ["rank"]'),
    Rule.BANDS_WRONG: lambda: asking("at_least = 5 }", "at_least = 6 }"),
    Rule.UNKNOWN_CITY_LIST: lambda: asking('"regions"', '"streets"'),
    Rule.RESERVED_CODE: lambda: asking('code = "red"', 'code = "dont_know"'),
    Rule.BOX_TOO_LARGE: lambda: asking(KINDS, crowd(20, 30)),
    Rule.CONSTRAINT_MISPLACED: lambda: asking(
        "constraint = { max_length = 500 }", "constraint = { at_least = 1 }"
    ),
    Rule.TOO_MANY_CHOICES: lambda: asking(KINDS, crowd(21, 1)),
    Rule.GROUP_NOT_CLOSED: lambda: asking(
        'type = "select_one"\nrole = "group"', 'type = "select_multiple"\nrole = "group"'
    ),
    Rule.UNKNOWN_AUDIENCE: lambda: asking('audience = ["migrant"]', 'audience = ["migrant", "visitor"]'),
    Rule.UNREADABLE: unreadable,
}


OF_ANSWERS = {Rule.UNKNOWN_LANGUAGE, Rule.NOT_ANSWERED, Rule.NOTHING_SHOWN, Rule.LOOKS_PERSONAL}
"""Rules of what a city answers: tests/conversations/test_city_answers.py breaks each."""


def test_every_rule_has_its_smallest_faulty_document():
    assert set(SMALLEST) == set(Rule) - OF_ANSWERS


@pytest.mark.parametrize("rule", SMALLEST)
def test_the_smallest_faulty_document_breaks_this_rule_and_no_other(rule):
    findings = SMALLEST[rule]()

    assert rules(findings) == {rule}


@pytest.mark.parametrize("rule", SMALLEST)
def test_a_finding_says_its_place_its_code_and_what_to_do(rule):
    for finding in SMALLEST[rule]():
        said = str(finding)

        assert said == f"{finding.where}: {rule.value} {finding.advice}"
        assert re.match(r"(demo/)?(benchmark|questionnaire)\.toml\b", said)
        assert len(finding.advice) > 10
        assert len(said) < 250


def test_what_is_sound_has_no_findings():
    assert findings_of() == []
    assert city_findings(SOUND_CITY) == []


def test_what_is_shipped_has_no_findings():
    texts = [(PACK / name).read_text("utf-8") for name in ("benchmark.toml", "questionnaire.toml")]

    benchmark, questionnaire = read_pack(*texts, "language-learning")
    city = read_city(CITY.read_text("utf-8"), "city.toml")

    assert len(benchmark.key_factors) == 11
    assert len(questionnaire.questions) == 21
    assert city.demonstration


def test_a_file_with_many_faults_tells_them_all_at_once():
    text = (FAULTS / "many-faults.toml").read_text("utf-8")
    announced = {Rule(code) for code in re.findall(r"D\d{3}", text)}

    found = rules(findings_of(questionnaire=text))

    assert found == announced
    assert len(found) >= 15


def test_a_missing_key_in_one_question_does_not_hide_what_is_wrong_elsewhere():
    text = spoilt(QUESTIONNAIRE, 'label = "Which?"\n', "")
    text = spoilt(text, 'id = "more5"', 'id = "more4"')

    assert [str(finding) for finding in findings_of(questionnaire=text)] == [
        "demo/questionnaire.toml question[4] 'kinds'.label: D003 'label' is missing; add it",
        "demo/questionnaire.toml question[6] 'more4': D005 repeats the name 'more4' of number 5;"
        " change or remove one",
    ]


def test_what_could_not_be_read_is_not_complained_of_twice():
    assert rules(asking('type = "select_multiple"', 'type = "select_many"')) == {Rule.WRONG_VALUE}
    assert rules(asking('L4"\nscale = "often"', 'L4"\nscale = "Very often"')) == {Rule.WRONG_VALUE}
    assert rules(asking('code = "red"', 'code = "bright red"')) == {Rule.WRONG_VALUE}
    assert len(asking('purposes = ["monitor"]', 'purposes = ["rank"]')) == 1


def test_places_lead_into_the_depth_of_a_file():
    findings = asking('label = "Blue"', 'lable = "Blue"')

    assert [finding.where for finding in findings] == [
        "demo/questionnaire.toml question[4] 'kinds'.choices[2].label",
        "demo/questionnaire.toml question[4] 'kinds'.choices[2].lable",
    ]
    assert "did you mean 'label'?" in findings[1].advice


def test_a_syntax_error_tells_its_line():
    (finding,) = asking('key = "demo"', "key = demo")

    assert "line 2, column" in finding.where


def test_both_files_of_a_pack_are_read_even_if_one_is_broken():
    found = findings_of("key =", spoilt(QUESTIONNAIRE, 'id = "more5"', 'id = "more4"'))

    assert rules(found) == {Rule.BROKEN_TOML, Rule.DUPLICATE_KEY}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "question = 3",
        "question = [3, []]",
        "[[question]]",
        "[[question]]\nchoices = [1, [2]]\nside_of = { 'é' = 'x' }\nrelevant = { all = 3 }",
        "scale = { key = 1 }",
        "key = " + "[" * 5_000,
        "version = " + "9" * 5_000,
        "purposes = [[]]\naudiences = ['']",
        "[question.relevant]\nany = []",
        "key = 1979-05-27\nversion = nan",
        "question = [{ id = 'a', type = 'note', since = 1, label = 'x', relevant = "
        + "{ all = [" * 60
        + "] }" * 60
        + " }]",
    ],
    ids=range(12),
)
def test_the_strangest_texts_are_findings_not_accidents(text):
    for read in (read_benchmark, read_questionnaire, read_city):
        with pytest.raises(DefinitionError) as caught:
            read(text, "file.toml")

        assert caught.value.findings


def test_a_mark_before_the_first_letter_is_no_fault():
    assert decode("\ufeffkey = 1".encode(), "city.toml") == "key = 1"


@pytest.mark.parametrize(
    "old, new, rule",
    [
        ('{ en = "Nowhere", fr', "{ fr", Rule.MISSING_KEY),
        ('fr = "Nulle-Part"', 'fr = " "', Rule.WRONG_VALUE),
        ('en = "Nowhere"', f'en = "{"Nowhere" * 9}"', Rule.LABEL_TOO_LONG),
        ('host_language = "fr"', 'host_language = "nl"', Rule.WRONG_VALUE),
        ('timezone = "Europe/Brussels"', 'timezone = "Europe/Nowhere"', Rule.WRONG_VALUE),
        ('code = "far"', 'code = "near"', Rule.DUPLICATE_KEY),
        ('en = "Far"', 'en = "near"', Rule.DUPLICATE_KEY),
        ('code = "far"', 'code = "not_stated"', Rule.RESERVED_CODE),
        ("residents = 100", "residents = -1", Rule.WRONG_VALUE),
        ("[[margin]]", f"[[margin]]{MARGIN}[[margin]]", Rule.DUPLICATE_KEY),
        ("data_protection_contact", "data_protection", Rule.MISSING_KEY),
        ('languages = ["fr", "en"]', "languages = []", Rule.WRONG_VALUE),
    ],
)  # fmt: skip
def test_a_city_is_inspected_too(old, new, rule):
    assert rule in rules(city_findings(spoilt(SOUND_CITY, old, new)))


def test_new_wording_is_a_new_fingerprint():
    questionnaire = read_questionnaire(QUESTIONNAIRE, "demo")
    worded = re.findall(r'(?:label|hint) = "([^"]+)"', QUESTIONNAIRE)
    prints = {questionnaire.fingerprint}

    for words in worded:
        changed = read_questionnaire(spoilt(QUESTIONNAIRE, f'"{words}"', f'"{words}!"'), "demo")
        prints.add(changed.fingerprint)

    assert len(worded) > 15
    assert len(prints) == len(worded) + 1


def test_the_page_of_findings_explains_every_rule():
    page = (ROOT / "docs/findings.md").read_text("utf-8")

    explained = re.findall(r"^\| (D\d{3}) \| [^|]{5,} \| [^|]{5,} \|$", page, re.MULTILINE)

    assert explained == [rule.value for rule in Rule]
