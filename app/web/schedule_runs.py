"""Pages of what schedules sent: a run with its messages; sending now, as a test, and again."""

from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from sqlalchemy import Connection
from starlette.responses import Response

from app import db
from app.access.roles import Operation, may
from app.errors import Conflict, Invalid, invalid
from app.lazy_routes import page_router
from app.models.schedule_runs import MailState
from app.services import recipients as recipients_service
from app.services import schedule_runs as runs_service
from app.services import schedules as schedules_service
from app.services.lists import Page
from app.web import record_forms
from app.web.deps import Present, SentForm
from app.web.forms import Form
from app.web.presenters import schedule_runs as presenter
from app.web.record_forms import NOT_WHOLE, require_shown
from app.web.rendering import page, see_other
from app.web.repeats import id_set_aside, sealed
from app.web.schedules import found
from app.web.visits import Visit

router = page_router()
ROWS = 50
Words = Annotated[str, Query(max_length=2000)]
Send = Callable[..., dict[str, Any]]


# --- Sending by hand --------------------------------------------------------------------------------------


@router.get("/schedules/{schedule_id}/now")
def now_form(visit: Present, schedule_id: UUID) -> Response:
    """Asks whether to send it now, to how many."""
    shown = _now_form(visit, schedule_id)
    return record_forms.form_page(visit, shown, Form({}))


@router.post("/schedules/{schedule_id}/now")
def send_now(visit: Present, schedule_id: UUID, sent: SentForm) -> Response:
    """Send it to everybody now. The same form again sends nothing."""
    shown = _now_form(visit, schedule_id)
    try:
        run_id = _by_hand(visit, schedule_id, sent, runs_service.send_now)
    except Invalid as error:
        form = Form({})
        form.take(error)
        return record_forms.form_page(visit, shown, form, status=422)
    return see_other(f"/schedule-runs/{run_id}?said=now")


@router.post("/schedules/{schedule_id}/test")
def send_test(visit: Present, schedule_id: UUID, sent: SentForm) -> Response:
    """Send it to whoever asks, alone. The same form again sends nothing."""
    found(visit, schedule_id)
    run_id = _by_hand(visit, schedule_id, sent, runs_service.send_test)
    return see_other(f"/schedule-runs/{run_id}?said=test")


def _now_form(visit: Visit, schedule_id: UUID) -> record_forms.RecordForm:
    schedule = found(visit, schedule_id)
    with db.read(visit.who) as connection:
        number = len(recipients_service.to_send(connection, schedule_id))
    return presenter.now_form(schedule, number)


def _by_hand(visit: Visit, schedule_id: UUID, sent: dict[str, str], send: Send) -> UUID:
    """Enter the run that the form is to make, unless it has. Raises Invalid for a form that is not ours."""
    run_id = id_set_aside(visit.who, sent.get("set_aside", ""))
    if run_id is None:
        raise invalid("", NOT_WHOLE)
    with db.write(visit.who) as connection:
        send(connection, visit.who, visit.at, schedule_id, run_id=run_id)
    return run_id


# --- A run ------------------------------------------------------------------------------------------------


@router.get("/schedule-runs/{run_id}")
def run_page(visit: Present, run_id: UUID, said: str = "", state: Words = "", cursor: Words = "") -> Response:
    """A run: what was sent of which day, and for admins what became of each message."""
    who, wanted = visit.who, MailState(state) if state in set(MailState) else None
    with db.read(who) as connection:
        run = runs_service.get_run(connection, who, run_id)
        schedule = schedules_service.get_schedule(connection, who, run["schedule_id"], now=visit.at.calendar)
        messages = None
        if may(who, Operation.manage_schedules):
            asked = Page(cursor or None, ROWS)
            messages = runs_service.list_deliveries(
                connection, who, run_id, now=visit.at.now, asked=asked, state=wanted
            )
    keys = {one["id"]: sealed(who, one["id"]) for one in (messages or {"items": ()})["items"]}
    content = presenter.run_page(run, schedule, messages, said, wanted or "", cursor, keys)
    return page("pages/schedule_run.html", who, content)


@router.get("/run-deliveries/{run_delivery_id}/again")
def again_form(visit: Present, run_delivery_id: UUID) -> Response:
    """Asks whether to send a message again, and says whether it may arrive twice."""
    delivery = _delivery(visit, run_delivery_id)
    shown = presenter.again_form(delivery)
    return record_forms.form_page(visit, shown, Form({"set_aside": sealed(visit.who, run_delivery_id)}))


@router.post("/run-deliveries/{run_delivery_id}/again")
def send_again(visit: Present, run_delivery_id: UUID, sent: SentForm) -> Response:
    """Send a message again, with the same number. While it is on its way, or has arrived, say so."""
    delivery = _delivery(visit, run_delivery_id)

    def work(connection: Connection) -> None:
        runs_service.send_again(connection, visit.who, visit.at, run_delivery_id)

    return _settled(visit, delivery, sent, work, "again")


@router.post("/run-deliveries/{run_delivery_id}/arrived")
def arrived(visit: Present, run_delivery_id: UUID, sent: SentForm) -> Response:
    """Say of a doubtful message that it arrived: it is not sent again."""
    delivery = _delivery(visit, run_delivery_id)

    def work(connection: Connection) -> None:
        runs_service.resolve_doubtful(connection, visit.who, visit.at, run_delivery_id)

    return _settled(visit, delivery, sent, work, "arrived")


def _delivery(visit: Visit, run_delivery_id: UUID) -> dict[str, Any]:
    with db.read(visit.who) as connection:
        return runs_service.get_delivery(connection, visit.who, run_delivery_id, now=visit.at.now)


def _settled(
    visit: Visit,
    delivery: dict[str, Any],
    sent: dict[str, str],
    work: Callable[[Connection], None],
    said: str,
) -> Response:
    require_shown(visit, delivery["id"], sent)
    try:
        with db.write(visit.who) as connection:
            work(connection)
    except Conflict:
        said = f"not_{said}"
    return see_other(f"/schedule-runs/{delivery['run_id']}?said={said}")
