"""Pages that come after something was done, as an address alone cannot show them: for ``tests/long``.

Those of ``tests/pictured.py`` belong to them. In this order: later ones change more.
"""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page

from app.access.roles import Role
from tests import pictured
from tests.pictured import Ids, State

ADMIN = Role.admin
TOO_MUCH = "one => { one.value = 'x'.repeat(3_000_000) }"


def _at(target: str) -> Callable[[Page, str, Ids], Any]:
    return lambda page, address, ids: page.goto(address + target.format(**ids))


def _sent(target: str, *buttons: str, **typed: str) -> Callable[[Page, str, Ids], Any]:
    """The form of a page with these fields, sent by the button of this name, else by its last one."""

    def reach(page: Page, address: str, ids: Ids) -> None:
        page.goto(address + target.format(**ids))
        for name, value in typed.items():
            field = page.locator(f"main [name='{name}'], main #{name}").first
            if field.get_attribute("type") in ("checkbox", "radio"):
                field.check()
            else:
                field.fill(value)
        found = page.locator("main form button[type=submit]")
        (found.get_by_text(buttons[0], exact=True) if buttons else found).last.click()
        page.wait_for_load_state()

    return reach


def _too_much(page: Page, address: str, ids: Ids) -> None:
    page.goto(f"{address}/reconcile")
    page.locator("main textarea").evaluate(TOO_MUCH)
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_load_state()


def _kept(page: Page, address: str, ids: Ids) -> None:
    """Somebody typed, went away without saving, and comes back: what was typed is in the form."""
    form = f"{address}/priorities/{ids['priority_id']}/edit"
    page.goto(form)
    page.get_by_label("Title", exact=True).fill("Early years and schools")
    page.get_by_text("is kept as a draft until").wait_for()
    page.goto(form)
    page.get_by_text("This is what you typed").wait_for()


STEPS = (
    *pictured.STATES,
    State("session-over", None, _at("/sign-in?ended=1&next=%2Fplans")),
    State("draft-kept-at-sign-in", None, _at("/sign-in?kept=1&next=%2Fplans")),
    State("sign-in-again", None, _at("/sign-in?over=1")),
    State("password-set", None, _at("/sign-in?set=1")),
    State("sign-in-refused", None, _sent("/sign-in", email="nobody@council.example", password="wrong")),
    State("code-refused", None, _sent("/sign-in/code", code="000000")),
    State("link-unknown", None, _at("/set-password/unknown")),
    State("unsubscribing-unknown", None, _at("/unsubscribe/unknown")),
    State("unsubscribed", None, _sent("/unsubscribe/{link}", "Stop these messages")),
    State("subscribed-again", None, _sent("/unsubscribe/{link}", "Receive them again")),
    State("not-that-way", ADMIN, _at("/periods/{period_id}/state")),
    State("not-allowed-form", Role.viewer, _at("/plans/new")),
    State("too-much", ADMIN, _too_much),
    State("draft-kept", ADMIN, _kept),
    State("client-secret", ADMIN, _sent("/admin/clients/new", name="Data warehouse", scopes="1")),
    State("webhook-secret", ADMIN, _sent("/admin/webhooks/new", url="https://receiver.example/b", told="1")),
    State("webhook-secret-again", ADMIN, _sent("/admin/webhooks/{webhook_id}", "Give it a new secret")),
    State("user-link", ADMIN, _sent("/admin/users/new", email="invited@council.example")),
    State("matrix-preview", ADMIN, _sent("/registers/{register_id}/matrix/new", "Preview")),
    State("schedule-nobody", ADMIN, _sent("/schedules/{bare_schedule_id}", "Start the schedule")),
    State("schedule-started", ADMIN, _sent("/schedules/{schedule_id}", "Start the schedule")),
    State("schedule-tested", ADMIN, _sent("/schedules/{schedule_id}", "Send me a test")),
    State("schedule-paused", ADMIN, _sent("/schedules/{schedule_id}", "Pause the schedule")),
    State("withdrawn", ADMIN, _sent("/actions/{action_id}/withdrawal", reason="It is part of another.")),
    State("reinstating", ADMIN, _at("/actions/{action_id}/withdrawal")),
    State("risk-closed", ADMIN, _sent("/risks/{risk_id}/closure", reason="It has passed.")),
    State("risk-reopening", ADMIN, _at("/risks/{risk_id}/reopening")),
    State("period-publishing", ADMIN, _sent("/periods/{period_id}/publication")),
    State("all-periods-published", ADMIN, _at("/periods")),
)
"""What is done, by whom, and how to come to the page that follows."""
