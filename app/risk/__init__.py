"""Rules for risks: matrices, the one band lookup, scores, states and directions."""
