"""What somebody typed outlives their session: kept for them alone, filled in again, gone once it is saved."""

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import delete, select, update

from app import clock, db
from app.access.roles import Role
from app.demo import AREA, SIGN_INS
from app.models.tables import drafts, sessions, users
from app.services import accounts, housekeeping
from app.services import areas as areas_service
from app.services import drafts as drafts_service
from app.web.forms import LARGEST_FORM
from tests.web.conftest import Visitor, action_path, errors, fields, links, plan_path, priority_paths, words

EDITOR = next(one for one in SIGN_INS if one.role is Role.editor)
HEADER = "scope,complete,on_target,delayed,not_started,complete_or_on_target"
TYPED = {"narrative": "240 replies so far.", "status": "delayed", "path_to_green": "A second round."}


@pytest.fixture
def signed_in(anybody: Visitor) -> Visitor:
    """The sample's editor, signed in with a password."""
    return with_password(anybody, EDITOR)


@pytest.fixture
def admin(anybody: Visitor) -> Visitor:
    """The sample's admin, signed in with a password."""
    return with_password(anybody, next(one for one in SIGN_INS if one.role is Role.admin))


def with_password(visitor: Visitor, account) -> Visitor:
    answer = visitor.send("/sign-in", {"email": account.email, "password": account.password}, 303)
    visitor.headers = {"cookie": answer.headers["set-cookie"].partition(";")[0]}
    return visitor


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


@pytest.mark.parametrize("how", ["here", "everywhere", "in another browser"])
def test_what_is_sent_after_signing_out_in_another_tab_is_kept(signed_in, how):
    path = action_path(signed_in, "1.9") + "/update"
    sent = fields(signed_in.get(path)) | TYPED
    other = with_password(Visitor(signed_in.http), EDITOR)
    leaving = other if how == "in another browser" else signed_in
    leaving.send("/sign-out" if how == "here" else "/account/sessions", {"which": "all"}, 303)
    if how != "in another browser":
        left = signed_in.http.cookies.get("left")
        signed_in.http.cookies.clear()
        signed_in.headers = {"cookie": f"left={left}"}
        assert signed_in.send("/drafts", sent | {"narrative": "Soon"}, 303)
        assert signed_in.answer("GET", path).headers["location"] == f"/sign-in?next={path}"
        signed_in.headers = {"cookie": f"session={left}"}
        assert signed_in.answer("GET", path).status_code == 303, "it opens nothing"
        signed_in.headers = {"cookie": f"left={left}"}
    assert signed_in.send(path, sent, 303).headers["location"] == f"/sign-in?next={path}&kept=1"
    with_password(signed_in, EDITOR)
    assert "left" not in signed_in.http.cookies
    assert "240 replies so far.</textarea>" in signed_in.get(path)


def test_the_privacy_notice_names_the_cookie_of_who_signed_out(anybody):
    assert "left takes its place when you sign out" in words(anybody.get("/privacy"))


def test_who_has_no_session_at_all_is_led_back_to_the_form(anybody, signed_in):
    path = action_path(signed_in, "1.9") + "/update"
    sent = fields(signed_in.get(path)) | TYPED
    signed_in.http.cookies.clear()
    assert Visitor(anybody.http).send(path, sent, 303).headers["location"] == f"/sign-in?next={path}"
    assert kept() == []


@pytest.mark.parametrize("end", ["disabled", "forgotten", "from another site"])
def test_nothing_is_kept_of_who_left_or_may_not_come_back(signed_in, end):
    path = action_path(signed_in, "1.9") + "/update"
    sent = fields(signed_in.get(path)) | TYPED
    headers = {}
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
    back = "" if end == "from another site" else f"next={path}&"
    assert answer.headers["location"] == f"/sign-in?{back}ended=1"
    assert kept() == []


def test_a_form_that_keeps_no_drafts_keeps_none(signed_in):
    lapse()
    for typed in ({}, {"draft": "https://elsewhere.example/"}, {"draft": "/" + "x" * 600}):
        answer = signed_in.send("/account/password", {"password": "a secret", **typed}, 303)
        assert "kept" not in answer.headers["location"]
    assert kept() == []


def whole(html: str) -> dict[str, str]:
    """What a page would send as it is, its longer texts too."""
    texts = re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>(.*?)</textarea>', html, re.DOTALL)
    return fields(html) | {name: unescape(text) for name, text in texts}


