"""The command report: a board report as files, in any formats."""

import sys
import time
from argparse import Namespace
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection
from tqdm import tqdm

from app import clock, db
from app.access.roles import Principal
from app.cli import DONE
from app.cli.failures import CommandError, WrongUse
from app.cli.opening import area_named, opened, print_json
from app.config import settings
from app.services import periods as periods_service
from app.services import plans as plans_service
from app.services import report_files
from app.services.lists import WHOLE
from app.services.report_files import FileMade


def report(options: Namespace) -> int:
    """Write the files, all of them or none, and say where they are."""
    if options.period and options.as_at:
        raise WrongUse("a period has a day of its own: give --period or --as-at")
    if not options.period and not options.plan:
        raise WrongUse("say what to report on: --plan, or --period")
    folder = Path(options.out)
    with _made(folder):
        written = _written(options, folder)
    _tell(written, options)
    if "eml" in options.format and not settings().address:
        told = "set SEND_TRACKER_ADDRESS to where people open the service"
        print(f"Links in the message lead to {settings().opened_at}: {told}.", file=sys.stderr)
    return DONE


def _written(options: Namespace, folder: Path) -> list[tuple[str, Path, int, float]]:
    """Write every file that was asked for: its format, where it is, its bytes, and seconds to make it."""
    template = _template(options.template, options.format)
    with opened():
        who, today = area_named(options.area), clock.today()
        with db.read(who) as connection:
            of = _subject(connection, who, options, today)
            content, look = report_files.report(connection, who, today=today, **of)
    made = []
    for kind in _steps(options.format):
        begun = time.perf_counter()
        found = report_files.made(content, look, kind, template=template)
        made.append((kind, found, time.perf_counter() - begun))
    return [(kind, _write(folder, found), len(found.data), took) for kind, found, took in made]


def _steps(kinds: list[str]) -> Iterable[str]:
    steps: Iterable[str] = tqdm(
        kinds, desc="report", file=sys.stderr, disable=not sys.stderr.isatty(), leave=False
    )
    return steps


@contextmanager
def _made(folder: Path) -> Iterator[None]:
    """The folder, made where it is not there; where nothing is written, what was made goes again.

    Raises WrongUse where it cannot be made.
    """
    try:
        new = [one for one in (folder, *folder.parents) if not one.exists()]
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise WrongUse(f"--out {folder}: {_why(error)}") from None
    try:
        yield
    except BaseException:
        with suppress(OSError):  # one that holds something stays
            for one in new:
                one.rmdir()
        raise


def _template(file: str | None, kinds: list[str]) -> bytes | None:
    """The council's own template for Word. Raises WrongUse for one that cannot be read or used."""
    if file is None:
        return None
    if "docx" not in kinds:
        raise WrongUse("--template is for Word: add docx to --format")
    try:
        return Path(file).read_bytes()
    except (OSError, ValueError) as error:
        raise WrongUse(f"--template {file}: {_why(error)}") from None


def _why(error: Exception) -> str:
    words = error.strerror if isinstance(error, OSError) else None
    return (words or "it is no path").lower()


def _subject(connection: Connection, who: Principal, options: Namespace, today: date) -> dict[str, Any]:
    """What the report is of. Raises CommandError where nothing, or more than one thing, is called so."""
    plans = plans_service.list_plans(connection, who, asked=WHOLE)["items"]
    refs = ", ".join(one["ref"] for one in plans) or "none"
    if options.plan:
        plans = [one for one in plans if one["ref"] == options.plan]
        if not plans:
            raise CommandError(f"there is no plan {options.plan} in {who.area_name}. Plans: {refs}")
    if not options.period:
        return {"plan_id": plans[0]["id"], "as_at": options.as_at or today}
    return {"period_id": _period(connection, who, plans, options.period)}


def _period(connection: Connection, who: Principal, plans: list[dict[str, Any]], ref: str) -> UUID:
    """The period of this ref. Raises CommandError."""
    known = [
        (plan["ref"], one)
        for plan in plans
        for one in periods_service.list_periods(connection, who, plan["id"], asked=WHOLE)["items"]
    ]
    found = [(plan, one["id"]) for plan, one in known if one["ref"] == ref]
    if not found:
        refs = ", ".join(one["ref"] for _, one in known) or "none"
        raise CommandError(f"there is no period {ref}. Periods: {refs}")
    if len(found) > 1:
        plans_with = " or ".join(plan for plan, _ in found)
        raise CommandError(f"several plans have a period {ref}: say which by --plan, {plans_with}")
    period_id: UUID = found[0][1]
    return period_id


def _write(folder: Path, found: FileMade) -> Path:
    """Write a file whole or not at all: whoever watches the folder never sees half of one."""
    path = folder / found.name
    beside = folder / f".{found.name}.part"
    try:
        beside.write_bytes(found.data)
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise CommandError(f"{path}: {_why(error)}") from None
    return path


def _tell(written: list[tuple[str, Path, int, float]], options: Namespace) -> None:
    if options.json:
        files = [{"format": kind, "file": str(path), "bytes": size} for kind, path, size, _ in written]
        print_json({"files": files})
        return
    for _kind, path, size, took in written:
        print(f"{path}  {size / 1000:,.0f} kB in {took:.1f} s")
