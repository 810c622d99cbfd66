"""Nobody sees or changes another area's records, and a role may do no more than it says: every service.

``READS``, ``LISTS``, ``WRITES`` and ``ADDS`` hold a call of every service; one without fails a test.
All that is tried here is refused and stores nothing, so the whole file shares one database of each kind.
"""

import inspect
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import pytest

from app.access.roles import Principal, Role, Scope
from app.data_quality.base import CheckId
from app.errors import Invalid, NotAllowed, NotFound
from app.models.actions import ActionCreate, ActionUpdate
from app.models.area_settings import AreaLook, PrivacyNotice, StatementKind
from app.models.base import new_id
from app.models.bulk import BulkCreate
from app.models.by_ref import ActionPut, PriorityPut, RiskPut
from app.models.cadences import CadencePut
from app.models.commentaries import CommentaryPut
from app.models.controls import ControlCreate, ControlUpdate
from app.models.data_quality import AcknowledgementCreate
from app.models.looks import DIGEST_DIGITS
from app.models.management_actions import (
    ManagementActionCreate,
    ManagementActionUpdate,
    ManagementActionUpdateCreate,
)
from app.models.people import PersonCreate, PersonUpdate
from app.models.periods import ErratumCreate, PeriodCreate, PeriodUpdate
from app.models.plan_copies import PlanCopy
from app.models.plans import PlanCreate, PlanUpdate
from app.models.priorities import PriorityCreate, PriorityUpdate
from app.models.recipients import RecipientCreate
from app.models.registers import MatrixCreate, RegisterCreate, RegisterUpdate
from app.models.risks import Acceptance, AssessmentCreate, RiskCreate, RiskUpdate, StateChange
from app.models.schedules import RuleStated, ScheduleCreate, ScheduleUpdate
from app.models.updates import PointPlace, UpdateCreate, Withdrawal
from app.models.webhooks import WebhookCreate, WebhookUpdate
from app.reports.word_templates import WordTemplate
from app.services import (
    accounts,
    across_plans,
    action_counts,
    actions,
    area_settings,
    areas,
    assessments,
    briefings,
    bulk,
    by_ref,
    cadences,
    changes_feed,
    clients,
    commentaries,
    comparison,
    controls,
    data_quality,
    data_quality_counts,
    decisions,
    errata,
    exports,
    histories,
    journal_list,
    last_runs,
    management_actions,
    message_previews,
    moves,
    ordering,
    over_time,
    overview,
    own_actions,
    own_risks,
    people,
    periods,
    plan_copies,
    plans,
    priorities,
    progress,
    publications,
    recipients,
    refs,
    registers,
    removals,
    reports,
    risk_counts,
    risks,
    schedule_previews,
    schedule_runs,
    schedules,
    search,
    several,
    timelines,
    updates,
    webhook_deliveries,
    webhooks,
)
from app.services.images import read_image
from tests import doors, factories
from tests.databases import KINDS, open_copy
from tests.factories import FIVE_BY_FIVE, TODAY, Cast, Shown, do, see

MODULES = (
    action_counts,
    risk_counts,
    accounts,
    across_plans,
    actions,
    area_settings,
    areas,
    assessments,
    briefings,
    bulk,
    by_ref,
    cadences,
    clients,
    changes_feed,
    commentaries,
    comparison,
    controls,
    data_quality,
    data_quality_counts,
    decisions,
    errata,
    exports,
    histories,
    last_runs,
    management_actions,
    message_previews,
    moves,
    ordering,
    overview,
    own_actions,
    own_risks,
    over_time,
    people,
    periods,
    plan_copies,
    plans,
    priorities,
    progress,
    publications,
    schedules,
    schedule_runs,
    schedule_previews,
    recipients,
    refs,
    registers,
    removals,
    reports,
    risks,
    search,
    several,
    timelines,
    updates,
    webhook_deliveries,
    webhooks,
    journal_list,
)