def test_every_form_keeps_what_was_typed_into_it_when_the_session_is_over(admin):
    plan, action = plan_path(admin), action_path(admin, "1.9")
    priority, register = priority_paths(admin)[0], links(admin.get("/registers"), "/registers/0")[0]
    risk = links(admin.get(register), "/risks/0")[0]
    point = re.search(r'name="point"[^>]* value="([^"]+)"', admin.get(f"{risk}/acknowledge"))
    cases = {
        "/registers/new": {"title": "Typed, kept", "ref": "R9", "plan_id": plan[7:]},
        "/registers/new?kind=named": {"title": "Typed, kept", "ref": "R8", "plan_id": plan[7:]},
        f"{register}/matrix/new": {"reason": "Typed, kept"},
        f"{action}/withdrawal": {"reason": "Typed, kept"},
        f"{risk}/acknowledge": {"reason": "Typed, kept", "point": point[1]},
        f"{risk}/closure": {"reason": "Typed, kept"},
        f"{plan}/order": {"place_5": "1"},
        f"{priority}/order": {"place_2": "1", "reason": "Typed, kept"},
        "/reconcile": {"csv": HEADER + "\nA,20,20,20,40,40"},
        "/admin/webhooks/new": {
            "description": "Typed, kept",
            "url": "https://192.0.2.1/",
            "told": "everything",
        },
        "/admin/clients/new": {"name": "Typed, kept"},
    }
    for form, typed in cases.items():
        path = form.partition("?")[0]
        revive()
        sent = whole(admin.get(form)) | typed
        lapse()
        assert admin.send(path, sent, 303).headers["location"] == f"/sign-in?next={path}&kept=1"
        revive()
        again = admin.get(path)
        assert "This is what you typed on" in words(again), path
        assert whole(again) | {"seen": ""} == sent | {"q": "", "seen": ""}, path
        admin.send("/drafts", sent, 204)
        # The address of a webhook is looked up, so that one is not sent.
        end = "/drafts/removal" if "webhooks" in path else path
        answer = admin.answer("POST", end, data=whole(again) | typed)
        assert answer.status_code in (200, 303), (path, errors(answer.text))
        assert kept() == [], path


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


def test_whose_session_ended_is_told_why_and_led_back(signed_in):
    path = action_path(signed_in, "1.9")
    with db.write(None) as writer:
        writer.execute(delete(sessions))  # as another password does
    location = signed_in.answer("GET", path).headers["location"]
    assert location == f"/sign-in?next={path}&ended=1"
    assert "your role or password changed" in words(signed_in.get(location))
    assert signed_in.answer("GET", "/").headers["location"] == "/sign-in?ended=1"
    signed_in.headers = {}
    signed_in.http.cookies.clear()
    assert signed_in.answer("GET", path).headers["location"] == f"/sign-in?next={path}"


def give_role(role: Role) -> None:
    """An admin of the area gives the sample's editor another role."""
    with db.read(None) as reader:
        who = areas_service.by_slug(reader, AREA.slug)
    with db.write(who) as writer:
        user_id = writer.execute(select(users.c.id).where(users.c.email == EDITOR.email)).scalar_one()
        accounts.change_user(writer, who, clock.moment(), user_id, {"role": role}, version=None)


@pytest.mark.parametrize("role", [Role.admin, Role.viewer])
def test_what_is_sent_just_after_another_role_was_given_is_kept_as_after_a_time_out(signed_in, role):
    path = action_path(signed_in, "1.9") + "/edit"
    sent = fields(signed_in.get(path)) | {"title": "A second survey"}
    give_role(role)
    answer = signed_in.send(path, sent, 303)
    assert answer.headers["location"] == f"/sign-in?next={path}&kept=1"
    with_password(signed_in, EDITOR)
    if role is Role.viewer:
        # They may not change it any more: what they typed stands there to be copied.
        shown = words(signed_in.get(path, 403))
        assert "What you typed It is not saved." in shown
        assert "A second survey" in shown
    else:
        assert 'value="A second survey"' in signed_in.get(path)


def test_what_was_typed_stands_on_the_page_of_a_refusal(signed_in, chair):
    path = action_path(signed_in, "1.9")
    refused = fields(signed_in.get(f"{path}/edit")) | {
        "title": "A title <b>typed</b>",
        "password": "a secret",
    }
    shown = chair.send(f"{path}/edit", refused, 403).text
    assert "What you typed It is not saved." in words(shown)
    assert "readonly>A title &lt;b&gt;typed&lt;/b&gt;</textarea>" in shown
    assert "a secret" not in shown
    assert refused["version"] not in re.findall(r"<textarea[^>]*>(.*?)</textarea>", shown)
    late = fields(chair.get(f"{path}/update")) | TYPED
    out = fields(signed_in.get(f"{path}/withdrawal")) | {"reason": "Merged"}
    signed_in.send(f"{path}/withdrawal", out, 303)
    told = chair.send(f"{path}/update", late, 409).text
    assert "240 replies so far.</textarea>" in told
    assert re.search(">Status</label><textarea[^>]*>Delayed</textarea>", told), "as the form says it"
    assert ">What has happened</label>" in told
    cross = chair.answer("POST", f"{path}/update", data=late, headers={"sec-fetch-site": "cross-site"})
    assert "240 replies" not in cross.text


def test_a_form_that_is_too_large_leads_back_to_where_it_was_typed(signed_in):
    path = f"{action_path(signed_in, '1.9')}/update"
    shown = signed_in.send(path, {"narrative": "x" * (LARGEST_FORM + 1)}, 413).text
    assert f'href="{path}">Go back' in shown
    assert "what you typed is still in the form" in words(shown)
