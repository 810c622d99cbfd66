"""Charts: pure geometry here, SVG and HTML macros in templates/. Bands come from the matrix handed in."""
