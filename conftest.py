"""Load the plugin and the steps for every run from this folder."""

pytest_plugins = ["facelab.plugin", "steps"]
