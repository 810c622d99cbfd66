"""What the command ``schedules`` takes: its own commands, with their options."""

import argparse
from typing import Any

from app.cli.values import day, record_id
from app.schedules.rules import HolidayRule, Weekday

_ID = "0197f6a0-6065-7faa-9c45-5e6f7a8b8c88"
_CREATE = """  send-tracker schedules create --area north --plan PAP --name "Monday summary" \\
    --weekly monday --time 08:00 --holidays after --to board@council.example --attach pdf --start
  send-tracker schedules create --area north --plan PAP --name "For the board" --before-meeting 5 --time 09:00
  send-tracker schedules create --area north --plan PAP --name Reminders --monthly 1 --time 07:30 \\
    --due-days 14,3 --overdue-every 7 --not-updated --start
  send-tracker schedules create --area north --plan PAP --name "First Tuesday" --cron "0 8 * * tue#1"

Times are London's. --monthly 31 is the last day of every month. Without --start it waits to be resumed."""


def add(commands: Any) -> None:
    """Add the command with those that it has of its own."""
    parser = commands.add_parser(
        "schedules",
        help="List, create, pause, resume, send and delete schedules of e-mail",
        description="Schedules of e-mail: what is sent, when and to whom.",
        epilog="examples:\n  send-tracker schedules list --area north\n"
        f"  send-tracker schedules pause --area north --schedule {_ID}\n"
        "  send-tracker schedules create --help",
    )
    own = parser.add_subparsers(dest="step", metavar="COMMAND", required=True)
    listed = _step(
        own, "list", "List the schedules of an area with their next due times", "list --area north"
    )
    listed.add_argument("--state", choices=("active", "paused"), help="only those in this state")
    _add_create(own)
    for name, words in (
        ("pause", "Pause a schedule: what falls due from now on is never sent"),
        ("resume", "Run a schedule from now on; nothing that fell due meanwhile is sent"),
        ("send", "Send now, beside the schedule; a worker does it within seconds"),
        ("test", "Send a test to one user alone; a worker does it within seconds"),
        ("delete", "Delete a schedule that never ran, with its recipients; pause one that did"),
    ):
        more = " --to pat@north.example" if name == "test" else ""
        one = _step(own, name, words, f"{name} --area north --schedule {_ID}{more}")
        one.add_argument(
            "--schedule",
            required=True,
            type=record_id("schedules list"),
            metavar="ID",
            help="as schedules list prints it",
        )
        if name == "test":
            one.add_argument("--to", required=True, metavar="ADDRESS", help="the user's e-mail address")


def _step(own: Any, name: str, words: str, example: str) -> argparse.ArgumentParser:
    if "\n" not in example:
        example = f"  send-tracker schedules {example}"
    found: argparse.ArgumentParser = own.add_parser(
        name, help=words, description=f"{words}.", epilog=f"examples:\n{example}"
    )
    found.set_defaults(module="app.cli.schedules", function=f"{name}_schedule")
    found.add_argument("--area", required=True, help="short name of the area")
    found.add_argument("--json", action="store_true", help="print JSON")
    return found


def _add_create(own: Any) -> None:
    create = _step(own, "create", "Create a schedule, paused unless it is started", _CREATE)
    create.add_argument("--plan", required=True, metavar="REF", help="ref of the plan")
    create.add_argument("--name", required=True, help="what the schedule is called")
    rule = create.add_mutually_exclusive_group(required=True)
    rule.add_argument("--weekly", choices=tuple(map(str, Weekday)), metavar="DAY", help="monday to sunday")
    rule.add_argument("--monthly", type=int, metavar="DAY", help="day of the month, 1 to 31")
    rule.add_argument("--quarterly", type=int, metavar="DAY", help="day of a month of each quarter")
    rule.add_argument("--before-meeting", type=int, metavar="N", help="working days before each meeting")
    rule.add_argument("--first-working-day", action="store_true", help="of each month")
    rule.add_argument("--last-working-day", action="store_true", help="of each month")
    rule.add_argument("--cron", metavar="EXPRESSION", help="five fields, at most once an hour")
    create.add_argument(
        "--month", type=int, help="with --quarterly: the month of the quarter, 1 to 3 (default: 1)"
    )
    create.add_argument("--time", metavar="HH:MM", help="time of day in London; all but --cron need it")
    create.add_argument(
        "--holidays",
        default="keep",
        choices=tuple(map(str, HolidayRule)),
        help="what happens on bank holidays (default: %(default)s)",
    )
    create.add_argument(
        "--missed",
        default="send_late",
        choices=("send_late", "skip"),
        help="what becomes of due times at which no worker was there (default: %(default)s)",
    )
    create.add_argument("--starts-on", type=day, metavar="DATE", help="first day (default: today)")
    create.add_argument("--to", action="append", default=[], metavar="ADDRESS", help="may be repeated")
    create.add_argument("--attach", default="", metavar="LIST", help="one or more of pdf,docx,xlsx,json")
    create.add_argument("--due-days", metavar="LIST", help="reminders: days before an action is due, as 14,3")
    create.add_argument("--overdue-every", type=int, metavar="DAYS", help="reminders: of what is overdue")
    create.add_argument("--not-updated", action="store_true", help="reminders: of what has no update")
    create.add_argument("--start", action="store_true", help="run it from now on")
