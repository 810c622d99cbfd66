"""Every page in every state, at both widths, with text of twice the size and with forced colours: no barrier.

States: many records, few, none; as at an earlier day; seen by each role; a form sent empty; a form that went
stale. Greyscale takes nothing away: every status has its words beside it (``browsers.faults``), whatever its
colour, which forced colours replace altogether.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests import browsers, every_page
from tests.every_page import FORMS, NAMES, PATHS, World
from tests.test_access import PAGE_RULES, PUBLIC, RULES, SIGNED_IN

pytestmark = pytest.mark.long

RECORDS = [path for path in PATHS if RULES[f"GET {path}"] == SIGNED_IN]
STATES = {
    "many": PATHS,
    "few": PATHS,
    "empty": [path for path in PATHS if "{" not in path],
    "as at": RECORDS,
    "viewer": [path for path in PATHS if f"GET {path}" in PAGE_RULES],
    "contributor": [path for path in PATHS if f"GET {path}" in PAGE_RULES],
    "editor": [path for path in PATHS if f"GET {path}" in PAGE_RULES],
    "": [path for path in PATHS if RULES[f"GET {path}"] == PUBLIC],
}
"""Which pages are opened by whom: by an admin where no role is named, and without signing in by ""."""
# As the text zoom of a browser does it, whatever unit a size is given in.
TWICE = """() => {
  const all = [...document.querySelectorAll('body, body *')]
  const sizes = all.map(one => parseFloat(getComputedStyle(one).fontSize))
  all.forEach((one, place) => { one.style.fontSize = 2 * sizes[place] + 'px' })
}"""
# The form of the page itself, not the one that signs out or searches.
EMPTIED = """is_stale => {
  const form = [...document.querySelectorAll('main form')].find(one => one.method === 'post')
  if (!form || (is_stale && !form.elements.version)) return false
  for (const one of form.elements) {
    if (is_stale) {
      if (one.name === 'version') one.value = '0'
      else if (['text', 'textarea'].includes(one.type) && !one.inputMode) one.value += ' 1'
    } else if (['checkbox', 'radio'].includes(one.type)) one.checked = false
    else if (one.type !== 'hidden' && one.tagName !== 'BUTTON') one.value = ''
  }
  HTMLFormElement.prototype.submit.call(form)
  return true
}"""


@pytest.fixture
def world() -> Iterator[World]:
    with every_page.world() as made:
        yield made


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browsers.context(browser) as opened:
        yield opened.new_page()


def looked_at(page: Page) -> list[str]:
    """What is wrong with the page, at each width, with each setting of the reader's."""
    found: list[str] = []

    def look(setting: str, *, judged: bool = True) -> None:
        for width in (browsers.LAPTOP, browsers.PHONE):
            page.set_viewport_size(width)
            faults = [*browsers.faults(page), *(browsers.violations(page) if judged else ())]
            found.extend(f"{width['width']} px{setting}: {fault}" for fault in faults)

    look("")
    page.emulate_media(forced_colors="active")
    look(", forced colours", judged=False)
    page.emulate_media(forced_colors="none")
    page.evaluate(TWICE)
    look(", twice the text", judged=False)
    return found


@pytest.mark.parametrize("state", STATES)
def test_no_page_has_a_barrier_in_any_state(page: Page, world: World, state: str) -> None:
    who = {"as at": "many"}.get(state, state)
    page.context.add_cookies([*world.cookie(who), *world.cookie("code")])
    ids = world.few if state == "few" else world.many
    found: dict[str, list[str]] = {}
    for path in STATES[state]:
        for name in NAMES.get(path, ("",)):
            address = world.address(path, ids, name)
            if state == "as at":
                address += f"{'&' if '?' in address else '?'}as_at=2024-05-01"
            answer = page.goto(world.service.address + address)
            assert answer is not None
            assert answer.status < 500
            if faults := looked_at(page):
                found[address] = faults
    assert found == {}


@pytest.mark.parametrize("is_stale", [False, True], ids=["sent empty", "stale"])
def test_no_form_has_a_barrier_when_it_comes_back(page: Page, world: World, is_stale: bool) -> None:
    """Forms that are whole without words are not counted; those that end something are in the journeys."""
    page.context.add_cookies([*world.cookie("few"), *world.cookie("code")])
    found: dict[str, list[str]] = {}
    seen = 0
    for path in FORMS:
        if path.endswith(("/disable", "/revoke", "/remove", "/delete", "/removal")):
            continue
        page.goto(world.service.address + world.address(path, world.few))
        with page.expect_navigation() as sent:
            if not page.evaluate(EMPTIED, is_stale):
                page.reload()
        came_back = sent.value.status == (409 if is_stale else 422)
        seen += came_back
        if came_back and (faults := looked_at(page)):
            found[path] = faults
    assert found == {}
    assert seen > (15 if is_stale else 30), "few forms came back"
