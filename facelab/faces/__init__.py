"""Finds faces in frames: `finder` uses the network, `recipe` makes it from the studio's frames."""
