"""What the pictures show: records of the sample, what it has none of, and pages after something was done."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from playwright.sync_api import Page
from sqlalchemy import select

from app import clock, db
from app.access.roles import Principal, Role
from app.demo import AREA
from app.models import tables as t
from app.models.base import new_id
from app.services import areas as areas_service
from app.services import clients as clients_service
from app.services import users as users_service
from tests import databases, doors, servers

PUBLISHED = Path(__file__).parent.parent / "app" / "sample" / "halton-pap" / "published-progress.csv"

Ids = dict[str, str]


class State(NamedTuple):
    """A page after something was done on it: its name, who looks, and how to come to it."""

    name: str
    role: Role | None
    reach: Callable[[Page, str, Ids], Any]


# --- Records ----------------------------------------------------------------------------------------------


@contextmanager
def world() -> Iterator[tuple[str, Ids]]:
    """The sample served, with what it has none of: periods, a client, a webhook, an invited colleague."""
    with databases.copy_of("sample", "sqlite") as url:
        with databases.opened(url), doors.opened() as http:
            with db.read(None) as reader:
                who = areas_service.by_slug(reader, AREA.slug)
            ids = _records(who)
            ids |= _of_periods(doors.Program(http, doors.token(who, "write")), ids) | doors.webhook(
                who.area_id
            )
            ids |= _of_admins(who)
            ids |= doors.schedule(who.area_id, UUID(ids["plan_id"]))
        with servers.serve(url) as service:
            yield service.address, ids


def _first(statement: Any) -> Any:
    with db.read(None) as reader:
        return reader.execute(statement.limit(1)).one()


def _records(who: Principal) -> Ids:
    """Records of the sample that have much to show."""
    points, plans = t.action_point_states, t.plans
    point = _first(
        select(points.c.action_id, points.c.priority_id, t.priorities.c.plan_id)
        .join(t.priorities, t.priorities.c.id == points.c.priority_id)
        .where(points.c.ref == "1.9", t.priorities.c.ref == "PAP 1")
    )
    risk = _first(select(t.risks).join(t.controls).join(t.management_actions).order_by(t.risks.c.ref))
    programme = select(plans.c.id).where(plans.c.ref == "DBV").scalar_subquery()
    other = t.risks.join(t.registers, t.registers.c.id == t.risks.c.register_id)
    measure = _first(select(t.management_actions.c.id).where(t.management_actions.c.risk_id == risk.id))
    told = select(t.management_action_updates.c.id)
    found = {
        "plan_id": point.plan_id,
        "priority_id": point.priority_id,
        "action_id": point.action_id,
        "update_id": _first(select(t.updates.c.id).where(t.updates.c.action_id == point.action_id)).id,
        "assessment_id": _first(select(t.assessments.c.id).where(t.assessments.c.operation == "assessed")).id,
        "register_id": risk.register_id,
        "risk_id": risk.id,
        "closed_risk_id": _first(
            select(t.risks.c.id).select_from(other).where(t.registers.c.plan_id == programme)
        ).id,
        "control_id": _first(select(t.controls.c.id).where(t.controls.c.risk_id == risk.id)).id,
        "management_action_id": measure.id,
        "entry_id": _first(told.where(t.management_action_updates.c.management_action_id == measure.id)).id,
        "person_id": _first(select(t.people.c.id).where(t.people.c.area_id == who.area_id)).id,
        "area_id": who.area_id,
    }
    return {name: str(value) for name, value in found.items()}


def _of_periods(program: doors.Program, ids: Ids) -> Ids:
    """A published period and the draft of the next; a closed risk, to be reopened."""
    program.post(f"/risks/{ids['closed_risk_id']}/closure", {"reason": "The risk has passed."}, 201)
    made = {}
    for name, ref, first, last in (
        ("published_period_id", "2024-05", "2024-04-01", "2024-05-31"),
        ("period_id", "2024-07", "2024-06-01", "2024-07-31"),
    ):
        body = {"ref": ref, "first_day": first, "last_day": last}
        made[name] = str(program.post(f"/plans/{ids['plan_id']}/periods", body, 201).json()["id"])
    published = made["published_period_id"]
    program.post(f"/periods/{published}/publication", None, 201, headers={"if-match": '"1"'})
    return made


def _of_admins(who: Principal) -> Ids:
    """A client of the API, and a colleague who is invited and has an app for codes."""
    at, user_id = clock.moment(), new_id()
    with db.write(who) as writer:
        client_id, _ = clients_service.create_client(
            writer, who, at, name="Case-management system", scopes=[doors.Scope.read], quota=600
        )
        token = users_service.create_user(
            writer, who, at, email="colleague@halton.example", role=Role.viewer, user_id=user_id
        )
        app = {"user_id": user_id, "key": new_id(), "last_step": 0, "added_at": at.now}
        writer.execute(t.authenticators.insert(), app)
    with db.read(who) as reader:
        secrets = clients_service.get_client(reader, who, client_id, at.now)["secrets"]
    return {
        "client_id": str(client_id),
        "secret_id": str(secrets[0]["id"]),
        "user_id": str(user_id),
        "token": str(token),
    }


def address_of(path: str, name: str, ids: Ids) -> str:
    """The address of a page for these records, without the host."""
    if path == "/risks/{risk_id}/reopening":
        ids = {**ids, "risk_id": ids["closed_risk_id"]}
    shown = doors.address(path.replace("{name}", name), ids)
    if path in ("/views/edit", "/views/remove"):
        return f"{shown}?view={ids['view_id']}"
    return f"{shown}?of=/plans/{ids['plan_id']}%3Fstatus%3Ddelayed" if path == "/views/new" else shown


# --- States -----------------------------------------------------------------------------------------------


def _at(target: str) -> Callable[[Page, str, Ids], Any]:
    return lambda page, address, ids: page.goto(address + target.format(**ids))


def _reconcile(page: Page, address: str, ids: Ids) -> None:
    """What the percentages that were published in July 2024 come to."""
    page.goto(f"{address}/reconcile")
    page.locator("textarea").fill(PUBLISHED.read_text())
    page.locator("main form button").first.click()


def _leave_out(page: Page, address: str, ids: Ids) -> None:
    page.goto(f"{address}/actions/{ids['action_id']}/update")
    page.locator("main form button[type=submit]").last.click()


def _save_late(page: Page, address: str, ids: Ids) -> None:
    """Somebody else saved the same plan: both versions."""
    form = f"{address}/plans/{ids['plan_id']}/edit"
    other = page.context.new_page()
    for one, title in ((page, "Priority action plan 2024"), (other, "Priority action plan")):
        one.goto(form)
        one.get_by_label("Title", exact=True).fill(title)
    for one in (other, page):
        one.locator("main form button[type=submit]").last.click()
        one.wait_for_load_state()
    other.close()


def _choose_several(page: Page, address: str, ids: Ids) -> None:
    page.goto(f"{address}/plans/{ids['plan_id']}/updates")
    for box in page.locator("main input[type=checkbox]").all()[:2]:
        box.check()
    page.locator("main form button[type=submit]").last.click()


def save_a_view(page: Page, address: str, ids: Ids) -> str:
    """Keep the delayed actions of the plan as a view; its id."""
    page.goto(address + address_of("/views/new", "", ids))
    page.locator("main input[name=name]").fill("Delayed actions")
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_load_state()
    found = page.locator("main a[href*='view=']").first.get_attribute("href") or ""
    return found.partition("view=")[2].partition("&")[0]


def set_logo(page: Page, address: str) -> None:
    """Give the area a logo: the mark of the service as a PNG."""
    page.goto(f"{address}/admin/area/logo")
    drawn = page.locator("header svg").screenshot()
    page.locator("input[type=file]").set_input_files(
        {"name": "logo.png", "mimeType": "image/png", "buffer": drawn}
    )
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_load_state()


STATES = (
    State("overview-as-at", Role.admin, _at("/?as_at=2024-06-30")),
    State("changes-between", Role.admin, _at("/changes?compare=2024-04-30&as_at=2024-06-30")),
    State("search-found", Role.admin, _at("/search?q=dashboard")),
    State("actions-filtered", Role.admin, _at("/priorities/{priority_id}?status=delayed")),
    State("risks-filtered", Role.admin, _at("/registers/{register_id}?band=High")),
    State("my-priority-one", Role.admin, _at("/my-priority?priority={priority_id}")),
    State("period-published", Role.admin, _at("/periods/{published_period_id}")),
    State("not-found", Role.admin, _at("/plans/nowhere")),
    State("not-allowed", Role.contributor, _at("/admin/users")),
    State("update-errors", Role.admin, _leave_out),
    State("updates-several", Role.admin, _choose_several),
    State("reconciliation", Role.admin, _reconcile),
    State("stale", Role.editor, _save_late),
)
"""What the addresses alone do not show."""
