"""A period from its cadence to its publication, without a barrier on the way."""

from app.access.roles import Role
from tests.visits import Visit, journey


@journey("A period is set up, written, reviewed and published", "It is previewed before it is published")
def test_a_period_is_published(visit: Visit) -> None:
    visit.begin(Role.editor)
    visit.follow("Board periods")
    visit.reads("No period has been added to this plan yet.")
    visit.follow("Set the cadence")
    visit.press("Save the cadence")
    visit.is_refused()
    visit.tick("Every quarter")
    for part, typed in (("Day", "1"), ("Month", "4"), ("Year", "2024")):
        visit.fill(part, typed)
    visit.fill("Days from the last day", "18")
    visit.press("Save the cadence")
    visit.follow("April to June 2024")
    visit.fill("Ref", "")
    visit.press("Add the period")
    visit.is_refused()
    visit.fill("Ref", "2024-06")
    visit.press("Add the period")
    visit.reads("The period is added as a draft.")

    visit.follow("Write the commentary on the period as a whole")
    visit.fill("Commentary", "A good quarter.\n\nRecruitment is in hand.")
    visit.press("Save the commentary")
    visit.follow("Change its name and days")
    visit.fill("Title", "Spring " * 30)
    visit.press("Save the period")
    visit.press("Send it for review")
    visit.follow("Publish this period")
    visit.unfold("")
    visit.check()
    visit.press("Publish and freeze")
    visit.reads("Published on 1 July 2024.")
    visit.follow("Add an erratum")
    visit.fill("What is wrong", "Action 2.5 was overdue.")
    visit.press("Add the erratum")
    visit.follow("Full history")
    visit.reads("Erratum to period 2024-06 added")
    visit.follow("Board periods")
    visit.reads("1 erratum")


@journey("A form that went stale shows both versions")
def test_both_versions_of_a_stale_form_have_no_barrier(visit: Visit) -> None:
    visit.begin(Role.editor, "/periods")
    visit.follow("Add a period")
    visit.fill("Ref", "2024-09")
    for place, (day, month) in enumerate((("1", "7"), ("30", "9"))):
        for part, typed in (("Day", day), ("Month", month), ("Year", "2024")):
            visit.fill(part, typed, place)
    visit.press("Add the period")
    period = visit.record
    visit.reads("The period is not over yet")
    other = visit.another_tab()
    for one in (visit, other):
        one.go(f"{period}/edit")
        one.fill("Title", f"Summer {one is other}")
    other.press("Save the period")
    visit.press("Save the period")
    visit.reads("Someone saved the period while you were writing")
    visit.press("Go back and edit mine")
    assert visit.field("Title").input_value() == "Summer False"
    visit.go(f"{period}/publication")
    visit.check()
