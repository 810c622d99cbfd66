"""Every page in every state, at both widths, with text of twice the size and with forced colours: no barrier.

States: many records, few, none; as at an earlier day; seen by each role and by nobody; filtered, asked
wrongly; after a step was done; a form sent empty; a form that went stale. Greyscale takes nothing away: every
status has its words beside it (``browsers.faults``), whatever its colour, which forced colours replace.

A slice of pages is a test, so that workers share them: ``pytest -m long -n 2 tests/long/test_everywhere.py``.
"""

import json
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from app.access.roles import Role
from app.web.presenters.reference import slug
from tests import browsers, every_page
from tests.after_steps import STEPS
from tests.every_page import FORMS, NAMES, PATHS, REFUSED, World
from tests.servers import ROOT
from tests.test_access import PAGE_RULES, PUBLIC, RULES, SIGNED_IN

pytestmark = pytest.mark.long

SLICE = 12
"""Pages of a test."""
TAGS = json.loads((ROOT / "openapi" / "openapi.json").read_text(encoding="utf-8"))["tags"]
NAMED = {**NAMES, "/reference/{name}": tuple(slug(tag["name"]) for tag in TAGS)}
WALKED = [(path, name) for path in PATHS for name in NAMED.get(path, ("",))]


class Look(NamedTuple):
    """Who looks at which pages: "many", "few" and "empty" are admins of an area with so many records."""

    who: str
    pages: Sequence[tuple[str, str]]


def _under(*rules: str) -> list[tuple[str, str]]:
    """The pages under these rules of access; texts that say the same to everybody are left to ``many``."""
    return [(path, "") for path in PATHS if RULES[f"GET {path}"] in rules and path not in NAMES]


_OF_ROLES = [(path, "") for path in PATHS if f"GET {path}" in PAGE_RULES]
LOOKS = {
    "many": Look("many", WALKED),
    "asked": Look("many", [(path, "") for path in (*every_page.STATES, *every_page.STANDING)]),
    "few": Look("few", [(path, "") for path in PATHS if path not in NAMES]),
    "empty": Look("empty", [(path, "") for path in PATHS if "{" not in path]),
    "as at": Look("many", _under(SIGNED_IN)),
    "viewer": Look("viewer", _OF_ROLES),
    "contributor": Look("contributor", _OF_ROLES),
    "editor": Look("editor", _OF_ROLES),
    "nobody": Look("", _under(PUBLIC)),
}
SLICES = [
    pytest.param(state, first, id=f"{state}-{first // SLICE + 1}")
    for state, look in LOOKS.items()
    for first in range(0, len(look.pages), SLICE)
]
EARLIER = "2024-05-01"
WHOLE = {
    path for path in FORMS if path.endswith(("/disable", "/revoke", "/remove", "/delete", "/removal"))
} | {
    "/account/single-sign-on",
    "/account/recovery-codes",
    "/actions/{action_id}/dates",
    # The action has nothing to acknowledge; its form is that of a risk.
    "/actions/{action_id}/acknowledge",
    "/views/edit",
    "/periods/{period_id}/publication",
    "/schedules/{schedule_id}/now",
    "/run-deliveries/{run_delivery_id}/again",
    "/unsubscribe/{link}",
    "/admin/users/{user_id}/authenticator",
    "/admin/users/{user_id}/enable",
}
"""Forms that are whole without words, or not there; those that end something come in the journeys."""
UNVERSIONED = {path for path in FORMS if path.endswith(("/new", "/copy", "/order", "/acknowledge"))} | {
    "/sign-in",
    "/sign-in/code",
    "/set-password/{token}",
    "/account/password",
    "/account/authenticator",
    "/reconcile",
    "/updates",
    "/periods/{period_id}/errata",
    "/periods/{period_id}/commentary",
    "/periods/{period_id}/priorities/{priority_id}/commentary",
    "/schedules/{schedule_id}/recipients/new",
}
"""Forms of what is new, and others that nobody can have changed meanwhile."""
CHOSEN = {
    "/plans/{plan_id}/cadence",
    "/risks/{risk_id}/assess",
    "/risks/{risk_id}/move",
    "/risks/{risk_id}/acceptance",
    "/registers/{register_id}/matrix/new",
    "/admin/area/logo",
    "/admin/area/template",
    "/admin/statements/accessibility",
    "/admin/statements/privacy",
}
"""Forms that want a choice or a file first: they come back with that, as when they are sent empty."""

# As the text zoom of a browser does it, whatever unit a size is given in.
TWICE = """() => {
  const all = [...document.querySelectorAll('body, body *')]
  const sizes = all.map(one => parseFloat(getComputedStyle(one).fontSize))
  all.forEach((one, place) => { one.style.fontSize = 2 * sizes[place] + 'px' })
}"""
# What a page and its frame are made of, whatever they say and however many rows there are: what axe judges.
MADE_OF = """() => {
  const said = ['class', 'role', 'type', 'scope', 'lang', 'aria-hidden', 'fill', 'stroke']
  const main = document.querySelector('main')
  const of = (one, whole) => one.tagName + (one === main && one !== whole ? '' : '[' +
    [...one.attributes].map(({name, value}) => said.includes(name) ? name + '=' + value : name).sort() + ']' +
    ([...one.childNodes].some(part => part.nodeType === 3 && part.data.trim()) ? '#' : '') +
    '{' + [...new Set([...one.children].map(part => of(part, whole)))].join('') + '}')
  return [of(main, main), of(document.body, document.body)]
}"""
# The form of the page itself, not the one that signs out, searches or removes a draft.
EMPTIED = """is_stale => {
  const formatted = /email|colour|time|links|depends|days|-(day|month|year)$/
  const form = [...document.querySelectorAll('main form')].find(one => one.method === 'post' &&
    new URL(one.getAttribute('action') || '', location).pathname === location.pathname)
  if (!form || (is_stale && !form.elements.version)) return false
  for (const one of form.elements) {
    if (is_stale) {
      if (one.name === 'version') one.value = '0'
      else if (one.name === 'reason') one.value = 'It changed.'
      else if (one.name === 'role' && one.value === 'editor') one.checked = true
      else if (['text', 'textarea'].includes(one.type) && !formatted.test(one.name)) one.value += ' 1'
    } else if (['checkbox', 'radio'].includes(one.type)) one.checked = false
    else if (one.type !== 'hidden' && one.tagName !== 'BUTTON') one.value = ''
  }
  HTMLFormElement.prototype.submit.call(form)
  return true
}"""
_JUDGED: set[str] = set()
"""What pages were made of that axe has judged in this process."""


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """For looking alone."""
    with every_page.world() as made:
        yield made


