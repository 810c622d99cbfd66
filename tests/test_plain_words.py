"""Pages, messages, guides and statements are written in plain words (GOV.UK style)."""

import re
from pathlib import Path

import pytest

import app
from tests import plain_words

APP = Path(app.__file__).parent
TEMPLATES = sorted((APP / "web" / "templates").rglob("*.html"))
GUIDES = sorted((APP / "web" / "guides").glob("*.md"))
FOR_PROGRAMS = {"quick-start", "webhooks", "api-policy", "api-changelog", "single-sign-on"}
SPEAK = ("web", "services", "sentences", "data_quality", "charts")


def test_no_template_has_a_word_that_is_not_plain():
    found = {
        f"{path.name}: {fault}"
        for path in TEMPLATES
        for fault in plain_words.faults(plain_words.of_template(path.read_text(encoding="utf-8")))
    }
    assert found == set()


def test_no_message_has_a_word_that_is_not_plain():
    found = {
        f"{path.name}:{line}: {fault}"
        for folder in SPEAK
        for path in (APP / folder).rglob("*.py")
        for line, text in plain_words.of_module(path)
        for fault in plain_words.faults(text)
    }
    assert found == set()


def test_guides_for_people_are_in_plain_words():
    for path in GUIDES:
        if path.stem not in FOR_PROGRAMS:
            text = path.read_text(encoding="utf-8")
            assert plain_words.faults(text) == [], path.name
            blocks = re.split(r"\n\n|\n(?=[-|#]|\d\.)", text)
            longest = max(
                (one for block in blocks for one in re.split(r"(?<=[.:?])\s", block)),
                key=lambda one: len(re.findall(r"\w+", one)),
            )
            assert len(re.findall(r"\w+", longest)) <= 40, f"{path.name}: {longest}"


def test_headings_and_buttons_are_in_sentence_case():
    """Two words that both begin with a capital are a name: these are."""
    names, found = re.compile(r"Excel|CSV|API|SEND|PAP|Microsoft"), set()
    label = re.compile(r"<(?:h[1-3]|button|caption|legend|label)[^>]*>([A-Z][^<{]+)<")
    for path in TEMPLATES:
        for words in label.findall(path.read_text(encoding="utf-8")):
            if re.search(r"[a-z] [A-Z][a-z]", words) and not names.search(words):
                found.add(f"{path.name}: {words}")
    assert found == set()


@pytest.mark.parametrize(
    "html, fault",
    [
        ("<main><h1>Please wait</h1></main>", "Please wait"),
        ("<main><p>Due 2024-06-30.</p></main>", "2024-06-30 is not a date in words"),
        ('<main><th scope="col">Username</th></main>', "Username"),
    ],
)
def test_a_page_that_says_it_otherwise_is_found(html, fault):
    assert plain_words.page_faults(html) == [fault]
