"""What the address of a list of actions asks for, and the form that asks for it."""

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from app.errors import invalid
from app.plans.statuses import STATUS_LABELS, Flag, ImpactState, Status
from app.services.action_counts import Counts
from app.services.actions import Filter
from app.web.presenters import filter_fields as parts
from app.web.presenters import lists
from app.web.presenters.actions import FLAG_LABELS, IMPACT_LABELS

ORDERS = {
    "ref": "in the order of the plan",
    "-ref": "in the reverse order of the plan",
    "status": "complete first",
    "-status": "not started first, then delayed",
    "due_on": "due soonest first",
    "-due_on": "due latest first",
    "lead": "by lead, from A",
    "-lead": "by lead, from Z",
    "reported_on": "longest without an update first",
    "-reported_on": "latest update first",
}
"""The orders of the list in words, by what the address says."""
WITHDRAWN = "withdrawn"
_ONLY_IN_A_PERIOD = Flag.no_reportable_progress
_DAYS = {
    "due_after": "Due after",
    "due_before": "Due before",
    "forecast_after": "Forecast after",
    "forecast_before": "Forecast before",
}
_NAMES = ("status", "flag", "lead", "due_after", "due_before", "q")
_RARER = ("body", "phase", "impact", "forecast_after", "forecast_before")


class Asked(NamedTuple):
    """What a list's address asks for, as typed: every value is one of those that the form offers, or ""."""

    status: str
    flag: str
    lead: str
    due_after: str
    due_before: str
    q: str
    body: str
    phase: str
    impact: str
    forecast_after: str
    forecast_before: str
    sort: str
    page: int

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The filters alone, to be kept by links."""
        return [(name, getattr(self, name)) for name in (*_NAMES, *_RARER)]

    @property
    def is_filtered(self) -> bool:
        """Whether the list leaves out any of the actions that are not withdrawn."""
        return any(value for _, value in self.pairs)

    @property
    def sort_pairs(self) -> list[tuple[str, str]]:
        """The sorting, where it is not the plan's own order."""
        return [("sort", self.sort)] if self.sort != "ref" else []

    def wanted(self, priority_id: UUID | None = None) -> Filter:
        """The filter as the service takes it."""
        return Filter(
            priority_id=priority_id,
            # Withdrawn actions count nowhere: they are listed apart, or where they are asked for.
            status=Status(self.status) if self.status in STATUS_LABELS else None,
            withdrawn=self.status == WITHDRAWN,
            flag=self.flag or None,
            lead_id=parts.person_id(self.lead),
            has_lead=parts.has_person(self.lead),
            phase=self.phase or None,
            responsible_body=self.body or None,
            impact_state=ImpactState(self.impact) if self.impact else None,
            due_after=parts.day_of(self.due_after),
            due_before=parts.day_of(self.due_before),
            forecast_after=parts.day_of(self.forecast_after),
            forecast_before=parts.day_of(self.forecast_before),
            q=self.q or None,
        )


def asked_for(typed: Mapping[str, str]) -> Asked:
    """What the address asks for. Raises Invalid for a value that no form offers."""
    asked = Asked(
        **{name: typed.get(name, "") for name in ("status", "flag", "lead", "impact", *_DAYS)},
        q=parts.text_typed(typed, "q", 200),
        body=parts.text_typed(typed, "body"),
        phase=parts.text_typed(typed, "phase"),
        sort=typed.get("sort", "") or "ref",
        page=lists.page_asked(typed),
    )
    parts.check_offered("status", asked.status, (WITHDRAWN, *Status), "Choose a status from the list.")
    parts.check_offered("flag", asked.flag, FLAG_LABELS, "Choose a flag from the list.")
    parts.check_offered("impact", asked.impact, ImpactState, "Choose an impact from the list.")
    if asked.sort not in ORDERS:
        raise invalid("/sort", "Choose a column to sort by.")
    parts.check_person("lead", asked.lead, "Choose a lead from the list.")
    parts.check_days(asked, _DAYS)
    return asked


def fields(asked: Asked, counts: Counts) -> list[lists.Field]:
    """The fields of the filter form, each choice with how many actions it would show."""
    leads = parts.people_options(
        counts.leads,
        {str(one["id"]): one["count"] for one in counts.leads},
        asked.lead,
        ("Anyone", counts.any_lead),
        ("No lead", counts.no_lead),
    )
    days = [lists.Field(name, label, getattr(asked, name), type="date") for name, label in _DAYS.items()]
    bodies, phases = (
        parts.word_options(counts.bodies, asked.body),
        parts.word_options(counts.phases, asked.phase),
    )
    rarer = [
        *([lists.Field("body", "Responsible body", asked.body, bodies)] if bodies else []),
        *([lists.Field("phase", "Phase", asked.phase, phases)] if phases else []),
        lists.Field("impact", "Impact", asked.impact, parts.code_options(IMPACT_LABELS, counts.impacts)),
        *days[2:],
    ]
    return [
        lists.Field("status", "Status", asked.status, _statuses(counts)),
        lists.Field("flag", "Flag", asked.flag, _flags(asked, counts)),
        lists.Field("lead", "Lead", asked.lead, leads),
        *days[:2],
        lists.Field("q", "Words in the title", asked.q),
        *(field._replace(is_rare=True) for field in rarer),
    ]


def _statuses(counts: Counts) -> list[tuple[str, str]]:
    return [
        ("", lists.counted("Any", sum(counts.statuses.values()))),
        *((code.value, lists.counted(label, counts.statuses[code])) for code, label in STATUS_LABELS.items()),
        (WITHDRAWN, lists.counted("Withdrawn", counts.withdrawn)),
    ]


def _flags(asked: Asked, counts: Counts) -> list[tuple[str, str]]:
    # Only where a board period contains the day is there a flag that looks at it.
    names = [
        name
        for name in FLAG_LABELS
        if name != _ONLY_IN_A_PERIOD or counts.flags[Flag(name)] or asked.flag == name
    ]
    return [
        ("", lists.counted("Any", counts.any_flag)),
        *((name, lists.counted(FLAG_LABELS[name], counts.flags[Flag(name)])) for name in names),
    ]
