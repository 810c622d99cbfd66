"""What somebody leads: counted in one pass, and equal to what the lists of the same filters count."""

from datetime import timedelta

import pytest

from app.plans.statuses import Status
from app.services import actions, own_actions
from app.services.actions import Filter
from tests.factories import TODAY, Cast, Shown, make_action, make_person, make_priority, see, update, withdraw

DAY = timedelta(days=1)
FLAGS = ("overdue", "significantly_delayed", "late_start", "slipped", "blocked", "contradicted")


@pytest.mark.parametrize("back", [0, 3])
def test_own_actions_are_counted_as_the_lists_count_them(people: Cast, priority: Shown, back: int) -> None:
    editor, plan_id = people.editor, priority["plan_id"]
    lead, other = make_person(editor)["id"], make_person(editor)["id"]
    second = make_priority(editor, plan_id, ref="PAP 9")
    late = {"due_on": TODAY - 5 * DAY, "status": "delayed", "effective_on": TODAY - 10 * DAY}
    make_action(editor, priority, ref="1.1", lead_id=lead, **late)
    make_action(editor, [priority, second], ref="1.2", lead_id=other, co_lead_ids=[lead], **late)
    waiting = {"start_on": TODAY - 2 * DAY, "status": "not_started", "effective_on": TODAY - 10 * DAY}
    begun = make_action(editor, priority, ref="1.3", lead_id=lead, **waiting)
    make_action(editor, priority, ref="1.4", lead_id=other, **late)
    gone = make_action(editor, priority, ref="1.5", lead_id=lead, **late)
    withdraw(editor, gone["id"])
    update(editor, begun["id"], narrative="Not yet")
    day = TODAY - back * DAY
    asked = {"today": TODAY, "as_at": day}

    def total(**wanted: object) -> int:
        filters = Filter(lead_id=lead, withdrawn=False, **wanted)
        return int(see(actions.list_actions, people.viewer, plan_id, wanted=filters, **asked)["total"])

    found = see(own_actions.progress_of_lead, people.viewer, plan_id, lead, **asked)
    assert found["distinct_actions"] == total() == (3 if not back else 4)
    assert {one: found["statuses"][one]["count"] for one in Status} == {
        one: total(status=one) for one in Status
    }
    assert {one: found["flags"][one]["actions"] for one in FLAGS} == {one: total(flag=one) for one in FLAGS}
    assert found["flags"]["overdue"]["actions"] == (2 if not back else 3)
    assert found["flags"]["late_start"]["actions"] == (0 if back else 1)
