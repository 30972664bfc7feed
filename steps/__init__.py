"""The vocabulary of the features: each step is short and calls facelab. See docs/steps.md.

In the clone the package is called steps, in an installed facelab facelab.book.steps.
"""

pytest_plugins = [
    f"{__name__}.people",
    f"{__name__}.training",
    f"{__name__}.curves",
    f"{__name__}.replays",
    f"{__name__}.answers",
    f"{__name__}.load",
    f"{__name__}.twins",
    f"{__name__}.counts",
    f"{__name__}.crowd",
    f"{__name__}.strangers",
]
