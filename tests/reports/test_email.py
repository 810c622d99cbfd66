"""The summary e-mail and the reminder: the figures of the report, in text and in HTML that stands alone."""

import json
import re
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from app import web
from app.reports.colours import status_colours
from app.reports.document import Look
from app.reports.email import Rendered, rendered
from app.reports.letter import Letter
from app.reports.reminder import reminder
from app.reports.summary import summary
from app.senders.message import visible
from tests import browsers
from tests.reports import samples

BASE = "https://plans.council.example"
UNSUBSCRIBE = f"{BASE}/unsubscribe/token"


def told(content: dict[str, Any]) -> Letter:
    return summary(content, samples.LOOK, base_url=BASE)


def mail(content: dict[str, Any]) -> Rendered:
    return rendered(told(content), unsubscribe_url=UNSUBSCRIBE, why="Sent under a schedule.")


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self.is_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.is_style = tag == "style"
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_endtag(self, tag: str) -> None:
        self.is_style = False

    def handle_data(self, data: str) -> None:
        if not self.is_style:
            self.words.append(data)


def read(html: str) -> _Words:
    found = _Words()
    found.feed(html)
    return found


def figures(text: str) -> set[str]:
    return set(re.findall(r"\d+%|\(\d+ of \d+\)", text))


def section(letter: Letter, start: str) -> Any:
    return next(one for one in letter.sections if one.heading.startswith(start))


# --- What it says -----------------------------------------------------------------------------------------


def test_it_says_of_the_sample_what_its_report_says(sample_content: dict[str, Any]) -> None:
    letter = told(sample_content)

    assert letter.subject == "SEND priority action plan: 61% complete or on target, 30 June 2024"
    assert letter.heading == "61% of action points are complete or on target (57 of 93)"
    assert letter.bar is not None
    assert (
        letter.bar.words == "Complete 17 (18%), On target 40 (43%), Delayed 20 (22%), Not started 16 (17%)."
    )
    assert [bar.words for bar in section(letter, "By priority").bars] == [
        "56% complete or on target (5 of 9): Complete 4, On target 1, Delayed 4.",
        "60% complete or on target (3 of 5): On target 3, Delayed 2.",
        "71% complete or on target (5 of 7): On target 5, Delayed 2.",
        "58% complete or on target (7 of 12): On target 7, Delayed 3, Not started 2.",
        "62% complete or on target (37 of 60): Complete 13, On target 24, Delayed 9, Not started 14.",
    ]
    assert sample_content["journal_head"] in letter.foot[-1]
    assert "30 June 2024" in letter.foot[-1]
    assert letter.button == (
        "Open the plan as at 30 June 2024",
        f"{BASE}/?plan={sample_content['plan']['id']}&as_at=2024-06-30",
    )


def test_what_is_overdue_comes_before_what_is_late(sample_content: dict[str, Any]) -> None:
    late = section(told(sample_content), "Off track")

    assert late.lead == "16 actions are delayed or overdue, one of them past its date."
    first, second = late.items[:2]
    assert first.text.startswith("1.9, 2.5, 3.7, 4.12 and 5.60 ")
    assert first.detail == "Delayed. Overdue by 30 days. Lead: Parent Carer Forum chair."
    assert second.detail == "Delayed. Due 31 July 2024. Lead: Strategic SEND lead."
    assert late.more == "10 more actions are not named here."


def test_the_highest_risks_come_first_of_registers_with_and_without_scores(
    sample_contents: dict[str, Any],
) -> None:
    risks = section(told(sample_contents["PAP"]), "Highest risks")
    assert [one.detail.split(".")[0] for one in risks.items] == [
        *("16 High", "9 Moderate", "9 Moderate", "9 Moderate"),
    ]
    rated = section(told(sample_contents["DBV"]), "Highest risks")
    assert {one.detail.split(".")[0] for one in rated.items} == {"M"}
    assert rated.more == "9 more risks are not named here."


