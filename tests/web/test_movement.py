"""Where the scores of risks have moved, and since when; equal scores stand in one order everywhere."""

import re
from datetime import date

import pytest

from app import db
from app.services import plans as plans_service
from app.services import registers as registers_service
from tests import factories
from tests.web.conftest import Visitor, links, priority_paths, risk_path, words

APRIL = date(2024, 4, 30)


@pytest.fixture
def since_april(area):
    """The sample's plan with a published period that ended in April, when one risk of four was scored."""
    with db.read(area) as reader:
        plan = plans_service.list_plans(reader, area)["items"][0]
    factories.make_published(area, plan["id"], first_day=date(2024, 4, 1), last_day=APRIL)


def register_path(visitor: Visitor) -> str:
    return links(visitor.get("/registers"), "/registers/")[0]


def test_a_movement_says_since_when(viewer, since_april):
    text = words(viewer.get(risk_path(viewer, "1")))
    assert "Stable since 30 April 2024" in text
    for path in ("/", register_path(viewer)):
        html = viewer.get(path)
        assert re.search(r"<th [^>]*>(<a [^>]*>)?Movement since 30 April 2024(</a>)?</th>", html)
        assert "Stable since" not in words(html), "the heading says it for all"
    assert "Stable since 30 April 2024." in words(viewer.get(priority_paths(viewer)[0]))
    day = words(viewer.get(f"{register_path(viewer)}?as_at=2024-04-30"))
    assert "Movement since" not in day, "the period had not ended before that day"


def test_a_risk_without_an_earlier_score_is_told_from_a_plan_without_a_published_period(viewer, since_april):
    path = risk_path(viewer, "3")
    assert "No earlier score" in words(viewer.get(path))
    assert "Nothing published" not in words(viewer.get(path))
    assert "Nothing published to compare with" in words(viewer.get(f"{path}?as_at=2024-04-30")) or (
        "No score to compare" in words(viewer.get(f"{path}?as_at=2024-04-30"))
    )
    scored = risk_path(viewer, "1")
    assert "Nothing published to compare with" in words(viewer.get(f"{scored}?as_at=2024-04-30"))


def test_a_score_that_stayed_has_no_mark_of_approval(viewer, since_april):
    html = viewer.get(register_path(viewer))
    assert "#m-same" in html
    assert "#m-tick" not in html


@pytest.mark.parametrize("sort", ["", "?sort=-severity", "?sort=-target"])
def test_risks_with_equal_scores_are_in_the_order_of_their_refs(area, viewer, sort):
    with db.read(area) as reader:
        register = registers_service.list_registers(reader, area, today=factories.TODAY)["items"][0]
    for ref in ("51", "52", "50"):
        pairs = {"current": factories.pair(5, 5), "target": factories.pair(5, 4), "target_rationale": "High."}
        factories.make_risk(area, register["id"], ref=ref, description=f"Risk {ref}", **pairs)

    def shown(html: str) -> list[str]:
        return re.findall(r">(5\d) Risk 5\d</a>", html)

    assert shown(viewer.get(f"/registers/{register['id']}{sort}")) == ["50", "51", "52"]
    assert shown(viewer.get("/")) == ["50", "51", "52"]
