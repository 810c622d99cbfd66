"""A period from its cadence to its publication, with the keyboard alone, and without a barrier on the way."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from app.access.roles import Role
from tests import servers, visits
from tests.visits import check, follow, press


@pytest.fixture
def visit(browser: Browser, service: servers.Service) -> Iterator[Page]:
    """An editor, with no scripts but those of the checks."""
    with visits.visiting(browser, service, Role.editor) as page:
        yield page


def test_a_period_is_published_with_the_keyboard_alone(visit: Page, service: servers.Service) -> None:
    visit.goto(f"{service.address}/")
    follow(visit, "Board periods")
    assert visit.get_by_text("No period has been added to this plan yet.").is_visible()
    follow(visit, "Set the cadence")
    press(visit, "Save the cadence")
    assert visit.title().startswith("Error: ")
    visit.get_by_label("Every quarter").press("Space")
    for part, typed in (("Day", "1"), ("Month", "4"), ("Year", "2024")):
        visit.get_by_label(part, exact=True).fill(typed)
    visit.get_by_label("Days from the last day").fill("18")
    press(visit, "Save the cadence")
    follow(visit, "April to June 2024")
    visit.get_by_label("Ref").fill("")
    press(visit, "Add the period")
    visit.wait_for_function("document.activeElement.className === 'govuk-error-summary'")
    visit.get_by_label("Ref").fill("2024-06")
    press(visit, "Add the period")
    assert visit.get_by_text("The period is added as a draft.").is_visible()

    follow(visit, "Write the commentary on the period as a whole")
    visit.get_by_label("Commentary").fill("A good quarter.\n\nRecruitment is in hand.")
    press(visit, "Save the commentary")
    follow(visit, "Change its name and days")
    visit.get_by_label("Title").fill("Spring " * 30)
    press(visit, "Save the period")
    press(visit, "Send it for review")
    follow(visit, "Publish this period")
    visit.locator("summary").press("Enter")
    check(visit)
    press(visit, "Publish and freeze")
    assert visit.get_by_text("Published on 1 July 2024.").first.is_visible()
    follow(visit, "Add an erratum")
    visit.get_by_label("What is wrong").fill("Action 2.5 was overdue.")
    press(visit, "Add the erratum")
    follow(visit, "Full history")
    assert visit.get_by_text("Erratum to period 2024-06 added").is_visible()
    follow(visit, "Board periods")
    assert visit.get_by_text("1 erratum").is_visible()


def test_both_versions_of_a_stale_form_have_no_barrier(visit: Page, service: servers.Service) -> None:
    visit.goto(f"{service.address}/periods")
    follow(visit, "Add a period")
    visit.get_by_label("Ref").fill("2024-09")
    for place, (day, month) in enumerate((("1", "7"), ("30", "9"))):
        visit.get_by_label("Day", exact=True).nth(place).fill(day)
        visit.get_by_label("Month", exact=True).nth(place).fill(month)
        visit.get_by_label("Year", exact=True).nth(place).fill("2024")
    press(visit, "Add the period")
    period = visit.url.partition("?")[0]
    assert visit.get_by_text("The period is not over yet").is_visible()
    other = visit.context.new_page()
    for page in (visit, other):
        page.goto(f"{period}/edit")
        page.get_by_label("Title").fill(f"Summer {page is other}")
    press(other, "Save the period")
    press(visit, "Save the period")
    assert visit.get_by_text("Someone saved the period while you were writing").is_visible()
    press(visit, "Go back and edit mine")
    assert visit.get_by_label("Title").input_value() == "Summer False"
    visit.goto(f"{period}/publication")
    check(visit)
