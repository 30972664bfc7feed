"""Filming: people before a live camera, and what a classifier then says of them."""
