"""The command line: parse, call a service, print.

Exit codes: 0 done, 1 failed, 2 wrong use. An error is one line on stderr that says what to do. What a
command needs is imported once it is known which one it is, so that ``--help`` answers at once.
"""

import argparse
import gc
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.metadata import version
from typing import Any, NoReturn

from app.access.roles import Role
from app.cli import client_options, schedule_options, values
from app.cli.adding import add_area, command

DONE, FAILED, WRONG_USE = 0, 1, 2
STANDARD_OUTPUT = 1
ROLES = tuple(role.value for role in Role)


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one line."""

    def __init__(self, **options: Any) -> None:
        super().__init__(formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False, **options)

    def error(self, message: str) -> NoReturn:
        self.exit(WRONG_USE, f"{self.prog}: {message}. See {self.prog} --help\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="send-tracker",
        description="Priority action plans and risk registers of local area SEND partnerships.",
        epilog="""settings, from the environment:
  SEND_TRACKER_DATABASE_URL      sqlite:///tracker.db or postgresql://user@host/name
  SEND_TRACKER_ENVIRONMENT       production (default) or demo
  SEND_TRACKER_SECRET_KEY        32 or more random characters; not needed in demo
  SEND_TRACKER_JOURNAL_KEY       32 or more others; not needed in demo
  SEND_TRACKER_NAME              what the service is called before anyone signs in
  SEND_TRACKER_ADDRESS           where people open the service, as https://plans.example: links lead there
  SEND_TRACKER_SINGLE_SIGN_ON    by area, as JSON: docs/single-sign-on.md (none)
  SEND_TRACKER_TODAY             demo only: the day taken for today, 2024-07-01 unless set
  SEND_TRACKER_WEBHOOK_NETWORKS  internal networks that webhooks may reach, as 10.20.0.0/16 (none)
  SEND_TRACKER_METRICS_TOKEN     what monitoring sends to read /metrics: docs/schedules.md (none)
  SEND_TRACKER_MAIL              who takes e-mail: folder (default), smtp or notify: docs/mail.md
    and by that: SEND_TRACKER_MAIL_FROM, SEND_TRACKER_MAIL_FOLDER;
    SEND_TRACKER_SMTP_HOST, SEND_TRACKER_SMTP_PORT, SEND_TRACKER_SMTP_USER, SEND_TRACKER_SMTP_PASSWORD,
    SEND_TRACKER_SMTP_TLS; SEND_TRACKER_NOTIFY_KEY, SEND_TRACKER_NOTIFY_TEMPLATE, SEND_TRACKER_NOTIFY_URL

