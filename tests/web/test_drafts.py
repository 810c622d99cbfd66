"""What somebody typed outlives their session: kept for them alone, filled in again, gone once it is saved."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app import clock, db
from app.access.roles import Role
from app.demo import SIGN_INS
from app.models.tables import drafts, sessions, users
from app.services import drafts as drafts_service
from app.services import housekeeping
from tests.web.conftest import Visitor, action_path, fields, plan_path, words

EDITOR = next(one for one in SIGN_INS if one.role is Role.editor)
TYPED = {"narrative": "240 replies so far.", "status": "delayed", "path_to_green": "A second round."}


@pytest.fixture
def signed_in(anybody: Visitor) -> Visitor:
    """The sample's editor, signed in with a password."""
    answer = anybody.send("/sign-in", {"email": EDITOR.email, "password": EDITOR.password}, 303)
    anybody.headers = {"cookie": answer.headers["set-cookie"].partition(";")[0]}
    return anybody


def lapse() -> None:
    """Every session has been over for a day."""
    _set_end(clock.now() - timedelta(days=1))


def revive() -> None:
    """Every session goes on, as if somebody had signed in again."""
    _set_end(clock.now() + timedelta(hours=1))


def _set_end(end) -> None:
    with db.write(None) as writer:
        writer.execute(update(sessions).values(expires_at=end, seen_at=end))


def kept() -> list[str]:
    with db.read(None) as reader:
        return list(reader.execute(select(drafts.c.path)).scalars())


def typed_and_lapsed(visitor: Visitor) -> tuple[str, str]:
    """The address of a form, and where the browser was sent that sent it after its session was over."""
    path = action_path(visitor, "1.9") + "/update"
    sent = fields(visitor.get(path)) | TYPED
    lapse()
    return path, visitor.send(path, sent, 303).headers["location"]


def test_what_was_typed_is_filled_in_again_after_signing_in_and_saved(signed_in):
    path, location = typed_and_lapsed(signed_in)
    assert location == f"/sign-in?next={path}&kept=1"
    form = signed_in.get(location)
    assert "What you typed is kept: sign in to go on." in words(form)
    sent = fields(form) | {"email": EDITOR.email, "password": EDITOR.password}
    answer = signed_in.send("/sign-in", sent, 303)
    assert answer.headers["location"] == path
    signed_in.headers = {"cookie": answer.headers["set-cookie"].partition(";")[0]}
    again = signed_in.get(path)
    assert "This is what you typed on" in words(again)
    assert "240 replies so far.</textarea>" in again
    assert "A second round.</textarea>" in again
    signed_in.send(path, fields(again) | TYPED, 303)
    assert kept() == []
    assert "This is what you typed" not in words(signed_in.get(path))
    assert "240 replies so far." in words(signed_in.get(path.removesuffix("/update")))


def test_a_draft_is_seen_by_its_user_alone_and_can_be_removed(signed_in, chair):
    path, _ = typed_and_lapsed(signed_in)
    revive()
    assert "240 replies" not in chair.get(path)
    chair.send("/drafts/removal", {"draft": path}, 303)
    assert kept() == [path]
    answer = signed_in.send("/drafts/removal", {"draft": path}, 303)
    assert answer.headers["location"] == path
    assert "240 replies" not in signed_in.get(path)


@pytest.mark.parametrize("end", ["signed out", "disabled", "forgotten", "from another site"])
def test_nothing_is_kept_of_who_left_or_may_not_come_back(signed_in, end):
    path = action_path(signed_in, "1.9") + "/update"
    sent = fields(signed_in.get(path)) | TYPED
    headers = {}
    if end == "signed out":
        signed_in.send("/sign-out", {}, 303)
    lapse()
    with db.write(None) as writer:
        if end == "disabled":
            writer.execute(update(users).values(disabled=True))
        if end == "forgotten":
            long_ago = clock.now() - timedelta(days=14)
            writer.execute(update(sessions).values(expires_at=long_ago))
    if end == "from another site":
        headers = {"sec-fetch-site": "cross-site"}
    answer = signed_in.answer("POST", path, data=sent, headers=headers)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in"
    assert kept() == []


def test_a_form_that_keeps_no_drafts_keeps_none(signed_in):
    lapse()
    for typed in ({}, {"draft": "https://elsewhere.example/"}, {"draft": "/" + "x" * 600}):
        answer = signed_in.send("/account/password", {"password": "a secret", **typed}, 303)
        assert "kept" not in answer.headers["location"]
    assert kept() == []


def test_what_a_script_keeps_while_typing_is_filled_in_when_the_form_is_next_opened(signed_in):
    path = f"{plan_path(signed_in)}/periods/new"
    signed_in.send("/drafts", fields(signed_in.get(path)) | {"ref": "2024-07", "title": "<b>One</b>"}, 204)
    signed_in.send("/drafts", fields(signed_in.get(path)) | {"ref": "2024-08", "title": "<b>Two</b>"}, 204)
    again = signed_in.get(path)
    assert fields(again)["ref"] == "2024-08"
    assert "<b>Two</b>" not in again
    assert kept() == [path]
    signed_in.send("/drafts", {"ref": "1"}, 422)


def test_a_draft_whose_record_was_changed_meanwhile_meets_both_versions(signed_in, chair):
    path, _ = typed_and_lapsed(signed_in)
    revive()
    chair.send(path, fields(chair.get(path)) | {"narrative": "Saved in between."}, 303)
    again = fields(signed_in.get(path)) | TYPED
    stale = signed_in.send(path, again, 409)
    assert "Saved in between." in words(stale.text)


def test_drafts_go_after_fourteen_days_and_a_user_has_twenty(signed_in):
    with db.read(None) as reader:
        user_id = reader.execute(select(users.c.id).where(users.c.email == EDITOR.email)).scalar()
    now = clock.now()
    with db.write(None) as writer:
        for number in range(22):
            saved_at = now - timedelta(days=14) + timedelta(seconds=number)
            drafts_service.keep(writer, user_id, f"/{number:02}", {"a": "b"}, saved_at)
    assert kept() == [f"/{number:02}" for number in range(2, 22)]
    with db.write(None) as writer:
        later = now + timedelta(seconds=10)
        assert drafts_service.find(writer, user_id, "/10", later) is None
        assert drafts_service.find(writer, user_id, "/11", later) is not None
        housekeeping.clear_drafts(writer, later)
    assert kept() == [f"/{number}" for number in range(11, 22)]