class World(NamedTuple):
    """One of everything in an area."""

    area: UUID
    person: UUID
    plan: UUID
    priority: UUID
    action: UUID
    entry: UUID
    register: UUID
    risk: UUID
    assessment: UUID
    control: UUID
    management_action: UUID
    period: UUID
    published: UUID
    user: UUID
    logo: str
    client: UUID
    webhook: UUID
    delivery: UUID
    schedule: UUID
    recipient: UUID
    run: UUID
    message: UUID

    @property
    def chosen(self) -> list[UUID]:
        """Actions as somebody names several of them."""
        return [self.action]

    @property
    def said(self) -> list[several.ForAction]:
        """Updates of several actions."""
        return [several.ForAction(self.action, 1, UpdateCreate(narrative="Other"))]


class Both(NamedTuple):
    """The cast, what is in their area, and what is in the stranger's."""

    people: Cast
    ours: World
    theirs: World


@pytest.fixture(scope="module", params=KINDS)
def database_kind(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    return kind


@pytest.fixture(scope="module")
def both(database_kind: str) -> Iterator[Both]:
    with open_copy("migrated", database_kind):
        cast = factories.cast()
        yield Both(cast, world(cast.editor, cast.admin), world(cast.stranger, cast.stranger))


def world(who: Principal, admin: Principal) -> World:
    person = factories.make_person(who)["id"]
    plan = factories.make_plan(who)
    priority = factories.make_priority(who, plan["id"], sro_id=person)
    action = factories.make_action(who, priority, lead_id=person)
    register = factories.make_register(who, plan_id=plan["id"])
    risk = factories.make_risk(who, register["id"], priority_id=priority["id"], owner_id=person)
    return World(
        who.area_id,
        person,
        plan["id"],
        priority["id"],
        action["id"],
        see(updates.list_updates, who, action["id"])[0]["id"],
        register["id"],
        risk["id"],
        see(assessments.list_assessments, who, risk["id"])[0]["id"],
        factories.make_control(who, risk["id"])["id"],
        factories.make_management_action(who, risk["id"])["id"],
        factories.make_period(who, plan["id"])["id"],
        factories.make_published(who, plan["id"])["id"],
        user_in(admin),
        logo_in(admin),
        do(clients.create_client, admin, name="Reporting", scopes=[Scope.read])[0],
        *(UUID(one) for one in doors.webhook(who.area_id).values()),
        *schedule_in(who.area_id, plan["id"]),
    )


def schedule_in(area_id: UUID, plan_id: UUID) -> list[UUID]:
    """A schedule, a recipient, a run and a message of it."""
    made = doors.schedule(area_id, plan_id)
    return [UUID(made[f"{one}_id"]) for one in ("schedule", "recipient", "run", "run_delivery")]


def user_in(admin: Principal) -> UUID:
    """Somebody who was invited to the area."""
    user_id, email = new_id(), f"pat@{admin.area_id}.example"
    do(accounts.invite, admin, email=email, role=Role.viewer, user_id=user_id)
    return user_id


def logo_in(admin: Principal) -> str:
    """What the address of the area's logo ends with."""
    image = read_image(factories.png(admin.area_id.int % 2000 + 1))
    do(area_settings.set_logo, admin, image)
    return image.digest[:DIGEST_DIGITS]


NOW = {"today": TODAY}
MATRIX = MatrixCreate(**FIVE_BY_FIVE, reason="Agreed by the board")
PRIVACY = PrivacyNotice(
    controller="Other",
    contact_email="other@other.example",
    protection_officer="Other",
    lawful_basis="Other",
    kept_for="Other",
    prepared_on=TODAY,
)
SCHEDULE = ScheduleCreate(
    plan_id=uuid4(), name="Other", rule=RuleStated(kind="first_working_day", time="08:00")
)
# A call of each service that reads one record or what belongs to it: which one, of what, and how.
READS: dict[Callable[..., Any], tuple[str, dict[str, Any]]] = {
    areas.get_area: ("area", {}),
    people.get_person: ("person", {}),
    plans.get_plan: ("plan", {}),
    priorities.scope: ("plan", {"day": TODAY}),
    priorities.get_priority: ("priority", {}),
    priorities.list_priorities: ("plan", {}),
    ordering.priorities_in_order: ("plan", {}),
    ordering.points_in_order: ("priority", NOW),
    plan_copies.actions_to_copy: ("plan", NOW),
    histories.history: ("plan", {"noun": "plan"}),
    actions.get_action: ("action", NOW),
    actions.list_actions: ("plan", NOW),
    action_counts.counts: ("plan", {**NOW, "wanted": actions.NO_FILTER}),
    risk_counts.counts: ("register", {**NOW, "wanted": risks.NO_FILTER}),
    updates.list_updates: ("action", {}),
    updates.find_update: ("entry", {}),
    updates.page_of_updates: ("action", {}),
    progress.progress: ("plan", NOW),
    progress.history: ("plan", NOW),
    own_actions.progress_of_lead: ("plan", {**NOW, "person_id": uuid4()}),
    briefings.outlook: ("plan", NOW),
    decisions.of_priority: ("plan", {**NOW, "priority_id": uuid4()}),
    overview.overview: ("plan", NOW),
    moves.moves: ("plan", {**NOW, "compare": TODAY}),
    comparison.compare: ("plan", NOW),
    over_time.by_status: ("plan", NOW),
    timelines.timeline: ("plan", NOW),
    registers.get_register: ("register", NOW),
    registers.list_matrix: ("register", {}),
    registers.heat_map: ("register", NOW),
    risks.get_risk: ("risk", NOW),
    risks.list_risks: ("register", NOW),
    assessments.list_assessments: ("risk", {}),
    assessments.find_assessment: ("assessment", {}),
    assessments.page_of_assessments: ("risk", {}),
    controls.get_control: ("control", {}),
    controls.list_controls: ("risk", {}),
    management_actions.get_management_action: ("management_action", NOW),
    management_actions.list_management_actions: ("risk", NOW),
    management_actions.list_updates: ("management_action", {}),
    management_actions.page_of_updates: ("management_action", {}),
    data_quality.blocking: ("plan", {"day": TODAY, **NOW}),
    data_quality_counts.of_plan: ("plan", NOW),
    periods.get_period: ("period", {}),
    periods.list_periods: ("plan", {}),
    periods.on_day: ("plan", {"day": TODAY}),
    commentaries.list_commentaries: ("period", {}),
    commentaries.page_of_commentaries: ("period", {}),
    commentaries.find_commentary: ("period", {}),
    errata.list_errata: ("period", {}),
    errata.page_of_errata: ("period", {}),
    cadences.get_cadence: ("plan", NOW),
    publications.get_publication: ("published", {}),
    publications.content: ("published", {}),
    publications.report: ("published", NOW),
    publications.differences: ("published", NOW),
    publications.proof: ("published", NOW),
    refs.get_priority: ("plan", {"ref": "PAP 1"}),
    refs.get_action: ("plan", {"ref": "1.1", **NOW}),
    refs.get_risk: ("register", {"ref": "1", **NOW}),
    refs.find_priority: ("plan", {"ref": "PAP 1"}),
    refs.next_refs: ("plan", {"day": TODAY}),
    refs.find_action: ("plan", {"ref": "1.1", "day": TODAY}),
    refs.find_risk: ("register", {"ref": "1"}),
    publications.replayed: ("published", {}),
    publications.fault: ("published", {}),
    webhooks.get_webhook: ("webhook", {}),
    webhook_deliveries.list_deliveries: ("webhook", {}),
    webhook_deliveries.get_delivery: ("delivery", {}),
    schedules.get_schedule: ("schedule", {"now": factories.NOW}),
    schedules.row_of: ("schedule", {}),
    schedules.check_version: ("schedule", {"version": None, "now": factories.NOW}),
    schedule_previews.preview: ("schedule", {"now": factories.NOW}),
    recipients.list_recipients: ("schedule", {}),
    schedule_runs.list_runs: ("schedule", {}),
    schedule_runs.get_run: ("run", {}),
    schedule_runs.list_deliveries: ("run", {"now": factories.NOW}),
    schedule_runs.get_delivery: ("message", {"now": factories.NOW}),
    message_previews.message: ("schedule", {"today": TODAY}),
    clients.get_client: ("client", {"now": factories.NOW}),
    accounts.get_user: ("user", {"now": factories.NOW}),
    area_settings.logo: ("logo", {}),
    removals.why_plan_stays: ("plan", {}),
    removals.why_priority_stays: ("priority", {}),
    removals.why_schedule_stays: ("schedule", {}),
    exports.export_plan: ("plan", {"at": factories.AT}),
    reports.of_day: ("plan", {"day": TODAY, **NOW}),
}
# Those that list all that an area has, or what hangs on an id, and answer nothing to a stranger.
LISTS: dict[Callable[..., Any], tuple[str | None, dict[str, Any]]] = {
    areas.list_areas: (None, {}),
    people.list_people: (None, {}),
    people.names: (None, {}),
    plans.list_plans: (None, {}),
    changes_feed.changes: (None, {"limit": 1000}),
    registers.list_registers: (None, NOW),
    plans.registers_of: ("plan", {}),
    across_plans.led_by: ("person", NOW),
    across_plans.still_open: ("plan", NOW),
    across_plans.chosen: ("chosen", NOW),
    own_risks.to_review: ("person", NOW),
    decisions.answered_for: ("person", {}),
    decisions.priorities_of_area: (None, {}),
    risks.of_priority: ("priority", NOW),
    risks.highest: ("plan", NOW),
    data_quality.findings: (None, NOW),
    data_quality.list_findings: (None, NOW),
    data_quality.of_action: ("action", NOW),
    data_quality.of_risk: ("risk", NOW),
    controls.of_plan: ("plan", {}),
    management_actions.of_plan: ("plan", NOW),
    clients.list_clients: (None, {"now": factories.NOW}),
    accounts.list_users: (None, {"now": factories.NOW}),
    webhooks.list_webhooks: (None, {}),
    schedules.list_schedules: (None, {"now": factories.NOW}),
    last_runs.last_runs: (None, {}),
    search.search: (None, {"asked": search.question("a")}),
}
# Those that only an admin may ask.
ADMINS = {
    accounts.get_user,
    accounts.list_users,
    clients.get_client,
    clients.list_clients,
    webhooks.get_webhook,
    webhooks.list_webhooks,
    webhook_deliveries.list_deliveries,
    webhook_deliveries.get_delivery,
    recipients.list_recipients,
    schedule_runs.list_deliveries,
    schedule_runs.get_delivery,
    message_previews.message,
}
ANY = {"version": None}
WRITES: dict[Callable[..., Any], tuple[str, tuple[Any, ...], dict[str, Any]]] = {
    people.change_person: ("person", (PersonUpdate(name="Other"),), ANY),
    plans.change_plan: ("plan", (PlanUpdate(title="Other"),), ANY),
    priorities.create_priority: ("plan", (PriorityCreate(ref="PAP 9", title="Other"),), {}),
    priorities.change_priority: ("priority", (PriorityUpdate(title="Other"),), ANY),
    ordering.order_priorities: ("plan", ([],), {"seen": []}),
    ordering.order_points: ("priority", ([],), {"seen": [], "reason": "Other"}),
    plan_copies.copy_plan: ("plan", (PlanCopy(ref="OTHER", title="Other"),), {}),
    actions.create_action: (
        "plan",
        (ActionCreate(title="Other", points=[PointPlace(priority_id=uuid4(), ref="9.9")]),),
        {},
    ),
    actions.change_action: ("action", (ActionUpdate(title="Other"),), ANY),
    updates.record_update: ("action", (UpdateCreate(narrative="Other"),), {}),
    several.record_updates: ("said", (), {}),
    updates.withdraw: ("action", (Withdrawal(reason="Other"),), {}),
    updates.reinstate: ("action", (Withdrawal(reason="Other"),), {}),
    registers.change_register: ("register", (RegisterUpdate(title="Other"),), ANY),
    registers.add_matrix_version: ("register", (MATRIX,), {}),
    risks.create_risk: ("register", (RiskCreate(ref="9", description="Other"),), {}),
    risks.change_risk: ("risk", (RiskUpdate(description="Other"),), ANY),
    assessments.assess: ("risk", (AssessmentCreate(reason="Other"),), {}),
    assessments.change_state: ("risk", ("closure", StateChange(reason="Other")), {}),
    controls.create_control: ("risk", (ControlCreate(description="Other"),), {}),
    controls.change_control: ("control", (ControlUpdate(in_place=False),), ANY),
    management_actions.create_management_action: ("risk", (ManagementActionCreate(title="Other"),), {}),
    management_actions.change_management_action: (
        "management_action",
        (ManagementActionUpdate(title="Other"),),
        ANY,
    ),
    management_actions.record_update: (
        "management_action",
        (ManagementActionUpdateCreate(narrative="Other"),),
        {},
    ),
    periods.create_period: ("plan", (PeriodCreate(ref="Q9", first_day=TODAY, last_day=TODAY),), {}),
    removals.delete_plan: ("plan", (), ANY),
    removals.delete_priority: ("priority", (), ANY),
    removals.delete_period: ("period", (), ANY),
    removals.delete_schedule: ("schedule", (), ANY),
    recipients.remove_all: ("schedule", (), {}),
    periods.change_period: ("period", (PeriodUpdate(title="Other"),), ANY),
    commentaries.write_commentary: ("period", (CommentaryPut(text="Other"),), ANY),
    errata.add_erratum: ("period", (ErratumCreate(text="Other"),), {}),
    publications.publish: ("period", (), ANY),
    cadences.set_cadence: ("plan", (CadencePut(kind="monthly", anchor=TODAY),), ANY),
    accounts.change_user: ("user", ({"role": Role.admin},), ANY),
    accounts.set_disabled: ("user", (True,), ANY),
    accounts.new_link: ("user", (), ANY),
    accounts.remove_authenticator: ("user", (), ANY),
    clients.change_client: ("client", ({"name": "Other"},), ANY),
    clients.rotate_client: ("client", (), {}),
    clients.revoke_secret: ("client", (uuid4(),), {}),
    clients.revoke_client: ("client", (), {}),
    by_ref.put_priority: ("plan", ("PAP 1", PriorityPut(title="Other")), ANY),
    by_ref.put_action: ("plan", ("1.1", ActionPut(title="Other")), ANY),
    by_ref.put_risk: ("register", ("1", RiskPut(effect="Other")), ANY),
    webhooks.change_webhook: ("webhook", (WebhookUpdate(description="Other"),), ANY),
    webhooks.rotate_secret: ("webhook", (), ANY),
    webhooks.delete_webhook: ("webhook", (), ANY),
    webhook_deliveries.test_webhook: ("webhook", (), {}),
    webhook_deliveries.redeliver: ("delivery", (), {}),
    schedules.update_schedule: ("schedule", (ScheduleUpdate(name="Other"),), ANY),
    schedules.pause: ("schedule", (), {}),
    schedules.resume: ("schedule", (), {}),
    recipients.add_recipients: ("schedule", ([RecipientCreate(address="other@other.example")],), {}),
    recipients.remove_recipient: ("schedule", (uuid4(),), {}),
    schedule_runs.send_now: ("schedule", (), {}),
    schedule_runs.send_test: ("schedule", (), {}),
    schedule_runs.send_again: ("message", (), {}),
    schedule_runs.resolve_doubtful: ("message", (), {}),
}
# Those that add something to the caller's own area, whichever that is.
ADDS: dict[Callable[..., Any], Any] = {
    people.create_person: PersonCreate(name="Other"),
    plans.create_plan: PlanCreate(ref="OTHER", title="Other"),
    data_quality.acknowledge: AcknowledgementCreate(
        check=CheckId.risk_no_owner, subject_id=uuid4(), reason="Other"
    ),
    registers.create_register: RegisterCreate(ref="OTHER", title="Other", matrix=MATRIX),
    webhooks.create_webhook: WebhookCreate(url="https://receiver.example/hook"),
    schedules.create_schedule: SCHEDULE,
    area_settings.change_look: AreaLook(name="Other"),
    area_settings.set_logo: None,
    area_settings.set_template: None,
    area_settings.change_statement: PRIVACY,
    bulk.run: BulkCreate(changes=[{"operation": "create_person", "body": {"name": "Other"}}]),
}


def name(function: Any) -> str | None:
    return f"{function.__module__}.{function.__name__}" if callable(function) else None


@pytest.mark.parametrize("function", READS, ids=name)
def test_a_stranger_finds_nothing(both: Both, function: Any) -> None:
    field, named = READS[function]
    given = getattr(both.ours, field)
    see(function, both.people.admin if function in ADMINS else both.people.viewer, given, **named)
    with pytest.raises(NotFound):
        see(function, both.people.stranger, given, **named)


@pytest.mark.parametrize("function", READS, ids=name)
def test_another_areas_record_is_refused_like_one_that_never_was(both: Both, function: Any) -> None:
    field, named = READS[function]
    with pytest.raises(NotFound) as of_another_area:
        see(function, both.people.stranger, getattr(both.ours, field), **named)
    with pytest.raises(NotFound) as unknown:
        see(function, both.people.stranger, uuid4(), **named)
    assert of_another_area.value.detail == unknown.value.detail


@pytest.mark.parametrize("function", LISTS, ids=name)
def test_a_list_holds_nothing_of_another_area(both: Both, function: Any) -> None:
    field, named = LISTS[function]
    given = [getattr(both.ours, field)] if field else []

    def ids(who: Any) -> set[Any]:
        found = see(function, who, *given, **named)
        rows = found["items"] if isinstance(found, dict) else found
        rows = [inner for one in rows for inner in one.get("items", [one])]
        return {one.get("id") or one["subject"]["id"] for one in rows}

    reader = both.people.admin if function in ADMINS else both.people.viewer
    assert ids(reader)
    assert not ids(reader) & ids(both.people.stranger)


@pytest.mark.parametrize("function", WRITES, ids=name)
def test_a_stranger_changes_nothing(both: Both, function: Any) -> None:
    field, given, named = WRITES[function]
    with pytest.raises(NotFound):
        do(function, both.people.stranger, getattr(both.ours, field), *given, **named)


@pytest.mark.parametrize("function", WRITES, ids=name)
def test_a_viewer_changes_nothing(both: Both, function: Any) -> None:
    field, given, named = WRITES[function]
    with pytest.raises(NotAllowed):
        do(function, both.people.viewer, getattr(both.ours, field), *given, **named)


@pytest.mark.parametrize("function", ADDS, ids=name)
@pytest.mark.parametrize("role", ["viewer", "contributor"])
def test_only_an_editor_adds_to_an_area(both: Both, function: Any, role: str) -> None:
    with pytest.raises(NotAllowed):
        do(function, getattr(both.people, role), ADDS[function])


@pytest.mark.parametrize("function", WRITES, ids=name)
def test_a_contributor_changes_nothing_that_is_not_theirs(both: Both, function: Any) -> None:
    field, given, named = WRITES[function]
    with pytest.raises(NotAllowed):
        do(function, both.people.contributor, getattr(both.ours, field), *given, **named)


def test_an_editor_manages_no_clients(both: Both) -> None:
    for function in (function for function in WRITES if function.__module__ == clients.__name__):
        field, given, named = WRITES[function]
        with pytest.raises(NotAllowed):
            do(function, both.people.editor, getattr(both.ours, field), *given, **named)
    with pytest.raises(NotAllowed):
        do(clients.create_client, both.people.editor, name="Other", scopes=[Scope.read])
    with pytest.raises(NotAllowed):
        see(clients.list_clients, both.people.editor, now=factories.NOW)
    with pytest.raises(NotAllowed):
        see(clients.get_client, both.people.editor, both.ours.client, now=factories.NOW)


def test_an_editor_may_not_change_a_matrix(both: Both) -> None:
    with pytest.raises(NotAllowed):
        do(registers.add_matrix_version, both.people.editor, both.ours.register, MATRIX)


# --- Ids of another area inside what is sent --------------------------------------------------------------

INSIDE: dict[str, Callable[[Cast, World, World | UUID], Any]] = {}


def theirs(other: World | UUID, field: str) -> UUID:
    """The id of the other area's record, or one that never was."""
    found: UUID = getattr(other, field) if isinstance(other, World) else other
    return found


def sends(pointer: str) -> Callable[..., Any]:
    def keep(call: Callable[[Cast, World, World | UUID], Any]) -> Callable[..., Any]:
        INSIDE[f"{call.__name__} {pointer}"] = call
        return call

    return keep


@sends("/points/0/priority_id")
def new_action_under(people: Cast, ours: World, other: World | UUID) -> Any:
    point = PointPlace(priority_id=theirs(other, "priority"), ref="9.9")
    return do(actions.create_action, people.editor, ours.plan, ActionCreate(title="Other", points=[point]))


@sends("/points/0/priority_id")
def action_moved_under(people: Cast, ours: World, other: World | UUID) -> Any:
    point = {"priority_id": theirs(other, "priority"), "ref": "1.1"}
    return factories.update(people.editor, ours.action, points=[point])


@sends("/lead_id")
def action_led_by(people: Cast, ours: World, other: World | UUID) -> Any:
    body = ActionUpdate(lead_id=theirs(other, "person"))
    return do(actions.change_action, people.editor, ours.action, body, version=None)


@sends("/co_lead_ids/0")
def action_co_led_by(people: Cast, ours: World, other: World | UUID) -> Any:
    body = ActionUpdate(co_lead_ids=[theirs(other, "person")])
    return do(actions.change_action, people.editor, ours.action, body, version=None)


@sends("/depends_on/0")
def action_waiting_for(people: Cast, ours: World, other: World | UUID) -> Any:
    return factories.update(people.editor, ours.action, depends_on=[theirs(other, "action")])


@sends("/replaces")
def update_replacing(people: Cast, ours: World, other: World | UUID) -> Any:
    return factories.update(people.editor, ours.action, narrative="x", replaces=theirs(other, "entry"))


@sends("/replaces")
def assessment_replacing(people: Cast, ours: World, other: World | UUID) -> Any:
    return factories.assess(people.editor, ours.risk, replaces=theirs(other, "assessment"))


@sends("/sro_id")
def priority_of_officer(people: Cast, ours: World, other: World | UUID) -> Any:
    body = PriorityUpdate(sro_id=theirs(other, "person"))
    return do(priorities.change_priority, people.editor, ours.priority, body, version=None)


@sends("/plan_id")
def register_of_plan(people: Cast, ours: World, other: World | UUID) -> Any:
    return factories.make_register(people.editor, ref="R2", plan_id=theirs(other, "plan"))


@sends("/owner_id")
def risk_owned_by(people: Cast, ours: World, other: World | UUID) -> Any:
    return factories.make_risk(people.editor, ours.register, ref="2", owner_id=theirs(other, "person"))


@sends("/sro_id")
def risk_of_officer(people: Cast, ours: World, other: World | UUID) -> Any:
    body = RiskUpdate(sro_id=theirs(other, "person"))
    return do(risks.change_risk, people.editor, ours.risk, body, version=None)


@sends("/strategic_lead_ids/0")
def risk_led_by(people: Cast, ours: World, other: World | UUID) -> Any:
    body = RiskUpdate(strategic_lead_ids=[theirs(other, "person")])
    return do(risks.change_risk, people.editor, ours.risk, body, version=None)


@sends("/priority_id")
def risk_moved_under(people: Cast, ours: World, other: World | UUID) -> Any:
    return factories.assess(people.editor, ours.risk, priority_id=theirs(other, "priority"))


@sends("/accepted_by_id")
def risk_accepted_by(people: Cast, ours: World, other: World | UUID) -> Any:
    body = Acceptance(reason="x", accepted_by_id=theirs(other, "person"), accepted_until=TODAY)
    return do(assessments.change_state, people.editor, ours.risk, "acceptance", body)


@sends("/lead_id")
def management_action_led_by(people: Cast, ours: World, other: World | UUID) -> Any:
    body = ManagementActionUpdate(lead_id=theirs(other, "person"))
    found = management_actions.change_management_action
    return do(found, people.editor, ours.management_action, body, version=None)


def test_a_commentary_on_a_priority_of_another_area_is_refused_like_one_that_never_was(both: Both) -> None:
    said = []
    for priority_id in (both.theirs.priority, uuid4()):
        with pytest.raises(NotFound) as caught:
            do(
                commentaries.write_commentary,
                both.people.editor,
                both.ours.period,
                CommentaryPut(text="Other"),
                priority_id=priority_id,
                version=None,
            )
        said.append(caught.value.detail)
    assert said[0] == said[1]


@sends("/subject_id")
def finding_acknowledged(people: Cast, ours: World, other: World | UUID) -> Any:
    subject = {"check": CheckId.risk_no_owner, "subject_id": theirs(other, "risk")}
    body = AcknowledgementCreate(**subject, reason="x")
    return do(data_quality.acknowledge, people.editor, body)


@sends("/plan_id")
def schedule_of_plan(people: Cast, ours: World, other: World | UUID) -> Any:
    body = SCHEDULE.model_copy(update={"plan_id": theirs(other, "plan")})
    return do(schedules.create_schedule, people.admin, body)


@sends("/recipients/0/user_id")
def recipient_with_account(people: Cast, ours: World, other: World | UUID) -> Any:
    body = [RecipientCreate(user_id=theirs(other, "user"))]
    return do(recipients.add_recipients, people.admin, ours.schedule, body)


@pytest.mark.parametrize("sent", INSIDE)
def test_an_id_of_another_area_is_refused_like_one_that_never_was(both: Both, sent: str) -> None:
    call, pointer = INSIDE[sent], sent.split(" ")[1]
    said = []
    for other in (both.theirs, uuid4()):
        with pytest.raises(Invalid) as caught:
            call(both.people, both.ours, other)
        said.append({fault.pointer: fault.message for fault in caught.value.faults})
    assert said[0] == said[1]
    assert list(said[0]) == [pointer]


def test_every_service_that_answers_somebody_is_tried_here() -> None:
    public = {
        found
        for module in MODULES
        for _, found in inspect.getmembers(module, inspect.isfunction)
        if found.__module__ == module.__name__
        and not found.__name__.startswith("_")
        and "who" in inspect.signature(found).parameters
    }
    elsewhere = {clients.create_client, accounts.invite, histories.names_of, histories.last_change}
    # Of a plan or a period that was read by its id; whole files are tried in test_report_files.
    elsewhere |= {reports.content, reports.of_period}
    elsewhere |= {data_quality.ordered}  # of a scope that was found; findings themselves are in READS
    elsewhere |= {schedules.stated, schedule_previews.preview_new}
    assert public == {*READS, *LISTS, *WRITES, *ADDS, *OWN_AREA, *elsewhere}


def test_who_changed_a_record_last_is_not_told_outside_its_area(both: Both) -> None:
    assert see(histories.last_change, both.people.editor, both.ours.plan) is not None
    for record_id in (both.theirs.plan, uuid4()):
        assert see(histories.last_change, both.people.editor, record_id) is None


OWN_AREA: dict[Callable[..., Any], dict[str, Any]] = {
    area_settings.get_settings: {},
    area_settings.statement: {"kind": StatementKind.privacy},
    area_settings.template: {},
    journal_list.list_entries: {},
    journal_list.place: {},
    journal_list.verification: {"known_head": ""},
}
"""Those that take no id: they answer for the caller's own area."""


@pytest.mark.parametrize("function", OWN_AREA, ids=name)
def test_what_takes_no_id_answers_for_the_callers_own_area(both: Both, function: Any) -> None:
    def told(who: Principal) -> str:
        return str(see(function, who, **OWN_AREA[function]))

    ours, theirs = both.people.admin, both.people.stranger
    do(area_settings.change_statement, theirs, PRIVACY)
    do(area_settings.set_template, theirs, WordTemplate(b"theirs"))
    assert told(ours) != told(theirs)
    assert not any(str(one) in told(ours) for one in (both.theirs.user, both.theirs.plan, "south"))


@pytest.mark.parametrize("role", ["viewer", "contributor", "editor"])
def test_only_an_admin_looks_after_users_and_reads_the_journal(both: Both, role: str) -> None:
    who = getattr(both.people, role)
    given = {"email": "x@north.example", "role": Role.viewer, "user_id": new_id()}
    with pytest.raises(NotAllowed):
        do(accounts.invite, who, **given)
    for function in (journal_list.list_entries, journal_list.place, journal_list.verification):
        with pytest.raises(NotAllowed):
            see(function, who, **OWN_AREA[function])


def test_the_stranger_may_read_their_own_area(both: Both) -> None:
    own: Shown = factories.action(both.people.stranger, both.theirs.action)
    assert own["ref"] == "1.1"
