"""Addresses that come from outside and are gone to, or looked up, by the service itself."""


def local_address(typed: str) -> str:
    """An address of this service that may be gone to, else ""."""
    is_local = typed.startswith("/") and not typed.startswith("//") and "\\" not in typed
    return typed if is_local and typed.isprintable() else ""
