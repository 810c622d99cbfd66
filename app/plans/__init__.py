"""Rules for plans: statuses and flags, progress figures, dependencies."""
