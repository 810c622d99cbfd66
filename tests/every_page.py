"""Every page of the service, taken from its routes, with records to show and visitors to show them to.

with every_page.world() as made:
    for route in every_page.ROUTES:
        page.goto(made.address(route, made.many))
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

from sqlalchemy import Row, select

from app import clock, db
from app.access.roles import Principal, Role
from app.demo import AREA
from app.models import tables
from app.services import areas as areas_service
from app.services import authenticators
from app.web.information import FOR_PROGRAMS, GUIDES
from app.web.session_cookies import CODE_TICKET
from tests import doors, servers, standing_records
from tests.databases import copy_of, opened
from tests.doors import API, Program
from tests.test_access import RULES

NO_PAGES = {
    "/healthz",
    "/readyz",
    "/metrics",
    "/static/{digest}/{name}",
    "/looks/{digest}/{name}",
    "/logos/{logo}",
    "/admin/area/template.docx",
    "/reference/openapi.json",
    "/plans/{plan_id}/export.json",
    "/plans/{plan_id}/export.zip",
    "/schedules/{schedule_id}/preview/message",
    *(
        f"/{of}/report.{kind}"
        for of in ("periods/{period_id}", "plans/{plan_id}")
        for kind in ("html", "pdf", "docx", "xlsx", "json")
    ),
}
"""What answers with something else than a page: a word, a stylesheet, a picture, the contract, a file."""
NAMES = {
    "/help/{name}": (*GUIDES, *FOR_PROGRAMS),
    # The shortest of eighteen: axe takes seconds for the long ones. All of them are in `make test-long`.
    "/reference/{name}": ("areas",),
    "/sign-in/with/{name}": ("halton",),
    "/sign-out/{name}": ("halton",),
}
"""What stands for the name in an address: a guide, a part of the reference, an area."""
REFUSED = {
    "/sign-in/with/{name}": 404,
    "/sign-in/callback": 422,
    "/sign-out/{name}": 404,
    "/?as_at=soon": 422,
    "/nothing": 404,
}
"""Pages that say no. Ways of single sign-on lead to the council's own pages: here no area has it."""

QUERIES = {
    "/search": "?q=training",
    "/views/new": "?of=%2Fdata-quality",
    "/changes": "?compare=2024-04-30&as_at=2024-06-30",
    "/briefing": "?compare=2024-04-30&as_at=2024-06-30",
    "/updates": "?action={action_id}",
}
"""What a page is asked for, where it says little without."""
STATES = (
    "/?as_at=2024-05-01",
    "/?as_at=soon",
    "/nothing",
    "/plans/{plan_id}?compare=2024-04-30&status=delayed&forecast_after=2024-01-01",
    "/registers/{register_id}?compare=2024-04-30&sro=none",
    "/priorities/{priority_id}?as_at=2024-05-01",
    "/changes?compare=2024-04-30&as_at=2024-06-30&show=risks&more=risks",
    "/search?q=nothing+like+this",
    "/schedules?kind=reminders",
    "/schedules/{schedule_id}/recipients?q=nobody",
    "/schedule-runs/{run_id}?state=sent&said=again",
)
"""Pages at another day, beside an earlier one, with filters, without a record, and asked wrongly."""
STANDING = (
    "/schedules/{bare_schedule_id}",
    "/schedules/{bare_schedule_id}/recipients",
    "/schedules/{running_schedule_id}",
    "/schedules/{running_schedule_id}/recipients",
    "/schedules/{reminding_schedule_id}",
    "/schedules/{reminding_schedule_id}/preview",
    "/schedule-runs/{waiting_run_id}",
    "/unsubscribe/{followed_link}",
    "/periods/{published_period_id}",
    "/periods/{published_period_id}/report",
    "/plans/{plan_id}/report?as_at=2024-05-01",
)
"""Pages of records in other states, of which ``make test-long`` makes sure."""

PATHS = [
    route.split()[1]
    for route in RULES
    if route.startswith("GET") and API not in route and route.split()[1] not in NO_PAGES
]
"""The addresses of all pages, with names for their records."""
WALKED = [(path, name) for path in PATHS for name in NAMES.get(path, ("",))]
"""The same with each page that a name stands for."""
FORMS = [path for path in PATHS if f"POST {path}" in RULES]
"""Pages that send a form to their own address."""

Ids = dict[str, str]


@dataclass(frozen=True, slots=True)
class World:
    """A running service: the sample's area with many records, one with few, one with none, and who visits.

    ``cookies`` are sessions by "many", "few", "empty" and by role in the sample's area; "code" is somebody
    who gave a password and is asked for the code of an app.
    """

    service: servers.Service
    many: Ids
    few: Ids
    cookies: dict[str, str]

    def address(self, path: str, ids: Ids, name: str = "") -> str:
        """The address of a page of these records, without the host."""
        if path == "/risks/{risk_id}/reopening":
            ids = {**ids, "risk_id": ids["closed_risk_id"]}
        query = QUERIES.get(path, "").format(**ids)
        return doors.address(path.replace("{name}", name), ids) + query

    def cookie(self, who: str) -> list[Any]:
        """The cookies of a visitor, as Playwright takes them."""
        if not who:
            return []
        name = CODE_TICKET if who == "code" else "session"
        return [{"name": name, "value": quote(self.cookies[who]), "url": self.service.address + "/sign-in"}]