def test_each_register_speaks_under_its_name_where_there_are_several(whole_content: dict[str, Any]) -> None:
    risks = section(told(whole_content), "Highest risks")
    assert risks.lead == "The only risk is High. It has not reached its target."
    assert "Register:" not in risks.items[0].detail

    (first,) = whole_content["registers"]
    other = {**first, "id": samples.PLAN_ID, "ref": "NN", "title": "Named", "sentence": "The only risk is M."}
    (risk,) = whole_content["priorities"][0]["risks"]
    rated = {"current": None, "target": None, "rating": {"band": "Low", "matrix_version": 1}}
    whole_content["general"]["risks"] = [{**risk, **rated, "register_id": other["id"]}]
    letter = told({**whole_content, "registers": [first, other]})

    risks = section(letter, "Highest risks")
    assert risks.lead == (
        "RR Risk register: The only risk is High. It has not reached its target. "
        "NN Named: The only risk is M."
    )
    assert [one.detail.partition("Register: ")[2] for one in risks.items] == [
        "RR Risk register.",
        "NN Named.",
    ]
    assert section(letter, "What changed").items[-1].detail.endswith(" Register: RR Risk register.")


def test_each_section_of_a_whole_content_is_told(whole_content: dict[str, Any]) -> None:
    letter = told(whole_content)

    assert letter.heading == ("40% of actions are complete or on target (2 of 5), up from 20% on 31 March")
    assert [one.heading for one in letter.sections] == [
        "Off track, worst first",
        "Due before the next meeting, 22 August 2024",
        "Highest risks",
        "What changed since 31 March 2024",
        "By priority",
        "Data quality",
    ]
    changed = section(letter, "What changed")
    assert [(one.text, one.detail) for one in changed.items] == [
        ("1 action became delayed: 1.1. Delayed rose from 1 to 2.", ""),
        ("Risk R1", "Fell from 20 High to 16 High on 12 June 2024. The target, 4 Low, did not change."),
    ]
    due = section(letter, "Due before")
    assert [(one.text, one.detail) for one in due.items] == [
        ("1.1 Carry out the survey", "Due 31 July. Delayed. Lead: Survey lead."),
    ]
    assert [bar.words for bar in section(letter, "By priority").bars][1] == "No actions."
    assert letter.links == (("Read the whole report", f"{BASE}/periods/{samples.PLAN_ID}/report"),)


def test_corrections_of_a_published_report_come_first(whole_content: dict[str, Any]) -> None:
    erratum = {"text": "Read 37, not 36.", "effective_on": "2024-07-20", "author_name": "SEND lead"}
    letter = told({**whole_content, "errata": [erratum]})
    assert letter.sections[0].heading == "Corrections since the report was published"
    assert letter.sections[0].items[0].text == "Read 37, not 36."


def test_a_plan_without_actions_risks_and_meetings_says_so(whole_content: dict[str, Any]) -> None:
    empty = {**samples.figures(0, 0, 0, 0), "withdrawn": 0}
    bare = {name: value for name, value in whole_content.items() if name not in ("changes", "falls_due")}
    bare |= {
        "priorities": [],
        "registers": [],
        "data_quality": None,
        "period": None,
        "overall": {
            "progress": empty,
            "lead": "There are no actions to report on.",
            "second": "",
            "note": "",
        },
    }
    found = mail(bare)

    assert found.subject == "Priority action plan: no actions, 30 June 2024"
    assert "There are no actions to report on" in found.text
    assert "No risks identified." in found.text
    assert [one.heading for one in told(bare).sections] == ["Highest risks"]


# --- Both forms -------------------------------------------------------------------------------------------


def test_text_and_html_say_the_same(sample_content: dict[str, Any], whole_content: dict[str, Any]) -> None:
    for content in (sample_content, whole_content):
        found = mail(content)
        page = read(found.html)
        words = " ".join(page.words)
        assert figures(words) == figures(found.text)
        for link in re.findall(r"https://\S+", found.text):
            assert link in page.links
        for part in told(content).sections:
            for item in part.items:
                assert item.text in found.text
                assert item.text in words
        assert UNSUBSCRIBE in page.links
        assert UNSUBSCRIBE in found.text


def test_the_html_fetches_nothing_and_runs_nothing(whole_content: dict[str, Any]) -> None:
    html = mail(whole_content).html
    assert not {"img", "script", "link", "iframe", "form", "object", "svg"} & set(read(html).tags)
    assert "url(" not in html
    assert all(link.startswith(BASE) for link in read(html).links)
    assert 'lang="en-GB"' in html
    assert html.count("<table") == html.count('<table role="presentation"')


def test_a_small_message_is_not_cut_off_by_mail_programs(sample_content: dict[str, Any]) -> None:
    # Gmail cuts a message off at 102 kB.
    assert len(mail(sample_content).html.encode()) < 40_000


