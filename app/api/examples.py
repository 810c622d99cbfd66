"""An example of every request body, in the words of a priority action plan. Tests send each of them.

Ids stand for records that were made or read before. Names are posts: the service holds no data of children.
"""

from typing import Any

_PERSON = "0197f6a0-58c4-7d51-9f35-3f0f5a6d9b11"
_PLAN = "0197f6a0-5a02-7c3e-8a77-0d3a1f2b4c22"
_PRIORITY = "0197f6a0-5b10-7a44-b1c9-6e5d4c3b2a33"
_OTHER_PRIORITY = "0197f6a0-5b11-7f05-8d20-9a8b7c6d5e34"
_ACTION = "0197f6a0-5c21-7b66-9e01-1a2b3c4d5e44"
_RISK = "0197f6a0-5d32-7c77-8f12-2b3c4d5e6f55"

_MATRIX: dict[str, Any] = {
    "kind": "scored",
    "likelihood_labels": ["Very Unlikely", "Unlikely", "Possible", "Likely", "Very Likely"],
    "impact_labels": ["Minor", "Moderate", "Significant", "Serious", "Major"],
    "bands": [
        {"name": "Low", "lowest": 1, "highest": 6},
        {"name": "Moderate", "lowest": 8, "highest": 15},
        {"name": "High", "lowest": 16, "highest": 25},
    ],
}

