"""facelab as others have it: from its wheel, in an environment of its own."""
