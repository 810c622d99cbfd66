"""An action lead's way to updates, a senior responsible officer's to what to decide, and the briefing."""

import re

from app.access.roles import Role
from tests.visits import SCRIPTS, Visit, journey

LEAD = Role.contributor
"""The Strategic SEND lead, who leads six actions that are not complete."""


@journey("My actions", "Several actions are updated in one pass")
def test_several_actions_are_updated_in_one_pass(visit: Visit) -> None:
    visit.begin(LEAD)
    visit.follow("My actions", exact=True)
    for ref in ("1.8", "5.58"):
        visit.tick(f"Choose {ref} ")
    visit.press("Update the chosen actions")
    assert visit.page.title().startswith("Update 2 actions")
    visit.fill("What has happened", "Two candidates were seen.", 0)
    visit.fill("What has happened", "Work has begun.", 1)
    visit.tick(visit.field("On target", 1))
    visit.press("Save the updates")
    visit.is_refused()
    visit.go_to_mistake("5.58: Give a reason")
    visit.fill(visit.page.locator("#reason-2"), "The post is filled.")
    visit.press("Save the updates")
    visit.reads("Your 2 updates are saved.")
    visit.reads("Work has begun.")


@journey("A form that went stale shows both versions")
def test_a_form_of_several_that_went_stale_has_no_barrier(visit: Visit) -> None:
    visit.begin(LEAD, "/my-actions")
    other = visit.another_tab()
    other.go("/my-actions")
    for one in (visit, other):
        one.follow("Update all ")
        one.fill("What has happened", f"Said by {'the other' if one is other else 'me'}.", 0)
    for one in (other, visit):
        one.press("Save the updates")
    visit.reads("Saved while you were writing:")
    assert visit.field("What has happened").input_value() == "Said by me."
    visit.press("Save the updates")
    visit.reads("Your update is saved.")


@journey("One action is updated in under a minute")
def test_one_action_is_updated_in_three_steps(visit: Visit) -> None:
    visit.begin(LEAD, "/my-actions")
    visit.follow("Update 5.55")
    visit.fill("What has happened", "Three managers began.")
    visit.press("Save the update")
    visit.reads("Your update is saved.")
    visit.reads("Three managers began.")


@journey(
    "My priority, with what needs a decision",
    "A board member reads what changed, what is red, why and what is next",
)
def test_what_to_decide_and_the_briefing_have_no_barrier_and_print_on_two_pages(visit: Visit) -> None:
    visit.begin(LEAD, "/my-priority")
    visit.check()
    visit.follow("PAP 1 ")
    visit.reads("What changed since")
    visit.reads("need a decision")
    visit.follow("The whole priority with all its actions")
    visit.go("/?as_at=2024-06-30&compare=2024-04-30")
    visit.follow("Briefing for the board, on two pages")
    for asked in ("What changed?", "What is delayed or overdue, and why?", "What happens next?"):
        visit.reads(asked)
    visit.follow("Every change, in sentences")
    if visit.way == SCRIPTS:
        visit.go("/briefing?as_at=2024-06-30&compare=2024-04-30")
        printed = visit.page.pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 2
