"""The command report: files written whole, all or none, and clear words where that cannot be."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from app import db
from app.cli import values
from app.services import areas as areas_service
from tests.factories import make_period, make_plan
from tests.test_cli import Done, Run, file, north, run, url

__all__ = ["file", "north", "run", "url"]
Report = Callable[..., Done]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """The folder that files are written into, which is not there yet."""
    return tmp_path / "reports"


@pytest.fixture
def report(run: Run, north: str, out: Path) -> Report:
    """The command, in an area with the plans PAP and DBV and a period Q1 of the first."""
    db.open(north)
    with db.read(None) as reader:
        who = areas_service.by_slug(reader, "north")
    make_period(who, make_plan(who)["id"])
    make_plan(who, ref="DBV")
    db.close()
    return lambda *given: run("report", "--area", "north", "--out", str(out), *given)


def files(out: Path) -> list[str]:
    return sorted(one.name for one in out.iterdir()) if out.exists() else []


def test_a_report_is_written_in_every_format_that_is_named(
    report: Report, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEND_TRACKER_ADDRESS", "https://plans.north.example")
    done = report("--plan", "PAP", "--as-at", "2024-06-30", "--format", ",".join(values.FORMATS))
    assert (done.code, done.err) == (0, "")
    assert files(out) == sorted(f"PAP-board-report-2024-06-30.{kind}" for kind in values.FORMATS)
    assert [line.split("  ")[0] for line in done.out.splitlines()] == [
        str(out / f"PAP-board-report-2024-06-30.{kind}") for kind in values.FORMATS
    ]
    content = json.loads((out / "PAP-board-report-2024-06-30.json").read_bytes())
    assert (content["as_at"], content["period"]) == ("2024-06-30", None)


def test_the_area_is_named_where_there_are_several(report: Report, run: Run, out: Path) -> None:
    asked = ("report", "--out", str(out), "--plan", "DBV", "--format", "json")
    assert run(*asked).code == 0
    assert files(out) == ["DBV-board-report-2024-07-01.json"]
    assert run("create-area", "--slug", "south", "--name", "South").code == 0
    done = run(*asked)
    assert (done.code, done.err.count("--area")) == (1, 1)


def test_a_period_is_reported_by_its_ref(report: Report, out: Path) -> None:
    done = report("--period", "Q1", "--format", "json, json", "--json")
    (written,) = json.loads(done.out)["files"]
    assert written["format"] == "json"
    assert Path(written["file"]).name == "PAP-Q1-draft-board-report-2024-06-30.json"
    assert json.loads(Path(written["file"]).read_bytes())["period"]["ref"] == "Q1"
    assert written["bytes"] == Path(written["file"]).stat().st_size


def test_a_message_says_where_its_links_lead_while_no_address_is_set(report: Report) -> None:
    done = report("--plan", "DBV", "--format", "eml", "--json")
    assert json.loads(done.out)["files"]
    assert "lead to http://127.0.0.1:8000: set SEND_TRACKER_ADDRESS" in done.err
    assert "lead to" not in report("--plan", "DBV", "--format", "json").err


def test_today_is_reported_unless_a_day_is_named(report: Report, out: Path) -> None:
    assert report("--plan", "DBV", "--format", "json").code == 0
    assert files(out) == ["DBV-board-report-2024-07-01.json"]


@pytest.mark.parametrize(
    ("given", "code", "words"),
    [
        ((), 2, "say what to report on: --plan, or --period"),
        (("--period", "Q1", "--as-at", "2024-06-30"), 2, "a period has a day of its own"),
        (("--plan", "NO"), 1, "there is no plan NO in North SEND partnership. Plans: PAP, DBV"),
        (("--period", "Q9"), 1, "there is no period Q9. Periods: Q1"),
        (("--plan", "DBV", "--period", "Q1"), 1, "there is no period Q1. Periods: none"),
        (("--plan", "PAP", "--as-at", "2024-07-02"), 1, "this day has not come yet"),
        (("--plan", "PAP", "--as-at", "June"), 2, "give a day as 2024-06-30, not June"),
        (("--plan", "PAP", "--format", "pdf,doc"), 2, "choose from pdf,docx,xlsx,html,eml,json, not doc"),
        (("--plan", "PAP", "--format", ""), 2, "not nothing"),
        (("--plan", "PAP", "--template", "x"), 2, "--template is for Word: add docx to --format"),
        (("--plan", "PAP", "--format", "docx", "--template", "/none"), 2, "no such file or directory"),
        (("--plan", "PAP", "--format", "docx,json", "--template", __file__), 1, "Choose a Word document"),
        (("--plan", "PAP", "--out", __file__), 2, "file exists"),
    ],
)
def test_what_will_not_do_is_said_in_a_line_and_nothing_is_written(
    report: Report, out: Path, given: tuple[str, ...], code: int, words: str
) -> None:
    done = report(*given)
    assert done.code == code
    assert words in done.line
    assert not out.exists(), "a folder that was made for it goes too"


def test_folders_that_were_there_before_a_refusal_stay(report: Report, out: Path) -> None:
    out.mkdir()
    deeper = out / "a" / "b"
    assert report("--plan", "NO", "--out", str(deeper)).code == 1
    assert files(out) == []
    (out / "kept").touch()
    assert report("--plan", "NO").code == 1
    assert files(out) == ["kept"]


def test_a_ref_of_two_periods_is_told_apart_by_the_plan(report: Report, north: str) -> None:
    db.open(north)
    with db.read(None) as reader:
        who = areas_service.by_slug(reader, "north")
    make_period(who, make_plan(who, ref="SIP")["id"])
    db.close()
    assert "several plans have a period Q1: say which by --plan, PAP or SIP" in report("--period", "Q1").line
    assert report("--period", "Q1", "--plan", "SIP", "--format", "json").code == 0
