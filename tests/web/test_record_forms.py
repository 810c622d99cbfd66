"""A declared form says what it means field by field, whatever its kind, and of a change only what differs."""

from datetime import date
from uuid import uuid4

from pydantic import BaseModel
from pydantic import Field as PydanticField

from app.models.actions import WebAddress
from app.models.people import Email
from app.web.forms import filled, the
from app.web.record_fields import agrees
from app.web.record_forms import Field, in_words, same, sent, stated, typed_of

_PERSON, _OTHER = str(uuid4()), str(uuid4())
_PEOPLE = ((_PERSON, "Joint commissioning lead"), (_OTHER, "Head of SEND"))
FIELDS = (
    Field("title", "Title", required=True, words="Give the title"),
    Field("note", "Note", "textarea"),
    Field("lead_id", "Lead", "select", options=_PEOPLE),
    Field("co_lead_ids", "Co-leads", "checkboxes", options=_PEOPLE),
    Field("kind", "Kind", "radios", options=(("a", "One"), ("b", "Two", "With a hint")), required=True),
    Field("due_on", "Due date", "date"),
    Field("size", "Size", "number"),
    Field("shared", "Shared", "check"),
)
RECORD = {
    "id": uuid4(),
    "version": 3,
    "title": "A title",
    "note": "One line\nand another",
    "lead": {"id": _PERSON, "name": "Joint commissioning lead"},
    "co_leads": [{"id": _OTHER, "name": "Head of SEND"}],
    "kind": "a",
    "due_on": date(2024, 6, 30),
    "size": 5,
    "shared": True,
}


def test_a_form_filled_from_a_record_states_the_record_and_changes_nothing():
    form = sent(FIELDS, typed_of(FIELDS, RECORD))
    assert form.value("version") == "3"
    assert stated(FIELDS, form) == {
        "title": "A title",
        "note": "One line\nand another",
        "lead_id": _PERSON,
        "co_lead_ids": [_OTHER],
        "kind": "a",
        "due_on": date(2024, 6, 30),
        "size": 5,
        "shared": True,
    }
    assert stated(FIELDS, form, known=RECORD) == {}


def test_of_a_change_only_what_differs_is_stated_and_an_emptied_field_is_none():
    typed = typed_of(FIELDS, RECORD) | {
        "note": " ",
        "due_on-month": "June",
        "size": "7",
        "title": " A title ",
    }
    del typed[f"co_lead_ids-{_OTHER}"], typed["shared"]
    form = sent(FIELDS, typed)
    assert stated(FIELDS, form, known=RECORD) == {
        "note": None,
        "co_lead_ids": [],
        "size": 7,
        "shared": False,
    }
    assert not form.problems


def test_what_is_missing_or_not_of_the_list_is_said_at_the_field_in_the_order_of_the_page():
    form = sent(FIELDS, {"lead_id": "somebody", "due_on-day": "31", "size": "many"})
    stated(FIELDS, form)
    assert [(problem.message, problem.target) for problem in form.problems] == [
        ("Give the title", "title"),
        ("Choose one from the list: Lead", "lead_id"),
        ("Choose the kind", "kind"),
        ("Due date must include a month and a year", "due_on-month"),
        ("Size must be a whole number", "size"),
    ]


class _Input(BaseModel):
    note: str = PydanticField(max_length=5)
    link: WebAddress
    email: Email


def test_a_message_of_the_input_names_its_field_and_shows_no_pattern():
    typed = {"note": "too long", "link": "www.example", "email": "<name@council.example>"}
    form = sent((FIELDS[1], Field("link", "Address"), Field("email", "E-mail")), typed)
    assert filled(_Input, typed, form) is None
    assert [problem.message for problem in form.problems] == [
        "Shorten the note to 5 characters or fewer",
        "The address of a link must begin with https:// or http://, and hold no spaces or quotes",
        "Give an e-mail address, for example name@council.example",
    ]
    assert form.named("another") == "this"
    assert the("What could happen, and why") == "“What could happen, and why”"


def test_a_broken_date_is_a_change_and_never_the_same():
    form = sent(FIELDS, typed_of(FIELDS, RECORD) | {"due_on-day": "31"})
    due = next(field for field in FIELDS if field.name == "due_on")
    assert not same(due, form, sent(FIELDS, typed_of(FIELDS, RECORD)))


def test_fields_are_told_in_the_words_of_their_options():
    form = sent(FIELDS, typed_of(FIELDS, RECORD))
    assert [in_words(field, form) for field in FIELDS] == [
        "A title",
        "One line\nand another",
        "Joint commissioning lead",
        "Head of SEND",
        "One",
        "30 June 2024",
        "5",
        "Yes",
    ]


def test_a_form_agrees_with_a_record_where_all_that_it_says_is_what_the_record_says():
    typed = typed_of(FIELDS, RECORD)
    left_empty = {"lead_id": "", "due_on-day": "", "due_on-month": "", "due_on-year": "", "size": ""}
    for same_said in ({}, {"title": "a TITLE"}, left_empty):
        assert agrees(FIELDS, sent(FIELDS, typed | same_said), RECORD), same_said
    others = ({"title": "Other"}, {"lead_id": _OTHER}, {"kind": "b"}, {"due_on-day": "29"}, {"size": "6"})
    for other in others:
        assert not agrees(FIELDS, sent(FIELDS, typed | other), RECORD), other


def test_what_a_record_holds_in_another_shape_than_it_is_typed_in_is_no_other_thing():
    links, rated = [{"title": "Minutes", "url": "https://example.org"}], {"band": "Low", "matrix_version": 1}
    record = RECORD | {"note": links, "lead_id": rated}
    form = sent(FIELDS, typed_of(FIELDS, RECORD) | {"note": "Minutes https://example.org"})
    assert agrees(FIELDS, form, record)


def test_a_choice_is_told_in_its_own_words_alone():
    field = Field("kind", "Kind", "radios", options=(("open", "Open"), ("reopen", "Open again")))
    assert in_words(field, sent([field], {"kind": "reopen"})) == "Open again"
