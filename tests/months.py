"""Time moved forward in the sample: the real service, started again on later days, and its messages read.

month = Month(url, folder, schedules)       # the database is open in this process too
month.begin(meetings)                       # on 1 July 2024
month.move_to("2024-07-08")                 # what is sent then, each held against the API and its pages
month.ends()                                # each due time once, nobody anything twice

Every schedule is due at the minute at which this began, so that on its own day it is on time, whatever the
time of day.
"""

import html
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import httpx
from python_calamine import CalamineWorkbook

from app import clock, db
from app.access.roles import Role
from app.clock import LONDON
from app.plans.statuses import STATUS_LABELS
from app.sentences.words import day_in_words
from app.services import areas
from app.web.deps import COOKIE
from tests import doors, servers
from tests.mailing import runs
from tests.reports import pdf_files, word_files

BEGINS = date(2024, 7, 1)
LEAD = "contributor@halton.example"
"""The lead of nine actions of the sample, the only one with an address."""
WAIT_SECONDS = 120
_LINK = re.compile(r"http://[^\s\"<>]+")
_STOP = re.compile(r"/unsubscribe/[\w-]+")
_AS_AT = re.compile(r"as_at=([\d-]+)")


class Schedule(NamedTuple):
    """A schedule, and the days on which it is due, worked out by hand.

    Without ``recipients`` it reminds leads.
    """

    name: str
    rule: Mapping[str, Any]
    days: tuple[str, ...]
    missed: str = "send_late"
    attachments: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()

    def due(self, since: date, until: date) -> list[date]:
        """When it is due after one day and up to another."""
        return [one for day in self.days if since < (one := date.fromisoformat(day)) <= until]

    def sent_as_at(self, since: date, today: date) -> date | None:
        """As at which day its message is that is sent today, after nothing ran since a day; None for none."""
        due = self.due(since, today)
        if today in due:
            return today
        return due[-1] if due and self.missed == "send_late" else None


