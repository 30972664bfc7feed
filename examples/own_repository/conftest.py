"""The book's plugin and steps, and steps of our own, for every run of pytest from here."""

pytest_plugins = ["facelab.book", "own_steps"]
