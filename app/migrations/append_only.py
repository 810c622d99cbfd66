"""Triggers that keep rows as they were written, in the database itself, whatever program writes to it.

    append_only.protect(op.get_bind(), "journal_entries")

A batch migration on SQLite makes the table anew and loses its triggers: one that alters such a table
calls ``release`` before and ``protect`` after.
"""

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, text

PROTECTED: dict[str, list[tuple[str, ...]]] = {
    "journal_entries": [("area_id", "sequence")],
    "updates": [],
    "assessments": [],
    "management_action_updates": [],
    "matrix_versions": [],
    "acknowledgements": [],
    "errata": [],
    "publications": [("period_id",), ("area_id", "sequence")],
}
"""The tables that the newest migration leaves protected, with the keys that it gave."""

_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$
"""


def protect(connection: Connection, table: str, *keys: Sequence[str]) -> None:
    """Refuse every UPDATE and DELETE (on PostgreSQL also TRUNCATE) of a table; in place already, no change.

    SQLite's REPLACE deletes without asking the trigger: refused too, for rows with the same ``id`` or the
    same values in the columns of one of ``keys``, the table's unique constraints.
    """
    for statement in _protections(connection.dialect.name, table, [("id",), *keys]):
        connection.execute(text(statement))


def release(connection: Connection, table: str) -> None:
    """Take the triggers of a table away."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}"))
        return
    for operation in ("update", "delete", "insert"):
        connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_append_only_{operation}"))


def unprotected(connection: Connection) -> list[str]:
    """The tables whose triggers are not there, not in force, or not as ``protect`` makes them."""
    if connection.dialect.name == "postgresql":
        there = set(connection.execute(text(_IN_FORCE)).scalars())
        return [table for table in PROTECTED if table not in there]
    stored = connection.execute(text("SELECT sql FROM sqlite_master WHERE type = 'trigger'")).scalars()
    made = {_plain(sql) for sql in stored}
    return [
        table
        for table, keys in PROTECTED.items()
        if not made.issuperset(map(_plain, _protections("sqlite", table, [("id",), *keys])))
    ]


# Its bits: before (2), delete (8), update (16), truncate (32), and not for each row.
_IN_FORCE = """
SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
WHERE t.tgname = c.relname || '_append_only' AND t.tgtype = 58 AND t.tgenabled IN ('O', 'A')
AND t.tgqual IS NULL AND c.relnamespace = to_regnamespace(current_schema())
AND p.proname = 'refuse_change'
AND btrim(p.prosrc, E' \\n') LIKE 'BEGIN%RAISE EXCEPTION%restrict_violation%END'
"""


def _plain(sql: str) -> str:
    return " ".join(sql.replace("IF NOT EXISTS ", "").split())


def forget(connection: Connection) -> None:
    """Remove what all the triggers share; for a step back to before there were any."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("DROP FUNCTION IF EXISTS refuse_change()"))


def _protections(dialect: str, table: str, keys: Sequence[Sequence[str]]) -> Iterator[str]:
    if dialect == "postgresql":
        yield _FUNCTION
        yield f"""
            CREATE OR REPLACE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
        """
        return
    refusal = f"SELECT RAISE(ABORT, '{table} is append-only'); END"
    trigger = f"CREATE TRIGGER IF NOT EXISTS {table}_append_only"
    for operation in ("update", "delete"):
        yield f"{trigger}_{operation} BEFORE {operation.upper()} ON {table} BEGIN {refusal}"
    matches = (" AND ".join(f"{column} = NEW.{column}" for column in key) for key in keys)
    exists = " OR ".join(f"EXISTS (SELECT 1 FROM {table} WHERE {match})" for match in matches)
    yield f"{trigger}_insert BEFORE INSERT ON {table} WHEN {exists} BEGIN {refusal}"
