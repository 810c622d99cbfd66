"""Door 1: JSON for programs. Routes only; what they do is in the services."""
