"""The overview, the timeline with its charts, the heat map: at both widths, on paper, without a barrier."""

from app.access.roles import Role
from tests.visits import Visit, journey


@journey(
    "The overview says what changed and what presses",
    "The timeline and the charts are read with their figures",
)
def test_from_what_presses_most_to_when_it_is_due(visit: Visit) -> None:
    visit.begin(Role.contributor, "/?as_at=2024-06-30&compare=2024-04-30")
    visit.check()
    visit.reads("What changed since 30 April 2024?")
    visit.follow("Timeline")
    assert visit.named("img", "Action points that are complete, that were due to be").is_visible()
    # On paper the bars stay, and so do the lines that tell them apart.
    visit.page.emulate_media(media="print")
    assert visit.page.locator(".ganttcell svg").first.is_visible()
    assert not visit.page.locator(".filters").is_visible()
    visit.page.emulate_media(media="screen")
    visit.unfold("The figures of the chart")
    visit.reads("To come")
    visit.choose("Show", "due")
    visit.press("Show", exact=True)
    visit.page.wait_for_url("**show=due**")
    assert "as_at=2024-06-30" in visit.page.url, "the day stays"
    visit.follow("SEND priority action plan", exact=True)
    visit.reads("Action points at the end of each month")


@journey("The heat map leads to its risks, now and as at the last period")
def test_the_heat_map_is_switched_to_the_last_period(visit: Visit) -> None:
    visit.begin(Role.editor, "/periods")
    visit.follow("Add a period")
    visit.fill("Ref", "2024-03")
    visit.give_date("First day", "1", "1", "2024")
    visit.give_date("Last day", "31", "3", "2024")
    visit.press("Add the period")
    visit.follow("Publish this period")
    visit.press("Publish and freeze")
    visit.follow("Risk registers", exact=True)
    visit.follow("SEND risk register", exact=True)
    days = visit.page.get_by_role("navigation", name="Day of the heat map")
    visit.go_on(days.get_by_role("link").last)
    visit.check()
    visit.reads("Where the risks stood on 31 March 2024")
    visit.go_on(days.get_by_role("link").first)
    visit.go_on(visit.page.locator("table.heat a").first)
    visit.check()
