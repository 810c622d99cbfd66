"""What an admin sets for an area: colours in which everybody can read, one logo, statements for all."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from app import db
from app.access.roles import Principal
from app.errors import NotFound, PreconditionFailed
from app.models.area_settings import (
    DEFAULT_COLOURS,
    AccessibilityStatement,
    AreaLook,
    PrivacyNotice,
    StatementKind,
)
from app.models.colours import TEXT_CONTRAST, contrast
from app.models.looks import Look, derived, least_contrast, readable, style_sheet
from app.models.tables import area_logos, areas, journal_entries
from app.reports.word_templates import WordTemplate
from app.services import area_settings
from app.services.images import read_image
from tests.factories import TODAY, Cast, cast, do, png, refused, see

PRIVACY = PrivacyNotice(
    controller="Marsh Council",
    contact_email="privacy@marsh.example",
    protection_officer="Information governance lead",
    lawful_basis="a task in the public interest",
    kept_for="Six years.",
    prepared_on=TODAY,
)
NAME = "North SEND Partnership"


@pytest.fixture
def area(database: str) -> Cast:
    return cast()


def shown(who: Principal) -> dict[str, Any]:
    found: dict[str, Any] = see(area_settings.get_settings, who)
    return found


def entries() -> list[tuple[str, str]]:
    """What was journalled of settings and areas since the areas were set up."""
    with db.read(None) as reader:
        found = select(journal_entries.c.noun, journal_entries.c.operation).where(
            journal_entries.c.noun.in_(["area", "area_settings"])
        )
        rows = reader.execute(found.order_by(journal_entries.c.recorded_at, journal_entries.c.sequence))
        return [(row.noun, row.operation) for row in rows if tuple(row) != ("area", "created")]


# --- Colours ----------------------------------------------------------------------------------------------


@given(st.sampled_from(sorted(DEFAULT_COLOURS)), st.integers(0, 0xFFFFFF))
def test_the_colour_that_is_proposed_can_be_read_wherever_it_stands(name: str, number: int) -> None:
    colour = f"#{number:06x}"
    proposed = readable(name, colour)
    assert least_contrast(name, proposed) >= TEXT_CONTRAST
    if least_contrast(name, colour) >= TEXT_CONTRAST:
        assert proposed == colour
    # White stands on buttons and in segments of bars, a darker shade of a status on its tint.
    assert contrast("#ffffff", proposed) >= TEXT_CONTRAST


def test_the_contrast_is_that_of_the_guidelines() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert contrast("#6b1f5f", "#ffffff") == pytest.approx(10.6, abs=0.05)


def test_a_look_is_what_its_address_says() -> None:
    look = Look({"brand": "#123456", "delayed": "#7a4a01"})
    colours = look.written().partition("-")[0]
    assert colours == "123456...7a4a01."
    assert Look.read(colours) == look
    assert "--brand: #123456" in style_sheet(look)
    assert "--complete" not in style_sheet(look), "what is not set stays the service's own"
    for wrong in ("", "red....", "123456", "123456.....", "123456....}body{x"):
        assert Look.read(wrong) is None, wrong


def test_every_colour_of_the_style_sheet_is_one_that_styles_use() -> None:
    assert derived("on_target", "#20653c").keys() == {"-dark", "-tint", "-fill", "-text"}
    assert derived("brand", "#6b1f5f")[""] == "#6b1f5f"


def test_colours_in_which_nobody_could_read_are_refused_with_some_that_will_do(area: Cast) -> None:
    body = AreaLook(name=NAME, brand_colour="#FF8800", delayed_colour="#ffd700")
    found = refused(do, area_settings.change_look, area.admin, body)
    assert found.keys() == {"/brand_colour", "/delayed_colour"}
    assert "2.2 to 1, and needs 4.5 to 1. #a85a00 is dark enough" in found["/brand_colour"]
    assert shown(area.admin)["version"] == 0


def test_two_statuses_never_look_alike(area: Cast) -> None:
    body = AreaLook(name=NAME, on_target_colour="#1a4482")
    found = refused(do, area_settings.change_look, area.admin, body)
    assert found == {
        "/on_target_colour": "Choose a colour of “On target” that differs from that of “Complete”."
    }


def test_the_default_colour_is_stored_as_none_and_one_that_is_set_reaches_every_page(area: Cast) -> None:
    chosen = AreaLook(name=NAME, brand_colour="004D40", complete_colour="#1a4480")
    do(area_settings.change_look, area.admin, chosen)
    found = shown(area.admin)
    assert (found["brand_colour"], found["complete_colour"]) == ("#004d40", None)
    assert found["look"] == "004d40....-"
    do(area_settings.change_look, area.admin, AreaLook(name=NAME))
    assert shown(area.admin)["look"] == ""


def test_the_first_thing_that_is_set_makes_an_open_form_stale_if_it_is_only_the_name(area: Cast) -> None:
    do(area_settings.change_look, area.admin, AreaLook(name="Northern"), version=0)
    with pytest.raises(PreconditionFailed) as stale:
        do(area_settings.change_look, area.admin, AreaLook(name=NAME, brand_colour="#004d40"), version=0)
    assert stale.value.current["name"] == "Northern"


def test_another_name_is_a_change_of_the_area_and_makes_an_open_form_stale(area: Cast) -> None:
    do(area_settings.change_look, area.admin, AreaLook(name=NAME, brand_colour="#004d40"))
    do(area_settings.change_look, area.admin, AreaLook(name="Northern", brand_colour="#004d40"))
    with db.read(None) as reader:
        named = reader.execute(select(areas.c.name).where(areas.c.slug == "north")).scalar_one()
    assert named == shown(area.admin)["name"] == "Northern"
    with pytest.raises(PreconditionFailed) as stale:
        do(area_settings.change_look, area.admin, AreaLook(name=NAME), version=1)
    assert stale.value.current["name"] == "Northern"
    assert entries() == [("area_settings", "created"), ("area", "changed")]


# --- Logo -------------------------------------------------------------------------------------------------


def test_an_area_has_one_logo_and_the_journal_its_fingerprint(area: Cast) -> None:
    first, second = read_image(png(8, 8)), read_image(png(9, 9))
    do(area_settings.set_logo, area.admin, first)
    do(area_settings.set_logo, area.admin, second)
    assert see(area_settings.logo, area.viewer, second.digest[:16]) == (second.content, "image/png")
    for digest in (first.digest[:16], second.digest[:15], second.digest, "", "%"):
        with pytest.raises(NotFound):
            see(area_settings.logo, area.viewer, digest)
    with db.read(None) as reader:
        assert reader.execute(select(func.count()).select_from(area_logos)).scalar_one() == 1
        last = select(journal_entries.c.after).where(journal_entries.c.noun == "area_settings")
        after = reader.execute(last.order_by(journal_entries.c.sequence.desc())).scalars().first()
    assert after["logo_digest"] == second.digest
    assert shown(area.admin)["look"] == f"-{second.digest[:16]}"
    do(area_settings.set_logo, area.admin, None)
    assert shown(area.admin)["look"] == ""
    with pytest.raises(NotFound):
        see(area_settings.logo, area.viewer, second.digest[:16])


def test_an_area_has_one_template_of_its_own_and_the_journal_its_fingerprint(area: Cast) -> None:
    first, second = WordTemplate(b"first"), WordTemplate(b"second")
    do(area_settings.set_template, area.admin, first)
    do(area_settings.set_template, area.admin, second)
    assert see(area_settings.template, area.viewer) == b"second"
    assert see(area_settings.template, area.stranger) == b""
    found = shown(area.admin)
    assert (found["template_digest"], found["template_size"]) == (second.digest, 6)
    assert found["look"] == "", "it is no part of how pages look"
    do(area_settings.set_template, area.admin, None)
    assert see(area_settings.template, area.viewer) == b""
    assert entries() == [("area_settings", "created"), *[("area_settings", "changed")] * 2]


def test_what_changes_nothing_leaves_no_entry(area: Cast) -> None:
    do(area_settings.set_logo, area.admin, None)
    do(area_settings.change_look, area.admin, AreaLook(name=NAME))
    assert entries() == []
    do(area_settings.change_statement, area.admin, PRIVACY)
    do(area_settings.change_statement, area.admin, PRIVACY)
    assert entries() == [("area_settings", "created")]


# --- Statements -------------------------------------------------------------------------------------------


def for_all(slug: str, kind: StatementKind = StatementKind.privacy) -> dict[str, Any] | None:
    with db.read(None) as reader:
        return area_settings.statement_for_all(reader, kind, slug)


def test_a_statement_is_read_by_everybody_who_knows_whose_it_is(area: Cast) -> None:
    do(area_settings.change_statement, area.admin, PRIVACY)
    found = for_all("north")
    assert found is not None
    assert (found["controller"], found["name"], found["prepared_on"]) == ("Marsh Council", NAME, TODAY)
    assert for_all("") is None, "there are two areas, so nobody can tell"
    assert for_all("south") is None
    assert for_all("no such area") is None
    assert for_all("north", StatementKind.accessibility) is None
    assert see(area_settings.statement, area.stranger, StatementKind.privacy) is None


def test_the_two_statements_stand_beside_each_other(area: Cast) -> None:
    do(area_settings.change_statement, area.admin, PRIVACY)
    statement = AccessibilityStatement(
        organisation="Marsh Council",
        contact_email="help@marsh.example",
        reply_days=5,
        compliance="partial",
        prepared_on=TODAY,
    )
    do(area_settings.change_statement, area.admin, statement, version=1)
    assert shown(area.admin)["privacy"]["controller"] == "Marsh Council"
    assert for_all("north", StatementKind.accessibility)["reply_days"] == 5