REQUESTS: dict[str, dict[str, Any]] = {
    "WebhookCreate": {
        "url": "https://receiver.example/send-tracker",
        "description": "Nightly figures of the data warehouse",
        "event_types": ["action.updated", "risk.assessed", "period.published"],
    },
    "WebhookUpdate": {"description": "The data warehouse", "event_types": []},
    "ScheduleCreate": {
        "plan_id": _PLAN,
        "name": "Summary for the board",
        "rule": {
            "kind": "working_days_before_meeting",
            "working_days": 5,
            "time": "09:00",
        },
        "missed": "send_late",
        "attachments": ["pdf"],
        "state": "active",
        "recipients": [
            {"address": "chair@council.example", "name": "Chair of the board", "group_name": "Board members"},
            {"address": "send.programme@icb.example", "group_name": "Officers"},
        ],
    },
    "ScheduleUpdate": {
        "name": "Monday summary for the board",
        "rule": {"kind": "weekly", "weekday": "monday", "time": "08:00", "holidays": "after"},
    },
    "RecipientsAdd": {
        "recipients": [
            {"address": "headteachers@schools.example", "name": "Heads' forum", "group_name": "Schools"}
        ]
    },
    "PersonCreate": {
        "name": "Joint commissioning lead",
        "organisation": "Integrated Care Board",
        "email": "joint.commissioning@icb.example",
    },
    "PersonUpdate": {"organisation": "NHS Cheshire and Merseyside ICB", "email": None},
    "PlanCreate": {
        "ref": "PAP",
        "title": "SEND priority action plan",
        "kind": "priority_action_plan",
        "starts_on": "2024-04-01",
        "ends_on": "2025-09-30",
    },
    "PlanUpdate": {"title": "SEND priority action plan 2024 to 2025", "ends_on": "2025-12-31"},
    "PriorityCreate": {
        "ref": "PAP 3",
        "title": "Joint commissioning of services",
        "statement": "Leaders across education, health and social care should improve joint commissioning "
        "of services, so that children, young people and their families have their needs met.",
        "responsible_bodies": "The council and the ICB",
        "sro_id": _PERSON,
    },
    "PriorityUpdate": {"responsible_bodies": "The council, the ICB and the parent carer forum"},
    "BulkCreate": {
        "dry_run": False,
        "changes": [
            {
                "operation": "record_update",
                "action_id": _ACTION,
                "body": {"status": "delayed", "reason": "The supplier is late.", "forecast_on": "2024-12-31"},
            },
            {
                "operation": "create_person",
                "body": {"name": "Designated clinical officer", "organisation": "ICB"},
            },
        ],
    },
    "PriorityPut": {
        "title": "Joint commissioning of services",
        "responsible_bodies": "The council and the ICB",
    },
    "ActionPut": {
        "title": "Survey parents and carers twice a year and report what changed",
        "points": [{"priority_ref": "PAP 1", "ref": "1.9"}],
        "status": "on_target",
        "due_on": "2024-09-30",
        "narrative": "The spring survey is closed; 412 parents answered.",
    },
    "RiskPut": {
        "description": "Families wait too long for an assessment because posts stay vacant",
        "current": {"likelihood": 4, "impact": 4},
        "target": {"likelihood": 2, "impact": 4},
        "reason": "Two of five posts are filled.",
    },
    "ActionCreate": {
        "title": "Survey parents and carers twice a year and report what changed",
        "points": [
            {"priority_id": _PRIORITY, "ref": "1.9"},
            {"priority_id": _OTHER_PRIORITY, "ref": "2.5"},
        ],
        "status": "not_started",
        "start_on": "2024-05-01",
        "due_on": "2024-09-30",
        "lead_id": _PERSON,
        "responsible_body": "Parent carer forum",
        "phase": "Phase 1",
        "success_measure": "Two surveys a year, each reported to the board",
        "expected_impact": "Families say that what they told us changed what we do",
        "evidence_links": [
            {"title": "Survey questions", "url": "https://www.council.example/send/survey-questions"}
        ],
        "depends_on": [_ACTION],
        "effective_on": "2024-04-01",
    },
    "ActionUpdate": {
        "title": "Survey parents and carers every term and report what changed",
        "co_lead_ids": [_PERSON],
        "phase": None,
    },
    "UpdateCreate": {
        "status": "delayed",
        "forecast_on": "2024-10-31",
        "narrative": "Draft shown to the board. A small group will cut the long list to 25 to 30 indicators.",
        "path_to_green": "The group agrees the list by 12 July; then the dashboard is rebuilt.",
        "reason": "The long list took longer to agree than planned.",
        "effective_on": "2024-06-26",
    },
    "Withdrawal": {
        "reason": "Merged with action 2.5, as the board agreed on 20 June 2024.",
        "effective_on": "2024-06-20",
    },
    "RegisterCreate": {
        "ref": "PAP risks",
        "title": "Priority action plan risk register",
        "plan_id": _PLAN,
        "matrix": {**_MATRIX, "effective_on": "2024-03-01"},
    },
    "RegisterUpdate": {"title": "Priority action plan risk register, 2024 to 2025"},
    "MatrixCreate": {
        **_MATRIX,
        "bands": [
            {"name": "Low", "lowest": 1, "highest": 4},
            {"name": "Moderate", "lowest": 5, "highest": 12},
            {"name": "High", "lowest": 15, "highest": 25},
        ],
        "effective_on": "2024-06-20",
        "reason": "The partnership's risk policy of June 2024.",
    },
    "RiskCreate": {
        "ref": "4",
        "description": "Some slippage because the same officers prepare for another inspection.",
        "effect": "Actions under priority 2 miss their dates.",
        "opened_on": "2024-05-06",
        "treatment": "treat",
        "sro_id": _PERSON,
        "priority_id": _PRIORITY,
        "current": {"likelihood": 3, "impact": 3},
        "target": {"likelihood": 1, "impact": 4},
        "target_on": "2024-09-30",
        "review_on": "2024-07-31",
        "effective_on": "2024-05-06",
    },
    "RiskUpdate": {"owner_id": _PERSON, "treatment": "tolerate"},
    "AssessmentCreate": {
        "current": {"likelihood": 2, "impact": 3},
        "target": {"likelihood": 1, "impact": 4},
        "narrative": "Priority is given on the agendas of the coming meetings.",
        "reason": "Two of the three papers were agreed in June.",
        "review_on": "2024-08-30",
        "effective_on": "2024-06-28",
    },
    "StateChange": {"reason": "Agreed by the board on 20 June 2024.", "effective_on": "2024-06-20"},
    "Acceptance": {
        "reason": "Further controls would cost more than the delay.",
        "accepted_by_id": _PERSON,
        "accepted_until": "2024-12-31",
        "effective_on": "2024-06-20",
    },
    "ControlCreate": {"description": "Working group established; meetings diarised.", "in_place": True},
    "ControlUpdate": {"in_place": False},
    "ManagementActionCreate": {
        "title": "Appoint a SEND programme lead",
        "lead_id": _PERSON,
        "status": "on_target",
        "due_on": "2024-07-31",
        "effective_on": "2024-06-06",
    },
    "ReconciliationCreate": {
        "scopes": [
            {"scope": "overall", "complete": 17, "on_target": 51, "delayed": 30, "not_started": 2},
            {"scope": "PAP 1", "complete": 44, "delayed": 44, "not_started": "none"},
            {"scope": "PAP 2", "complete": "none", "on_target": 60, "delayed": 40},
            {"scope": "PAP 3", "complete": "none", "on_target": 71, "delayed": 29},
            {"scope": "PAP 4", "complete": 0, "on_target": 58, "delayed": 25, "not_started": 17},
            {"scope": "PAP 5", "complete": 22, "on_target": 40, "delayed": 15, "not_started": 23},
        ]
    },
    "ManagementActionUpdate": {"title": "Appoint and induct a SEND programme lead"},
    "ManagementActionUpdateCreate": {
        "status": "complete",
        "narrative": "Interviews held; the lead starts in September.",
        "effective_on": "2024-06-28",
    },
    "CadencePut": {"kind": "quarterly", "anchor": "2024-04-01", "meeting_days_after": 18},
    "PeriodCreate": {
        "ref": "2024-06",
        "title": "April to June 2024",
        "first_day": "2024-04-01",
        "last_day": "2024-06-30",
        "meeting_on": "2024-07-18",
    },
    "AcknowledgementCreate": {
        "check": "risk_no_owner",
        "subject_id": _RISK,
        "reason": "The owner is named at the board of 18 July; the SRO answers for it until then.",
    },
    "PeriodUpdate": {"meeting_on": "2024-07-25", "state": "in_review"},
    "CommentaryPut": {
        "text": "The board saw a draft dashboard on 20 June. The two strategies depend on recruitment that "
        "is now in hand."
    },
    "ErratumCreate": {
        "text": "Action 2.5 was overdue on 30 June: its completion date, 31 May, had passed.",
        "effective_on": "2024-07-01",
    },
}
