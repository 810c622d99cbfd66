"""Where admins begin, in words."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from app.access.roles import Role
from app.models.area_settings import StatementKind
from app.models.schedules import ScheduleState
from app.models.webhooks import WebhookState
from app.sentences.words import listed, numeral, plural, sentence_case
from app.services.clients import SOON
from app.web.presenters.schedule_forms import LIST
from app.web.presenters.schedules import trouble
from app.web.presenters.statements import NAMES

Rows = Sequence[Mapping[str, Any]]


class Place(NamedTuple):
    """A page under "Admin": what it is for, how it stands, and what needs an admin ("" for nothing)."""

    name: str
    href: str
    what_for: str
    stands: str
    needs: str


def overview(
    *, users: Rows, clients: Rows, webhooks: Rows, schedules: Rows, runs: Rows, settings: Any, entries: int
) -> dict[str, Any]:
    """Every page under "Admin"."""
    return {
        "section": "admin",
        "heading": "Admin",
        "places": [
            _users(users),
            _clients(clients),
            _webhooks(webhooks),
            _schedules(schedules, runs),
            Place(
                "Area settings",
                "/admin/area",
                "Name, logo and colours of this area's pages, and its template for reports in Word.",
                f"{settings['name']}, {'with a logo' if settings['logo_digest'] else 'without a logo'}.",
                "",
            ),
            _statements(settings),
            Place(
                "Journal",
                "/admin/journal",
                "Every change with who, when and why, and whether it is as it was written.",
                f"{entries:,} {plural(entries, 'entry', 'entries')}.",
                "",
            ),
        ],
    }


def _users(users: Rows) -> Place:
    on = [one for one in users if not one["disabled"]]
    states = [one["state"] for one in on]
    counts = _counted(
        states, {"invited": "invited", "link_expired": "with an expired link", "locked": "locked"}
    )
    admins = [one for one in on if one["role"] == Role.admin and one["state"] in ("active", "locked")]
    needs = ""
    if len(admins) == 1:
        needs = "Only one admin can sign in. Make somebody else an admin too"
    return Place(
        "Users",
        "/admin/users",
        "Who signs in, with which role.",
        f"{_number(on)} {plural(len(on), 'user')}{counts}.",
        needs,
    )


def _clients(clients: Rows) -> Place:
    live = [one for one in clients if one["state"] in ("live", "expires_soon")]
    soon = sum(one["state"] == "expires_soon" for one in live)
    needs = (
        f"{sentence_case(numeral(soon))} {plural(soon, 'expires', 'expire')} within {SOON.days} days"
        if soon
        else ""
    )
    return Place(
        "API clients",
        "/admin/clients",
        "Programs of other systems that read or write this area.",
        f"{_number(live)} {plural(len(live), 'client')} that {plural(len(live), 'works', 'work')}.",
        needs,
    )


def _webhooks(webhooks: Rows) -> Place:
    off = sum(one["state"] == WebhookState.disabled for one in webhooks)
    needs = (
        f"{sentence_case(numeral(off))} {plural(off, 'was', 'were')} stopped, as nobody took what was sent"
    )
    return Place(
        "Webhooks",
        "/admin/webhooks",
        "Other systems that are told of each change.",
        f"{_number(webhooks)} {plural(len(webhooks), 'webhook')}.",
        needs if off else "",
    )


def _schedules(schedules: Rows, runs: Rows) -> Place:
    running = sum(one["state"] == ScheduleState.active for one in schedules)
    all_of = "It is" if running == 1 else "All are"
    how_many = (
        "None is" if not running else f"{sentence_case(numeral(running))} {plural(running, 'is', 'are')}"
    )
    which = all_of if running == len(schedules) else how_many
    troubled = sum(bool(trouble(one["deliveries"])) for one in runs)
    return Place(
        "Schedules",
        LIST,
        "E-mail that goes to boards and leads by itself.",
        f"{_number(schedules)} {plural(len(schedules), 'schedule')}."
        + (f" {which} running." if schedules else ""),
        f"{sentence_case(numeral(troubled))} last sent something that did not arrive" if troubled else "",
    )


def _statements(settings: Mapping[str, Any]) -> Place:
    missing = [NAMES[kind].lower() for kind in StatementKind if not settings[kind.value]]
    return Place(
        "Statements",
        "/admin/statements",
        "Accessibility statement and privacy notice, for everybody to read.",
        "Both are completed." if not missing else "",
        f"Complete the {listed(missing)}" if missing else "",
    )


def _number(rows: Rows) -> str:
    return sentence_case(numeral(len(rows)))


def _counted(states: Collection[str], words: Mapping[str, str]) -> str:
    """Those that are not as most are: ", two invited, one locked"; "" for none."""
    found = {code: sum(state == code for state in states) for code in words}
    return "".join(f", {numeral(count)} {words[code]}" for code, count in found.items() if count)
