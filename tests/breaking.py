"""What between two versions of the contract would break a program that was written for the older one.

    python -m tests.breaking            compares openapi/openapi.json with the last released contract

docs/api-policy.md says what counts as breaking, and this holds it: requests may only be loosened, answers may
only gain. Both ways a value that is gone from a list of words breaks, since programs send and compare it.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Json = dict[str, Any]
OPENAPI = Path(__file__).parent.parent / "openapi"
# What a request may not be asked for more narrowly, and whether the larger value is the narrower one.
LIMITS = {
    "minLength": True,
    "minItems": True,
    "minimum": True,
    "exclusiveMinimum": True,
    "maxLength": False,
    "maxItems": False,
    "maximum": False,
    "exclusiveMaximum": False,
}
FORMS = ("pattern", "format")


def released() -> Path:
    """The contract that was released last."""
    return max((OPENAPI / "released").glob("*.json"), key=lambda path: _version(path.stem))


def _version(stem: str) -> tuple[int, ...]:
    return tuple(int(part) for part in stem.split("."))


def breaks(old: Json, new: Json) -> list[str]:
    """Every breaking change, in words."""
    return [*_Comparison(old, new).operations()]


class _Comparison:
    """Two contracts side by side; each pair of schemas is looked at once a direction."""

    def __init__(self, old: Json, new: Json) -> None:
        self.old, self.new = old, new
        self.seen: set[tuple[str, str, bool]] = set()

    # --- Operations ---------------------------------------------------------------------------------------

    def operations(self) -> Iterator[str]:
        for path, methods in self.old["paths"].items():
            for method, before in methods.items():
                where = f"{method.upper()} {path}"
                after = self.new["paths"].get(path, {}).get(method)
                if after is None:
                    yield f"{where}: the operation is gone"
                else:
                    yield from self.operation(where, before, after)

    def operation(self, where: str, before: Json, after: Json) -> Iterator[str]:
        if before.get("operationId") != after.get("operationId"):
            yield f"{where}: the operationId changed to {after.get('operationId')}"
        for one in before.get("security", []):
            if after.get("security") and one not in after["security"]:
                yield f"{where}: {_scopes(one)} no longer allows it"
        if after.get("security") and before.get("security") == []:
            yield f"{where}: a token is needed now"
        yield from self.parameters(where, before, after)
        yield from self.bodies(where, before, after)
        yield from self.answers(where, before, after)

    def parameters(self, where: str, before: Json, after: Json) -> Iterator[str]:
        old = {(one["in"], one["name"]): one for one in self.all(self.old, before.get("parameters", []))}
        new = {(one["in"], one["name"]): one for one in self.all(self.new, after.get("parameters", []))}
        for key, one in old.items():
            what = f"{where}: parameter {key[1]}"
            if key not in new:
                yield f"{what} is gone"
                continue
            yield from self.schema(what, one["schema"], new[key]["schema"], is_request=True)
        for key, one in new.items():
            if one.get("required") and not old.get(key, {}).get("required"):
                yield f"{where}: parameter {key[1]} is required now"

    def bodies(self, where: str, before: Json, after: Json) -> Iterator[str]:
        old, new = before.get("requestBody"), after.get("requestBody")
        if new and new.get("required") and not (old and old.get("required")):
            yield f"{where}: a body is required now"
        for kind, content in (old or {}).get("content", {}).items():
            other = (new or {}).get("content", {}).get(kind)
            if other is None:
                yield f"{where}: a body in {kind} is no longer taken"
            else:
                yield from self.schema(f"{where}: body", content["schema"], other["schema"], is_request=True)

    def answers(self, where: str, before: Json, after: Json) -> Iterator[str]:
        for status, one in before["responses"].items():
            if status not in after["responses"]:
                # An error that can no longer happen breaks nobody.
                if int(status) < 400:
                    yield f"{where}: no longer answers {status}"
                continue
            old, new = self.one(self.old, one), self.one(self.new, after["responses"][status])
            for name in old.get("headers", {}):
                if name not in new.get("headers", {}):
                    yield f"{where}: {status} no longer has the header {name}"
            for kind, content in old.get("content", {}).items():
                other = new.get("content", {}).get(kind)
                if other is None:
                    yield f"{where}: {status} no longer comes as {kind}"
                elif "schema" in content and "schema" in other:
                    what = f"{where}: {status}"
                    yield from self.schema(what, content["schema"], other["schema"], is_request=False)
        for status in after["responses"]:
            if status not in before["responses"] and int(status) < 300:
                yield f"{where}: answers {status} now"

    # --- Schemas ------------------------------------------------------------------------------------------

    def schema(self, where: str, before: Json, after: Json, *, is_request: bool) -> Iterator[str]:
        """What of a schema breaks; requests may be loosened, answers narrowed and filled."""
        names = (before.get("$ref", ""), after.get("$ref", ""))
        if all(names):
            if (*names, is_request) in self.seen:
                return
            self.seen.add((*names, is_request))
            where = names[0].rpartition("/")[2]
            where += " (sent)" if is_request else " (answered)"
        old, new = self.one(self.old, before), self.one(self.new, after)
        yield from self.kinds(where, old, new, is_request=is_request)
        old, new = self.plain(self.old, old), self.plain(self.new, new)
        if "enum" in old:
            gone = [value for value in old["enum"] if value not in new.get("enum", old["enum"])]
            yield from (f"{where}: the value {value} is gone" for value in gone)
        if is_request:
            yield from _narrower(where, old, new)
        elif old.get("format") != new.get("format"):
            yield f"{where}: the format changed from {old.get('format')} to {new.get('format')}"
        yield from self.properties(where, old, new, is_request=is_request)
        if "items" in old and "items" in new:
            yield from self.schema(f"{where}[]", old["items"], new["items"], is_request=is_request)

    def kinds(self, where: str, old: Json, new: Json, *, is_request: bool) -> Iterator[str]:
        before, after = self.types(self.old, old), self.types(self.new, new)
        lost, gained = before - after, after - before
        if not before or not after:
            lost = gained = set()
        if is_request and lost:
            yield f"{where}: {', '.join(sorted(lost))} is no longer taken"
        if not is_request and gained:
            yield f"{where}: may be {', '.join(sorted(gained))} now"
        if not is_request and lost - {"null"}:
            yield f"{where}: is no longer {', '.join(sorted(lost - {'null'}))}"

    def properties(self, where: str, old: Json, new: Json, *, is_request: bool) -> Iterator[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        for name, shape in before.items():
            if name in after:
                yield from self.schema(f"{where}.{name}", shape, after[name], is_request=is_request)
            else:
                yield f"{where}.{name} is gone"
        required, was_required = set(new.get("required", [])), set(old.get("required", []))
        if is_request:
            yield from (f"{where}.{name} is required now" for name in sorted(required - was_required))
            if old.get("additionalProperties", True) and new.get("additionalProperties") is False and after:
                yield f"{where}: other fields are refused now"
        else:
            left = sorted((was_required - required) & after.keys())
            yield from (f"{where}.{name} may be left out now" for name in left)

    # --- Reading ------------------------------------------------------------------------------------------

    def one(self, document: Json, shape: Json) -> Json:
        """A thing, or what its reference points to."""
        while "$ref" in shape:
            found: Any = document
            for step in shape["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            shape = found
        return shape

    def all(self, document: Json, shapes: list[Json]) -> list[Json]:
        return [self.one(document, shape) for shape in shapes]

    def types(self, document: Json, shape: Json) -> set[str]:
        """The types that a schema takes, through its alternatives; empty for any."""
        parts = shape.get("anyOf") or shape.get("oneOf")
        if parts:
            found = [self.types(document, self.one(document, part)) for part in parts]
            return set().union(*found) if all(found) else set()
        kinds = shape.get("type", [])
        kinds = {kinds} if isinstance(kinds, str) else set(kinds)
        return kinds | ({"integer"} if "number" in kinds else set())

    def plain(self, document: Json, shape: Json) -> Json:
        """A schema that may also be null, without the null."""
        parts = shape.get("anyOf") or shape.get("oneOf") or []
        others = [part for part in self.all(document, parts) if part.get("type") != "null"]
        return {**shape, **others[0]} if len(others) == 1 else shape


def _narrower(where: str, old: Json, new: Json) -> Iterator[str]:
    if "enum" in new and "enum" not in old:
        yield f"{where}: takes only a list of words now"
    for name, larger_is_narrower in LIMITS.items():
        before, after = old.get(name), new.get(name)
        if after is not None and (
            before is None or (after > before if larger_is_narrower else after < before)
        ):
            yield f"{where}: {name} is {after} now"
    for name in FORMS:
        if new.get(name) is not None and new.get(name) != old.get(name):
            yield f"{where}: {name} is {new[name]} now"


def _scopes(security: Json) -> str:
    return "the scope " + " ".join(scope for scopes in security.values() for scope in scopes)


def main() -> int:
    """Print what breaks; the exit code says whether anything does."""
    old = json.loads(released().read_text(encoding="utf-8"))
    new = json.loads((OPENAPI / "openapi.json").read_text(encoding="utf-8"))
    found = breaks(old, new)
    print("\n".join(found) or f"Nothing breaks a program written for {released().stem}.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
