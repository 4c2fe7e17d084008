"""A release of few tables, for tests that look at every cell of every form."""

from functools import cache

from reports.disclosure import Publishable, release
from reports.planned import default_plan
from tests.instruments import shipped
from tests.reports.population import asked, sheets

QUESTIONS = ("service_known", "hard_to_attend", "talk_together")


@cache
def few(people: int = 100) -> Publishable:
    """The release of a round whose plan has three questions, by gender and region alone."""
    plan = default_plan(shipped().questionnaire)
    groups = {"groups": ("gender", "region_of_origin"), "who": ("gender", "region_of_origin")}
    return release(sheets(people), asked(plan.model_copy(update={"questions": QUESTIONS, **groups})))
