"""What the list of data-quality points shows, what its address asks for, and a record's own points."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from app.access.roles import Operation, may
from app.data_quality.base import CheckId, Noun, Severity
from app.errors import invalid
from app.sentences import data_quality as sentences
from app.sentences.words import sentence_case
from app.services.data_quality import Filter
from app.web.presenters import lists
from app.web.presenters.dates import long_date
from app.web.presenters.text import headline, plan_name
from app.web.visits import Visit

ROWS = 100
PATH = "/data-quality"
ANCHOR = "points"
OPEN, ACKNOWLEDGED, ANY = "", "acknowledged", "any"
NOUNS = {Noun.action: "Actions", Noun.risk: "Risks", Noun.management_action: "Management actions"}
_NOUN = {Noun.action: "Action", Noun.risk: "Risk", Noun.management_action: "Management action of risk"}
_STATES = {OPEN: "Not acknowledged", ACKNOWLEDGED: "Acknowledged", ANY: "All"}
_COLUMNS = {"record": "Record", "check": "What to do"}
_ORDERS = {
    "record": "what blocks publishing first, then in the order of plans and registers",
    "-record": "what blocks publishing last, otherwise in the reverse order of plans and registers",
    "check": "by what to do",
    "-check": "by what to do, in reverse order",
}
_SEVERITIES = {Severity.blocks: "Blocks publishing", Severity.warns: "Does not block"}
Found = Mapping[str, Any]


class Asked(NamedTuple):
    """What the list's address asks for, as typed. What is acknowledged is shown only when asked for."""

    plan: str
    noun: str
    severity: str
    check: str
    state: str
    sort: str
    page: int

    @property
    def sort_pairs(self) -> list[tuple[str, str]]:
        """The sorting, where it is not the usual one."""
        return [("sort", self.sort)] if self.sort != "record" else []

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The filters alone, to be kept by links."""
        names = ("plan", "noun", "severity", "check", "state")
        return [(name, getattr(self, name)) for name in names]

    def wanted(self) -> Filter:
        """The filter as the service takes it."""
        return Filter(
            plan_id=UUID(self.plan) if self.plan else None,
            noun=Noun(self.noun) if self.noun else None,
            severity=Severity(self.severity) if self.severity else None,
            check=CheckId(self.check) if self.check else None,
            acknowledged=None if self.state == ANY else self.state == ACKNOWLEDGED,
        )


class Point(NamedTuple):
    """A finding: ``what`` says what to do, ``told`` who acknowledged it and why ("" while nobody has).

    ``about`` names the record where the page does not; ``acknowledge_url`` is "" for who may not.
    """

    href: str
    name: str
    about: str
    blocks: bool
    what: str
    told: str
    reason: str
    acknowledge_url: str


class Section(NamedTuple):
    """The points of one record, for its page."""

    points: list[Point]
    acknowledge_url: str


def asked_for(typed: Mapping[str, str]) -> Asked:
    """What the address asks for. Raises Invalid for a value that no form offers."""
    asked = Asked(
        **{name: typed.get(name, "") for name in ("plan", "noun", "severity", "check", "state")},
        sort=typed.get("sort", "") or "record",
        page=lists.page_asked(typed),
    )
    for name, offered in (
        ("noun", [*Noun]),
        ("severity", [*Severity]),
        ("check", [*CheckId]),
        ("state", [*_STATES]),
        ("sort", [*_ORDERS]),
    ):
        if getattr(asked, name) not in ("", *offered):
            raise invalid(f"/{name}", "Choose a value from the list.")
    if asked.plan:
        try:
            UUID(asked.plan)
        except ValueError:
            raise invalid("/plan", "Choose a plan from the list.") from None
    return asked


def list_page(
    visit: Visit, listed: Mapping[str, Any], asked: Asked, plans: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """The list of points, with the sentence that it opens with."""
    as_at = (("as_at", visit.as_at),)
    kept = [*asked.pairs, *asked.sort_pairs, *as_at]
    items, total = listed["items"], listed["total"]
    titles = {one["id"]: one["title"] for one in plans} if not asked.plan else {}
    filters = lists.filters(PATH, [*as_at, *asked.sort_pairs], fields(asked, plans, listed["every"]), ANCHOR)
    return {
        "section": "data_quality",
        "heading": "Data quality",
        "at": visit.position((*asked.pairs, *asked.sort_pairs)),
        "lead": sentences.lead(listed["every"]),
        "second": sentences.by_check(listed["every"]),
        "filters": filters,
        "rows": [_row(visit, one, titles.get(one["plan_id"], "")) for one in items],
        "shown": lists.shown_of(len(items), total, "point", before=ROWS * (asked.page - 1)),
        "order": _ORDERS[asked.sort],
        "columns": lists.columns(PATH, [*asked.pairs, *as_at], asked.sort, _COLUMNS, ANCHOR),
        "pages": lists.numbered(PATH, kept, asked.page, ROWS, total, ANCHOR),
        "tools": lists.tools(PATH, kept),
        "clear_url": filters.clear_url,
        "nothing": _nothing(listed["every"], asked),
    }


def fields(asked: Asked, plans: Sequence[Mapping[str, Any]], every: Sequence[Found]) -> list[lists.Field]:
    """The fields of the filter form, each choice with how many points it would show."""
    checks = [(check.value, sentence_case(sentences.phrase(check, 2))) for check in CheckId]

    def options(name: str, choices: lists.Options) -> list[tuple[str, str]]:
        return [
            (value, lists.counted(words, sum(_fits(one, _with(asked, name, value)) for one in every)))
            for value, words in choices
        ]

    found = [
        lists.Field(
            "plan", "Plan", asked.plan, [("", "All"), *((str(one["id"]), plan_name(one)) for one in plans)]
        )
    ]
    for name, label, choices in (
        ("noun", "Kind of record", [("", "All"), *((key.value, words) for key, words in NOUNS.items())]),
        (
            "severity",
            "Publishing",
            [("", "All"), *((key.value, words) for key, words in _SEVERITIES.items())],
        ),
        ("check", "Point", [("", "All"), *checks]),
        ("state", "Acknowledged", list(_STATES.items())),
    ):
        shown = options(name, choices)
        if name == "check":
            # There are many checks: those that find nothing are left out.
            shown = [one for one in shown if not one[1].endswith(" (0)") or one[0] in ("", asked.check)]
        found.append(lists.Field(name, label, getattr(asked, name), shown))
    return found


def _with(asked: Asked, name: str, value: str) -> Asked:
    given: dict[str, Any] = {name: value}
    return asked._replace(**given)


def _fits(found: Found, asked: Asked) -> bool:
    """Whether a finding is one of those that the filters other than the plan show."""
    return (
        asked.noun in ("", found["noun"])
        and asked.severity in ("", found["severity"])
        and asked.check in ("", found["check"])
        and (asked.state == ANY or found["acknowledged"] == (asked.state == ACKNOWLEDGED))
    )


def _nothing(every: Sequence[Found], asked: Asked) -> str:
    if any(value for _name, value in asked.pairs):
        return "No point fits these filters."
    return "Every point is acknowledged." if every else "The checks find nothing in the records of this day."


def _row(visit: Visit, found: Found, about: str) -> Point:
    subject = found["subject"]
    name = f"{_NOUN[subject['noun']]} {subject['ref']} {headline(subject['title'])}"
    if subject["noun"] is Noun.management_action:
        name = f"{_NOUN[subject['noun']]} {subject['ref']}: {headline(subject['title'])}"
    return _point(visit, found, name, about)


def section(visit: Visit, findings: Sequence[Found]) -> Section:
    """The points of a record, for its own page: what is about a management action names it."""
    points = []
    for found in findings:
        own = found["subject"]["noun"] is not Noun.management_action
        points.append(_point(visit, found, "" if own else headline(found["subject"]["title"]), ""))
    some = next((one.acknowledge_url for one in points if one.acknowledge_url), "")
    return Section(points, some.partition("?")[0])


_SHORT = {
    CheckId.risk_updated_before_opened: "Last updated before it was opened",
    CheckId.risk_no_opened_date: "No opened date",
    CheckId.risk_no_owner: "No risk owner",
    CheckId.risk_no_management_action: "No management actions",
}


def flags_of_risk(findings: Sequence[Found]) -> tuple[str, ...]:
    """Points of a risk as flags beside its score: those that neither its scores nor its parts show."""
    checks = [one["check"] for one in sentences.points(findings)]
    words = [_SHORT[check] for check in checks if check in _SHORT]
    undated = checks.count(CheckId.management_action_no_due_date)
    if undated:
        verb, noun = ("has", "action") if undated == 1 else ("have", "actions")
        words.append(f"{undated} management {noun} {verb} no due date")
    return tuple(words)


def flags_by_risk(findings: Sequence[Found]) -> dict[UUID, tuple[str, ...]]:
    """The same flags of every risk of a register, by the risk's id."""
    by_risk: dict[UUID, list[Found]] = {}
    for one in findings:
        if one["risk_id"]:
            by_risk.setdefault(one["risk_id"], []).append(one)
    return {risk_id: flags_of_risk(found) for risk_id, found in by_risk.items()}


def _point(visit: Visit, found: Found, name: str, about: str) -> Point:
    told = found["acknowledged"]
    record = f"/risks/{found['risk_id']}" if found["risk_id"] else f"/actions/{found['subject']['id']}"
    return Point(
        href=f"{record}{visit.query}#data-quality",
        name=name,
        about=about,
        blocks=found["severity"] is Severity.blocks,
        what=found["message"],
        told=f"Acknowledged by {told['author_name']} on {long_date(told['effective_on'])}:" if told else "",
        reason=told["reason"] if told else "",
        acknowledge_url=f"{record}/acknowledge?point={value_of(found)}" if may_be_told(visit, found) else "",
    )


def may_be_told(visit: Visit, found: Found) -> bool:
    """Whether the visitor may acknowledge a finding: an editor, today, and one that does not block."""
    is_open = not found["acknowledged"] and found["severity"] is not Severity.blocks
    return is_open and not visit.as_at and may(visit.who, Operation.edit)


def value_of(found: Found) -> str:
    """A finding as a form names it: with the fingerprint, so that changed data is noticed."""
    return f"{found['check'].value}:{found['subject']['id']}:{found['fingerprint']}"
