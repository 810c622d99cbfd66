"""Rules of the journal: what of an entry is hashed, and what a broken chain tells (domain rules, 5)."""
