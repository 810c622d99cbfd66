"""All pages of the service, added to the application in one call. Their errors are in ``errors``."""

from fastapi import FastAPI

from app.web import (
    account,
    action_changes,
    action_forms,
    actions,
    area_looks,
    cadences,
    changes,
    clients,
    commentaries,
    data_quality,
    histories,
    information,
    my_account,
    my_actions,
    my_priority,
    overview,
    people,
    period_forms,
    periods,
    plan_forms,
    plans,
    priority_forms,
    reconciliation,
    reference,
    registers,
    risks,
    search,
    several,
    static_files,
    users,
    webhooks,
)

ROUTERS = (
    static_files.router,
    area_looks.router,
    account.router,
    my_account.router,
    information.router,
    reference.router,
    overview.router,
    # Before pages of one plan, whose addresses would take theirs: /plans/new.
    plan_forms.router,
    priority_forms.router,
    action_forms.router,
    action_changes.router,
    people.router,
    plans.router,
    actions.router,
    registers.router,
    risks.router,
    histories.router,
    data_quality.router,
    changes.router,
    search.router,
    my_actions.router,
    my_priority.router,
    several.router,
    reconciliation.router,
    cadences.router,
    commentaries.router,
    period_forms.router,
    periods.router,
    users.router,
    clients.router,
    webhooks.router,
)


def add_pages(app: FastAPI) -> None:
    """Add the pages. Their routes stand beside each other: each nested router costs every request time."""
    for router in ROUTERS:
        app.router.routes.extend(router.routes)