def test_what_people_wrote_arrives_as_text(hostile_text: str) -> None:
    found = mail(samples.content(hostile_text))
    page = read(found.html)
    said = " ".join(hostile_text.split())[:40]

    assert "<script" not in found.html
    assert "\n" not in found.subject
    assert said in " ".join(" ".join(page.words).split())
    assert said in found.text
    assert visible(found.text) == found.text
    # No words make a line of their own: those of the message are the same, whatever is in them.
    assert found.text.count("\n") == mail(samples.content("words")).text.count("\n")
    assert page.tags == read(mail(samples.content("words")).html).tags


def test_the_colours_of_an_area_are_read_on_their_ground(whole_content: dict[str, Any]) -> None:
    for accent, ink in (("#000000", "#ffffff"), ("#ffff00", "#000000")):
        letter = summary(whole_content, Look("Area", accent=accent), base_url=BASE)
        assert f"background-color:{accent};" in rendered(letter).html
        assert re.search(rf"color:{ink};text-decoration:none", rendered(letter).html)


def test_the_service_s_own_colours_are_those_of_its_pages() -> None:
    styles = Path(web.__file__).parent.joinpath("static/css/10-settings.css").read_text(encoding="utf-8")
    for status, found in status_colours(Look("Area")).items():
        name = status.replace("_", "-")
        for part, colour in (("dark", found.edge), ("tint", found.tint), ("fill", found.fill)):
            assert f"--{name}-{part}: {colour};" in styles


# --- Reminders --------------------------------------------------------------------------------------------


def an_action(ref: str, due: str | None, **changed: Any) -> dict[str, Any]:
    return {
        "id": f"0197f6a0-0000-7000-8000-0000000{ref.replace('.', ''):0>5}",
        "ref": ref,
        "title": "Carry out the survey",
        "status": "delayed",
        "deadline_on": due,
        "plan_title": "Priority action plan",
        **changed,
    }


def test_a_reminder_holds_all_that_one_person_has_to_do() -> None:
    found = {
        "as_at": date(2024, 7, 1),
        "overdue": [an_action("1.9", "2024-05-31")],
        "due": [an_action("2.4", "2024-07-15", led_by="Ann and Bea"), an_action("2.5", "2024-07-01")],
        "not_updated": [an_action("1.9", "2024-05-31"), an_action("3.1", None)],
    }
    letter = reminder(json.loads(json.dumps(found, default=str)), samples.LOOK, base_url=BASE)

    assert letter == reminder(found, samples.LOOK, base_url=BASE)
    assert letter.heading == "Four of your actions need you"
    assert letter.leads == (
        "As at 1 July 2024: one past its date, two due soon, two without an update this period.",
    )
    assert [(one.heading, [item.detail for item in one.items]) for one in letter.sections] == [
        ("Overdue", ["Delayed. Was due 31 May 2024, 31 days ago. Priority action plan."]),
        (
            "Due soon",
            [
                "Led by Ann and Bea. Delayed. Due 15 July 2024, in 14 days. Priority action plan.",
                "Delayed. Due today. Priority action plan.",
            ],
        ),
        (
            "No update this period",
            [
                "Delayed. Was due 31 May 2024, 31 days ago. Priority action plan.",
                "Delayed. No due date. Priority action plan.",
            ],
        ),
    ]
    assert letter.sections[0].items[0].url == f"{BASE}/actions/{an_action('1.9', None)['id']}"


def test_a_reminder_of_hundreds_of_actions_names_some() -> None:
    every = [an_action(f"1.{number}", "2024-05-31") for number in range(300)]
    letter = reminder({"as_at": date(2024, 7, 1), "overdue": every}, samples.LOOK, base_url=BASE)
    assert len(letter.sections[0].items) == 40
    assert letter.sections[0].more == "260 more actions are not named here."


# --- As it is looked at -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsers.chromium() as found:
        yield found


@pytest.mark.browser
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_every_width_and_colour_scheme_is_accessible(
    browser: Browser, whole_content: dict[str, Any], sample_content: dict[str, Any], colours: Any
) -> None:
    reminded = reminder(
        {"as_at": date(2024, 7, 1), "overdue": [an_action("1.9", "2024-05-31")]}, samples.LOOK, base_url=BASE
    )
    hostile = samples.content(samples.every_hostile_text())
    pages = [mail(one).html for one in (whole_content, sample_content, hostile)] + [rendered(reminded).html]
    with browsers.context(browser, color_scheme=colours) as context:
        page = context.new_page()
        for html in pages:
            page.set_content(html)
            for width in (600, 320):
                page.set_viewport_size({"width": width, "height": 800})
                assert browsers.violations(page) == []
                assert not browsers.overflows(page)
