"""Whether the database is fit for requests: for the machines that watch the service."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from app.services import housekeeping

_REVISION = text("SELECT version_num FROM alembic_version")


def state(db: Connection, head: str, now: datetime) -> dict[str, Any]:
    """Whether the database is migrated to ``head`` ("ok" or "behind"), and when a worker was last seen.

    One that is ahead is "ok": while a new version starts, the old one still serves. Fails in the database
    where it was never migrated.
    """
    revision = db.execute(_REVISION).scalar()
    if revision is None or revision < head:
        return {"migration": "behind", "worker": None}
    return {"migration": "ok", "worker": housekeeping.newest_heartbeat(db, now)}
