"""The database's history runs up, down and up again on both databases, and ends where the models are."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from app.engines import driver_url
from app.migrations import compare_type, configuration, current, downgrade, head, upgrade
from app.models.tables import metadata
from tests.databases import copy_of, opened


@pytest.fixture
def blank(database_kind: str) -> Iterator[str]:
    """The URL of an empty database that was never migrated."""
    with copy_of("blank", database_kind) as url:
        yield url


def tables(url: str) -> set[str]:
    engine = sa.create_engine(driver_url(url))
    try:
        return set(sa.inspect(engine).get_table_names()) - {"alembic_version"}
    finally:
        engine.dispose()


def shape(url: str) -> dict[str, object]:
    """Columns, indexes and constraints of every table, as the database tells them."""
    engine = sa.create_engine(driver_url(url))
    try:
        found = sa.inspect(engine)
        return {
            name: (
                [
                    (column["name"], str(column["type"]), column["nullable"])
                    for column in found.get_columns(name)
                ],
                sorted((str(one["name"]), *map(str, one["column_names"])) for one in found.get_indexes(name)),
                sorted(str(one["name"]) for one in found.get_check_constraints(name)),
                sorted(str(one["name"]) for one in found.get_unique_constraints(name)),
                sorted(str(one["name"]) for one in found.get_foreign_keys(name)),
            )
            for name in sorted(tables(url))
        }
    finally:
        engine.dispose()


def test_a_database_that_was_never_migrated_has_no_revision(blank: str) -> None:
    assert current(blank) is None


def test_upgrading_makes_every_table_of_the_models(blank: str) -> None:
    upgrade(blank)
    assert tables(blank) == set(metadata.tables)


def test_upgrading_ends_at_the_newest_revision(blank: str) -> None:
    upgrade(blank)
    assert current(blank) == head()


def test_upgrading_twice_changes_nothing(blank: str) -> None:
    upgrade(blank)
    before = shape(blank)
    upgrade(blank)
    assert shape(blank) == before


def test_downgrading_to_the_base_removes_every_table(blank: str) -> None:
    upgrade(blank)
    downgrade(blank, "base")
    assert tables(blank) == set()


def test_up_down_and_up_gives_the_same_tables(blank: str) -> None:
    upgrade(blank)
    before = shape(blank)
    downgrade(blank, "base")
    upgrade(blank)
    assert shape(blank) == before


def test_what_the_journal_held_before_its_chain_is_chained(sample_url: str) -> None:
    """Taken back to before there were hashes, and up again: the same chain, and still append-only."""
    with opened(sample_url):
        before = _hashes(sample_url)
        downgrade(sample_url, "0001")
        upgrade(sample_url)
        assert len(before) > 500
        assert _hashes(sample_url) == before


def _hashes(url: str) -> list[str]:
    engine = sa.create_engine(driver_url(url))
    try:
        with engine.connect() as connection:
            ordered = sa.text("SELECT hash FROM journal_entries ORDER BY sequence")
            return list(connection.execute(ordered).scalars())
    finally:
        engine.dispose()


def test_the_migrated_tables_are_those_of_the_models(database_url: str) -> None:
    engine = sa.create_engine(driver_url(database_url))
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": compare_type})
            assert compare_metadata(context, metadata) == []
    finally:
        engine.dispose()


def test_the_migrations_are_one_line_without_branches() -> None:
    assert len(ScriptDirectory.from_config(configuration("sqlite://")).get_heads()) == 1


def test_the_migrated_tables_have_the_checks_of_the_models(database_url: str) -> None:
    """Autogenerate does not compare CHECK constraints."""
    engine = sa.create_engine(driver_url(database_url))
    try:
        inspector = sa.inspect(engine)
        found = {
            name: {str(one["name"]) for one in inspector.get_check_constraints(name)}
            for name in metadata.tables
        }
    finally:
        engine.dispose()
    assert found == {name: _checks(table) for name, table in metadata.tables.items()}


def _checks(table: sa.Table) -> set[str]:
    checks = (one for one in table.constraints if isinstance(one, sa.CheckConstraint))
    return {f"ck_{table.name}_{str(one.name).removeprefix(f'ck_{table.name}_')}" for one in checks}
