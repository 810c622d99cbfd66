"""The figures and flags of a plan as at a day, worked out from entries alone as known at a place.

None of the tables that answers are read from is used: only entries, records and periods as known then
(``known``), and the rules. So what was published can be checked against what it must follow from (domain
rules, section 5).
"""

from datetime import date
from uuid import UUID

from pydantic_core import to_jsonable_python
from sqlalchemy import Connection

from app.access.roles import Principal
from app.services import period_days
from app.services.figures import Figures
from app.services.known import known_at
from app.services.replay_actions import ReplayedActions
from app.services.replay_changes import changes
from app.services.replay_findings import findings
from app.services.replay_risks import ReplayedRisks


def figures_at(
    db: Connection, who: Principal, plan_id: UUID, day: date, *, place: int, until: date | None = None
) -> Figures:
    """Every figure and flag of a plan as at a day, from the entries before a place in the journal.

    In the form of ``figures.figures_of``; ``until`` is the day until which "what falls due" looks.
    """
    known = known_at(db, who, plan_id, day, place=place)
    actions, risks = ReplayedActions(known, day), ReplayedRisks(known, day)
    before, earlier = known.previous_day, None
    if before is not None:
        # What is compared with a published period is compared with what was published.
        then = period_days.publication_place(db, plan_id, before)
        earlier = ReplayedActions(known_at(db, who, plan_id, before, place=then), before)
    found = {
        **actions.figures(),
        **risks.figures(),
        "changes": changes(known, earlier, actions, risks),
        "falls_due": sorted(actions.falls_due(until)) if until else [],
        "findings": findings(known, actions, risks),
    }
    answer: Figures = to_jsonable_python(found)
    return answer
