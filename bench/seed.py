"""Databases of 100 to 1,000,000 action points, multiplied from what the service itself wrote.

The rows of a template area (``bench.template``) are copied with new ids, refs and places in the journal, and
loaded in bulk. A copy is what the service would have written, so that every figure of a plan of 100 copies is
100 times that of the template, which ``bench`` checks before it measures anything. Only the journal's hashes
stay those of the template: ``bench.journal`` measures the chain.
"""

import re
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import JSON, Uuid, insert, select

from app import clock, db, migrations
from app.access.roles import system
from app.config import settings
from app.entries.fold import FOREVER
from app.models import tables
from app.models.base import new_id
from app.plans.states import ref_order
from app.security import new_token, token_hash
from app.services import progress
from bench import template

AREA, PLAN, ACTION = 0, 1, 2
REF, END = 3, 4  # other parts of a text
LEVELS = {
    AREA: ("areas", "people"),
    PLAN: (
        *("plans", "priorities", "registers", "matrix_versions", "risks", "risk_strategic_leads"),
        *("assessments", "risk_states", "controls", "management_actions"),
        *("management_action_updates", "management_action_states"),
    ),
    ACTION: (
        *("actions", "action_co_leads", "updates", "action_states", "action_point_states"),
        "action_dependencies",
    ),
}
NEVER_COPIED = (
    *("clients", "client_secrets", "client_usage", "access_tokens", "users", "sessions"),
    *("identities", "authenticators", "recovery_codes", "spent_sign_ins"),
    *(
        "worker_heartbeats",
        "kept_answers",
        "drafts",
        "saved_views",
        "jobs",
        "webhooks",
        "webhook_deliveries",
        "webhook_attempts",
    ),
    *("schedules", "schedule_recipients", "schedule_runs", "run_deliveries", "reminded"),
    *("periods", "publications", "errata", "commentaries", "acknowledgements"),
    *("area_settings", "area_logos", "area_templates"),
)
COPIED = {name: level for level, names in LEVELS.items() for name in names} | {"journal_entries": None}
AGES = (0, 45, 200)  # days ago for which copies are compared with what they are copies of
# Ids begin with their time: each block of copies lies ten seconds after the one before.
BLOCK = 10_000 << 80
_IN_JSON = re.compile(
    r"(?P<id>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"
    r'|(?<="ref": ")(?P<ref>\d+\.\d+)(?=")'
)


@dataclass(frozen=True, slots=True)
class Shape:
    """How often a template is copied: areas, plans in each, copies of its 100 points in each plan."""

    slug: str
    areas: int
    plans: int
    copies: int

    @property
    def points(self) -> int:
        """Action points in all."""
        return self.areas * self.plans * self.copies * template.POINTS


@dataclass(frozen=True, slots=True)
class Site:
    """A measured plan, and what is needed to ask for it."""

    points: int
    area: UUID
    plan: UUID
    token: str
    session: str
    actions: Sequence[UUID]
    open_actions: Sequence[UUID]  # not withdrawn
    risks: Sequence[UUID]
    priorities: Sequence[UUID]
    registers: Sequence[UUID]


SMALL = Shape("small", 1, 1, 1)
LARGE = Shape("large", 1, 1, 100)


