"""What the stack itself takes to start: FastAPI and SQLModel with one table, one route and one template."""

import sys
from uuid import UUID, uuid4

import jinja2
import uvicorn
from fastapi import FastAPI
from sqlmodel import Field, SQLModel, create_engine


class Item(SQLModel, table=True):
    """The one table."""

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    name: str


app = FastAPI()
engine = create_engine("sqlite://")
hello = jinja2.Environment(autoescape=True).from_string("{{ name }}")


@app.get("/", response_model=Item)
def item() -> Item:
    """Always the same."""
    return Item(name=hello.render(name="one"))


if __name__ == "__main__":
    SQLModel.metadata.create_all(engine)
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=int(sys.argv[1]),
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level="warning",
    )
