"""Where admins begin: what there is to look after, and what needs them."""

from starlette.responses import Response

from app import db
from app.lazy_routes import page_router
from app.services import accounts, area_settings, clients, journal_list, last_runs, lists, schedules, webhooks
from app.web.deps import Present
from app.web.presenters import admin as presenter
from app.web.rendering import page

router = page_router()


@router.get("/admin")
def overview(visit: Present) -> Response:
    """Every page under "Admin" with how things stand there."""
    with db.read(visit.who) as connection:
        found = schedules.list_schedules(connection, visit.who, now=visit.at.now, asked=lists.WHOLE)
        content = presenter.overview(
            users=accounts.list_users(connection, visit.who, visit.at.now),
            clients=clients.list_clients(connection, visit.who, visit.at.now),
            webhooks=webhooks.list_webhooks(connection, visit.who)["items"],
            schedules=found["items"],
            runs=last_runs.last_runs(connection, visit.who),
            settings=area_settings.get_settings(connection, visit.who),
            entries=journal_list.place(connection, visit.who),
        )
    return page("pages/admin.html", visit.who, content)
