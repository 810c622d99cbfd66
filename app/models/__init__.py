"""Tables and the shapes that go in and out, one file a noun."""
