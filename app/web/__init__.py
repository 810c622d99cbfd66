"""Pages for people: server-rendered, complete without scripts. ``pages.add_pages`` adds them all."""

from app.web.pages import add_pages

__all__ = ["add_pages"]
