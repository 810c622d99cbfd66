"""File formats: rows in, bytes out; no database."""
