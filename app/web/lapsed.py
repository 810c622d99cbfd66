"""What is sent after a session is over: kept for whoever's session it was."""

from app import db
from app.clock import moment
from app.services import drafts as drafts_service


def keep_lapsed(token: str, path: str, typed: dict[str, str]) -> bool:
    """Keep what was typed into the form at this address; whether the session was one that has only lapsed."""
    now = moment().now
    with db.write(None) as connection:
        owner = drafts_service.owner_of_lapsed(connection, token, now)
        return owner is not None and drafts_service.keep(connection, owner, path, typed, now)
