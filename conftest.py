"""Load the plugin and the steps for every run from this folder."""

import sys

# Whoever plays the book from another folder has its steps already, by their name there.
_elsewhere = "facelab.book.steps" in sys.modules

pytest_plugins = ["facelab.plugin"] if _elsewhere else ["facelab.plugin", "steps"]
