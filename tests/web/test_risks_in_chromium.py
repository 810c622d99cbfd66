"""A risk register from its matrix to a closed risk."""

from playwright.sync_api import Locator

from app.access.roles import Role
from tests.visits import Visit, journey


def give(visit: Visit, **typed: str) -> None:
    """Type into fields by name, or choose."""
    for name, value in typed.items():
        field: Locator = visit.page.locator(f"[name={name}]")
        if field.evaluate("one => one.tagName") == "SELECT":
            visit.choose(field, value)
        else:
            visit.fill(field, value)


@journey("A register is set up with its matrix", "A risk is added, controlled, closed and reopened")
def test_a_register_is_set_up_and_a_risk_runs_its_course(visit: Visit) -> None:
    visit.begin(Role.editor, "/registers")
    visit.follow("Add a risk register")
    give(visit, bands_2_name="Severe", bands_2_highest="20")
    visit.press("Preview")
    visit.reads("No band holds the score 25")
    give(visit, bands_2_highest="25")
    visit.press("Preview")
    visit.reads("Nothing is saved yet.")
    give(visit, ref="RR-2", title="Register of the board")
    visit.press("Add the register")
    visit.reads("No risks identified.")

    visit.follow("Add a risk")
    give(visit, ref="R1", current_likelihood="4")
    visit.press("Add the risk")
    visit.is_refused()
    visit.go_to_mistake("Choose the current impact too")
    give(visit, description="Posts may stay empty.", current_impact="4")
    give(visit, target_likelihood="1", target_impact="4")
    visit.press("Add the risk")
    visit.reads("The risk is added to the register.")
    visit.reads("Severe")

    visit.follow("Add a control")
    give(visit, description="Monthly panel")
    visit.press("Add the control")
    visit.follow("Add a management action")
    give(visit, title="Recruit two")
    visit.press("Add the management action")
    visit.follow("Update Recruit two")
    give(visit, status="on_target", narrative="Advertised.")
    visit.press("Save the update")
    visit.reads("The update of the management action is saved.")

    visit.follow("Close it")
    visit.press("Close the risk")
    visit.is_refused()
    visit.go_to_mistake("Give a reason")
    give(visit, reason="Every post is filled.")
    visit.press("Close the risk")
    visit.follow("Reopen it")
    give(visit, reason="One is empty again.")
    visit.press("Reopen the risk")
    visit.follow("Register of the board")
    assert visit.page.locator("table.heat a.chip--now").inner_text().startswith("R1")
    visit.follow("See the matrix and its versions")