examples:
  send-tracker migrate && send-tracker serve
  send-tracker create-area --slug north --name "North SEND partnership"
  send-tracker create-user --email pat@north.example --area north --role admin""",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {version('send-tracker')}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for add in (_add_database, _add_serving, _add_accounts, client_options.add, _add_reports):
        add(commands)
    schedule_options.add(commands)
    _add_checking(commands)
    return parser


def _add_database(commands: Any) -> None:
    command(
        commands,
        "migrate",
        "database",
        "Bring the database up to this version of the service",
        "  SEND_TRACKER_DATABASE_URL=sqlite:///tracker.db send-tracker migrate",
    )
    command(
        commands,
        "demo",
        "database",
        "Load the sample, where it is not loaded yet; in demo only",
        "  SEND_TRACKER_ENVIRONMENT=demo send-tracker demo",
    )
    command(
        commands,
        "openapi",
        "web",
        "Print the contract of the API as JSON",
        "  send-tracker openapi > openapi.json",
    )


def _add_serving(commands: Any) -> None:
    serve = command(
        commands,
        "serve",
        "web",
        "Serve the pages and the API, with a worker beside them",
        "  send-tracker serve\n  send-tracker serve --host 0.0.0.0 --port 8080 --no-worker",
    )
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    serve.add_argument("--port", default=8000, type=values.port, help="its port (default: %(default)s)")
    serve.add_argument(
        "--no-worker",
        action="store_true",
        help="serve only: the work in the background is left to send-tracker worker",
    )
    command(
        commands,
        "worker",
        "worker",
        "Work in the background until told to stop: clear what has expired; any number may run",
        "  send-tracker worker",
    )


def _add_accounts(commands: Any) -> None:
    area = command(
        commands,
        "create-area",
        "accounts",
        "Create an area: a partnership with its plans and people",
        '  send-tracker create-area --slug north --name "North SEND partnership"',
    )
    area.add_argument("--slug", required=True, help="short name: small letters, digits and hyphens")
    area.add_argument("--name", required=True, help="full name of the partnership")
    user = command(
        commands,
        "create-user",
        "accounts",
        "Create an account and print its one-time link, on which its password is set",
        "  send-tracker create-user --email pat@north.example --area north --role admin\n"
        "  send-tracker create-user --email lee@north.example --area north --role contributor "
        '--person "AP lead"',
    )
    user.add_argument("--email", required=True, help="e-mail address, with which they sign in")
    user.add_argument("--area", required=True, help="short name of the area")
    user.add_argument("--role", required=True, choices=ROLES, help="what they may do")
    user.add_argument("--person", help="which person of the plans they are, by exact name")
    for one in (area, user):
        one.add_argument("--json", action="store_true", help="print JSON")


def _add_reports(commands: Any) -> None:
    report = command(
        commands,
        "report",
        "reporting",
        "Write a board report as files: of a period, or of a plan as at any day",
        "  send-tracker report --area north --plan PAP --as-at 2024-06-30 --format pdf,docx\n"
        "  send-tracker report --area north --period 2024-Q2 --format pdf,docx,xlsx,html,json --out reports\n"
        "  send-tracker report --area north --plan PAP --format docx --template committee.docx",
    )
    report.add_argument("--plan", metavar="REF", help="ref of the plan; needed without --period")
    report.add_argument(
        "--as-at", type=values.day, metavar="DATE", help="a day as 2024-06-30 (default: today)"
    )
    report.add_argument("--period", metavar="REF", help="ref of a period: what it published, or would")
    report.add_argument(
        "--format",
        default=["pdf"],
        type=values.formats,
        metavar="LIST",
        help=f"one or more of {','.join(values.FORMATS)} (default: pdf)",
    )
    report.add_argument("--out", default=".", metavar="DIR", help="folder to write into (default: this one)")
    report.add_argument("--template", metavar="FILE", help="a Word template of the council, for docx")
    add_area(report, required=False)


def _add_checking(commands: Any) -> None:
    check = command(
        commands,
        "check",
        "database",
        "Check the database, its migrations and its journal; exit code 1 where there is a fault",
        "  send-tracker check\n  send-tracker check --journal --json\n"
        "  send-tracker check --journal --head 5f1c...e09a",
    )
    check.add_argument("--journal", action="store_true", help="verify every journal and print its head")
    check.add_argument(
        "--head",
        type=values.journal_head,
        metavar="HASH",
        help="with --journal: a head printed before, to be found again",
    )
    check.add_argument("--json", action="store_true", help="print JSON")
    reconcile = command(
        commands,
        "reconcile",
        "reconciling",
        "Say whether published percentages can come from whole-number counts; needs no database",
        "  send-tracker reconcile published.csv\n  send-tracker reconcile published.csv --json\n\n"
        "columns: scope,complete,on_target,delayed,not_started[,complete_or_on_target][,actions]; others\n"
        "are ignored. Whole percentages: blank not published, 0 rounds to 0, the word none exactly zero.\n"
        "The scope called overall is what the others add up to. Exit code 0 when a verdict was reached.",
    )
    reconcile.add_argument("file", metavar="FILE.csv", help="a row for each scope, with a header")
    reconcile.add_argument("--json", action="store_true", help="print JSON")


def _found(options: argparse.Namespace) -> Callable[[argparse.Namespace], int]:
    """The function of a command, with all that it needs imported."""
    # Importing makes a million objects that stay: looking for garbage among them takes a tenth of the start.
    gc.disable()
    try:
        command: Callable[[argparse.Namespace], int] = getattr(
            import_module(options.module), options.function
        )
    finally:
        gc.enable()
    return command


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code. Raises SystemExit for ``--help`` and wrong use."""
    options = _parser().parse_args(arguments)
    try:
        return _found(options)(options)
    except BrokenPipeError:
        # Whoever read the output has gone; without this Python would complain once more on leaving.
        os.dup2(os.open(os.devnull, os.O_WRONLY), STANDARD_OUTPUT)
        return FAILED
    except KeyboardInterrupt:
        return DONE if options.command in ("serve", "worker") else FAILED
    except Exception as error:
        code, words = import_module("app.cli.failures").explain(error)
        print(f"send-tracker {options.command}: {words}", file=sys.stderr)
        return int(code)
