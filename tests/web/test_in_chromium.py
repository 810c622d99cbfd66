"""Pages in a real browser: for everybody, on any screen, with the keyboard, and without scripts."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from app.access.roles import Role
from tests import browsers, servers, visits

PLACES = {
    "plan": ("/plans", ("SEND priority action plan",)),
    "action": ("/", ("PAP 1", "1.9 ")),
    "overview": ("/", ()),
    "update": ("/", ("PAP 1", "1.9 ", "Add an update")),
    "register": ("/registers", ("SEND risk register",)),
    "reconcile": ("/plans", ("SEND priority action plan", "Check published percentages")),
}


@pytest.fixture(scope="module")
def cookie(browser: Browser, served_sample: servers.Service) -> dict[str, str]:
    """The session of an editor, signed in through the form."""
    with visits.somebody(browser, served_sample.address, visits.NO_SCRIPTS) as visit:
        visit.begin(Role.editor)
        assert visit.page.title() == "Overview - Improvement plan tracker"
        value = next(one["value"] for one in visit.page.context.cookies() if one["name"] == "session")
    return {"name": "session", "value": value, "url": served_sample.address}


@pytest.fixture(params=visits.WIDTHS, ids=["laptop", "phone"])
def visit(request: pytest.FixtureRequest, browser: Browser, cookie: dict[str, str]) -> Iterator[Page]:
    """A page of the editor's, at each width. Its console must stay empty of the policy's complaints."""
    with browsers.context(browser, viewport=request.param) as visitor:
        visitor.add_cookies([cookie])
        page = visitor.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        yield page
    assert [text for text in said if "Content Security Policy" in text or "Refused" in text] == []


def _go(page: Page, service: servers.Service, place: str) -> None:
    path, steps = PLACES[place]
    page.goto(service.address + path)
    for step in steps:
        page.get_by_role("link", name=step).first.click()
        page.wait_for_load_state()


@pytest.mark.parametrize("place", ["overview", "plan", "register", "update"])
def test_text_spacing_of_the_reader_breaks_nothing(visit, served_sample, place):
    _go(visit, served_sample, place)
    visit.evaluate(
        "() => { const sheet = new CSSStyleSheet(); sheet.replaceSync("
        "'* { line-height: 1.5 !important; letter-spacing: .12em !important;"
        " word-spacing: .16em !important; }"
        " p { margin-bottom: 2em !important; }'); document.adoptedStyleSheets = [sheet]; }"
    )
    assert not browsers.overflows(visit)


def test_a_form_with_mistakes_has_no_barrier_and_starts_at_its_summary(visit, served_sample):
    _go(visit, served_sample, "update")
    visit.get_by_label("Day").first.fill("30")
    visit.get_by_role("button", name="Save the update").click()
    assert visit.title().startswith("Error: ")
    # The browser moves the focus a moment after the page is there; it fails when it never does.
    visit.wait_for_function("document.activeElement.className === 'govuk-error-summary'")
    assert browsers.violations(visit) == []
    assert not browsers.overflows(visit)
    visit.get_by_role("link", name="Forecast date must include a month and a year").click()
    assert visit.evaluate("document.activeElement.id") == "forecast_on-month"


def test_published_percentages_and_their_verdict_have_no_barrier(visit, served_sample):
    _go(visit, served_sample, "reconcile")
    visit.get_by_label("Complete, PAP 1", exact=True).fill("half")
    visit.get_by_label("On target, PAP 1", exact=True).fill("101")
    visit.get_by_role("button", name="Check the figures").click()
    assert visit.title().startswith("Error: ")
    assert browsers.violations(visit) == []
    assert not browsers.overflows(visit)
    visit.get_by_role("link", name="PAP 1, complete: give a whole percentage").click()
    assert visit.evaluate("document.activeElement.id") == "complete-2"
    for label, figure in {"Complete": "44", "On target": "", "Delayed": "44", "Not started": "none"}.items():
        visit.get_by_label(f"{label}, PAP 1", exact=True).fill(figure)
    visit.get_by_label("Complete or on target, PAP 1", exact=True).fill("55")
    visit.get_by_label("Complete, overall", exact=True).fill("17")
    visit.get_by_role("button", name="Check the figures").click()
    assert visit.get_by_role("heading", level=2).first.inner_text().startswith("No whole-number counts")
    assert browsers.violations(visit) == []
    assert not browsers.overflows(visit)


def test_the_keyboard_alone_reaches_everything(visit, served_sample):
    _go(visit, served_sample, "action")
    visit.keyboard.press("Tab")
    assert visit.evaluate("document.activeElement.textContent") == "Skip to main content"
    visit.keyboard.press("Enter")
    seen = []
    for _ in range(6):
        visit.keyboard.press("Tab")
        seen.append(visit.evaluate("document.activeElement.textContent.trim()"))
    assert "Look at another date" in seen
    assert "Add an update" in seen


def test_another_day_is_chosen_without_a_mouse(visit, served_sample):
    _go(visit, served_sample, "plan")
    visit.locator("summary", has_text="Look at another date").focus()
    visit.keyboard.press("Enter")
    visit.locator("#as_at").fill("2024-04-01")
    visit.locator("#as_at").press("Enter")
    assert visit.get_by_text("Position as it stood on 1 April 2024.").is_visible()
    visit.get_by_role("link", name="Back to today").click()
    assert visit.get_by_text("Position as at 1 July 2024.").is_visible()


def test_pages_print_on_white_without_menus(browser, cookie, served_sample):
    with browsers.context(browser, viewport={"width": 760, "height": 1000}) as visitor:
        visitor.add_cookies([cookie])
        page = visitor.new_page()
        page.emulate_media(media="print")
        for place in ("register", "priority", "action"):
            _go(page, served_sample, place) if place != "priority" else page.goto(served_sample.address)
            assert not page.locator("nav.govuk-service-navigation").is_visible()
            assert not page.locator("details").first.is_visible()
            assert page.locator(".print-only").first.is_visible()
