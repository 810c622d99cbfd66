"""Pages of data quality: the list, a record's own points, acknowledging them; and what the sentences say."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.data_quality.base import CheckId, Severity
from app.data_quality.catalogue import CHECKS
from app.sentences import data_quality as sentences
from app.sentences.words import numeral
from tests.web.conftest import action_path, errors, fields, links, plan_path, risk_path, words

# --- The list ---------------------------------------------------------------------------------------------


def of_plan(visitor: Any, query: str = "") -> str:
    """The address of the list for the sample's priority action plan."""
    return f"/data-quality?plan={plan_path(visitor).rpartition('/')[2]}{query}"


def test_the_list_opens_with_its_figures_in_a_sentence(viewer: Any) -> None:
    text = words(viewer.get(of_plan(viewer)))
    assert "Nine data-quality points; none blocks publishing." in text
    assert "Three management actions without a due date, two risks without an owner," in text
    assert "9 of 9 points, what blocks publishing first" in text
    assert "Risk 3 General capacity creating some delay in time scales" in text
    assert "Management action of risk 3: Appoint PMO" in text
    assert "Give the management action a due date by an update." in text


def test_the_list_is_of_the_whole_area_unless_a_plan_is_chosen(viewer: Any) -> None:
    html = viewer.get("/data-quality")
    text = words(html)
    assert "192 data-quality points; none blocks publishing." in text
    assert "100 of 192 points" in text
    assert "Delivering Better Value in SEND" in text
    following = [link for link in links(html, "/data-quality") if "page=2" in link]
    assert "101 to 192 of 192 points" in words(viewer.get(following[0]))


@pytest.mark.parametrize(
    "query, expected",
    [
        ("&noun=risk", "6 of 6 points"),
        ("&noun=management_action", "3 of 3 points"),
        ("&check=risk_no_owner", "2 of 2 points"),
        ("&severity=warns", "9 of 9 points"),
        ("&severity=blocks", "No point fits these filters. Show all points"),
        ("&state=acknowledged", "No point fits these filters."),
        ("&state=any", "9 of 9 points"),
        ("&as_at=2024-02-01", "No point fits these filters."),
    ],
)
def test_the_list_is_filtered_by_its_address(viewer: Any, query: str, expected: str) -> None:
    assert expected in words(viewer.get(of_plan(viewer, query)))


def test_a_day_on_which_there_was_nothing_says_so(viewer: Any) -> None:
    text = words(viewer.get("/data-quality?as_at=2024-01-01"))
    assert "No data-quality points." in text
    assert "The checks find nothing in the records of this day." in text


@pytest.mark.parametrize(
    "query", ["noun=plan", "severity=red", "check=typed", "state=gone", "plan=x", "page=x", "as_at=soon"]
)
def test_a_value_that_no_form_offers_is_refused(viewer: Any, query: str) -> None:
    viewer.get(f"/data-quality?{query}", 422)


def test_an_area_sees_nothing_of_another(stranger: Any, viewer: Any) -> None:
    assert "No data-quality points." in words(stranger.get("/data-quality"))
    stranger.get(of_plan(viewer), 404)


def test_each_row_leads_to_its_record_and_editors_to_the_form(editor: Any, viewer: Any) -> None:
    html = editor.get(of_plan(editor))
    assert len(re.findall(r'href="/risks/[^"]+/acknowledge\?point=', html)) == 9
    assert "#data-quality" in links(html, "/risks/")[0]
    assert "/acknowledge" not in viewer.get(of_plan(viewer))
    assert "/acknowledge" not in editor.get(of_plan(editor, "&as_at=2024-06-30"))


# --- A record's own points --------------------------------------------------------------------------------


def test_a_risk_shows_its_points_beside_its_record(viewer: Any) -> None:
    html = viewer.get(risk_path(viewer, "3"))
    text = words(html)
    assert "Give the day on which the risk was opened." in text
    assert "Appoint PMO: Give the management action a due date by an update." in text
    assert "No opened date" in text
    assert "2 management actions have no due date" in text
    assert "Acknowledge a point" not in text
    assert 'id="data-quality"' not in viewer.get(risk_path(viewer, "2"))


def test_an_action_shows_its_points_beside_its_record(viewer: Any) -> None:
    [plan] = [link for link in links(viewer.get("/plans"), "/plans/") if link != plan_path(viewer)]
    action = links(viewer.get(plan), "/actions/")[0]
    assert "Give the action a lead." in words(viewer.get(action))
    assert 'id="data-quality"' not in viewer.get(action_path(viewer, "1.9"))