class Month:
    """The sample in a database with schedules, and the folder that takes the messages."""

    def __init__(self, url: str, folder: Path, schedules: Iterable[Schedule]) -> None:
        self._url, self._folder, self._schedules = url, folder, tuple(schedules)
        self._time = f"{_away_from_midnight():%H:%M}"
        self._today = BEGINS
        self._ids: dict[str, str] = {}
        self._seen: set[Path] = set()
        with db.read(None) as reader:
            who = areas.by_slug(reader, "halton")
        self._token = doors.token(who, "read", "write", "admin")
        self._cookie = doors.session(who, Role.admin)

    # --- Steps --------------------------------------------------------------------------------------------

    def begin(self, meetings: Mapping[str, str]) -> None:
        """Set it up on the first day; ``meetings`` are those of the board by the last day of the period."""
        with self._serving() as http:
            api = self._api(http)
            self._ids["plan"] = plan = api.get("/plans?ref=PAP", 200).json()["items"][0]["id"]
            first = "2024-04-01"
            for last, meeting in meetings.items():
                body = {"ref": last, "first_day": first, "last_day": last, "meeting_on": meeting}
                self._ids[last] = api.post(f"/plans/{plan}/periods", body, 201).json()["id"]
                first = str(date.fromisoformat(last) + timedelta(days=1))
            for one in self._schedules:
                self._ids[one.name] = api.post("/schedules", self._stated(one), 201).json()["id"]
        assert self._new() == [], "nothing is due yet"

    def move_to(self, day: str, *, completes: str = "", publishes: str = "") -> list[EmailMessage]:
        """Serve on a later day; what it sends, when it has no more to send.

        Afterwards an action is complete, or a period published, where one is named.
        """
        since, self._today = self._today, date.fromisoformat(day)
        with self._serving() as http:
            self._wait()
            sent = self._new()
            self._check(http, sent, since)
            if completes:
                self._complete(self._api(http), completes)
            if publishes:
                path = f"/periods/{self._ids[publishes]}/publication"
                self._api(http).post(path, None, 201, headers={"if-match": '"1"'})
        assert self._new() == [], "and nothing more"
        return sent

    def ends(self) -> None:
        """Each due time has had one run, at its time of day in London, and nobody has a message twice."""
        found = defaultdict(list)
        for schedule_id, due_at in runs("schedule_id", "due_at"):
            found[str(schedule_id)].append(due_at.astimezone(LONDON))
        for one in self._schedules:
            due = found[self._ids[one.name]]
            assert [moment.date() for moment in due] == one.due(BEGINS, self._today), one.name
            assert {f"{moment:%H:%M}" for moment in due} <= {self._time}
        every = [_read(path) for path in self._folder.iterdir()]
        counted = Counter((to(one), str(one["subject"])) for one in every if to(one) != LEAD)
        assert set(counted.values()) == {1}, counted
        assert len({one["message-id"] for one in every}) == len(every)

    def _stated(self, one: Schedule) -> dict[str, Any]:
        hour, minute = self._time.split(":")
        rule = dict(one.rule)
        if rule["kind"] == "cron":
            rule["expression"] = rule["expression"].format(minute=int(minute), hour=int(hour))
        else:
            rule["time"] = self._time
        body = {"plan_id": self._ids["plan"], "name": one.name, "rule": rule, "missed": one.missed}
        if one.recipients:
            recipients = [{"address": address} for address in one.recipients]
            body |= {"attachments": one.attachments, "recipients": recipients}
        else:
            reminders = {"due_days": [14, 3], "overdue_every_days": 7, "not_updated": False}
            body |= {"kind": "reminders", "reminders": reminders}
        return {**body, "state": "active"}

    def _complete(self, api: doors.Program, ref: str) -> None:
        listed = api.get(f"/plans/{self._ids['plan']}/actions?limit=200", 200).json()["items"]
        [action] = [one["id"] for one in listed if ref in [point["ref"] for point in one["points"]]]
        api.post(f"/actions/{action}/updates", {"status": "complete", "narrative": "It is done."}, 201)

    def _wait(self) -> None:
        """Until every due time has a run, and each run has ended."""
        number = sum(len(one.due(BEGINS, self._today)) for one in self._schedules)
        deadline = time.monotonic() + WAIT_SECONDS
        while [one in ("done", "skipped") for one in runs("state")] != [True] * number:
            assert time.monotonic() < deadline, runs("due_at", "state", "note")
            time.sleep(0.1)

    def _serving(self) -> AbstractContextManager[httpx.Client]:
        settings = {"SEND_TRACKER_TODAY": str(self._today), "SEND_TRACKER_MAIL_FOLDER": str(self._folder)}
        return _visiting(self._url, settings, self._cookie)

    def _api(self, http: httpx.Client) -> doors.Program:
        return doors.Program(http, self._token, is_checked=False)  # type: ignore[arg-type]

    def _new(self) -> list[EmailMessage]:
        """What has come into the folder since it was looked into last."""
        paths = sorted(path for path in self._folder.glob("*.eml") if path not in self._seen)
        self._seen.update(paths)
        return [_read(path) for path in paths]

    # --- What was sent ------------------------------------------------------------------------------------

    def _check(self, http: httpx.Client, sent: list[EmailMessage], since: date) -> None:
        """Who should have a message has it, as at its day, with the figures of the API and of the pages."""
        wanted = {
            address: day
            for one in self._schedules
            if (day := one.sent_as_at(since, self._today))
            for address in one.recipients
        }
        summaries = {to(one): one for one in sent if to(one) != LEAD}
        assert summaries.keys() == wanted.keys()
        progress = {day: self._progress(http, day) for day in set(wanted.values())}
        for address, message in summaries.items():
            check(message, wanted[address], progress[wanted[address]])
        every = {link for one in sent for link in links(one)}
        assert all(link.startswith(f"{http.base_url}".rstrip("/") + "/") for link in every), every
        for link in every:
            self._open(http, link, progress)
        for one in self._schedules:
            if one.recipients and self._today in one.due(since, self._today):
                self._preview_is(http, self._ids[one.name], summaries[one.recipients[0]])

    def _progress(self, http: httpx.Client, day: date) -> dict[str, Any]:
        path = f"/plans/{self._ids['plan']}/progress?as_at={day}"
        found: dict[str, Any] = self._api(http).get(path, 200).json()
        return found

    def _open(self, http: httpx.Client, link: str, progress: Mapping[date, Mapping[str, Any]]) -> None:
        """Follow a link to the plan, its report or the way out; pages of records have tests of their own."""
        if "/actions/" in link or "/risks/" in link:
            return
        page = http.get(link)
        assert page.status_code == 200, link
        if as_at := _AS_AT.search(link):
            day = date.fromisoformat(as_at[1])
            assert f"{progress[day]['overall']['complete_or_on_target']['rounded']}%" in page.text
            assert day_in_words(day) in page.text

    def _preview_is(self, http: httpx.Client, schedule: str, message: EmailMessage) -> None:
        """What the page shows as the next message is what was sent on that day, but for the way out."""
        page = f"/schedules/{schedule}/preview"
        text, markup = (_STOP.sub("/unsubscribe/example", one) for one in bodies(message))
        assert http.get(f"{page}/message").text.split() == markup.split()
        shown = re.search(r'<div class="mail-text">(.*?)</div>', http.get(page).text, re.DOTALL)
        assert shown
        assert html.unescape(shown[1]).split() == text.split()


