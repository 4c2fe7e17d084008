"""A release plan is cut to what one round asks: its module, or texts alone."""

from conversations.questionnaire import Questionnaire
from reports.planned import Plan


def cut(plan: Plan, asked: Questionnaire) -> Plan:
    """Return a plan without the questions that rest in this round."""
    return plan.model_copy(update={"questions": tuple(one for one in plan.questions if one in asked.by_id)})


def of_texts(plan: Plan) -> Plan:
    """Return the plan of a listening round: only how many people wrote, by side; the texts come beside it."""
    return plan.model_copy(update={"questions": (), "groups": (), "pairs": (), "who": (), "merge": {}})