@pytest.fixture(scope="module")
def changed() -> Iterator[World]:
    """For forms."""
    with every_page.world() as made:
        yield made


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browsers.context(browser) as opened:
        yield opened.new_page()


def _listed(found: dict[str, list[str]]) -> str:
    return "\n".join(f"{address}\n    " + "\n    ".join(faults) for address, faults in found.items())


def looked_at(page: Page, *, is_alike: bool = False) -> list[str]:
    """What is wrong with the page, at each width, with each setting of the reader's.

    Of pages that are ``is_alike``, of one template and kind of content, one is looked at so; others at one
    width.

    axe takes half a second, most of it for contrast: it judges what it has not seen made so, contrast at one
    width. Colours are forced on what is new alone.
    """
    found: list[str] = []
    made_of = {*page.evaluate(MADE_OF)}
    is_new = not made_of <= _JUDGED
    _JUDGED.update(made_of)

    def look(width: ViewportSize, setting: str = "") -> None:
        page.set_viewport_size(width)
        found.extend(f"{width['width']} px{setting}: {fault}" for fault in browsers.faults(page))

    look(browsers.PHONE)
    if is_alike:
        return [*found, *browsers.violations(page)]
    found.extend(browsers.violations(page, without=("color-contrast",)) if is_new else ())
    look(browsers.LAPTOP)
    if is_new:
        found.extend(browsers.violations(page))
        page.emulate_media(forced_colors="active")
        look(browsers.LAPTOP, ", forced colours")
        page.emulate_media(forced_colors="none")
    page.evaluate(TWICE)
    look(browsers.LAPTOP, ", twice the text")
    look(browsers.PHONE, ", twice the text")
    return found


@pytest.mark.parametrize("state, first", SLICES)
def test_no_page_has_a_barrier_in_any_state(page: Page, world: World, state: str, first: int) -> None:
    who, pages = LOOKS[state]
    page.context.add_cookies([*world.cookie(who), *world.cookie("code")])
    ids = world.few if state == "few" else world.many
    found: dict[str, list[str]] = {}
    for path, name in pages[first : first + SLICE]:
        address = world.address(path, ids, name)
        if state == "as at":
            address += f"{'&' if '?' in address else '?'}as_at={EARLIER}"
        answer = page.goto(world.service.address + address)
        assert answer is not None
        if state in ("many", "asked"):
            assert answer.status == REFUSED.get(path, 200), address
        assert answer.status < 500, address
        if faults := looked_at(page, is_alike=path == "/reference/{name}" and name not in NAMES[path]):
            found[address] = faults
    assert not found, _listed(found)


def test_no_page_has_a_barrier_after_a_step(browser: Browser) -> None:
    """In one go, as one step stands on another."""
    who = {None: "", Role.admin: "many", **{role: role.value for role in Role if role is not Role.admin}}
    found: dict[str, list[str]] = {}
    with every_page.world() as made:
        for name, role, reach in STEPS:
            with browsers.context(browser) as opened:
                opened.add_cookies([*made.cookie(who[role]), *made.cookie("code")])
                page = opened.new_page()
                reach(page, made.service.address, made.many)
                page.wait_for_load_state()
                if faults := looked_at(page):
                    found[name] = faults
    assert not found, _listed(found)


@pytest.mark.parametrize("first", range(0, len(FORMS), SLICE))
@pytest.mark.parametrize("is_stale", [False, True], ids=["sent empty", "stale"])
def test_no_form_has_a_barrier_when_it_comes_back(
    page: Page, changed: World, is_stale: bool, first: int
) -> None:
    """All that ask for words come back empty-handed, and all that carry a version when it is an old one."""
    who, ids = ("many", changed.many) if is_stale else ("few", changed.few)
    page.context.add_cookies([*changed.cookie(who), *changed.cookie("code")])
    found: dict[str, list[str]] = {}
    for path in FORMS[first : first + SLICE]:
        if path in WHOLE or (is_stale and path in CHOSEN):
            continue
        page.goto(changed.service.address + changed.address(path, ids))
        with page.expect_navigation() as sent:
            is_sent = page.evaluate(EMPTIED, is_stale)
            if not is_sent:
                page.reload()
        assert is_sent == (not is_stale or path not in UNVERSIONED), path
        assert sent.value.status == (200 if not is_sent else 409 if is_stale else 422), path
        if is_sent and (faults := looked_at(page)):
            found[path] = faults
    assert not found, _listed(found)
