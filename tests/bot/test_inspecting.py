"""What can be wrong with one translation: tags, and numbers said in words."""

import pytest

from bot.i18n import LANGUAGES
from bot.i18n.inspecting import Wanted, WordsRule, faults


@pytest.mark.parametrize(
    "said,fits",
    [
        ("<b>Oui</b> !", True),
        ("<b>Oui", False),
        ("Oui</b>", False),
        ("Oui", False),
        ("<b>O</b><b>i</b>", False),
    ],
)
def test_tags_are_those_of_the_source_each_closed_as_often(said, fits):
    found = list(faults(Wanted("a", ("<b>Yes</b>!",)), [said], LANGUAGES["fr"]))

    assert [rule for rule, _ in found] == ([] if fits else [WordsRule.TAGS])


@pytest.mark.parametrize(
    "tag,forms_said,fits",
    [
        ("ru", ["{n} день", "{n} дня", "{n} дней"], True),
        ("ru", ["один день", "{n} дня", "{n} дней"], False),  # 21 takes that form as well
        ("fr", ["un jour", "{n} de jours", "{n} jours"], False),  # so does 0
        ("fr", ["{n} jour", "un million de jours", "{n} jours"], False),  # so do two millions
        ("ar", ["لا أيام", "يوم واحد", "يومان", "{n} أيام", "{n} يوما", "{n} يوم"], True),
        ("ar", ["لا أيام", "يوم واحد", "يومان", "أيام", "{n} يوما", "{n} يوم"], False),
    ],
)
def test_a_form_may_say_its_number_in_words_if_it_is_of_that_number_alone(tag, forms_said, fits):
    found = list(faults(Wanted("a", ("{n} day", "{n} days")), forms_said, LANGUAGES[tag]))

    assert [rule for rule, _ in found] == ([] if fits else [WordsRule.PLACEHOLDERS])
