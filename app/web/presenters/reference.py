"""The contract of the API as pages: what each operation takes and answers, in words and tables."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from markupsafe import Markup, escape

from app.web.markdown import html, inline

Json = dict[str, Any]
_PLACES = {"path": "in the address", "query": "in the query", "header": "as a header"}
_FORMATS = {"uuid": "id (UUID)", "date": "date", "date-time": "time in UTC", "binary": "file"}
_KINDS = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}


class Field(NamedTuple):
    """A row of a table: a parameter or a field."""

    name: str
    kind: Markup
    needed: str
    meaning: Markup


class Answer(NamedTuple):
    """What an operation answers with a status: ``shape`` for a success, ``kinds`` of problem for an error."""

    status: str
    meaning: Markup
    shape: Markup
    kinds: tuple[str, ...]


class Operation(NamedTuple):
    """One operation; ``sent`` and ``answered`` are examples as text, "" where there is none."""

    name: str
    method: str
    path: str
    summary: str
    description: Markup
    scopes: str
    parameters: list[Field]
    body: Markup
    sent: str
    answers: list[Answer]
    answered: str


class Shape(NamedTuple):
    """An object that operations take or answer."""

    name: str
    meaning: Markup
    fields: list[Field]


class Events(NamedTuple):
    """What is sent to programs: type and meaning of each event, its headers, and one as text."""

    types: list[tuple[str, Markup]]
    headers: list[Field]
    sample: str


class Problem(NamedTuple):
    """A kind of problem: its word, what it means and what to do, and a sample as text."""

    kind: str
    title: str
    status: int
    meaning: Markup
    sample: str


def slug(tag: str) -> str:
    """A tag as it stands in an address."""
    return tag.replace(" ", "-")


class Reference:
    """The pages of one contract. ``as_json`` writes an example as text."""

    def __init__(self, contract: Json, as_json: Any) -> None:
        self.contract, self.as_json = contract, as_json
        self.schemas: Json = contract["components"]["schemas"]

    def tags(self) -> list[tuple[str, str, str, list[tuple[str, str, str, str]]]]:
        """Slug, name, description and operations (id, method, path, summary) of every tag."""
        return [
            (
                slug(tag["name"]),
                tag["name"].capitalize(),
                tag["description"],
                [
                    (operation["operationId"], method.upper(), path, operation["summary"])
                    for method, path, operation in self._of(tag["name"])
                ],
            )
            for tag in self.contract["tags"]
        ]

    def operations(self, tag: str) -> list[Operation]:
        """The operations of a tag, in the order of their addresses."""
        return [self._operation(method, path, one) for method, path, one in self._of(tag)]

    def shapes(self, tag: str) -> list[Shape]:
        """Every object that the operations of a tag take or answer, and those inside them, by name."""
        found: dict[str, Shape] = {}
        parts = [*(operation for _, _, operation in self._of(tag)), *self._events(tag)]
        waiting = [name for part in parts for name in self._named(part)]
        while waiting:
            name = waiting.pop()
            schema = self.schemas[name]
            if name not in found and name != "Problem" and "properties" in schema:
                found[name] = self._shape(name, schema)
                waiting += self._named(schema)
        return [found[name] for name in sorted(found)]

    def events(self, tag: str) -> Events | None:
        """The events that are sent under a tag; None where none are."""
        found = self._events(tag)
        if not found:
            return None
        # All are of one form: one is shown whole.
        sample = next(one for one in found if one["summary"].endswith(".updated"))
        return Events(
            [(one["summary"], inline(one["description"])) for one in found],
            [self._parameter(self._resolved(one)) for one in sample["parameters"]],
            self.as_json(sample["requestBody"]["content"]["application/json"]["example"]),
        )

    def problems(self) -> list[Problem]:
        """Every kind of problem that the API answers with."""
        return [
            Problem(
                one["kind"],
                one["title"],
                one["status"],
                inline(f"{one['meaning']} {one['advice']}"),
                self.as_json(one["sample"]),
            )
            for one in self.contract["x-problem-types"]
        ]

    # --- Operations ---------------------------------------------------------------------------------------

    def _of(self, tag: str) -> Iterator[tuple[str, str, Json]]:
        for path, methods in self.contract["paths"].items():
            for method, operation in methods.items():
                if tag in operation["tags"]:
                    yield method, path, operation

    def _events(self, tag: str) -> list[Json]:
        found = [one["post"] for one in self.contract.get("webhooks", {}).values()]
        return [one for one in found if tag in one["tags"]]

    def _operation(self, method: str, path: str, one: Json) -> Operation:
        body: Json = next(iter(one.get("requestBody", {}).get("content", {}).values()), {})
        successes = [answer for status, answer in one["responses"].items() if status < "300"]
        content: Json = next(
            (next(iter(found["content"].values())) for found in successes if "content" in found), {}
        )
        example = body.get("example") or self._example(body.get("schema", {}))
        return Operation(
            name=one["operationId"],
            method=method.upper(),
            path=path,
            summary=one["summary"],
            description=html(one["description"]),
            scopes=_any_of([scope for each in one["security"] for scope in each["client"]]),
            parameters=[self._parameter(self._resolved(each)) for each in one.get("parameters", [])],
            body=self._kind(body["schema"]) if body else Markup(),
            sent=self._text(example),
            answers=[self._answer(status, answer) for status, answer in one["responses"].items()],
            answered=self._text(content.get("example")),
        )

    def _parameter(self, one: Json) -> Field:
        needed = "needed" if one.get("required") else "optional"
        kind = self._kind(one["schema"])
        return Field(one["name"], kind, f"{_PLACES[one['in']]}, {needed}", inline(one["description"]))

    def _answer(self, status: str, answer: Json) -> Answer:
        answer = self._resolved(answer)
        found: Json = answer.get("content", {})
        content: Json = next(iter(found.values()), {})
        kinds = tuple(content.get("examples", ())) if "application/problem+json" in found else ()
        shape = self._kind(content["schema"]) if "schema" in content and status < "300" else Markup()
        return Answer(status, inline(answer["description"]), shape, kinds)

    def _example(self, schema: Json) -> Any:
        return next(iter(self._resolved(schema).get("examples", ())), None)

    def _text(self, example: Any) -> str:
        if example is None:
            return ""
        return example if isinstance(example, str) else str(self.as_json(example))

    # --- Schemas ------------------------------------------------------------------------------------------

    def _shape(self, name: str, schema: Json) -> Shape:
        needed = set(schema.get("required", ()))
        fields = [
            Field(
                field,
                self._kind(shape),
                "always" if field in needed else "optional",
                inline(shape.get("description", "")),
            )
            for field, shape in schema["properties"].items()
        ]
        return Shape(name, inline(schema.get("description", "")), fields)

    def _kind(self, shape: Json) -> Markup:
        """The type of a value in words, with links to the objects in it."""
        if "$ref" in shape:
            name = shape["$ref"].rpartition("/")[2]
            found = self.schemas[name]
            if "properties" in found:
                return Markup('<a class="govuk-link" href="#object-{0}">{0}</a>').format(name)
            return self._kind(found)
        for several in ("anyOf", "oneOf"):
            if several in shape:
                kinds = list(dict.fromkeys(self._kind(one) for one in shape[several]))
                return Markup(" or ").join(kinds)
        if "enum" in shape or "const" in shape:
            words = shape.get("enum", [shape.get("const")])
            return Markup(", ").join(Markup("<code>{}</code>").format(word) for word in words)
        return self._plain_kind(shape)

    def _plain_kind(self, shape: Json) -> Markup:
        kind = shape.get("type", "")
        if kind == "array":
            return Markup("list of ") + self._kind(shape.get("items", {}))
        if kind == "object":
            inner = shape.get("additionalProperties")
            return (
                Markup("object of ") + self._kind(inner)
                if isinstance(inner, dict) and inner
                else Markup("object")
            )
        words = _FORMATS.get(shape.get("format", "")) or _KINDS.get(kind, kind or "any")
        return escape(words + _limits(shape))

    def _named(self, shape: Any) -> Iterator[str]:
        """The schemas that a part of the contract refers to, answers of errors apart."""
        if isinstance(shape, dict):
            ref = shape.get("$ref", "")
            if isinstance(ref, str) and ref.startswith("#/components/schemas/"):
                yield ref.rpartition("/")[2]
            for name, value in shape.items():
                if name not in ("example", "examples"):
                    yield from self._named(value)
        elif isinstance(shape, list):
            for value in shape:
                yield from self._named(value)

    def _resolved(self, shape: Json) -> Json:
        found: Any = shape
        while "$ref" in found:
            steps, found = found["$ref"].removeprefix("#/").split("/"), self.contract
            for step in steps:
                found = found[step]
        return dict(found)


def _limits(shape: Json) -> str:
    low, high = shape.get("minimum"), shape.get("maximum")
    if low is not None and high is not None:
        return f", {low} to {high}"
    if "maxLength" in shape:
        return f", at most {shape['maxLength']} characters"
    return ""


def _any_of(words: list[str]) -> str:
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else ""
