"""The vocabulary of the features: each step is short and calls facelab. See docs/steps.md."""

pytest_plugins = [
    "steps.people",
    "steps.training",
    "steps.curves",
    "steps.replays",
    "steps.answers",
    "steps.load",
    "steps.twins",
    "steps.counts",
    "steps.crowd",
]