@contextmanager
def _visiting(url: str, settings: Mapping[str, str], cookie: str) -> Iterator[httpx.Client]:
    with (
        servers.serve(url, settings=settings) as service,
        httpx.Client(base_url=service.address, trust_env=False, cookies={COOKIE: cookie}, timeout=60) as http,
    ):
        yield http


def _away_from_midnight() -> datetime:
    """The time in London, once the day is not about to end: a demonstration's day would begin again."""
    while (now := clock.now().astimezone(LONDON)).hour == 23 and now.minute > 50:
        time.sleep(1)
    return now


# --- What a message says ----------------------------------------------------------------------------------


def _read(path: Path) -> EmailMessage:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert path.stem in message["message-id"]
    return message


def to(message: EmailMessage) -> str:
    """The address that it is for."""
    [found] = message["to"].addresses
    return str(found.addr_spec)


def bodies(message: EmailMessage) -> list[str]:
    """Its text and its HTML."""
    return [one.get_content() for kind in ("plain", "html") if (one := message.get_body((kind,)))]


def links(message: EmailMessage) -> set[str]:
    """Where it leads: the same places from its text and from its HTML."""
    text, markup = (set(_LINK.findall(html.unescape(one))) for one in bodies(message))
    assert text == markup
    assert any("/unsubscribe/" in one for one in text)
    return text


def check(message: EmailMessage, day: date, progress: Mapping[str, Any]) -> None:
    """The message and its files say the figures of a progress answer as at the day."""
    overall = progress["overall"]
    share = overall["complete_or_on_target"]["rounded"]
    assert f"{share}% complete or on target, {day_in_words(day)}" in message["subject"]
    text, markup = bodies(message)
    for said in (text, html.unescape(re.sub(r"<[^>]+>", " ", markup))):
        words = " ".join(said.split())
        assert f"Position as at {day_in_words(day)}." in words
        for scope in (overall, *progress["priorities"]):
            assert figures(scope) in words
    for one in message.iter_attachments():
        _check_file(str(one.get_filename()), one.get_content(), day, overall)


def figures(scope: Mapping[str, Any]) -> str:
    """The figures of the plan, or of one of its priorities, as messages and reports put them."""
    counts = [(label, scope["statuses"][status.value]) for status, label in STATUS_LABELS.items()]
    if "ref" not in scope:
        return ", ".join(f"{label} {one['count']} ({one['rounded']}%)" for label, one in counts)
    share = scope["complete_or_on_target"]
    of = f"{share['rounded']}% complete or on target ({share['count']} of {scope['action_points']}): "
    return of + ", ".join(f"{label} {one['count']}" for label, one in counts if one["count"])


def _check_file(name: str, file: bytes, day: date, overall: Mapping[str, Any]) -> None:
    kind = name.rpartition(".")[2]
    assert str(day) in name
    if kind == "xlsx":
        sheet = CalamineWorkbook.from_filelike(BytesIO(file)).get_sheet_by_name("Overall").to_python()
        wanted = {label: overall["statuses"][status.value] for status, label in STATUS_LABELS.items()}
        counted = {row[0]: (row[1], row[2]) for row in sheet}
        assert (
            counted.items()
            >= {label: (one["count"], one["rounded"] / 100) for label, one in wanted.items()}.items()
        )
        return
    said = "".join(pdf_files.words_of_pages(file) if kind == "pdf" else word_files.texts(file))
    for words in (figures(overall), day_in_words(day)):
        assert pdf_files.bare(words) in pdf_files.bare(said)
