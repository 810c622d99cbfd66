"""A risk register from its matrix to a closed risk, with the keyboard alone, with and without scripts."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from app.access.roles import Role
from tests import servers, visits


class Visit:
    """Somebody with a keyboard alone, in a browser with or without scripts."""

    def __init__(self, page: Page, *, scripts: bool) -> None:
        self.page, self.scripts = page, scripts

    def follow(self, name: str) -> None:
        visits.go_on(self.page, "link", name)
        visits.check(self.page, scripts=self.scripts)

    def press(self, name: str) -> None:
        visits.go_on(self.page, "button", name, exact=True)
        visits.check(self.page, scripts=self.scripts)

    def fill(self, **typed: str) -> None:
        """Type into fields by name, or choose."""
        for name, value in typed.items():
            field = self.page.locator(f"[name={name}]")
            if field.evaluate("one => one.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)

    def reads(self, words: str) -> bool:
        return self.page.get_by_text(words).first.is_visible()


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def visit(browser: Browser, service: servers.Service, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """An editor, on the list of registers."""
    options = {"java_script_enabled": request.param}
    with visits.visiting(browser, service, Role.editor, "/registers", **options) as page:
        yield Visit(page, scripts=request.param)


def test_a_register_is_set_up_and_a_risk_runs_its_course(visit: Visit) -> None:
    ref = "RR-2" if visit.scripts else "RR-3"
    visit.follow("Add a risk register")
    visit.fill(bands_2_name="Severe", bands_2_highest="20")
    visit.press("Preview")
    assert visit.reads("No band holds the score 25")
    visit.fill(bands_2_highest="25")
    visit.press("Preview")
    assert visit.reads("Nothing is saved yet.")
    visit.fill(ref=ref, title=f"Register {ref} of the board")
    visit.press("Add the register")
    assert visit.reads("No risks identified.")

    visit.follow("Add a risk")
    visit.fill(ref="R1", current_likelihood="4")
    visit.press("Add the risk")
    assert visit.page.title().startswith("Error: ")
    assert visit.page.get_by_role("link", name="Choose the current impact too").is_visible()
    visit.fill(
        description="Posts may stay empty.", current_impact="4", target_likelihood="1", target_impact="4"
    )
    visit.press("Add the risk")
    assert visit.reads("The risk is added to the register.")
    assert visit.reads("Severe")

    visit.follow("Add a control")
    visit.fill(description="Monthly panel")
    visit.press("Add the control")
    visit.follow("Add a management action")
    visit.fill(title="Recruit two")
    visit.press("Add the management action")
    visit.follow("Update Recruit two")
    visit.fill(status="on_target", narrative="Advertised.")
    visit.press("Save the update")
    assert visit.reads("The update of the management action is saved.")

    visit.follow("Close it")
    visit.press("Close the risk")
    assert visit.page.get_by_role("link", name="Give a reason").is_visible()
    visit.fill(reason="Every post is filled.")
    visit.press("Close the risk")
    visit.follow("Reopen it")
    visit.fill(reason="One is empty again.")
    visit.press("Reopen the risk")
    visit.follow(f"Register {ref} of the board")
    assert visit.page.locator("table.heat a.chip--now").inner_text().startswith("R1")
    visit.follow("See the matrix and its versions")
