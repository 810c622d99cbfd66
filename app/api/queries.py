"""Query parameters of a list as one model: read in one step, and described as the parameters that they are.

FastAPI looks for each declared parameter in each request: 20 filters that nobody sends cost a quarter of a
list of 100. Here only what was sent is looked at.
"""

from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.api.deps import Fields, UpdatedSince
from app.models.base import AnyDay
from app.plans.statuses import Status
from app.services.entry_lists import Filter
from app.services.lists import DEFAULT_PAGE, LARGEST_PAGE, Page


def day_filter(what: str, side: str) -> Any:
    """A filter by a day: ``side`` is "before" or "after", neither with the day itself."""
    return Field(default=None, description=f"Only {what} {side} this day.")


class ListQuery(BaseModel):
    """Which page of a list is asked for, and what of its records."""

    model_config = ConfigDict(defer_build=True)

    cursor: str | None = Field(
        default=None,
        max_length=2000,
        description="The `next` value of the answer before. It fits the same filters, order and day alone; "
        "`limit` and `fields` may differ.",
    )
    limit: int = Field(default=DEFAULT_PAGE, ge=1, le=LARGEST_PAGE, description="Rows on a page.")
    fields: Fields = None

    def page(self) -> Page:
        """The page as services take it."""
        return Page(self.cursor, self.limit)

    def filters(self) -> dict[str, Any]:
        """The values of the filters, as services take them; None where one is not asked for."""
        return {name: getattr(self, name) for name in _filters(type(self))}


_NO_FILTERS = {"cursor", "limit", "fields", "as_at", "compare", "sort", "descending"}


@cache
def _filters(model: type[ListQuery]) -> tuple[str, ...]:
    return tuple(name for name in model.model_fields if name not in _NO_FILTERS)


class Descending(ListQuery):
    """A list that can be turned round."""

    descending: bool = Field(default=False, description="Last first.")


class EntryQuery(Descending):
    """The filters and order of a list of dated entries, which never change."""

    operation: str | None = Field(
        default=None, max_length=20, description="Only of this kind, for example `updated`."
    )
    author_name: str | None = Field(default=None, max_length=300, description="Only recorded by this name.")
    backdated: bool | None = Field(default=None, description="Only backdated ones, or only others.")
    replaced: bool | None = Field(
        default=None, description="Only those that a later entry corrects, or only those that count."
    )
    effective_before: AnyDay | None = day_filter("effective", "before")
    effective_after: AnyDay | None = day_filter("effective", "after")
    recorded_since: UpdatedSince = Field(
        default=None, description="Only those recorded at or after this time, with its offset."
    )

    def wanted(self) -> Filter:
        """The filters as the services take them."""
        return Filter(**self.filters())


class StatusEntryQuery(EntryQuery):
    """The filters and order of a list of entries that may state a status."""

    status: Status | None = Field(default=None, description="Only those that state this status.")


_MODEL = "query model"
Query = TypeVar("Query", bound=ListQuery)


def read_query(model: type[Query]) -> Callable[[Request], Awaitable[Query]]:
    """A dependency that reads the query into a model. Raises RequestValidationError naming each parameter."""

    async def query(request: Request) -> Query:
        try:
            return model.model_validate(dict(request.query_params))
        except ValidationError as error:
            faults = [{**one, "loc": ("query", *one["loc"])} for one in error.errors()]
            raise RequestValidationError(faults) from error

    return query


def parameters(model: type[BaseModel]) -> dict[str, Any]:
    """What a route that reads this model says of its query; ``described`` works it out."""
    return {_MODEL: model}


def described(extra: dict[str, Any]) -> dict[str, Any]:
    """What a route adds to its description, the parameters of its query model among them."""
    if _MODEL not in extra:
        return extra
    rest = {name: value for name, value in extra.items() if name != _MODEL}
    return {**rest, **_parameters(extra[_MODEL])}


def _parameters(model: type[BaseModel]) -> dict[str, Any]:
    schema = model.model_json_schema(mode="validation")
    shared = schema.get("$defs", {})
    return {
        "parameters": [
            {
                "name": name,
                "in": "query",
                "required": False,
                "schema": _inline(
                    {key: value for key, value in shape.items() if key != "description"}, shared
                ),
                "description": shape["description"],
            }
            for name, shape in schema["properties"].items()
        ]
    }


def _inline(shape: Any, shared: dict[str, Any]) -> Any:
    """A schema without references: a parameter's types stand where it is described."""
    if isinstance(shape, list):
        return [_inline(one, shared) for one in shape]
    if not isinstance(shape, dict):
        return shape
    if "$ref" in shape:
        return _inline(shared[shape["$ref"].rpartition("/")[2]], shared)
    return {key: _inline(value, shared) for key, value in shape.items()}
