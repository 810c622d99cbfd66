"""Presenters: the wording, dates and colours of pages, as small tuples that templates only place."""
