"""Rules of who may do what. Pure: standard library only."""
