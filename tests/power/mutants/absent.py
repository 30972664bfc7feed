"""What the benchmark lists and we do not play: why, and what is played instead."""

ABSENT = {
    "D14": (
        "HOG normalises every block of cells: grey levels times 255 give the same vector",
        "N11",
    ),
    "D15": (
        "as D14: grey levels divided by 255 twice give the same vector but for rounding",
        "N13",
    ),
    "D19": (
        "the embedding has neither dropout nor batch normalisation, so no training mode",
        "N10",
    ),
    "M3": ("with one layer, equal weights for everyone are as good as none: it is M1", "N17"),
    "M10": ("there is no hidden layer whose activation could go", "N9"),
    "M11": ("there is no hidden layer that could die", "N15"),
    "M14": ("HOG has no weights that could fail to be frozen", "N12"),
    "M15": (
        "there is no hidden layer to take away; one too many changes the core, not a seam",
        "M6",
    ),
    "T29": ("nothing is held out while it trains: probes are other frames (see D21, N16)", "N16"),
    "H14": (
        "no second measure is taken while it trains that could be mistaken for the first",
        "N33",
    ),
}
"""Id in the benchmark -> the argument, and the mutant that stands in its place."""
