"""Pages in a real browser: for everybody, on any screen, with the keyboard, and without scripts."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from app.access.roles import Role
from app.demo import SIGN_INS
from tests import browsers, servers

WIDTHS = (1280, 320)
PLACES = {
    "overview": ("/", ()),
    "overview of the programme": ("/", ("Delivering Better Value in SEND",)),
    "overview of an earlier day": ("/?as_at=2024-05-01", ()),
    "plans": ("/plans", ()),
    "plan": ("/plans", ("SEND priority action plan",)),
    "priority": ("/", ("PAP 1",)),
    "action": ("/", ("PAP 1", "1.9 ")),
    "update": ("/", ("PAP 1", "1.9 ", "Add an update")),
    "registers": ("/registers", ()),
    "register": ("/registers", ("SEND risk register",)),
    "register of ratings": ("/registers", ("Delivering Better Value risks",)),
    "risk": ("/registers", ("SEND risk register", "3 General")),
    "risk with a rating": ("/registers", ("Delivering Better Value risks", "13 ")),
    "assess": ("/registers", ("SEND risk register", "3 General", "Assess this risk")),
    "assess a rating": ("/registers", ("Delivering Better Value risks", "13 ", "Assess this risk")),
    "history of an action": ("/", ("PAP 1", "1.9 ", "Full history")),
    "history of a risk": ("/registers", ("SEND risk register", "3 General", "Full history")),
    "reconcile": ("/plans", ("SEND priority action plan", "Check published percentages")),
    "data quality": ("/data-quality", ()),
    "data quality of an earlier day": ("/data-quality?as_at=2024-01-01", ()),
    "acknowledge": ("/registers", ("SEND risk register", "3 General", "Acknowledge a point")),
    "changes": ("/changes?compare=2024-04-30&as_at=2024-06-30", ()),
    "changes of risks": ("/changes?compare=2024-04-30&as_at=2024-06-30&show=risks&more=risks", ()),
    "changes of one day": ("/changes?compare=2024-06-30&as_at=2024-06-30", ()),
    "plan beside an earlier day": ("/plans?compare=2024-04-30", ("SEND priority action plan",)),
    "register beside an earlier day": ("/registers?compare=2024-04-30", ("SEND risk register",)),
    "help": ("/help", ()),
    "accessibility": ("/accessibility", ()),
    "API reference": ("/reference", ()),
    "reference of actions": ("/reference/actions", ()),
    "reference of problems": ("/reference/problems", ()),
    "quick-start": ("/help/quick-start", ()),
    "nothing there": ("/nothing", ()),
    "bad date": ("/?as_at=soon", ()),
}


@pytest.fixture(scope="module")
def cookie(browser: Browser, served_sample: servers.Service) -> dict[str, str]:
    """The session of an editor, signed in through the form."""
    with browsers.context(browser, java_script_enabled=False) as visitor:
        page = visitor.new_page()
        page.goto(f"{served_sample.address}/")
        editor = next(one for one in SIGN_INS if one.role is Role.editor)
        page.get_by_label("E-mail address").fill(editor.email)
        page.get_by_label("Password").fill(editor.password)
        page.get_by_role("button", name="Sign in").click()
        assert page.title() == "Overview - Improvement plan tracker"
        value = next(one["value"] for one in visitor.cookies() if one["name"] == "session")
    return {"name": "session", "value": value, "url": served_sample.address}


@pytest.fixture(params=WIDTHS)
def visit(request: pytest.FixtureRequest, browser: Browser, cookie: dict[str, str]) -> Iterator[Page]:
    """A page of the editor's, at each width. Its console must stay empty of the policy's complaints."""
    size = {"width": request.param, "height": 900}
    with browsers.context(browser, viewport=size) as visitor:
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


@pytest.mark.parametrize("place", PLACES)
def test_no_barrier_and_no_sideways_scroll(visit, served_sample, place):
    _go(visit, served_sample, place)
    assert visit.locator("h1").count() == 1
    assert not browsers.overflows(visit), "scrolls sideways"
    assert browsers.violations(visit) == []


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
