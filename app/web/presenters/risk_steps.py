"""The changes of a risk's state as pages ask for them: what will happen, and what follows from it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from app.risk.scoring import STATE_AFTER
from app.web.presenters.choices import MISSING, people_options
from app.web.presenters.risk_forms import Around, dated
from app.web.presenters.risks import now_of, rating
from app.web.record_fields import Field
from app.web.record_forms import RecordForm
from app.web.visits import Visit


class Step(NamedTuple):
    """How a change of state is asked for. ``{ref}`` and ``{now}`` stand for the risk's ref and rating."""

    heading: str
    note: str
    points: tuple[str, ...]
    submit: str
    link: str
    saved: str
    danger: bool = False


_REVERSIBLE = "You can reopen it at any time. Nothing is deleted."
STEPS: dict[str, Step] = {
    "acceptance": Step(
        "Accept risk {ref}",
        "The risk is accepted as it is rated now, {now}, until the day that you give.",
        (
            "It stays in the register, on the heat map and in every count.",
            "It is still to be reviewed.",
            _REVERSIBLE,
        ),
        "Accept the risk",
        "Accept it",
        "The risk is accepted.",
    ),
    "materialisation": Step(
        "Record that risk {ref} has happened",
        "The risk becomes “materialised”: what it warns of has happened.",
        ("It stays in the register, on the heat map and in every count.", _REVERSIBLE),
        "Record that it has happened",
        "Record that it has happened",
        "The risk is recorded as materialised.",
    ),
    "closure": Step(
        "Close risk {ref}",
        "The risk leaves the heat map, every count and the list of open risks from that day.",
        ("Its scores, controls, management actions and history are kept.", _REVERSIBLE),
        "Close the risk",
        "Close it",
        "The risk is closed.",
        danger=True,
    ),
    "reopening": Step(
        "Reopen risk {ref}",
        "The risk is open again from that day, rated as it was last: {now}.",
        ("Assess it afterwards if that is no longer right.",),
        "Reopen the risk",
        "Reopen it",
        "The risk is open again.",
    ),
}


def change_state(visit: Visit, around: Around, risk: Mapping[str, Any], move: str) -> RecordForm:
    """The page that asks before a change of a risk's state."""
    step, href = STEPS[move], f"/risks/{risk['id']}"
    words = {"ref": risk["ref"], "now": rating(now_of(risk), {}).text}
    return RecordForm(
        heading=step.heading.format(**words),
        caption=(around.register["title"], f"/registers/{around.register['id']}"),
        fields=[
            *(_acceptance(around) if move == "acceptance" else ()),
            *dated(visit, "It is kept with the step."),
        ],
        submit=step.submit,
        back=href,
        section="risks",
        note=step.note.format(**words),
        points=step.points,
        danger=step.danger,
        what="this risk",
        saved=f"{href}?saved={STATE_AFTER[move]}",
        confirms=True,
    )


def _acceptance(around: Around) -> list[Field]:
    people = people_options(around.people)
    by, until = "Choose who accepts the risk", "Give the day until which it is accepted"
    return [
        Field("accepted_by_id", "Accepted by", "select", MISSING, people, required=True, words=by),
        Field("accepted_until", "Accepted until", "date", required=True, words=until),
    ]
