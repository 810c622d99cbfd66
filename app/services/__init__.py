"""Use cases: every query and every write. Functions take (db, who, ...); time is passed in."""
