"""Query parameters of a list as one model: read in one step, and described as the parameters that they are.

FastAPI looks for each declared parameter in each request: 20 filters that nobody sends cost a quarter of a
list of 100. Here only what was sent is looked at.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field, ValidationError

from app.services.lists import DEFAULT_PAGE, LARGEST_PAGE, Page


class ListQuery(BaseModel):
    """Which page of a list is asked for."""

    cursor: str | None = Field(
        default=None, max_length=2000, description="The `next` value of the answer before."
    )
    limit: int = Field(default=DEFAULT_PAGE, ge=1, le=LARGEST_PAGE, description="Rows on a page.")

    def page(self) -> Page:
        """The page as services take it."""
        return Page(self.cursor, self.limit)


def read_query(model: type[ListQuery]) -> Callable[[Request], Awaitable[ListQuery]]:
    """A dependency that reads the query into a model. Raises RequestValidationError naming each parameter."""

    async def query(request: Request) -> ListQuery:
        try:
            return model.model_validate(dict(request.query_params))
        except ValidationError as error:
            faults = [{**one, "loc": ("query", *one["loc"])} for one in error.errors()]
            raise RequestValidationError(faults) from error

    return query


def parameters(model: type[BaseModel]) -> dict[str, Any]:
    """What a route that reads this model adds to its description."""
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
