"""The settings of an area in words: its name, colours and logo."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from app.models.area_settings import DEFAULT_COLOURS
from app.models.colours import TEXT_CONTRAST
from app.models.looks import least_contrast
from app.plans.statuses import STATUS_LABELS
from app.reports.word_templates import LARGEST_FILE as LARGEST_TEMPLATE
from app.reports.word_templates import MARK
from app.services.area_settings import COLOUR_FIELDS
from app.services.images import LARGEST_FILE, TALLEST, WIDEST
from app.web.presenters.said import Said
from app.web.record_fields import Field
from app.web.record_forms import RecordForm

HOME = "/admin/area"
_CAPTION = ("Area settings", HOME)
_LABELS = {"brand": "Brand"} | {status.value: label for status, label in STATUS_LABELS.items()}
_USES = {
    "brand": "Links, buttons, the stripe at the top, the page that you are on.",
    "complete": "Its mark, its tag and its part of each bar.",
    "on_target": "Its mark, its tag and its part of each bar.",
    "delayed": "Its mark, its tag and the hatching of its part of each bar.",
    "not_started": "Its mark, its tag and the edge of its part of each bar.",
}
_SAID = {
    "changed": Said("The settings are saved. Every page shows them from now on."),
    "logo": Said("The logo is saved. It stands at the top of every page."),
    "removed": Said("The logo is taken away."),
    "template": Said("The template is saved. Reports in Word go into it from now on."),
    "template-removed": Said("The template is taken away."),
}


class Colour(NamedTuple):
    """A colour as it is set, and how well text in it is read."""

    label: str
    colour: str
    origin: str
    contrast: str
    use: str


def settings_page(settings: Mapping[str, Any], said: str) -> dict[str, Any]:
    """Name, colours and logo as they are."""
    return {
        "section": "admin",
        "heading": "Area settings",
        "said": _SAID.get(said),
        "facts": [("Name", settings["name"], ""), ("Short name in commands", settings["slug"], "")],
        "colours": [_colour(name, settings) for name in DEFAULT_COLOURS],
        "least": f"{TEXT_CONTRAST} to 1",
        "logo": _logo(settings),
        "template": _template(settings),
    }


def _colour(name: str, settings: Mapping[str, Any]) -> Colour:
    chosen = settings[COLOUR_FIELDS[name]]
    colour = chosen or DEFAULT_COLOURS[name]
    return Colour(
        label=_LABELS[name],
        colour=colour,
        origin="Set for this area" if chosen else "Default",
        contrast=f"{least_contrast(name, colour):.1f} to 1",
        use=_USES[name],
    )


def _logo(settings: Mapping[str, Any]) -> str:
    """What the logo is, in words; "" for none."""
    if not settings["logo_digest"]:
        return ""
    kind = "PNG" if settings["logo_type"] == "image/png" else "JPEG"
    return f"{kind}, {settings['logo_width']:,} by {settings['logo_height']:,} pixels"


def _template(settings: Mapping[str, Any]) -> str:
    """What the template is, in words; "" for none."""
    size = settings["template_size"]
    return f"Word document, {max(1, round(size / 1024)):,} kB" if size else ""


# --- Forms ------------------------------------------------------------------------------------------------


def look_form() -> RecordForm:
    """The form of name and colours."""
    fields = [
        Field(
            "name",
            "Name of the partnership",
            hint="At the top of every page and of every report.",
            required=True,
            words="Give the name of the partnership",
        ),
        *(_colour_field(name) for name in DEFAULT_COLOURS),
    ]
    return RecordForm(
        heading="Change name and colours",
        caption=_CAPTION,
        fields=fields,
        submit="Save the settings",
        back=HOME,
        section="admin",
        note="Text in each colour must have a contrast of at least "
        f"{TEXT_CONTRAST} to 1. A status keeps its mark and its word in any colour.",
        what="the settings",
        saved=f"{HOME}?said=changed",
    )


def _colour_field(name: str) -> Field:
    heading = ""
    if name == "brand":
        heading = "Colours"
    hint = f"# and six digits or letters from a to f. Leave empty for the default, {DEFAULT_COLOURS[name]}."
    return Field(COLOUR_FIELDS[name], f"{_LABELS[name]} colour", hint=hint, width="10", heading=heading)


def logo_form() -> RecordForm:
    """What stands around the field of the logo's file."""
    return RecordForm(
        heading="Choose a logo",
        caption=_CAPTION,
        fields=[Field("logo", "Logo")],
        submit="Save the logo",
        back=HOME,
        section="admin",
        note=f"A PNG or JPEG file of at most {LARGEST_FILE // 1024} kB, {WIDEST:,} pixels wide and "
        f"{TALLEST:,} high. It is shown 36 pixels high, on white, left of the name of the service. What a "
        "camera or a program wrote into the file beside the picture is left out.",
        saved=f"{HOME}?said=logo",
    )


def remove_form() -> RecordForm:
    """Asks whether the logo is to go."""
    return RecordForm(
        heading="Take the logo away?",
        caption=_CAPTION,
        fields=(),
        submit="Take the logo away",
        back=HOME,
        section="admin",
        note="Every page then shows the mark of the service. You can choose a logo again at any time.",
        saved=f"{HOME}?said=removed",
        danger=True,
        confirms=True,
    )


def template_form() -> RecordForm:
    """What stands around the field of the template's file."""
    return RecordForm(
        heading="Choose a Word template",
        caption=_CAPTION,
        fields=[Field("template", "Template")],
        submit="Save the template",
        back=HOME,
        section="admin",
        note=f"A Word document (.docx) or template (.dotx) of at most {LARGEST_TEMPLATE // 1024} kB. Its "
        "styles, page set-up, headers and footers stay. The report goes where a paragraph of its own says "
        f"{MARK}, else to the end. A file with macros or with links to other files is refused.",
        saved=f"{HOME}?said=template",
    )


def template_removal_form() -> RecordForm:
    """Asks whether the template is to go."""
    return RecordForm(
        heading="Take the Word template away?",
        caption=_CAPTION,
        fields=(),
        submit="Take the template away",
        back=HOME,
        section="admin",
        note="Reports in Word then look as the service sets them. You can choose a template again.",
        saved=f"{HOME}?said=template-removed",
        danger=True,
        confirms=True,
    )
