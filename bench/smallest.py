"""What the stack itself takes to start: FastAPI and SQLModel with one table, one route and one template.

Started with a port and the URL of a database, which it asks something once, so that the driver counts too.
"""

import sys
from uuid import UUID, uuid4

import jinja2
import uvicorn
from fastapi import FastAPI
from sqlmodel import Field, SQLModel, create_engine, select

from app.engines import driver_url


class Item(SQLModel, table=True):
    """The one table."""

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    name: str


app = FastAPI()
hello = jinja2.Environment(autoescape=True).from_string("{{ name }}")


@app.get("/", response_model=Item)
def item() -> Item:
    """Always the same."""
    return Item(name=hello.render(name="one"))


if __name__ == "__main__":
    with create_engine(driver_url(sys.argv[2])).connect() as connection:
        connection.execute(select(1))
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=int(sys.argv[1]),
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level="warning",
    )