def crowd(points: int) -> Shape:
    """About so many points in areas of four plans of 2,500 points each."""
    return Shape("crowd", max(1, points // 10_000), 4, 25)


@dataclass(frozen=True, slots=True)
class _Block:
    """One copy, with the shift of the ids of each level and the place of its journal."""

    shape: Shape
    area: int
    plan: int
    copy: int
    number: int  # over all shapes
    first_of_plan: int
    first_of_area: int

    def shift(self, level: int) -> int:
        number = (self.first_of_area, self.first_of_plan, self.number)[level]
        return (number - _LAST_BLOCK) * BLOCK

    @property
    def in_area(self) -> int:
        return self.number - self.first_of_area


_LAST_BLOCK = 20_000


@dataclass(frozen=True, slots=True)
class _Row:
    """A row with the ids in its columns and in its texts that change in a copy."""

    values: tuple[Any, ...]
    ids: list[tuple[int, int, int]]  # place, id, level
    texts: list[tuple[int, list[tuple[str, int, int]]]]


class _Rows:
    """The rows of one table of a template, ready to be copied."""

    def __init__(self, name: str, columns: Sequence[str], ids: dict[int, int]) -> None:
        self.name, self.columns, self.ids = name, columns, ids
        table = tables.metadata.tables[name]
        self.uuids = [place for place, one in enumerate(columns) if isinstance(table.c[one].type, Uuid)]
        self.texts = [place for place, one in enumerate(columns) if isinstance(table.c[one].type, JSON)]
        self.place = {column: place for place, column in enumerate(columns)}
        self.rows: dict[int, list[_Row]] = {level: [] for level in LEVELS}
        self.refs = "ref_order" in self.place and name.startswith("action_")

    def add(self, row: tuple[Any, ...], level: int) -> None:
        """Keep a row, with the places of the ids in it that change."""
        changes = [
            (place, value, self.ids[value])
            for place in self.uuids
            if row[place] is not None and (value := int(row[place], 16)) in self.ids
        ]
        texts = [(place, parts) for place in self.texts if row[place] and (parts := self._parts(row[place]))]
        self.rows[level].append(_Row(row, changes, texts))

    def copies(self, block: _Block, level: int, span: int) -> Iterator[list[Any]]:
        """The rows of this level for a block."""
        shifts = [block.shift(each) for each in LEVELS]
        for row in self.rows[level]:
            new = list(row.values)
            for place, value, of in row.ids:
                new[place] = f"{value + shifts[of]:032x}"
            for place, parts in row.texts:
                new[place] = _joined(parts, shifts, block.copy)
            self._adjust(new, block, span)
            yield new

    def _adjust(self, new: list[Any], block: _Block, span: int) -> None:
        place = self.place
        if "sequence" in place:
            new[place["sequence"]] += block.in_area * span
        if self.refs and block.copy:
            new[place["ref"]] = _ref(new[place["ref"]], block.copy)
            new[place["ref_order"]] = ref_order(new[place["ref"]])
        if self.name in ("plans", "registers") and block.plan:
            new[place["ref"]] = f"{new[place['ref']]} {block.plan + 1}"
        if self.name == "areas":
            new[place["slug"]] = f"{block.shape.slug}-{block.area}"
            new[place["last_sequence"]] = block.shape.plans * block.shape.copies * span

    def _parts(self, text: str) -> list[tuple[str, int, int]]:
        """A text cut at the ids and refs in it that change: (text, id or number, level or REF)."""
        parts: list[tuple[str, int, int]] = []
        end = 0
        for found in _IN_JSON.finditer(text):
            if found["ref"]:
                priority, _, number = found["ref"].partition(".")
                parts.append((f"{text[end : found.start()]}{priority}.", int(number), REF))
            else:
                value = int(found["id"].replace("-", ""), 16)
                if value not in self.ids:
                    continue
                parts.append((text[end : found.start()], value, self.ids[value]))
            end = found.end()
        return [*parts, (text[end:], 0, END)] if parts else []


def _joined(parts: Sequence[tuple[str, int, int]], shifts: Sequence[int], copy: int) -> str:
    joined = []
    for text, value, level in parts:
        if level == END:
            joined.append(text)
        elif level == REF:
            joined.append(f"{text}{value + template.POINTS * copy}")
        else:
            digits = f"{value + shifts[level]:032x}"
            dashed = f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
            joined.append(text + dashed)
    return "".join(joined)


def _ref(ref: str, copy: int) -> str:
    """The ref of a copy: 2.5 becomes 2.105, 2.205 and so on."""
    priority, _, number = ref.partition(".")
    return f"{priority}.{int(number) + template.POINTS * copy}"


class Template:
    """All rows of one template area, by table."""

    def __init__(self, path: Path, area: UUID, counts: dict[int, dict[str, int]]) -> None:
        self.counts = counts  # what the service says of its plan, by days ago
        self.tables: dict[str, _Rows] = {}
        ids: dict[int, int] = {}
        with closing(sqlite3.connect(path)) as connection:
            for name, level in COPIED.items():
                self._columns(connection, name, ids)
                if level is not None and "id" in self.tables[name].place:
                    of_area = "id" if name == "areas" else "area_id"
                    found = connection.execute(f"SELECT id FROM {name} WHERE {of_area} = ?", [area.hex])
                    ids.update((int(value, 16), level) for (value,) in found)
            subjects = connection.execute(
                "SELECT id, subject_id FROM journal_entries WHERE area_id = ?", [area.hex]
            )
            for value, subject in subjects:
                ids[int(value, 16)] = ids.get(int(subject, 16), AREA)
            for name, level in COPIED.items():
                self._read(connection, name, level, ids)
        place = self.tables["areas"].place["last_sequence"]
        self.span: int = self.tables["areas"].rows[AREA][0].values[place]

    def _columns(self, connection: sqlite3.Connection, name: str, ids: dict[int, int]) -> None:
        found = connection.execute(f"SELECT name FROM pragma_table_info('{name}') ORDER BY cid")
        self.tables[name] = _Rows(name, [column for (column,) in found], ids)

    def _read(
        self, connection: sqlite3.Connection, name: str, level: int | None, ids: dict[int, int]
    ) -> None:
        rows = self.tables[name]
        of_area = "id" if name == "areas" else next(one for one in rows.columns if _is_parent(one))
        columns = ", ".join(f'"{column}"' for column in rows.columns)
        for row in connection.execute(f"SELECT {columns} FROM {name}"):
            owner = row[rows.place[of_area]]
            if owner is None or int(owner, 16) not in ids:
                continue
            # A journal entry belongs with its subject.
            rows.add(row, ids[int(row[rows.place["id"]], 16)] if level is None else level)


def _is_parent(column: str) -> bool:
    return column in ("area_id", "action_id", "risk_id", "management_action_id")


def templates(folder: Path) -> tuple[Template, Template]:
    """Build both template areas by the service's functions: the measured one and the crowd's."""
    missing = {*tables.metadata.tables} - {*COPIED, *NEVER_COPIED}
    if missing:
        raise RuntimeError(f"say in bench/seed.py how the rows of {sorted(missing)} are copied")
    path = folder / "template.db"
    url = f"sqlite:///{path}"
    with template.opened(url):
        full = template.build(url, history=True, slug="full")
        lean = template.build(url, history=False, slug="lean")
        counts = [counts_by_age(one.area, one.plan) for one in (full, lean)]
    return Template(path, full.area, counts[0]), Template(path, lean.area, counts[1])


def counts_by_age(area: UUID, plan: UUID) -> dict[int, dict[str, int]]:
    """Every count in the service's progress of a plan, some days ago, in the open database."""
    today, who = clock.today(), system(area, "")
    found = {}
    for age in AGES:
        with db.read(who) as connection:
            day = today - timedelta(days=age)
            answer = progress.progress(connection, who, plan, today=today, as_at=day)
        counts: dict[str, int] = {}
        for scope in (answer["overall"], *answer["priorities"]):
            name = scope.get("ref", "all")
            counts |= {
                f"{name} {key}": scope[key] for key in ("action_points", "distinct_actions", "withdrawn")
            }
            counts |= {f"{name} {key}": one["count"] for key, one in scope["statuses"].items()}
            flags = {key: one for key, one in scope["flags"].items() if one}
            counts |= {f"{name} {key} {of}": one[of] for key, one in flags.items() for of in one}
        found[age] = counts
    return found


def load(url: str, contents: Sequence[tuple[Template, Shape]]) -> None:
    """Migrate an empty database and load the copies."""
    migrations.upgrade(url)
    blocks = list(_blocks(contents))
    if url.startswith("sqlite"):
        _load_sqlite(url, blocks)
    else:
        _load_postgresql(url, blocks)


def _blocks(contents: Sequence[tuple[Template, Shape]]) -> Iterator[tuple[Template, _Block]]:
    number = 0
    for found, shape in contents:
        for area in range(shape.areas):
            first_of_area = number
            for plan in range(shape.plans):
                first_of_plan = number
                for copy in range(shape.copies):
                    yield (
                        found,
                        _Block(shape, area, plan, copy, number, first_of_plan, first_of_area),
                    )
                    number += 1


def _copies(name: str, blocks: Sequence[tuple[Template, _Block]]) -> Iterator[list[Any]]:
    for found, block in blocks:
        rows = found.tables[name]
        if not block.plan and not block.copy:
            yield from rows.copies(block, AREA, found.span)
        if not block.copy:
            yield from rows.copies(block, PLAN, found.span)
        yield from rows.copies(block, ACTION, found.span)


def _ordered() -> Iterable[str]:
    return [table.name for table in tables.metadata.sorted_tables if table.name in COPIED]


def _load_sqlite(url: str, blocks: Sequence[tuple[Template, _Block]]) -> None:
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        # Only while loading: nothing is lost that could not be made again.
        unsafe = ("journal_mode = OFF", "synchronous = OFF", "foreign_keys = OFF", "cache_size = -400000")
        for pragma in unsafe:
            connection.execute(f"PRAGMA {pragma}")
        # Rows are copied with ids of their own: the triggers of entries need not look each of them up.
        triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        for name in _ordered():
            columns = blocks[0][0].tables[name].columns
            names = ", ".join(f'"{column}"' for column in columns)
            places = ", ".join("?" * len(columns))
            connection.executemany(
                f"INSERT INTO {name} ({names}) VALUES ({places})",
                _copies(name, blocks),
            )
            connection.commit()
        for _, statement in triggers:
            connection.execute(statement)
        connection.execute("PRAGMA journal_mode = WAL")


def _load_postgresql(url: str, blocks: Sequence[tuple[Template, _Block]]) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET synchronous_commit = off")
        connection.execute("SET session_replication_role = replica")  # the copies' references are right
        connection.execute("SET timezone = 'UTC'")
        for name in _ordered():
            columns = ", ".join(f'"{column}"' for column in blocks[0][0].tables[name].columns)
            with connection.cursor().copy(f"COPY {name} ({columns}) FROM STDIN") as copy:
                for row in _copies(name, blocks):
                    copy.write_row(row)
        connection.execute("VACUUM (ANALYZE)")


# --- Sites --------------------------------------------------------------------------------------------------


def site(shape: Shape) -> Site:
    """The measured plan of a shape in the open database, with a token and a session made for it."""
    with db.write(None) as connection:
        area = connection.execute(
            select(tables.areas.c.id).where(tables.areas.c.slug == f"{shape.slug}-0")
        ).scalar_one()
        token, session = _credentials(connection, area)

    def ids(name: str) -> list[UUID]:
        table = tables.metadata.tables[name]
        with db.read(None) as connection:
            return list(
                connection.execute(
                    select(table.c.id).where(table.c.area_id == area).order_by(table.c.id)
                ).scalars()
            )

    return Site(
        points=shape.points,
        area=area,
        plan=ids("plans")[0],
        token=token,
        session=session,
        actions=ids("actions"),
        open_actions=_open_actions(area),
        risks=ids("risks"),
        priorities=ids("priorities"),
        registers=ids("registers"),
    )


def _open_actions(area: UUID) -> list[UUID]:
    states, actions = tables.action_states, tables.actions
    statement = (
        select(actions.c.id)
        .join(states, (states.c.action_id == actions.c.id) & (states.c.valid_to == FOREVER))
        .where(actions.c.area_id == area, ~states.c.withdrawn)
        .order_by(actions.c.id)
    )
    with db.read(None) as connection:
        return list(connection.execute(statement).scalars())


def _credentials(connection: Any, area: UUID) -> tuple[str, str]:
    at = clock.moment()
    later = at.now + timedelta(days=1)
    key = settings().key()
    stamps = {"area_id": area, "version": 1, "created_at": at.now, "updated_at": at.now}
    client, user, token, session = new_id(), new_id(), new_token(), new_token()
    connection.execute(
        insert(tables.clients).values(
            id=client,
            name="Benchmarks",
            quota=1_000_000_000,
            scopes="read write admin",
            expires_at=later,
            **stamps,
        )
    )
    secret = new_id()
    connection.execute(
        insert(tables.client_secrets).values(
            id=secret, client_id=client, secret_hash=token_hash(new_token(), key), created_at=at.now
        )
    )
    connection.execute(
        insert(tables.client_usage).values(
            client_id=client, window_start=at.now, used=0, granted=0, failures=0, failures_from=at.now
        )
    )
    connection.execute(
        insert(tables.access_tokens).values(
            token_hash=token_hash(token, key),
            client_id=client,
            secret_id=secret,
            scopes="read write admin",
            expires_at=later,
        )
    )
    connection.execute(
        insert(tables.users).values(
            id=user, email=f"{user}@example.org", role="admin", disabled=False, failures=0, **stamps
        )
    )
    connection.execute(
        insert(tables.sessions).values(
            token_hash=token_hash(session, key),
            user_id=user,
            created_at=at.now,
            seen_at=at.now,
            expires_at=later,
        )
    )
    return token, session


def scratch() -> tempfile.TemporaryDirectory[str]:
    """A folder on a disk for databases, removed when it is closed."""
    return tempfile.TemporaryDirectory(prefix="send-tracker-bench-", dir="/var/tmp")
