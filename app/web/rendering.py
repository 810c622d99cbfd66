"""The template environment and the one way to answer with a page."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse, RedirectResponse

from app import charts, clock
from app.access.roles import Operation, Principal, may
from app.charts.over_time import OverTime
from app.config import settings
from app.plans.statuses import STATUS_LABELS
from app.web.looks import OWN, Frame, frame
from app.web.presenters.dates import long_date
from app.web.static_files import address

NAVIGATION = (
    ("overview", "Overview", "/"),
    ("plans", "Plans", "/plans"),
    ("risks", "Risk registers", "/registers"),
    ("periods", "Board periods", "/periods"),
    ("reports", "Reports", "/reports"),
    ("changes", "What changed", "/changes"),
    ("data_quality", "Data quality", "/data-quality"),
)
ADMIN_NAVIGATION = (*NAVIGATION, ("admin", "Admin", "/admin"))
OWN_WORK = ("my_actions", "My actions", "/my-actions")
"""For whoever is a person of the area: they may lead something, or answer for it."""
OWN_PRIORITY = ("my_priority", "My priority", "/my-priority")
"""For senior responsible officers besides."""
ADMIN_PAGES = (
    ("Users", "/admin/users"),
    ("API clients", "/admin/clients"),
    ("Webhooks", "/admin/webhooks"),
    ("Schedules", "/schedules"),
    ("Area settings", "/admin/area"),
    ("Statements", "/admin/statements"),
    ("Journal", "/admin/journal"),
)
"""What the entry "Admin" holds, for admins alone."""


class Site(NamedTuple):
    """The frame of a page; ``area`` and ``user`` are "" before sign-in, ``demo_day`` outside demo."""

    name: str
    area: str
    user: str
    demo_day: str
    navigation: tuple[tuple[str, str, str], ...]
    look: Frame


def _environment() -> Environment:
    folders = [Path(__file__).parent / "templates", Path(charts.__file__).parent / "templates"]
    environment = Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        # A misspelt name fails in a test, not as a gap on a page.
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    environment.globals["static"] = address
    environment.globals["admin_pages"] = ADMIN_PAGES
    render: Any = environment.get_template("components/status.html").module
    # Rendered once: a table has one in each row.
    environment.globals["status_tags"] = {
        code.value: Markup(render.status(code.value, label)) for code, label in STATUS_LABELS.items()
    }
    environment.globals["drawn_over_time"] = drawn_over_time
    return environment


@lru_cache(maxsize=64)
def drawn_over_time(chart: OverTime) -> Markup:
    """A chart over time with its figures. A month's end changes no more: the same chart is drawn once."""
    render: Any = _TEMPLATES.get_template("charts/over_time.html").module
    return Markup(f"{render.over_time(chart)}\n{render.figures(chart)}")


_TEMPLATES = _environment()


def site(who: Principal | None) -> Site:
    """The frame for someone signed in, or for nobody."""
    pinned = clock.pinned_today()
    return Site(
        name=settings().name,
        area=who.area_name if who else "",
        user=who.name if who else "",
        demo_day=long_date(pinned) if pinned else "",
        navigation=_navigation(who),
        look=frame(who.look) if who else OWN,
    )


def _navigation(who: Principal | None) -> tuple[tuple[str, str, str], ...]:
    entries = ADMIN_NAVIGATION if who and may(who, Operation.administer) else NAVIGATION
    if who is None or not who.person_id:
        return entries
    own = (OWN_WORK, OWN_PRIORITY) if who.is_sro else (OWN_WORK,)
    return (entries[0], *own, *entries[1:])


def page(
    template: str,
    who: Principal | None,
    content: Mapping[str, Any],
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """A page from a template, for someone signed in or for nobody. Never kept by caches: it is personal."""
    html = _TEMPLATES.get_template(template).render(site=site(who), **content)
    return HTMLResponse(html, status_code=status, headers={"Cache-Control": "no-store", **(headers or {})})


def fragment(template: str, content: Mapping[str, Any]) -> Markup:
    """A part of a page that is the same for everybody, to be made once."""
    return Markup(_TEMPLATES.get_template(template).render(**content))


def inner(template: str, content: Mapping[str, Any]) -> Markup:
    """A page with figures without its frame."""
    return Markup(_TEMPLATES.get_template(template).render(frame="layouts/inner.html", **content))


def see_other(address: str) -> RedirectResponse:
    """Send the browser on to another page after a form, so that reloading does not send the form again."""
    return RedirectResponse(address, status_code=303, headers={"Cache-Control": "no-store"})


def component(template: str, macro: str, *values: Any) -> str:
    """One component as HTML, for tests of components by themselves."""
    render: Any = getattr(_TEMPLATES.get_template(template).module, macro)
    return str(render(*values))
