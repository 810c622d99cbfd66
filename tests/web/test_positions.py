"""The line that says what a page's figures are of: which day and period, as published or known today."""

from datetime import date
from uuid import UUID

from app import db
from app.access.roles import Principal
from app.services import plans as plans_service
from tests import factories
from tests.web.conftest import action_path, links, plan_path, priority_paths, risk_path, words


def published(area: Principal) -> str:
    """A published period of the sample's plan, April to June 2024; the address of its page."""
    with db.read(area) as reader:
        plan = plans_service.list_plans(reader, area)["items"][0]
    period = factories.make_published(
        area,
        plan["id"],
        title="April to June 2024",
        first_day=date(2024, 4, 1),
        last_day=date(2024, 6, 30),
    )
    return f"/periods/{period['id']}"


def test_a_page_says_where_the_published_figures_may_differ_from_what_is_known_today(editor, area):
    plan, path = plan_path(editor), published(area)
    changes = "/changes?compare=2024-04-30&as_at=2024-06-30"
    assert "30 June 2024 (published)" in words(editor.get(changes))
    action = UUID(action_path(editor, "1.9").rpartition("/")[2])
    factories.update(area, action, narrative="Nothing that counts by then.", effective_on=date(2024, 7, 1))
    pages = ["/", plan, priority_paths(editor)[0], action_path(editor, "1.9"), risk_path(editor, "1")]
    pages += [links(editor.get("/registers"), "/registers/")[0], f"/data-quality?plan={plan[-36:]}"]
    for address in pages:
        past = f"{address}{'&' if '?' in address else '?'}as_at=2024-06-30"
        assert "30 June 2024. Period: April to June 2024 , published." in words(editor.get(past)), address
    late = {"effective_on": date(2024, 6, 28), "reason": "Reported late"}
    factories.update(area, action, narrative="The survey closed.", **late)
    for address in pages:
        past = editor.get(f"{address}{'&' if '?' in address else '?'}as_at=2024-06-30")
        said = "Position as it stood on 30 June 2024, as known today. The published figures may differ: see "
        assert said + "April to June 2024 ." in words(past), address
        assert ", published." not in words(past), address
        assert links(past, path) == [path], address
        assert "may differ" not in editor.get(address), "1 July is in no period"
    text = words(editor.get(changes))
    assert "30 June 2024 (as known today: the published figures may differ)" in text
    assert "(published)" not in text
