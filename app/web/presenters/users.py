"""Accounts in words: the list, an account, its links and ends."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.access.roles import Role
from app.sentences.words import listed, sentence_case
from app.services.users import LINK_LIFETIME
from app.web.presenters.choices import people_options
from app.web.presenters.dates import day_of, recorded
from app.web.presenters.said import Said
from app.web.record_fields import Field
from app.web.record_forms import RecordForm

LIST = "/admin/users"
LINK_HOURS = int(LINK_LIFETIME.total_seconds() // 3600)
ROLE_LABELS = {
    Role.viewer: "Viewer",
    Role.contributor: "Contributor",
    Role.editor: "Editor",
    Role.admin: "Admin",
}
_MAY = {
    Role.viewer: "Reads everything in the area.",
    Role.contributor: "Also updates the actions and risks that they answer for.",
    Role.editor: "Also creates and changes plans, registers, risks and periods.",
    Role.admin: "Also looks after users, API clients, webhooks and settings.",
}
STATES = {
    "active": "Active",
    "locked": "Locked after wrong passwords",
    "invited": "Invited",
    "link_expired": "Invited, link expired",
    "disabled": "Disabled",
}
_SAID = {
    "invited": Said(
        "This person was invited already, by the same form. Their link was shown then, and is shown only "
        "once. If nobody kept it, make a new one below.",
        False,
    ),
    "changed": Said("The account is changed. Another role holds from the next sign-in."),
    "disabled": Said("The account is disabled. Its sessions have ended."),
    "enabled": Said("The account is enabled: its user can sign in again."),
    "app": Said("The authenticator app is removed. The password alone signs in until they add another one."),
    "stale": Said(
        "No link was made: this account has changed since the page was opened, or the button was pressed "
        "twice. A link is shown only once: if nobody kept it, make a new one.",
        False,
    ),
    "cannot": Said("No link was made: this account is disabled, or it signs in by single sign-on.", False),
}


def user_page(user: Mapping[str, Any], said: str, *, is_own: bool) -> dict[str, Any]:
    """An account, what can be done with it, and what has just been done."""
    path = f"{LIST}/{user['id']}"
    is_on = not user["disabled"]
    return {
        "section": "admin",
        "heading": user["email"],
        "said": _SAID.get(said),
        "facts": _facts(user),
        "path": path,
        "version": user["version"],
        "is_own": is_own,
        "is_disabled": user["disabled"],
        "may_link": is_on and not user["has_single_sign_on"],
        "by_single_sign_on": user["has_single_sign_on"],
        "has_authenticator": user["has_authenticator"],
        "link_words": (
            "Make a link to set a new password" if user["has_password"] else "Make a new invitation link"
        ),
        "hours": LINK_HOURS,
    }


def _facts(user: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    ways = [
        *(["password"] if user["has_password"] else []),
        *(["authenticator app"] if user["has_authenticator"] else []),
        *(["single sign-on"] if user["has_single_sign_on"] else []),
    ]
    until = user["link_until"]
    pairs = [
        ("Role", ROLE_LABELS[Role(user["role"])]),
        ("State", state_words(user)),
        ("Person in the plans", user["person_name"] or "None"),
        ("Signs in by", sentence_case(listed(ways)) or "Nothing yet"),
        ("Open link", f"Until {recorded(until)}" if until else "None"),
        ("Added", day_of(user["created_at"])),
    ]
    return [(label, value, "") for label, value in pairs]


def state_words(user: Mapping[str, Any]) -> str:
    return STATES[user["state"]]


def link_page(user: Mapping[str, Any], address: str, *, is_new: bool) -> dict[str, Any]:
    """The page that shows a one-time link, the only one that ever does."""
    return {
        "section": "admin",
        "heading": "Copy the link now",
        "user": (user["email"], f"{LIST}/{user['id']}"),
        "address": address,
        "hours": LINK_HOURS,
        "until": recorded(user["link_until"]) if user["link_until"] else "",
        "is_new": is_new,
    }


# --- Forms ------------------------------------------------------------------------------------------------


def _person(people: Iterable[Mapping[str, Any]]) -> Field:
    hint = "Who this user is in the plans: their actions and risks are then theirs to update."
    return Field("person_id", "Person in the plans", "select", hint, people_options(people))


def _role() -> Field:
    roles = [(role.value, label, _MAY[role]) for role, label in ROLE_LABELS.items()]
    return Field("role", "Role", "radios", "No more than they need.", roles, required=True)


def invite_form(people: Iterable[Mapping[str, Any]]) -> RecordForm:
    """The form that invites somebody."""
    hint = "They sign in with it. For example name@council.example."
    words = "Give the e-mail address with which they sign in"
    email = Field("email", "E-mail address", hint=hint, required=True, words=words)
    return RecordForm(
        heading="Invite a user",
        caption=("Users", LIST),
        fields=[email, _role(), _person(people)],
        submit="Make the invitation link",
        back=LIST,
        section="admin",
        note=f"You get a link on which they set their own password, once, within {LINK_HOURS} hours.",
        saved=f"{LIST}/{{id}}?said=invited",
    )


def change_form(user: Mapping[str, Any], people: Iterable[Mapping[str, Any]], *, is_own: bool) -> RecordForm:
    """The form that changes role and person. Nobody changes their own role."""
    path = f"{LIST}/{user['id']}"
    note = ""
    if is_own:
        note = "This is your own account: another admin can change its role."
    elif user["has_single_sign_on"]:
        note = "The role that single sign-on gives replaces this one when the user next signs in."
    return RecordForm(
        heading="Change role or person",
        caption=(user["email"], path),
        fields=[*([] if is_own else [_role()]), _person(people)],
        submit="Save the account",
        back=path,
        section="admin",
        note=note,
        what="the account",
        saved=f"{path}?said=changed",
    )


def disable_form(user: Mapping[str, Any]) -> RecordForm:
    """Asks whether an account is to end."""
    return _confirm(
        user,
        heading=f"Disable {user['email']}?",
        note="Their sessions and links end at once, and they can no longer sign in.",
        points=(
            "What they recorded stays, under their name.",
            "You can enable the account again at any time.",
        ),
        submit="Disable the account",
        said="disabled",
        danger=True,
    )


def enable_form(user: Mapping[str, Any]) -> RecordForm:
    """Asks whether an account is to work again."""
    role = ROLE_LABELS[Role(user["role"])].lower()
    return _confirm(
        user,
        heading=f"Enable {user['email']}?",
        note=f"They can sign in again, as {'an' if role[0] in 'ae' else 'a'} {role}.",
        points=(),
        submit="Enable the account",
        said="enabled",
        danger=False,
    )


def authenticator_form(user: Mapping[str, Any]) -> RecordForm:
    """Asks whether the authenticator app of an account is to go."""
    return _confirm(
        user,
        heading=f"Remove the authenticator app of {user['email']}?",
        note="For somebody who has lost their phone and their recovery codes. Make sure that it is they who "
        "ask: speak to them. Their sessions end, and the password alone signs in.",
        points=("They can add an app again on their own account page.",),
        submit="Remove the app",
        said="app",
        danger=True,
    )


def _confirm(user: Mapping[str, Any], *, said: str, **given: Any) -> RecordForm:
    path = f"{LIST}/{user['id']}"
    reason = Field("reason", "Reason", hint="Kept in the journal. For example: left the council on 28 June.")
    return RecordForm(
        caption=(user["email"], path),
        fields=[reason],
        back=path,
        section="admin",
        confirms=True,
        saved=f"{path}?said={said}",
        **given,
    )
