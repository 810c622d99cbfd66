"""Outside systems: what is sent to them, and how. No database."""