def test_the_forms_that_edit_a_record_show_its_points_too(editor: Any) -> None:
    form = words(editor.get(f"{risk_path(editor, '4')}/assess"))
    assert "Data quality Give the risk an owner." in form
    [plan] = [
        link for link in links(editor.get("/plans"), "/plans/[0-9a-f]{8}-") if link != plan_path(editor)
    ]
    action = links(editor.get(plan), "/actions/")[0]
    assert "Data quality Give the action a lead." in words(editor.get(f"{action}/update"))


# --- Acknowledging ----------------------------------------------------------------------------------------


def chosen(html: str, words: str) -> str:
    """The value of the radio button with these words."""
    found = re.search(rf'value="([^"]+)"[^>]*><label[^>]*>[^<]*{re.escape(words)}', html)
    assert found, words
    return found[1]


def test_a_point_is_acknowledged_with_a_reason(editor: Any, viewer: Any) -> None:
    path = risk_path(editor, "3")
    html = editor.get(f"{path}/acknowledge")
    point = chosen(html, "Give the day on which the risk was opened.")
    sent = {**fields(html), "point": point, "reason": "The day is not known any more."}
    answer = editor.send(f"{path}/acknowledge", sent, 303)
    assert answer.headers["location"] == f"{path}?saved=told#data-quality"
    text = words(editor.get(f"{path}?saved=told"))
    assert "Your acknowledgement is saved." in text
    assert "on 1 July 2024: The day is not known any more." in text
    assert "No opened date" not in text
    assert "Eight data-quality points; none blocks publishing. One more is acknowledged." in words(
        viewer.get(of_plan(viewer))
    )
    assert "1 of 1 point" in words(viewer.get(of_plan(viewer, "&state=acknowledged")))


def test_the_same_form_again_is_told_that_it_is_saved(editor: Any) -> None:
    path = risk_path(editor, "3")
    html = editor.get(f"{path}/acknowledge")
    sent = {**fields(html), "point": chosen(html, "Appoint PMO"), "reason": "Agreed."}
    editor.send(f"{path}/acknowledge", sent, 303)
    editor.send(f"{path}/acknowledge", sent, 303)
    refused = editor.send(f"{path}/acknowledge", {**sent, "reason": "Another one."}, 409)
    assert errors(refused.text)[0].startswith("It was acknowledged already, by editor-")


def test_a_form_that_is_not_whole_says_what_to_do_and_loses_nothing(editor: Any) -> None:
    path = risk_path(editor, "3")
    answer = editor.send(f"{path}/acknowledge", {"reason": "Agreed."}, 422)
    assert errors(answer.text) == ["Choose what you acknowledge"]
    assert ">Agreed.</textarea>" in answer.text
    answer = editor.send(f"{path}/acknowledge", {"point": "x", "reason": " "}, 422)
    assert errors(answer.text) == [
        "What was found has changed since. Choose what you acknowledge",
        "Say why it stays as it is",
    ]


def test_the_point_that_a_link_names_is_chosen_already(editor: Any) -> None:
    path = risk_path(editor, "3")
    point = chosen(editor.get(f"{path}/acknowledge"), "Appoint PMO")
    assert "point" not in fields(editor.get(f"{path}/acknowledge"))
    assert fields(editor.get(f"{path}/acknowledge?point={point}"))["point"] == point


def test_the_only_point_there_is_is_chosen_already(editor: Any) -> None:
    [programme] = [
        link for link in links(editor.get("/plans"), "/plans/[0-9a-f]{8}-") if link != plan_path(editor)
    ]
    action = next(
        link
        for link in links(editor.get(programme), "/actions/")
        if editor.get(f"{link}/acknowledge").count('type="radio"') == 1
    )
    assert fields(editor.get(f"{action}/acknowledge"))["point"].startswith("action_no_lead:")


def test_where_there_is_nothing_to_acknowledge_the_page_says_so(editor: Any) -> None:
    html = editor.get(f"{risk_path(editor, '2')}/acknowledge")
    assert "There is nothing to acknowledge here today." in words(html)
    assert "<textarea" not in html


def test_what_blocks_publishing_is_said_and_not_offered(editor: Any) -> None:
    path = action_path(editor, "2.2")
    sent = {
        "status": "on_target",
        "narrative": "The date was moved.",
        "reason": "Typed late.",
        "due_on-day": "25",
        "due_on-month": "6",
        "due_on-year": "2024",
        "effective_on-day": "20",
        "effective_on-month": "6",
        "effective_on-year": "2024",
    }
    editor.send(f"{path}/update", {**fields(editor.get(f"{path}/update")), **sent}, 303)
    text = words(editor.get(path))
    assert "Blocks publishing The action is on target although its due date has passed" in text
    assert "Acknowledge a point" not in text
    assert "; one blocks publishing." in words(editor.get(of_plan(editor)))
    assert "This cannot be acknowledged." in words(editor.get(f"{path}/acknowledge"))
    assert "Position as it stood on 24 June 2024" in words(editor.get(f"{path}?as_at=2024-06-24"))
    assert "Blocks publishing" not in words(editor.get(f"{path}?as_at=2024-06-24"))