@contextmanager
def world(kind: str = "sqlite") -> Iterator[World]:
    """The service with everything that a page may show."""
    with copy_of("sample", kind) as url:
        with opened(url), doors.opened() as http:
            with db.read(None) as reader:
                sample = areas_service.by_slug(reader, AREA.slug)
            few_area, empty = doors.area("north"), doors.area("south")
            few = doors.records(Program(http, doors.token(few_area, "write"))) | _of_admins(few_area)
            few["closed_risk_id"] = few["other_risk_id"]
            program = Program(http, doors.token(sample, "write"))
            many = _sample_records(program, sample) | _of_admins(sample)
            for where, ids in ((program, many), (Program(http, doors.token(few_area, "write")), few)):
                where.post(f"/risks/{ids['closed_risk_id']}/closure", {"reason": "It passed."}, 201)
            cookies = {
                "many": doors.session(sample, Role.admin, many["lead_id"]),
                "few": doors.session(few_area, Role.admin, few["person_id"]),
                "empty": doors.session(empty, Role.admin),
                "viewer": doors.session(sample, Role.viewer),
                "contributor": doors.session(sample, Role.contributor, many["other_lead_id"]),
                "editor": doors.session(sample, Role.editor),
                "code": _ticket(UUID(few["user_id"])),
            }
        # Without a worker, so that what waits for one goes on waiting.
        with servers.serve(url, "--no-worker") as service:
            yield World(service, many, few, cookies)


def _of_admins(who: Principal) -> Ids:
    return {**doors.client_ids(who), "token": _invitation(who)}


def _invitation(who: Principal) -> str:
    """The token of a one-time link."""
    from app.services import users as users_service

    with db.write(who) as writer:
        made: str = users_service.create_user(
            writer, who, clock.moment(), email=f"new@{who.area_id}.example", role=Role.viewer
        )
    return made


def _ticket(user_id: UUID) -> str:
    # A walk takes longer than the ten minutes that one lasts.
    with db.read(None) as reader:
        return authenticators.ticket(reader, user_id, clock.now() + timedelta(hours=3))


def _rows(statement: Any) -> list[Row[Any]]:
    with db.read(None) as reader:
        return list(reader.execute(statement).all())


def _sample_records(program: Program, who: Principal) -> Ids:
    """Records of the sample that have most to show, and what it has none of."""
    t = tables
    point = _rows(
        select(t.action_point_states.c.action_id, t.action_point_states.c.priority_id, t.priorities.c.plan_id)
        .join(t.priorities, t.priorities.c.id == t.action_point_states.c.priority_id)
        .where(t.action_point_states.c.ref == "1.9", t.priorities.c.ref == "PAP 1")
    )[0]
    whole = select(t.risks).join(t.controls).join(t.management_actions)
    risk = _rows(whole.where(t.risks.c.area_id == who.area_id).order_by(t.risks.c.ref))[0]
    of_register = select(t.risks.c.id).where(t.risks.c.register_id == risk.register_id)
    others = _rows(of_register.where(t.risks.c.id != risk.id))
    leads = _rows(select(t.people.c.id).where(t.people.c.area_id == who.area_id).order_by(t.people.c.name))
    measures = t.management_actions
    measure = _rows(select(measures.c.id).where(measures.c.risk_id == risk.id))[0]
    told = t.management_action_updates
    told_of = select(told.c.id).where(told.c.management_action_id == measure.id)
    ids = {
        "plan_id": point.plan_id,
        "priority_id": point.priority_id,
        "action_id": point.action_id,
        "update_id": _rows(select(t.updates.c.id).where(t.updates.c.action_id == point.action_id))[0].id,
        "assessment_id": _rows(select(t.assessments).where(t.assessments.c.operation == "assessed"))[0].id,
        "register_id": risk.register_id,
        "risk_id": risk.id,
        "closed_risk_id": others[-1].id,
        "control_id": _rows(select(t.controls.c.id).where(t.controls.c.risk_id == risk.id))[0].id,
        "management_action_id": measure.id,
        "entry_id": _rows(told_of)[0].id,
        "person_id": leads[0].id,
        "lead_id": leads[1].id,
        "other_lead_id": leads[2].id,
    }
    found = {name: str(value) for name, value in ids.items()} | doors.webhook(who.area_id)
    found |= doors.schedule(who.area_id, point.plan_id)
    plan = found["plan_id"]
    for name, ref, first, last in (
        ("published_period_id", "2024-05", "2024-04-01", "2024-05-31"),
        ("period_id", "2024-06", "2024-06-01", "2024-06-30"),
    ):
        body = {"ref": ref, "first_day": first, "last_day": last}
        found[name] = str(program.post(f"/plans/{plan}/periods", body, 201).json()["id"])
    published = found["published_period_id"]
    program.post(f"/periods/{published}/publication", None, 201, headers={"if-match": '"1"'})
    standing_records.of_published(program, found)
    return found | standing_records.schedules(who, found)
