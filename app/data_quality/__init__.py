"""Checks of data quality: what is missing, contradicts itself or needs a reason (domain rules, section 7)."""
