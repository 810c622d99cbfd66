"""Measures the service against a bare route, on both databases. Run it with ``python -m bench``."""
