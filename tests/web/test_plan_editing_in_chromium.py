"""A plan is set up, edited, put in order, moved about, withdrawn from and copied."""

from app.access.roles import Role
from tests.visits import Visit, journey


@journey(
    "A plan is set up with priorities and actions",
    "A plan, a priority and an action are edited",
    "Priorities and actions are put in another order",
    "An action is moved to another priority",
    "An action is withdrawn and reinstated",
    "An action and a plan are copied",
    "A mistake is listed, leads to its field, and what was typed is kept",
)
def test_a_plan_is_set_up_ordered_moved_and_copied(visit: Visit) -> None:
    visit.begin(Role.editor, "/plans")
    plan = add_plan(visit)
    add_priorities(visit, plan)
    action = add_actions(visit, plan)
    order_actions(visit)
    edit(visit, plan, action)
    move(visit, action)
    for name, word in (("Withdraw", "withdrawn"), ("Reinstate", "reinstated")):
        visit.follow(f"{name} the action", exact=True)
        visit.fill("Reason", "Agreed by the board")
        visit.press(f"{name} the action")
        visit.reads(f"The action is {word}.")
    visit.follow("Copy the action", exact=True)
    visit.fill("Title", "Agree another process")
    visit.press("Add the copy")
    visit.reads("The action is added.")
    visit.go(plan)
    visit.follow("Copy the plan", exact=True)
    visit.fill("Ref", "SIP 2")
    visit.give_date("First day of the new plan", "1", "4", "2025")
    visit.press("Copy the plan")
    visit.reads("Every action in it begins as not started.")


def add_plan(visit: Visit) -> str:
    """The address of a plan that is added with a mistake at first."""
    visit.follow("Add a plan", exact=True)
    visit.fill("Title", "SEND improvement plan")
    visit.press("Add the plan")
    visit.is_refused()
    visit.go_to_mistake("Give a ref")
    assert visit.field("Title").input_value() == "SEND improvement plan"
    visit.fill("Ref", "SIP")
    visit.give_date("First day", "1", "April", "2024")
    visit.press("Add the plan")
    visit.reads("The plan is added. Add its priorities next.")
    return visit.record


def add_priorities(visit: Visit, plan: str) -> None:
    for title in ("Governance", "Information"):
        visit.follow("Add a priority", exact=True)
        visit.fill("Title", title)
        visit.fill("Ref", f"{title[:3]} {len(title)}")
        visit.choose("Senior responsible officer", "Strategic SEND lead, Local authority")
        visit.press("Add the priority")
        visit.reads("It is added. Add its actions next.")
        visit.go(plan)
    visit.check()
    visit.follow("Order of the priorities", exact=True)
    visit.fill("Place of Inf 11", "1")
    visit.press("Save this order")
    visit.reads("The new order is saved.")


def add_actions(visit: Visit, plan: str) -> str:
    """The address of the second of two actions under the second priority; ends at the plan."""
    for title, ref in (("Agree a process", "11.1"), ("Build a dashboard", "11.2")):
        visit.follow("Add an action", exact=True)
        visit.fill("Title", title)
        visit.fill("Ref under Inf 11", ref)
        visit.give_date("Due date", "30", "6", "2024")
        visit.press("Add the action")
        visit.reads("The action is added.")
        action = visit.record
        visit.go(plan)
    return action


def order_actions(visit: Visit) -> None:
    visit.follow("Inf 11 Information", exact=True)
    visit.follow("Order of the actions", exact=True)
    visit.fill("Place of 11.2", "1")
    visit.press("Save this order")
    visit.is_refused()
    visit.fill("Reason", "As in the inspection report")
    visit.press("Save this order")
    visit.reads("The new order is saved. It holds from today on.")
    visit.reads("11.1 Build a dashboard")


def edit(visit: Visit, plan: str, action: str) -> None:
    """The plan, the priority at which the visit is, and the action, at which it ends."""
    visit.follow("Edit the priority", exact=True)
    visit.fill("Title", "Information and data")
    visit.press("Save the priority")
    visit.reads("Information and data")
    visit.go(plan)
    visit.follow("Edit the plan", exact=True)
    visit.fill("Title", "SEND improvement plan 2024")
    visit.press("Save the plan")
    visit.reads("SEND improvement plan 2024")
    visit.go(action)
    visit.follow("Edit the action", exact=True)
    visit.fill("Title", "Build one dashboard")
    visit.press("Save the action")
    visit.reads("Build one dashboard")
    visit.follow("Change dates and impact", exact=True)
    visit.tick("Ongoing")
    visit.give_date("Due date")
    visit.give_date("Review date", "30", "9", "2024")
    visit.press("Save these dates")
    visit.reads("The dates and the impact are recorded.")
    visit.reads("Ongoing, review 30 September 2024")


def move(visit: Visit, action: str) -> None:
    """From one priority to the other."""
    visit.follow("Change its action points", exact=True)
    visit.fill("Ref under Inf 11", "")
    visit.fill("Ref under Gov 10", "10.1")
    visit.press("Save these action points")
    visit.reads("The action points are recorded.")
    visit.go(action)
    visit.reads("10.1")
