"""facelab's own tests: they mirror the tree."""
