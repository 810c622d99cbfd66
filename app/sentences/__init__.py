"""Figures in words, generated from the same answers as tables and charts, so they cannot disagree."""
