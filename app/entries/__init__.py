"""Rules for dated, append-only entries: which of them stand, and what they say on each day."""