# --- The overview -----------------------------------------------------------------------------------------


def test_the_overview_counts_the_points_of_its_plan_and_leads_to_them(viewer: Any) -> None:
    html = viewer.get("/")
    assert (
        "9 data-quality points Three management actions without a due date, two risks without an owner, one "
        "risk last updated before it was opened and three others."
    ) in words(html)
    [href] = [link for link in links(html, "/data-quality") if "plan=" in link]
    assert href == of_plan(viewer)
    earlier = links(viewer.get("/?as_at=2024-06-30"), "/data-quality")
    assert of_plan(viewer, "&as_at=2024-06-30") in earlier


# --- Sentences --------------------------------------------------------------------------------------------


def point(check: CheckId, *, told: bool = False) -> dict[str, Any]:
    found = CHECKS[check]
    return {"check": check, "severity": found.severity, "acknowledged": {"reason": "x"} if told else None}


BLOCKS, WARNS = CheckId.action_on_target_overdue_without_reason, CheckId.risk_no_owner


@pytest.mark.parametrize(
    "blocks, warns, told, expected",
    [
        (0, 0, 0, "No data-quality points."),
        (0, 0, 1, "No data-quality points. One is acknowledged."),
        (0, 0, 2, "No data-quality points. Two are acknowledged."),
        (0, 1, 0, "One data-quality point; it does not block publishing."),
        (1, 0, 0, "One data-quality point; it blocks publishing."),
        (0, 9, 1, "Nine data-quality points; none blocks publishing. One more is acknowledged."),
        (1, 11, 0, "12 data-quality points; one blocks publishing."),
        (2, 2, 3, "Four data-quality points; two block publishing. Three more are acknowledged."),
        (2, 0, 0, "Two data-quality points; all block publishing."),
    ],
)
def test_the_sentence_is_right_for_none_one_and_many(
    blocks: int, warns: int, told: int, expected: str
) -> None:
    found = [point(BLOCKS)] * blocks + [point(WARNS)] * warns + [point(WARNS, told=True)] * told
    assert sentences.lead(found) == expected


def test_points_are_told_by_what_they_are_the_most_frequent_first() -> None:
    found = [point(WARNS), *[point(CheckId.action_no_lead)] * 12, point(BLOCKS), point(WARNS, told=True)]
    assert sentences.by_check(found) == (
        "12 actions without a lead, one action on target past its due date without a reason and one risk "
        "without an owner."
    )
    assert sentences.by_check(found, 1) == "12 actions without a lead and two others."
    assert sentences.by_check(found, 2).endswith("without a reason and one other.")
    assert sentences.by_check([point(WARNS, told=True)]) == ""


def test_every_check_has_words() -> None:
    assert list(sentences.PHRASES) == list(CheckId)


@given(st.lists(st.builds(point, st.sampled_from(CheckId), told=st.booleans()), max_size=40))
def test_every_number_in_the_sentences_is_a_number_of_the_findings(found: list[dict[str, Any]]) -> None:
    open_points = [one for one in found if not one["acknowledged"]]
    kinds = {check: sum(1 for one in open_points if one["check"] == check) for check in CheckId}
    blocking = sum(1 for one in open_points if one["severity"] is Severity.blocks)
    known = {len(open_points), blocking, len(found) - len(open_points)}
    known |= set(kinds.values())
    said = f"{sentences.lead(found)} {sentences.by_check(found)}".lower()
    numerals = {numeral(number): number for number in range(2, 10)}
    numbers = {int(one) for one in re.findall(r"\d+", said)}
    numbers |= {numerals[word] for word in re.findall(r"[a-z]+", said) if word in numerals}
    assert numbers <= known
    assert sum(kinds.values()) == len(open_points)


def test_the_list_of_risks_says_what_the_checks_find_in_each(viewer: Any) -> None:
    html = viewer.get(links(viewer.get("/registers"), "/registers/")[0])
    rows = {
        words(row).split()[0]: words(row)
        for row in re.findall(r'<tr role="row"><th scope="row".*?</tr>', html, re.DOTALL)
    }
    for said in ("Last updated before it was opened", "No risk owner", "No management actions"):
        assert said in rows["1"], rows["1"]
    assert "No opened date" in rows["3"]
    assert "No risk owner" in rows["4"]
    assert "Target impact" in rows["4"]
    assert any("no due date" in row for row in rows.values())
    assert "No management actions" in viewer.get(risk_path(viewer, "1")).partition('id="data-quality"')[0]
