"""Whose certificates are believed."""

import ssl
from functools import cache


@cache
def trusted() -> ssl.SSLContext:
    """Checks certificates against what this machine trusts (its own store, or SSL_CERT_FILE); TLS 1.2 up."""
    return ssl.create_default_context()
